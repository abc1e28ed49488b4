"""A line of printed text as ink on paper."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, Page, TextLine
from docscan.visual.lines import WORDS_APART, middle, part

PIXELS_PER_MM = 16.0  # at which strokes are measured, of 0.2 to 0.5 mm
_BESIDE_MM = 0.7  # what is seen beside a line
_HALF = 0.9  # of a line's height, that is seen above and below the middle of its box
_GROUND_MM = 2.0  # wider than any stroke: what is lighter than its surroundings over so much is paper
_COARSER = 4  # times, that paper is looked at
_DARKEST = 0.98  # quantile of a line's pixels that tells how dark its ink is
_INNER = 0.55  # of a line's height, above and below the middle of its box, where most of its ink is
_PALEST = 0.08  # darkness below which a line shows no ink, or a stroke alone
_HALFWAY = 0.5  # of the darkest ink, where a letter ends
_HIGH = (0.35, 1.2)  # of a line's height, that a letter is
_WIDEST = 1.3  # of a line's height; what is wider is letters that run into each other, or a line of the background
_FEWEST, _SHARE = 2, 0.5  # letters that show a text, of however few; of its letters
_AS_HIGH = 0.25  # logarithm, by which a letter's height may differ from the others': what differs more is none

Ink = NDArray[np.float32]
"""Height x width at ``PIXELS_PER_MM``: how much darker than the paper about it each pixel is, 0 to 1."""
Letters = NDArray[np.int32]
"""Left, top, width and height of each letter in pixels of the ink, from left to right: n x 4."""


@dataclass(frozen=True, slots=True)
class LineInk:
    """The ink of a line, its upper left corner in millimetres of the page, and the letters that are seen one by one.

    ``text`` is the line's, as read. ``level`` is the ink from which a pixel is a letter's. ``middle`` is the row in
    which the letters' middles are, or the line's box has its own; ``height`` is the line's, in pixels.
    """

    text: str
    ink: Ink
    corner_mm: tuple[float, float]
    letters: Letters
    level: float
    middle: float
    height: float

    @property
    def shows_text(self) -> bool:
        """Whether most of the text's letters are seen one by one; glare hides them, and artwork runs into them."""
        return len(self.letters) >= max(_FEWEST, _SHARE * sum(map(str.isalnum, self.text)))

    def rows(self, above: float, below: float) -> Ink:
        """Return the rows from some heights of the line above its middle to some below."""
        upper, lower = (max(0, round(self.middle + part * self.height)) for part in (-above, below))
        return self.ink[upper:lower]


def line_ink(page: Page, line: TextLine, height: float) -> LineInk | None:
    """Return a line's ink; None where hardly anything of it lies on the page.

    Parameters
    ----------
    height
        Of the line on genuine samples, millimetres; the line's own box has room about it, now more and now less.
    """
    left, top = max(0.0, line.box.x - _BESIDE_MM), max(0.0, middle(line.box) - _HALF * height)
    right, bottom = line.box.x + line.box.width + _BESIDE_MM, middle(line.box) + _HALF * height
    shown = part(page, Box(left, top, right - left, bottom - top))
    if min(shown.shape[:2]) < 3:
        return None
    scale = PIXELS_PER_MM / page.pixels_per_mm
    fine = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    ink = _ink(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY).astype(np.float32))
    # Pieces of a page begin at whole pixels.
    left, top = (round(side * page.pixels_per_mm) / page.pixels_per_mm for side in (left, top))
    high, of_box = height * PIXELS_PER_MM, (middle(line.box) - top) * PIXELS_PER_MM
    level = _HALFWAY * darkness_of(ink[max(0, round(of_box - _INNER * high)) : round(of_box + _INNER * high)])
    letters = _letters(ink, high, level)
    seen = float(np.median(letters[:, 1] + letters[:, 3] / 2)) if len(letters) else of_box
    return LineInk(line.text, ink, (left, top), letters, level, seen, high)


def darkness_of(ink: Ink) -> float:
    """Return how dark the ink of a line of text is, 0 to 1."""
    return float(np.quantile(ink, _DARKEST)) if ink.size else 0.0


def _ink(grey: Ink) -> Ink:
    height, width = grey.shape
    size = max(1, width // _COARSER), max(1, height // _COARSER)
    wide = round(_GROUND_MM * PIXELS_PER_MM)
    lightest = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((1, wide), np.uint8))
    coarse = cv2.resize(lightest, size, interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), wide / 4 / _COARSER), (width, height))
    return np.asarray(np.clip(1 - grey / np.maximum(paper, 1), 0, 1), np.float32)


def _letters(ink: Ink, line: float, level: float) -> Letters:
    """Return the letters of the text whose row holds most of them: a label above or below has smaller ones."""
    if level < _HALFWAY * _PALEST:
        return np.zeros((0, 4), np.int32)
    stats = cv2.connectedComponentsWithStats((ink > level).astype(np.uint8), connectivity=8)[2][1:, :4]
    left, top, wide, high = stats.T
    large = (high >= _HIGH[0] * line) & (high <= _HIGH[1] * line) & (wide <= _WIDEST * line)
    inside = (left > 1) & (left + wide < ink.shape[1] - 1) & (top > 0) & (top + high < len(ink))
    whole = stats[large & inside]
    covered = np.zeros(len(ink) + 1)
    for _, top, wide, high in whole:
        covered[top] += wide * high
        covered[top + high] -= wide * high
    row = int(np.cumsum(covered).argmax())
    found = _first_text(whole[(whole[:, 1] <= row) & (whole[:, 1] + whole[:, 3] > row)])
    if len(found) == 0:
        return found
    return np.asarray(found[np.abs(np.log(found[:, 3] / np.median(found[:, 3]))) < _AS_HIGH], np.int32)


def _first_text(letters: Letters) -> Letters:
    """Return letters from left to right, without those that stand two words' distances behind others.

    Not one: a letter between them may not be seen.
    """
    letters = letters[np.argsort(letters[:, 0])]
    gaps = np.flatnonzero(letters[1:, 0] - (letters[:-1, 0] + letters[:-1, 2]) > 2 * WORDS_APART * PIXELS_PER_MM)
    return letters[: gaps[0] + 1] if len(gaps) else letters
