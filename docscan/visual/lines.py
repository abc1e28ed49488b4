"""Lines of text on a rectified page: where they are, and what they say."""

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, FieldPlace, Image, Page, TextLine
from docscan.visual.ocr import Reading, TextReader

# At which lines are looked for: where one datum's is meant, a label must not be one with what it names; on a whole page
# words are told apart later, and the time counts.
FINDING_PIXELS_PER_MM, SEARCHING_PIXELS_PER_MM = 8.0, 5.0
_LOWEST, _HIGHEST = 1.2, 8.0  # millimetres, of a line of text
_BESIDE, _ASTRAY = 2.0, 1.4  # millimetres by which a line may stand beside, and above or below its place
_LEVEL, WORDS_APART = 0.4, 2.0  # of a line's height; millimetres: what is farther is in another column
_WIDER = 1.2  # than the samples' characters: a W is wider than an I
_GAP = 12  # pixels between pictures that are searched together


def part(page: Page, box: Box) -> Image:
    """Return a box of the page, as far as it lies on it."""
    scale = page.pixels_per_mm
    left, top = max(0, round(box.x * scale)), max(0, round(box.y * scale))
    right, bottom = round((box.x + box.width) * scale), round((box.y + box.height) * scale)
    return page.image[top:bottom, left:right]


def lines_at(page: Page, wanted: Sequence[Box], reader: TextReader) -> tuple[tuple[Box, ...], ...]:
    """Find the lines about each of some boxes, the likeliest to be meant first.

    The pieces of the page are shown to the reader in one picture: it takes a fraction of the time that the page would.

    Parameters
    ----------
    wanted
        Where lines are expected, millimetres of the page.
    """
    windows = [_grown(page, box) for box in wanted]
    scale = FINDING_PIXELS_PER_MM / page.pixels_per_mm
    pieces = [cv2.resize(part(page, box), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for box in windows]
    sheet, corners = _sheet(pieces)
    found: list[list[Box]] = [[] for _ in wanted]
    for quad in reader.find(sheet):
        middles = quad.mean(0)
        # The piece whose upper left corner is the nearest of those above and left of it: shelves are rows of pieces.
        index = int(np.where((corners <= middles).all(1), corners[:, 1] * sheet.shape[1] + corners[:, 0], -1).argmax())
        box = _upright((quad - corners[index]) / FINDING_PIXELS_PER_MM, windows[index])
        if _LOWEST <= box.height <= _HIGHEST:
            found[index].append(box)
    # Where none is found, as happens to a letter alone, the place itself is as good.
    return tuple(
        tuple(sorted(_joined(boxes), key=partial(_unlike, box))) or (box,)
        for box, boxes in zip(wanted, found, strict=True)
    )


def _joined(boxes: Sequence[Box]) -> list[Box]:
    """Join the words of a line that were found one by one."""
    lines: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.x):
        before = next((line for line in lines if _goes_on(line, box)), None)
        if before is not None:
            lines.remove(before)
        lines.append(box if before is None else around((before, box)))
    return lines


def _goes_on(line: Box, box: Box) -> bool:
    level = abs(middle(line) - middle(box)) < _LEVEL * min(line.height, box.height)
    return level and box.x - line.x - line.width <= WORDS_APART


def _grown(page: Page, box: Box) -> Box:
    """Return a box with what is about it, as far as it lies on the page."""
    width, height = page.size.millimetres
    left, top = max(0.0, min(box.x - _BESIDE, width - 2)), max(0.0, min(box.y - _ASTRAY, height - 2))
    right, bottom = min(width, box.x + box.width + _BESIDE), min(height, box.y + box.height + _ASTRAY)
    return Box(left, top, max(2.0, right - left), max(2.0, bottom - top))


def _sheet(pieces: Sequence[NDArray[Any]]) -> tuple[Image, NDArray[np.float32]]:
    """Lay pictures on shelves as wide as the widest; return the whole and each one's upper left corner, n x 2."""
    room = max(piece.shape[1] for piece in pieces)
    corners = np.zeros((len(pieces), 2), np.float32)
    left = top = height = 0
    for index in sorted(range(len(pieces)), key=lambda index: -pieces[index].shape[1]):
        if left + pieces[index].shape[1] > room:
            left, top, height = 0, top + height + _GAP, 0
        corners[index] = left, top
        left += pieces[index].shape[1] + _GAP
        height = max(height, pieces[index].shape[0])
    sheet = np.full((top + height, room, 3), 255, np.uint8)
    for (x, y), piece in zip(corners.astype(int), pieces, strict=True):
        sheet[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return sheet, corners


def _unlike(wanted: Box, box: Box) -> float:
    """Return how unlike what was wanted a line is, in place and height."""
    off = abs(middle(box) - middle(wanted)) + abs(box.x - wanted.x) / 3
    return off + abs(math.log(box.height / wanted.height))


def middle(box: Box) -> float:
    """Return the height at which a line stands."""
    return box.y + box.height / 2


def expected_at(place: FieldPlace, characters: int, at: tuple[float, float]) -> Box:
    """Return the box of a datum of so many characters whose left end and middle stand at a place."""
    return Box(at[0], at[1] - place.line_mm / 2, characters * place.character_mm * _WIDER, place.line_mm)


def read_boxes(page: Page, boxes: Sequence[Box], reader: TextReader) -> tuple[TextLine, ...]:
    """Read what stands in some boxes; those outside the page have no text."""
    pictures = [part(page, box) for box in boxes]
    there = [index for index, picture in enumerate(pictures) if min(picture.shape[:2]) > 3]
    readings = dict(zip(there, reader.read([pictures[index] for index in there]), strict=True))
    nothing = Reading("", (), ())
    read = (readings.get(index, nothing) for index in range(len(boxes)))
    return tuple(TextLine(one.text, one.confidence, box, one.shares) for one, box in zip(read, boxes, strict=True))


def find_lines(page: Page, within: Box, reader: TextReader, pixels_per_mm: float) -> tuple[Box, ...]:
    """Find lines of text in a box of the page, from the top down."""
    scale = min(1.0, pixels_per_mm / page.pixels_per_mm)
    picture = cv2.resize(part(page, within), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    corners = reader.find(np.asarray(picture, np.uint8)) / (page.pixels_per_mm * scale)
    boxes = (_upright(quad, within) for quad in corners)
    return tuple(box for box in boxes if _LOWEST <= box.height <= _HIGHEST)


def _upright(quad: NDArray[np.float32], within: Box) -> Box:
    (left, top), (right, bottom) = quad.min(0), quad.max(0)
    return Box(float(left) + within.x, float(top) + within.y, float(right - left), float(bottom - top))


def around(boxes: Iterable[Box]) -> Box:
    """Return the box around some boxes."""
    corners = np.array([(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes])
    left, top = (float(value) for value in corners[:, :2].min(0))
    right, bottom = (float(value) for value in corners[:, 2:].max(0))
    return Box(left, top, right - left, bottom - top)
