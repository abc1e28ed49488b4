"""Single characters of a zone, laid on the shapes of OCR-B: where each stands to a fraction of a pixel, and how alike.

A line is cut out so that its characters have one size. Where its comb of characters lies is searched roughly, then each
character about its place; then offset, size and blur are fitted together (Lucas and Kanade, 1981), again and again, so
that neither a soft capture nor a heavier print counts as another shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.mrz.ocr_b import CELL, Plane, atlas, basis, explained, shape, smaller
from docscan.mrz.rectify import Grey, Points, frame_in, place, shrunk
from docscan.page_geometry import MRZ_LINE_SPACING, MRZ_PITCH, Corners
from docscan.types import Homography

_ROW = MRZ_LINE_SPACING / MRZ_PITCH * CELL[1]  # pixels from line to line, as passports have them
_ROWS_ALIKE = 1.08  # by which two distances of lines may differ and be tried as one
_BESIDE = 3.0  # pixels from the middle height of a line's characters, beyond which one was not found
_ROOM = (8, 72)  # pixels about a line, down and across: its frame may be two characters off
_FINE, _COARSE = 2, 4  # times coarser than the cells is a character searched about its place, and a line's comb
_REACH = (8, 6)  # pixels that a character is searched beside its place, down and across
_SHIFTS = np.arange(-10, 11) / 4  # characters by which a line's ends may stand beside the frame's
_BENDS = np.arange(-2, 3) / 4  # and its middle beside the middle of its ends: perspective
_SOFTNESSES = (1.4, 2.2, 3.2)  # deviations in pixels by which shapes are softened, as captures are
_TOO_SOFT = 4.6  # softness that leaves nothing of a character to measure
_PROBE = 12  # characters that tell how soft a capture is
_ROUNDS = 6  # of the fit
_STEP, _STILL = 1.5, 0.03  # pixels: the farthest move in a round, and a move that ends it
_SEEMS = (0.7, 4.0)  # times as far as it is may a shape seem to lie off
_COARSER = 1.5  # deviation in pixels under which what a shape leaves is looked at: edges are the capture's

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a zone as they stand, lines x columns.

    ``places`` are their middles in pixels of the image and ``stands`` how far each stands beside its place on an even
    grid of the zone's outline, in pitches (both … x 2, x and y; NaN where none was found). ``likeness`` is how much of
    a cell the shape of OCR-B explains, 0 to 1. ``strangeness`` is how much of their shapes' energy the characters have
    beside them, again and again; NaN where no two are the same. ``pitch`` is in pixels of the image. ``by_lines``
    says that the characters' height was taken from the distance of the lines, not from the page's millimetres.
    """

    places: Points
    stands: Points
    likeness: Floats
    strangeness: float
    pitch: float
    by_lines: bool


def _grid(outline: Corners, to_page: Homography, lines: int) -> Homography:
    """Return the map from (share of a line's length, line counted from 0) to the image that fits an outline best.

    It is affine on the page: two lines are too low to tell perspective, and the page's own homography tells it better
    than an outline's four corners. Its lines stand upright over each other: where a line's end was missed, the outline
    is slanted and its characters are not.
    """
    unit = np.array([[0.0, 0, 1], [1, 0, 1], [1, lines - 1, 1], [0, lines - 1, 1]])
    matrix = np.eye(3)
    matrix[:2] = np.linalg.lstsq(unit, place(to_page, frame_in(outline, lines)), rcond=None)[0].T
    along, down = matrix[:2, 0], matrix[:2, 1]
    slant = float(along @ down) / float(along @ along) * along
    matrix[:2, 1] -= slant
    matrix[:2, 2] += slant * (lines - 1) / 2
    return np.asarray(np.linalg.inv(to_page) @ matrix, np.float64)


def _on_its_lines(grid: Homography, below: Sequence[float]) -> Homography:
    """Return a grid whose lines are where characters have them, by shares of a line's distance below where it has them.

    An outline may be a fifth too high or too low, and characters would be drawn out by as much.
    """
    apart, first = np.polyfit(np.arange(len(below)), np.arange(len(below)) + np.array(below), 1)
    return np.asarray(grid @ np.array([[1, 0, 0], [0, apart, first], [0, 0, 1]]), np.float64)


def _rows(grid: Homography, to_page: Homography, columns: int) -> list[float]:
    """Return what may be the pixels from line to line.

    Issuers set lines as near as 4.2 mm, and then their distance tells nothing of how high a character is: the page's
    millimetres tell it. Where no border was seen and a camera looked askew, these tell less than the lines do.
    """
    first, end, below = place(to_page @ grid, np.array([[0.0, 0], [1, 0], [0, 1]]))
    along, down = end - first, below - first
    row = abs(float(along[0] * down[1] - along[1] * down[0])) / float(along @ along) * columns * CELL[1]
    return [_ROW] if 1 / _ROWS_ALIKE < row / _ROW < _ROWS_ALIKE else [_ROW, row]


def _strip(image: Grey, grid: Homography, row: float, line: int, columns: int) -> Grey:
    """Cut a line with room about it, lines being ``row`` pixels apart: its ink is bright."""
    down, across = _ROOM
    width, height = columns * CELL[1] + 2 * across, CELL[0] + 2 * down
    to_grid = np.array(
        [
            [1 / (columns * CELL[1]), 0, (0.5 - across) / (columns * CELL[1])],
            [0, 1 / row, line + (0.5 - down - CELL[0] / 2) / row],
            [0, 0, 1],
        ]
    )
    matrix = grid @ to_grid
    corners = place(matrix, np.array([[0.0, 0], [width, 0], [width, height], [0, height]]))
    step = float(np.hypot(*(corners[1] - corners[0]))) / width
    cut, offset, factor = shrunk(image, corners.min(0) - 2, corners.max(0) + 2, 1 / max(step, 1e-6))
    shift = (0.5 - offset) * factor - 0.5
    local = np.array([[factor, 0, shift[0]], [0, factor, shift[1]], [0, 0, 1]]) @ matrix
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpPerspective(cut, local, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(255 - strip, np.uint8)


@cache
def _combs(count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return where so many characters may begin in their strip, combs x characters: in pixels, and coarsely."""
    start, end, bend = (part.ravel()[:, None] for part in np.meshgrid(_SHIFTS, _SHIFTS, _BENDS, indexing="ij"))
    share = (np.arange(count) + 0.5) / count
    begins = np.arange(count) + start * (1 - share) + end * share + bend * 4 * share * (1 - share)
    pixels = begins * CELL[1] + _ROOM[1]
    last = (count * CELL[1] + 2 * _ROOM[1]) // _COARSE - CELL[1] // _COARSE
    return pixels, np.clip(np.rint(pixels / _COARSE).astype(np.int64), 0, last)


def _comb(strip: Grey, text: str) -> Floats:
    """Find where a line's characters begin in their strip, roughly: pixels, one for each."""
    small = smaller(strip, _COARSE)
    answers = {character: _along(small, character) for character in set(text)}
    stacked = np.stack([answers[character] for character in text])
    pixels, columns = _combs(len(text))
    best = int(stacked[np.arange(len(text)), columns].sum(1).argmax())
    return np.asarray(pixels[best], np.float64)


def _along(small: Plane, character: str) -> Plane:
    """Return how well a character fits at each place along a line, over all heights in reach."""
    sought = shape(0, character, _SOFTNESSES[1], _COARSE)
    # Not normalised: empty paper, which has hardly any contrast of its own, must not answer to any shape.
    return np.asarray(cv2.matchTemplate(small, sought, cv2.TM_CCOEFF).max(0) / sought.std(), np.float32)


def _peak(small: Plane, begin: float, sought: Plane) -> tuple[float, float, float]:
    """Return the correlation at the best place about one, and that place (x, y), in pixels of the strip."""
    left = max(0, round((begin - _REACH[1]) / _FINE))
    window = small[:, left : left + (CELL[1] + 2 * _REACH[1]) // _FINE]
    found = cv2.matchTemplate(window, sought, cv2.TM_CCOEFF_NORMED)
    _, best, _, (across, down) = cv2.minMaxLoc(found)
    return best, float((left + across) * _FINE), float(down * _FINE)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which shapes a zone has: the cut of OCR-B, how soft they are, and the pixels from line to line."""

    fit: float
    cut: int
    softness: float
    row: float


def _probe(text: str, begins: Floats) -> list[tuple[float, str]]:
    """Return some characters of a line that are no fillers, and where they begin."""
    return [(begin, character) for begin, character in zip(begins, text, strict=True) if character != "<"][:_PROBE]


def _below(strip: Grey, text: str, begins: Floats) -> float:
    """Return how far a line's characters stand below their place in its strip, in pixels."""
    small = smaller(strip, _FINE)
    tops = [_peak(small, begin, shape(0, other, _SOFTNESSES[1], _FINE))[2] for begin, other in _probe(text, begins)]
    if not tops:
        return 0.0
    middle = float(np.median(tops))
    return float(np.mean([top for top in tops if abs(top - middle) <= _BESIDE] or middle)) - _ROOM[0]


def _kind(strip: Grey, text: str, begins: Floats, row: float) -> _Kind:
    """Return which shapes fit a line best."""
    small, seen = smaller(strip, _FINE), _probe(text, begins)

    def fit(cut: int, softness: float) -> float:
        return sum(_peak(small, begin, shape(cut, character, softness, _FINE))[0] for begin, character in seen)

    # How soft a capture is shows whichever cut its shapes are of.
    softness = max((*_SOFTNESSES, _TOO_SOFT), key=lambda softness: fit(0, softness))
    kinds = [_Kind(fit(cut, softness), cut, softness, row) for cut in range(len(atlas()))]
    return max(kinds, key=lambda kind: kind.fit)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A character laid on a shape: where it begins in the strip, their likeness, and what the shape leaves of it.

    ``left`` are the cell's pixels, in units of the shape's own deviation.
    """

    x: float
    y: float
    likeness: float
    left: Plane


_MISSED = _Fit(np.nan, np.nan, 0.0, np.zeros(CELL[0] * CELL[1], np.float32))


def _fitted(strip: Grey, begin: tuple[float, float], character: str, kind: _Kind) -> _Fit:
    """Lay a shape on a character that begins about a place."""
    parts, inverse = basis(kind.cut, character, kind.softness)
    (x, y), middle = begin, ((CELL[1] - 1) / 2, (CELL[0] - 1) / 2)
    right = lower = across = down = 0.0
    for _ in range(_ROUNDS):
        cell = cv2.getRectSubPix(strip, CELL[::-1], (x + middle[0], y + middle[1]), patchType=cv2.CV_32F).ravel()
        weights = inverse @ cell
        if weights[0] <= 0:
            return _MISSED
        before, (right, lower) = (right, lower), (weights[1:3] / weights[0]).tolist()
        if max(abs(right), abs(lower)) < _STILL:
            break
        across, down = _step(right, before[0], across), _step(lower, before[1], down)
        x, y = x + across, y + down
    # Independent of contrast: what the sum leaves unexplained against what there is.
    left, whole = cell - parts @ weights, cell - cell.mean()
    likeness = 1 - float(left @ left) / max(float(whole @ whole), 1e-6)
    more, inverse = explained(kind.cut, character, kind.softness)
    energy = weights[0] * np.linalg.norm(parts[:, 0] - parts[:, 0].mean())
    return _Fit(x, y, likeness, (cell - more @ (inverse @ cell)) / energy)


def _step(off: float, before: float, step: float) -> float:
    """Return where to move next in one direction, from how far off a shape seems to lie, now and before a step.

    On edges that a scanner's software made sharper than any shape is, a shape seems farther off than it is: what the
    step before made of it tells how much (secant method).
    """
    seems = (before - off) / step if abs(step) > _STILL else 1.0
    return min(max(off / min(max(seems, _SEEMS[0]), _SEEMS[1]), -_STEP), _STEP)


def _laid(strip: Grey, begins: Floats, text: str, kind: _Kind) -> list[_Fit]:
    """Lay a line's characters on their shapes."""
    small = smaller(strip, _FINE)
    found = []
    for begin, character in zip(begins, text, strict=True):
        _, x, y = _peak(small, begin, shape(kind.cut, character, kind.softness, _FINE))
        found.append(_fitted(strip, (x, y), character, kind))
    return found


def _strangeness(fits: Sequence[_Fit], text: str) -> float:
    """Return how much of their shapes' energy characters have beside them, again and again.

    What one character alone shows beside its shape may be the background's; what all of a kind share is theirs: the
    mean product of pairs of one kind is free of what chance brings.
    """
    total, weights = 0.0, 0.0
    for character in set(text):
        own = [fit.left for fit, other in zip(fits, text, strict=True) if other == character and fit.likeness > 0]
        count = len(own)
        if count < 2:
            continue
        coarse = cv2.GaussianBlur(np.stack(own, -1).reshape(*CELL, count), (0, 0), _COARSER)
        left = coarse.reshape(-1, count)
        product = (float((left.sum(1) ** 2).sum()) - float((left**2).sum())) / (count * (count - 1))
        weight = (count - 1) ** 0.5  # a zone is half fillers: they shall not outvote all other kinds
        total, weights = total + weight * product, weights + weight
    return total / weights if weights else float("nan")


def glyphs(image: Grey, outline: Corners, to_page: Homography, lines: Sequence[str]) -> Glyphs | None:
    """Lay every character of a zone on OCR-B's shape; None where the zone is too blurred.

    Parameters
    ----------
    image
        Height x width, grey.
    outline
        4 x 2, the zone's, in pixels of the image, clockwise from the upper left of the text as read.
    to_page
        3 x 3, from the image's pixels to millimetres of the page.
    lines
        Its characters, as many in each.
    """
    columns, last = len(lines[0]), len(lines) - 1
    grid = _grid(outline, to_page, len(lines))
    rough = _rows(grid, to_page, columns)[-1]
    strips = [_strip(image, grid, rough, line, columns) for line in range(len(lines))]
    begins = [_comb(strip, text) for strip, text in zip(strips, lines, strict=True)]
    grid = _on_its_lines(grid, [_below(*line) / rough for line in zip(strips, lines, begins, strict=True)])
    lowest = {row: _strip(image, grid, row, last, columns) for row in _rows(grid, to_page, columns)}
    kinds = [_kind(strip, lines[last], begins[last], row) for row, strip in lowest.items()]
    kind = max(kinds, key=lambda kind: kind.fit)
    if kind.softness >= _TOO_SOFT:
        return None
    strips = [*(_strip(image, grid, kind.row, line, columns) for line in range(last)), lowest[kind.row]]
    found = [_laid(*line, kind) for line in zip(strips, begins, lines, strict=True)]
    return _as_they_stand(found, lines, grid, kind.row)


def _as_they_stand(found: Sequence[Sequence[_Fit]], lines: Sequence[str], grid: Homography, row: float) -> Glyphs:
    columns = len(lines[0])
    line, column = np.mgrid[: len(lines), :columns]
    begins = np.array([[(fit.x, fit.y) for fit in fits] for fits in found])
    across = (begins[..., 0] - _ROOM[1]) / CELL[1] - column
    down = (begins[..., 1] - _ROOM[0]) / CELL[1]
    on_grid = np.stack([(column + 0.5 + across) / columns, line + down * CELL[1] / row], -1)
    middles = place(grid, np.array([[0.0, (len(lines) - 1) / 2], [1, (len(lines) - 1) / 2]]))
    return Glyphs(
        places=place(grid, on_grid),
        stands=np.stack([across, down], -1),
        likeness=np.array([[fit.likeness for fit in fits] for fits in found]),
        strangeness=_strangeness([fit for fits in found for fit in fits], "".join(lines)),
        pitch=float(np.hypot(*(middles[1] - middles[0]))) / columns,
        by_lines=row == _ROW,
    )
