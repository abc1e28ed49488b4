"""Where to look on a page when no document model says it better.

ICAO's zones (Doc 9303 parts 4 to 7, "Data page layout") give the portrait and the MRZ; the rest of the page is searched
with a sliding grid for where there is print that no other crop shows, and for where there is little but the background.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.colour import Pixel
from docscan.crops import CROP_MM, grid
from docscan.page_geometry import PAGE_OF, Corners, nominal_zone, rectangle
from docscan.types import Box, MrzFormat, PageSize

SEARCH_PIXELS_PER_MM = 4.0  # of the picture in which the grid slides: strokes of text still show


_Spot = tuple[float, float]
Spots = tuple[_Spot, ...]
"""Upper left corners of crops, in millimetres of the page."""

_MARGIN = 1.0  # millimetres of the page's edge that a crop leaves out: a border is never found exactly
_STEP = 1.0  # of the sliding grid, millimetres
_APART = 0.6  # of a crop's side, by which a piece of background stands apart from other crops at least
_SHARED = 0.25  # of a crop of the background that the portrait or the MRZ may take
_RIM = 2.0  # millimetres about a portrait that its crops show
_FAINT = 10  # grey levels by which the lines of a background are darker than the paper
_STROKE = 9  # pixels; wider than a stroke of text, narrower than a portrait's shadows


@dataclass(frozen=True, slots=True)
class Layout:
    """The zones of a kind of side, and how many crops each gets; the portrait always three."""

    page: Box  # the document on the page: a visa is smaller than the page on which it is stuck
    portrait: Box | None
    portrait_either_side: bool  # cards and TD2 may have it on the right
    mrz: Box | None
    mrz_crops: int  # side by side
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
    passport = Layout(id_3, Box(2.5, 8, 35, 46), False, _mrz_box(MrzFormat.TD3), 7, 13, 1)
    td2 = Layout(id_2, Box(2, 7, 30, 38), True, _mrz_box(MrzFormat.TD2), 6, 13, 2)
    return {
        MrzFormat.TD3: passport,
        MrzFormat.MRV_A: Layout(visa_a, Box(2.5, 16, 33, 41), False, _mrz_box(MrzFormat.MRV_A), 7, 13, 1),
        MrzFormat.TD2: td2,
        MrzFormat.MRV_B: Layout(visa_b, Box(2, 7, 30, 38), False, _mrz_box(MrzFormat.MRV_B), 6, 13, 2),
        MrzFormat.TD1: Layout(id_1, None, False, _mrz_box(MrzFormat.TD1), 5, 11, 2),
        # A card's side without an MRZ is its front.
        PageSize.ID_1: Layout(id_1, Box(2, 7, 28, 36), True, None, 0, 14, 2),
        PageSize.ID_2: td2,
        PageSize.ID_3: passport,
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
    return np.clip(found - _FAINT, 0, 64)  # a bold title is not worth more than small print


def _on_the_right(grey: NDArray[np.uint8], portrait: Box, page: Box) -> bool:
    """Tell whether a portrait stands at the right: the darker of the two places."""
    left, right = (float(_part(grey, box).mean()) for box in (portrait, _mirrored(portrait, page)))
    return right < left


def _part(grey: NDArray[Pixel], box: Box) -> NDArray[Pixel]:
    x, y, w, h = (round(value * SEARCH_PIXELS_PER_MM) for value in (box.x, box.y, box.width, box.height))
    return grey[max(0, y) : y + h, max(0, x) : x + w]


def _mirrored(box: Box, page: Box) -> Box:
    return Box(page.x + page.width - (box.x - page.x) - box.width, box.y, box.width, box.height)


def _portrait_spots(portrait: Box) -> Spots:
    """Return crops on two opposite corners, where something pasted or cut shows, and on the face."""
    left, top = portrait.x - _RIM, portrait.y - _RIM
    right, bottom = portrait.x + portrait.width + _RIM - CROP_MM, portrait.y + portrait.height + _RIM - CROP_MM
    return (left, top), ((left + right) / 2, (top + bottom) / 2), (right, bottom)


def _blotted(strokes: NDArray[np.float32], boxes: Iterable[Box]) -> NDArray[np.float32]:
    """Return strokes without those in some boxes."""
    rest = strokes.copy()
    for box in boxes:
        _part(rest, box)[:] = 0
    return rest


def _candidates(page: Box) -> NDArray[np.float64]:
    """Return where the grid slides, over the whole page: n x 2."""
    right, bottom = page.x + page.width - CROP_MM - _MARGIN, page.y + page.height - CROP_MM - _MARGIN
    xs, ys = np.arange(page.x + _MARGIN, right + 1e-6, _STEP), np.arange(page.y + _MARGIN, bottom + 1e-6, _STEP)
    return np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)


def _beside(spots: NDArray[np.float64], boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Return the spots whose crops show little of some boxes: a photograph's plain parts are no background."""
    kept = np.ones(len(spots), bool)
    for box in boxes:
        start, end = np.array([box.x, box.y]), np.array([box.x + box.width, box.y + box.height])
        shared = np.maximum(0, np.minimum(spots + CROP_MM, end) - np.maximum(spots, start)).prod(1)
        kept &= shared <= _SHARED * CROP_MM**2
    return spots[kept]


def _within(strokes: NDArray[np.float32], spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the strokes in a crop at each of some spots."""
    total = cv2.integral(strokes)
    side = round(CROP_MM * SEARCH_PIXELS_PER_MM)
    left, top = np.minimum(np.rint(spots * SEARCH_PIXELS_PER_MM).astype(int), np.array(total.shape[::-1]) - 1).T
    right, bottom = np.minimum(left + side, total.shape[1] - 1), np.minimum(top + side, total.shape[0] - 1)
    return np.asarray(total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left])


def _most(strokes: NDArray[np.float32], spots: NDArray[np.float64], wanted: int) -> Spots:
    """Take the spots with most strokes one after another, where those that one shows count for no other."""
    found: list[_Spot] = []
    for _ in range(wanted):
        x, y = (float(value) for value in spots[int(_within(strokes, spots).argmax())])
        found.append((x, y))
        strokes = _blotted(strokes, [Box(x, y, CROP_MM, CROP_MM)])
    return tuple(found)


def _fewest(strokes: NDArray[np.float32], spots: NDArray[np.float64], wanted: int, taken: Sequence[_Spot]) -> Spots:
    """Take the spots with fewest strokes one after another, apart from those already taken."""
    found: list[_Spot] = []
    for index in np.argsort(_within(strokes, spots), kind="stable"):
        if len(found) == wanted:
            break
        x, y = (float(value) for value in spots[index])
        if all(abs(x - a) >= _APART * CROP_MM or abs(y - b) >= _APART * CROP_MM for a, b in (*taken, *found)):
            found.append((x, y))
    return tuple(found)


def portrait_box(page_grey: NDArray[np.uint8], layout: Layout) -> Box | None:
    """Return where the portrait stands, on the right where that is the darker place; arguments as ``crop_spots``."""
    portrait = layout.portrait
    if portrait is not None and layout.portrait_either_side and _on_the_right(page_grey, portrait, layout.page):
        return _mirrored(portrait, layout.page)
    return portrait


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
    portrait = portrait_box(page_grey, layout)
    if portrait is not None:
        found["portrait"] = _portrait_spots(portrait)
    if layout.mrz is not None:
        found["mrz"] = grid(layout.mrz, layout.mrz_crops, 1)
    strokes, spots = _strokes(page_grey), _candidates(layout.page)
    zones = [box for box in (portrait, layout.mrz) if box is not None]
    found["viz"] = _most(_blotted(strokes, zones), spots, layout.text_crops)
    taken = [spot for places in found.values() for spot in places]
    found["background"] = _fewest(strokes, _beside(spots, zones), layout.background_crops, taken)
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
