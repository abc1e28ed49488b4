"""Print of a page that stands elsewhere on it too, with the same background and the same noise: copied and moved.

Issuers print a letter many times, never on the same piece of background and never with the same noise of a capture. So
places of text that look alike are looked up, and each pair is judged by what lies between its letters too: copy-move
forgery detection by corners (Amerini et al., IEEE TIFS 6(3), 2011), the correlation of the residuals as its measure.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import grown
from docscan.documents.laying import peak
from docscan.types import Box, Page
from docscan.zones import SEARCH_PIXELS_PER_MM, Layout, portrait_box

_FINEST = 8.0  # pixels a millimetre: a finer page is made smaller
_RIM_MM = 2.5  # of the document's edge that is left out, and about its portrait and its MRZ
_TITLE_MM = 8.0  # of the top of a side with a portrait, which has the title of the document there
_STROKE_MM = 0.13  # blur that strokes of text survive and thin lines of the background do not
_DARKEST, _INK = 0.985, 0.5  # quantile of darkness that text has, and the share of it from which something is text
_CORNERS, _APART_MM, _CORNER_MM = 1000, 0.35, 0.5  # of text: at most, and how far apart and how large each
_LEAST_CORNER = 0.02  # of the strongest
_LOOK_MM = (1.1, 1.0)  # half the width and half the height of what is compared about a corner
_ALIKE, _PAIRS = 0.85, 600  # correlation from which two corners may be the same print; the likeliest pairs, at most
_BLOCK = 64  # looks that are compared in one piece
_FAR_MM = (3.0, 2.2)  # across or down: nearer than that any line of text is like itself
_SHIFTS = 30  # that are looked into, at most
_TRIED = 2  # pairs of each
_AGREE = 2  # pixels by which the shifts of two pairs may differ
_SEARCH = 3  # pixels about a shift
_AROUND_MM = (10.0, 5.0)  # half the width and half the height of what is compared once a shift is known
_PATCH_MM = 1.6  # side of what is correlated about each pixel
_SAME = 0.85  # correlation from which a pixel's surroundings are the same in both places
# Sigmas of two bands, pixels: by the first places are laid on each other, by the second, noise above all, judged.
_COARSE, _FINE = (0.8, 3.0), (0.0, 1.5)
_LEAST_VARIANCE = 0.3  # squared grey levels: of flat paper nothing is known
_TOUCHED = 0.1  # of a pixel that text may cover
_HALO_MM = 0.35  # about text, that blur and sharpening reach
# Of how much a background varies, by which two pieces of it may differ. Where it is plain, or a capture too smooth for
# noise, nothing tells a word that was printed twice from one that was copied.
_MOST_LEFT = 0.2
_LEAST_GROUND_MM2 = 0.5  # of background between the letters, without which nothing is known

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
_Spots = NDArray[np.int64]  # n x 2, pixels


@dataclass(frozen=True, slots=True)
class Twins:
    """Two places of a page that show the same.

    ``likeness`` grows with their size and with how well they and the backgrounds of their letters agree, and falls with
    how alike their surroundings are; ``one`` and ``other`` are in millimetres of the page.
    """

    likeness: float
    one: Box
    other: Box


@dataclass(frozen=True, slots=True)
class _Text:
    """The part of a page in which text is looked for."""

    grey: Grey
    darkness: Floats  # than the paper about it, as a share
    ink: Floats  # 1 where there is text, else 0
    wanted: Grey  # 255 where text is looked for
    pixels_per_mm: float
    origin: tuple[float, float]  # of its upper left corner, millimetres of the page

    def half(self, half_mm: tuple[float, float]) -> tuple[int, int]:
        """Return half a width and half a height in pixels."""
        return int(half_mm[0] * self.pixels_per_mm), int(half_mm[1] * self.pixels_per_mm)

    def shows(self, spot: tuple[float, float]) -> bool:
        """Tell whether a spot lies within it."""
        height, width = self.grey.shape
        return bool(0 <= spot[0] < width and 0 <= spot[1] < height)

    def box(self, left: float, top: float, width: float, height: float) -> Box:
        """Return a box given in pixels."""
        scale = self.pixels_per_mm
        return Box(left / scale + self.origin[0], top / scale + self.origin[1], width / scale, height / scale)


def twins_of(page: Page, layout: Layout) -> Twins | None:
    """Return the two places of printed data that are likest to be copied one from the other; None: no two are alike.

    Parameters
    ----------
    layout
        Where the page has its zones: data are looked for below its title and outside its portrait and its MRZ.
    """
    text = _text_of(page, layout)
    coarse, fine = (_band(text.grey, *sigmas) for sigmas in (_COARSE, _FINE))
    found = (_judged(text, coarse, fine, *pair) for pair in _alike(text))
    return max((twins for twins in found if twins), key=lambda twins: twins.likeness, default=None)


def _text_of(page: Page, layout: Layout) -> _Text:
    inner, scale = _with_data(layout), page.pixels_per_mm
    start, down = round(inner.x * scale), round(inner.y * scale)
    image = page.image[down : down + round(inner.height * scale), start : start + round(inner.width * scale)]
    grey, factor = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), min(1.0, _FINEST / scale)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    scale *= factor
    wanted = np.full(grey.shape, 255, np.uint8)
    for box in (layout.mrz, _portrait(page, layout)):
        if box is not None:
            zone = grown(box, _RIM_MM, _RIM_MM)
            x, y = zone.x - inner.x, zone.y - inner.y
            left, top, right, bottom = (
                max(0, round(value * scale)) for value in (x, y, x + zone.width, y + zone.height)
            )
            wanted[top:bottom, left:right] = 0
    darkness = _darkness(np.asarray(grey, np.uint8), scale)
    of_text = float(np.quantile(darkness[::3, ::3][wanted[::3, ::3] > 0], _DARKEST))
    ink = np.asarray(darkness > _INK * of_text, np.float32)
    return _Text(np.asarray(grey, np.uint8), darkness, ink, wanted, scale, (inner.x, inner.y))


def _with_data(layout: Layout) -> Box:
    """Return where a document has data: beside its edges and, where there is a portrait, below its title."""
    page, top = layout.page, _RIM_MM if layout.portrait is None else _TITLE_MM
    return Box(page.x + _RIM_MM, page.y + top, page.width - 2 * _RIM_MM, page.height - top - _RIM_MM)


def _portrait(page: Page, layout: Layout) -> Box | None:
    if not layout.portrait_either_side:
        return layout.portrait
    factor = SEARCH_PIXELS_PER_MM / page.pixels_per_mm
    small = cv2.resize(page.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return portrait_box(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8), layout)


def _darkness(grey: Grey, scale: float) -> Floats:
    """Return by what share each pixel is darker than the paper about it, thin lines aside."""
    soft = cv2.GaussianBlur(grey, (0, 0), _STROKE_MM * scale)
    small = cv2.resize(soft, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.dilate(small, np.ones((7, 7), np.uint8)), (15, 15))
    level = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.asarray((level - soft) / (level + 20), np.float32)


def _band(grey: Grey, low: float, high: float) -> Floats:
    """Return what a picture shows between two blurs; sigmas in pixels, 0: none."""
    values = grey.astype(np.float32)
    fine = cv2.GaussianBlur(values, (0, 0), low) if low else values
    return np.asarray(fine - cv2.GaussianBlur(values, (0, 0), high), np.float32)


def _corners(text: _Text) -> _Spots:
    """Return the strongest corners of text that can be compared."""
    near = np.where(_grown(text.ink > 0, 3), text.wanted, np.uint8(0))
    scale = text.pixels_per_mm
    found = cv2.goodFeaturesToTrack(
        text.darkness, _CORNERS, _LEAST_CORNER, _APART_MM * scale, mask=near, blockSize=int(_CORNER_MM * scale) | 1
    )
    spots = np.zeros((0, 2), np.int64) if found is None else np.rint(found[:, 0]).astype(np.int64)
    rim = np.array(text.half(_LOOK_MM)) + 2 * _SEARCH
    inside = (spots >= rim) & (spots < np.array(text.grey.shape[::-1]) - rim)
    return np.asarray(spots[inside.all(1)], np.int64)


def _looks(text: _Text, spots: _Spots) -> Floats:
    """Return what is about each spot, every second pixel, of mean 0 and length 1; spots x pixels."""
    half = text.half(_LOOK_MM)
    y, x = (grid.ravel() for grid in np.mgrid[-half[1] : half[1] + 1 : 2, -half[0] : half[0] + 1 : 2])
    looks = text.darkness[spots[:, 1, None] + y, spots[:, 0, None] + x]
    looks = looks - looks.mean(1, keepdims=True)
    return np.asarray(looks / (np.linalg.norm(looks, axis=1, keepdims=True) + 1e-3), np.float32)


def _products(looks: Floats) -> Floats:
    """Return how each look correlates with each, looks x looks.

    In blocks that are too small for BLAS to share among threads: these would spin on beside the inspection's own.
    """
    count, blocks = len(looks), -(-len(looks) // _BLOCK)
    filled = np.zeros((blocks, _BLOCK, looks.shape[1]), np.float32)
    filled.reshape(-1, looks.shape[1])[:count] = looks
    products = filled[:, None] @ filled[None].transpose(0, 1, 3, 2)
    return np.asarray(products.transpose(0, 2, 1, 3).reshape(blocks * _BLOCK, -1)[:count, :count], np.float32)


def _alike(text: _Text) -> Iterator[tuple[_Spots, _Spots]]:
    """Yield pairs of spots that look alike: for each shift the likest, those that most other pairs agree with first."""
    spots = _corners(text)
    if not len(spots):
        return
    looks = _looks(text, spots)
    likeness = _products(looks)
    one, other = np.nonzero(likeness > _ALIKE)
    # Each pair once, from left to right.
    shift = spots[other] - spots[one]
    onward = (shift[:, 0] > 0) | ((shift[:, 0] == 0) & (shift[:, 1] > 0))
    far = (np.abs(shift) > np.array(_FAR_MM) * text.pixels_per_mm).any(1)
    one, other = one[onward & far], other[onward & far]
    likest = np.argsort(-likeness[one, other], kind="stable")[:_PAIRS]
    one, other = one[likest], other[likest]
    across, down = (spots[other] - spots[one]).T.astype(np.int16)
    agree = (np.abs(across[:, None] - across) <= _AGREE) & (np.abs(down[:, None] - down) <= _AGREE)
    told = np.zeros(len(one), bool)
    votes = np.where(agree, likeness[one, other] - _ALIKE, 0).sum(1)
    for _ in range(_SHIFTS):
        if told.all():
            return
        chosen = int(np.where(told, -1, votes).argmax())
        for first in np.flatnonzero(agree[chosen])[:_TRIED]:  # they are in the order of their likeness
            yield spots[one[first]], spots[other[first]]
        told |= agree[chosen]


def _beside(values: Floats, at: int) -> float:
    """Return by what part of a pixel a maximum lies beside where it was found; 0 at an end, where nothing tells."""
    return peak(values[at - 1 : at + 2]) if 0 < at < len(values) - 1 else 0.0


def _laid(coarse: Floats, half: tuple[int, int], one: _Spots, other: _Spots) -> tuple[float, float] | None:
    """Return how many pixels, and parts of one, lie between the print at two spots; None where it differs."""
    across, down = half

    def about(spot: _Spots, more: int) -> Floats:
        (x, y), wide, high = spot, across + more, down + more
        return coarse[y - high : y + high + 1, x - wide : x + wide + 1]

    found = np.asarray(cv2.matchTemplate(about(other, _SEARCH), about(one, 0), cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(found)
    if best < _ALIKE:
        return None
    moved = other - one - _SEARCH
    return float(moved[0] + x + _beside(found[y], x)), float(moved[1] + y + _beside(found[:, x], y))


def _cut(values: Floats, size: tuple[int, int], middle: tuple[float, float]) -> Floats:
    return np.asarray(cv2.getRectSubPix(values, size, middle), np.float32)


def _correlated(one: Floats, other: Floats, side: int) -> Floats:
    """Return how what is about each pixel correlates in two pictures."""

    def mean(values: Floats) -> Floats:
        return np.asarray(cv2.blur(values, (side, side)), np.float32)

    first, second = mean(one), mean(other)
    spread, spread_there = mean(one * one) - first * first, mean(other * other) - second * second
    spreads = np.maximum(spread, _LEAST_VARIANCE) * np.maximum(spread_there, _LEAST_VARIANCE)
    return np.asarray((mean(one * other) - first * second) / np.sqrt(spreads), np.float32)


def _island(same: Floats, half: tuple[int, int]) -> tuple[Mask, tuple[int, int, int, int]] | None:
    """Return where, nearest to the middle, two pictures are the same, and its box: left, top, width, height."""
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats((same > _SAME).astype(np.uint8))
    down, across = same.shape[0] // 2, same.shape[1] // 2
    close = numbers[down - half[1] : down + half[1] + 1, across - half[0] : across + half[0] + 1]
    number = int(np.bincount(close[close > 0], minlength=1).argmax())
    if number == 0:
        return None
    left, top, width, height = (int(value) for value in boxes[number][:4])
    return np.asarray(numbers == number), (left, top, width, height)


def _grown(mask: Mask, side: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)


def _agreement(one: Floats, other: Floats, where: Mask) -> float:
    """Return the correlation of two pictures in a mask; 0 where one is flat. Without ``np.corrcoef``, see _products."""
    first, second = one[where] - one[where].mean(), other[where] - other[where].mean()
    spreads = float((first * first).mean()) * float((second * second).mean())
    return max(0.0, float((first * second).mean()) / spreads**0.5) if spreads > 0 else 0.0


def _mean_square(values: Floats) -> float:
    return float(np.square(values).mean()) if values.size else 0.0


def _usual_square(values: Floats) -> float:
    """Return the mean square by what most values say."""
    return float(np.square(1.4826 * np.median(np.abs(values)))) if values.size else 0.0


def _same_ground(apart: Floats, grounds: Sequence[Floats], spread: Callable[[Floats], float]) -> bool:
    """Tell whether two pieces of background differ by little of what backgrounds vary; never where none varies."""
    return spread(apart) < _MOST_LEFT * sum(spread(ground) for ground in grounds)


def _ground(
    text: _Text, shown: tuple[Floats, Floats], places: Sequence[tuple[float, float]], alike: Mask
) -> Mask | None:
    """Return where both places show the same background between their letters; None: it is not, or nothing tells.

    A word that was printed twice has other background, and other noise, about it.
    """
    here, there = shown
    inks = [_cut(text.ink, (alike.shape[1], alike.shape[0]), place) > _TOUCHED for place in places]
    ground = np.asarray(alike & ~_grown(inks[0] | inks[1], 3))
    if ground.sum() < _LEAST_GROUND_MM2 * text.pixels_per_mm**2:
        return None
    beyond = int(2 * _HALO_MM * text.pixels_per_mm) | 1
    grounds = [part[~_grown(ink, beyond)] for part, ink in zip(shown, inks, strict=True)]
    apart = here[ground] - there[ground]
    return ground if all(_same_ground(apart, grounds, spread) for spread in (_mean_square, _usual_square)) else None


def _judged(text: _Text, coarse: Floats, fine: Floats, one: _Spots, other: _Spots) -> Twins | None:
    """Judge two spots that look alike; None where what is about them is not the same, or a pattern that recurs."""
    look, (across, down) = text.half(_LOOK_MM), text.half(_AROUND_MM)
    shift = _laid(coarse, look, one, other)
    if shift is None:
        return None
    size, (x, y) = (2 * across + 1, 2 * down + 1), (float(one[0]), float(one[1]))
    places = (x, y), (x + shift[0], y + shift[1])
    here, there = (_cut(fine, size, place) for place in places)
    side = int(_PATCH_MM * text.pixels_per_mm) | 1
    same = _correlated(here, there, side)
    island = _island(same, look)
    if island is None:
        return None
    alike, (left, top, width, height) = island
    if width > 2 * across or height > 2 * down or (abs(shift[0]) < width and abs(shift[1]) < height):
        return None  # it reaches beyond what is compared, or into itself
    ground = _ground(text, (here, there), places, alike)
    if ground is None:
        return None
    thirds = ((x - shift[0], y - shift[1]), (x + 2 * shift[0], y + 2 * shift[1]))
    if any(_agreement(here, _cut(fine, size, third), alike) > _SAME for third in thirds if text.shows(third)):
        return None  # a pattern that recurs again and again
    ring = _grown(alike, 2 * side + 1) & ~_grown(alike, side)
    # Where a pattern of the background recurs, what is beside the two places is alike too.
    beside = float(np.median(same[ring])) if ring.any() else 1.0
    whole, between = _agreement(here, there, alike), _agreement(here, there, ground)
    likeness = log(alike.sum() / text.pixels_per_mm**2) - log(1.003 - whole) - log(1.01 - between) - beside
    left, top = left + int(one[0]) - across, top + int(one[1]) - down
    return Twins(likeness, *(text.box(left + dx, top + dy, width, height) for dx, dy in ((0.0, 0.0), shift)))
