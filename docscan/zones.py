"""Where to look on a page when no document model says it better.

ICAO's zones (Doc 9303 parts 4 to 7, "Data page layout") give the portrait and the MRZ; the rest of the page is searched
with a sliding grid for where there is print, and for where there is little but the background.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.crops import CROP_MM, grid
from docscan.page_geometry import PAGE_OF, Corners, nominal_zone, rectangle
from docscan.types import Box, MrzFormat, PageSize

SEARCH_PIXELS_PER_MM = 4.0  # of the picture in which the grid slides: strokes of text still show

_Spot = tuple[float, float]
Spots = tuple[_Spot, ...]
"""Upper left corners of crops, in millimetres of the page."""

_MARGIN = 1.0  # millimetres of the page's edge that a crop leaves out: a border is never found exactly
_STEP = 2.0  # of the sliding grid, millimetres
_APART = 0.8  # of a crop's side, by which two found by searching stand apart at least
_STROKE = 9  # pixels; wider than a stroke of text, narrower than a portrait's shadows


@dataclass(frozen=True, slots=True)
class Layout:
    """The zones of a kind of side, and how many crops each gets: columns and rows, or what the search may find."""

    page: Box  # the document on the page: a visa is smaller than the page on which it is stuck
    portrait: Box | None
    portrait_either_side: bool  # cards and TD2 may have it on the right
    mrz: Box | None
    mrz_crops: tuple[int, int]
    text_crops: int
    background_crops: int


def _mrz_box(mrz_format: MrzFormat) -> Box:
    (left, top), _, (right, bottom), _ = nominal_zone(mrz_format)
    height = max(CROP_MM, bottom - top + 2)
    return Box(left - 1, (top + bottom - height) / 2, right - left + 2, height)


def _layouts() -> dict[MrzFormat | PageSize, Layout]:
    def page(size: PageSize) -> Box:
        return Box(0, 0, *size.millimetres)

    visa_a, visa_b = Box(0, 8, 120, 80), Box(0, 0, 105, 74)  # on the left of the page's lower edge (part 7)
    id_3, id_2, id_1 = (page(size) for size in (PageSize.ID_3, PageSize.ID_2, PageSize.ID_1))
    return {
        MrzFormat.TD3: Layout(id_3, Box(2.5, 8, 35, 46), False, _mrz_box(MrzFormat.TD3), (8, 1), 8, 3),
        MrzFormat.MRV_A: Layout(visa_a, Box(2.5, 16, 33, 41), False, _mrz_box(MrzFormat.MRV_A), (8, 1), 8, 3),
        MrzFormat.TD2: Layout(id_2, Box(2, 7, 30, 38), True, _mrz_box(MrzFormat.TD2), (7, 1), 8, 4),
        MrzFormat.MRV_B: Layout(visa_b, Box(2, 7, 30, 38), False, _mrz_box(MrzFormat.MRV_B), (7, 1), 8, 4),
        MrzFormat.TD1: Layout(id_1, None, False, _mrz_box(MrzFormat.TD1), (6, 2), 6, 3),
        # A card's side without an MRZ is its front.
        PageSize.ID_1: Layout(id_1, Box(2, 7, 28, 36), True, None, (0, 0), 11, 5),
        PageSize.ID_2: Layout(id_2, Box(2, 7, 30, 38), True, _mrz_box(MrzFormat.TD2), (7, 1), 8, 4),
        PageSize.ID_3: Layout(id_3, Box(2.5, 8, 35, 46), False, _mrz_box(MrzFormat.TD3), (8, 1), 8, 3),
    }


LAYOUTS: Mapping[MrzFormat | PageSize, Layout] = MappingProxyType(_layouts())
REGIONS = ("portrait", "viz", "mrz", "background")


def layout_of(size: PageSize, mrz_format: MrzFormat | None) -> Layout:
    """Return the zones of a page; ``mrz_format`` None where no MRZ was read on it."""
    return LAYOUTS[mrz_format if mrz_format is not None and PAGE_OF[mrz_format] is size else size]


def _strokes(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much darker than its surroundings each thin thing is, as text is."""
    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    found = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel).astype(np.float32)
    return np.minimum(found, 64)  # a bold title is not worth more than small print


def _on_the_right(grey: NDArray[np.uint8], portrait: Box, page: Box) -> bool:
    """Tell whether a portrait stands at the right: the darker of the two places."""
    left, right = (float(_part(grey, box).mean()) for box in (portrait, _mirrored(portrait, page)))
    return right < left


def _part(grey: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    x, y, w, h = (round(value * SEARCH_PIXELS_PER_MM) for value in (box.x, box.y, box.width, box.height))
    return grey[max(0, y) : y + h, max(0, x) : x + w]


def _mirrored(box: Box, page: Box) -> Box:
    return Box(page.x + page.width - (box.x - page.x) - box.width, box.y, box.width, box.height)


def _touches(x: float, y: float, box: Box | None, allowed: float) -> bool:
    """Tell whether a crop overlaps a box by more than a share of the crop's area."""
    if box is None:
        return False
    across = min(x + CROP_MM, box.x + box.width) - max(x, box.x)
    down = min(y + CROP_MM, box.y + box.height) - max(y, box.y)
    return max(0.0, across) * max(0.0, down) > allowed * CROP_MM**2


def _candidates(page: Box, portrait: Box | None, mrz: Box | None) -> list[_Spot]:
    """Return where the grid slides: over the page, but for the portrait and the MRZ."""
    right, bottom = page.x + page.width - CROP_MM - _MARGIN, page.y + page.height - CROP_MM - _MARGIN
    xs = np.arange(page.x + _MARGIN, right + 1e-6, _STEP)
    ys = np.arange(page.y + _MARGIN, bottom + 1e-6, _STEP)
    return [
        (float(x), float(y))
        for y in ys
        for x in xs
        if not _touches(x, y, portrait, 0.3) and not _touches(x, y, mrz, 0.15)
    ]


def _search(
    strokes: NDArray[np.float32], spots: list[_Spot], wanted: int, taken: Sequence[_Spot], sign: float
) -> Spots:
    """Take the spots with most (``sign`` 1) or least (-1) strokes one after another, apart from those already taken."""
    total = cv2.integral(strokes)
    side = round(CROP_MM * SEARCH_PIXELS_PER_MM)
    corners = np.rint(np.array(spots) * SEARCH_PIXELS_PER_MM).astype(int).reshape(-1, 2)
    left, top = np.minimum(corners, np.array(total.shape[::-1]) - 1).T
    right, bottom = (
        np.minimum(edge + side, limit - 1) for edge, limit in ((left, total.shape[1]), (top, total.shape[0]))
    )
    worth = sign * (total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left])
    found: list[_Spot] = []
    for index in np.argsort(-worth, kind="stable"):
        if len(found) == wanted:
            break
        x, y = spots[index]
        if all(abs(x - a) >= _APART * CROP_MM or abs(y - b) >= _APART * CROP_MM for a, b in (*taken, *found)):
            found.append((x, y))
    return tuple(found)


def crop_spots(page_grey: NDArray[np.uint8], layout: Layout) -> dict[str, Spots]:
    """Return where the crops of each region are cut.

    Parameters
    ----------
    page_grey
        The rectified page, height x width, at ``SEARCH_PIXELS_PER_MM``.

    Returns
    -------
    dict
        For each of ``REGIONS`` that the side has, the upper left corners of its crops in millimetres of the page.
    """
    found: dict[str, Spots] = {}
    portrait = layout.portrait
    if portrait is not None:
        if layout.portrait_either_side and _on_the_right(page_grey, portrait, layout.page):
            portrait = _mirrored(portrait, layout.page)
        middle = portrait.x + (portrait.width - CROP_MM) / 2, portrait.y + (portrait.height - CROP_MM) / 2
        found["portrait"] = (*grid(portrait, 2, 2), middle)
    if layout.mrz is not None:
        found["mrz"] = grid(layout.mrz, *layout.mrz_crops)
    spots = _candidates(layout.page, portrait, layout.mrz)
    strokes = _strokes(page_grey)
    found["viz"] = _search(strokes, spots, layout.text_crops, [], 1)
    found["background"] = _search(strokes, spots, layout.background_crops, found["viz"], -1)
    return {name: found[name] for name in REGIONS if found.get(name)}


def corners_mm(box: Box) -> Corners:
    """Return a box's corners, clockwise from the upper left."""
    corners: Corners = rectangle(box.width, box.height) + np.array([box.x, box.y])
    return corners


def around(spots: Spots) -> Box:
    """Return the box around some crops."""
    places = np.array(spots)
    left, top = (float(value) for value in places.min(0))
    right, bottom = (float(value) for value in places.max(0) + CROP_MM)
    return Box(left, top, right - left, bottom - top)
