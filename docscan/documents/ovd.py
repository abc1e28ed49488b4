"""The optically variable device (OVD) of a kind of document: where it is, and whether a page's does what theirs do.

Its gratings send other colours to every capture (Doc 9303 part 2, appendix A). So it is where samples differ from each
other in saturated colours, finely drawn, of any hue; what holders have of their own differs in ink, or in patches. A
printed picture of it is dull; and under infrared, where gratings in metal darken the page alike on all samples, it
shows nothing, or something else.
"""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import colours_of, grown, place_of, straightened, upright
from docscan.documents.laying import Laid, on_frame
from docscan.documents.model import OVD_LINES, OVD_MM, OvdPlace, ReferencePicture, Statistics
from docscan.documents.model import OVD_SIDE as SIDE
from docscan.documents.pictures import lies_exactly
from docscan.types import Box, Homography, Image, Page, PageSize

PIXELS_PER_MM = SIDE / OVD_MM  # of the pictures in which colours are compared
FINER = OVD_LINES // SIDE  # times finer are those under infrared: gratings' lines lie half a millimetre apart

_FEWEST = 3  # samples that tell an OVD
_WINDOW = 32  # pixels, a little smaller than most OVDs
_RIM_MM, _AROUND_MM = 3.0, 0.8  # of a page's edge, and about what holders have of their own, where none is looked for
_GRAIN_MM, _FINE_MM = 0.2, 1.0  # deviations between which fine colours are drawn, and twice those of infrared's lines
_LEAST_FREE = 0.35  # of a window that holders leave
# Mean square of colours (CIELAB) by which samples differ where an OVD is; what is none reached 34 on 25 sides of
# training and calibration states, an OVD 28 and more. The less is enough where all show the same lines under infrared.
_SHINES, _SHINES_AND_DRAWN = 45.0, 20.0
_OF_LEAST = 4.0  # times what it must be more than in its weaker colour, and in the least sample but one
_MIDDLE = (0.22, 0.78)  # of a portrait's width, where no OVD is looked for: hair and clothes differ too
_UNEVEN = 0.6  # deviation of samples' levels: of 22 OVDs none had more than 0.39, of collars and signatures one had 0.9
_PART = 0.25  # of its strongest place's: where it still shines
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_ALIKE = 0.7  # share of infrared's contrast that samples have in common, from which a place shows the same on all
_FAINT = 0.022  # contrast under infrared that is too little: OVDs' lines had 0.03 to 0.04, what is none up to 0.019
_LEAST_DRAWN = 0.15  # of the place, that must show the same under infrared
_LOCAL = 7  # pixels about each, over which samples' colours are compared
_LOCAL_LINES = 13  # the same of their lines
_REACH, _ROUNDS = 10, 4  # finer pixels that pages may lie beside each other; times that samples are laid on their mean
_MOST = 0.06  # contrast of infrared's lines that counts
_MARGIN = 14  # pixels, three deviations of the coarser filter and more
_LIMIT = 253  # of 255, in any channel: brighter light would show no other colour
_LIT_MM, _FEWEST_LIT = 8.0, 150  # about an OVD, and pixels there that all samples show alike: they tell the light
_VARIES = 0.3  # deviation of a page's colours between captures, beside what the samples tell
_NOTHING = 1e-9

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
_Laid = tuple[Page, Homography]


def fine_colours(image: Image) -> Plane:
    """Return what is finely drawn in the two opponent colours of CIELAB: height x width x 2, at ``PIXELS_PER_MM``."""
    soft = cv2.GaussianBlur(image, (0, 0), _GRAIN_MM * PIXELS_PER_MM)
    colours = cv2.cvtColor(soft, cv2.COLOR_RGB2LAB)[..., 1:].astype(np.float32)
    return np.asarray(colours - cv2.GaussianBlur(colours, (0, 0), _FINE_MM * PIXELS_PER_MM), np.float32)


def drawing(image: Image) -> Plane:
    """Return what is finely drawn under infrared, as a logarithm: height x width, at ``FINER`` times ``PIXELS_PER_MM``.

    Bounded: an edge of hair, which holders may have alike, has many times the contrast of an OVD's lines.
    """
    dark = np.log(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) + _DARK)
    fine, coarse = (cv2.GaussianBlur(dark, (0, 0), width * PIXELS_PER_MM) for width in (_GRAIN_MM, _FINE_MM))
    return np.asarray(np.clip(fine - coarse, -_MOST, _MOST), np.float32)


def _near(picture: NDArray[np.float32], size: int) -> Plane:
    """Return the mean about each pixel."""
    return np.asarray(cv2.blur(np.ascontiguousarray(picture, np.float32), (size, size)), np.float32)


def _searched(shape: tuple[int, int], of_holders: Sequence[Box], portrait: Box | None) -> Plane:
    """Return 1 where an OVD is looked for, else 0; it may lie across a portrait's side."""
    free = np.zeros(shape, np.float32)
    rim = round(_RIM_MM * PIXELS_PER_MM)
    free[rim:-rim, rim:-rim] = 1
    own = list(of_holders)
    if portrait is not None:
        left, right = (portrait.x + share * portrait.width for share in _MIDDLE)
        own.append(Box(left, portrait.y, right - left, portrait.height))
    for box in own:
        free[place_of(box, _AROUND_MM, PIXELS_PER_MM)] = 0
    return free


def _shining(colours: Plane, free: Plane) -> tuple[float, tuple[int, int]]:
    """Return by how much samples differ where they differ most as an OVD does, and that place: row, column.

    That is in both opponent colours, where ink of one hue differs along a line; and on all of them but one.

    Parameters
    ----------
    colours
        Samples x height x width x 2: what ``fine_colours`` gave, less the samples' median.
    """
    share = np.maximum(_near(free, _WINDOW), np.float32(0.05))

    def mean(values: Plane) -> Plane:
        return np.asarray(_near(values * free, _WINDOW) / share, np.float32)

    red, both, yellow = (
        mean((colours[..., one] * colours[..., other]).mean(0)) for one, other in ((0, 0), (0, 1), (1, 1))
    )
    weaker = red + yellow - np.hypot(red - yellow, 2 * both)  # twice the smaller eigenvalue of their covariance
    second = np.sort([mean(np.square(one).sum(-1)) for one in colours], axis=0)[1]
    found = np.minimum(red + yellow, _OF_LEAST * np.minimum(weaker, second))
    found = np.where(share > _LEAST_FREE, found, np.float32(0))
    row, column = np.unravel_index(int(found.argmax()), found.shape)
    return float(found[row, column]), (int(row), int(column))


def _place(middle: tuple[int, int], shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return ``SIDE`` rows and columns about a place, inside a page."""
    starts = (min(max(0, one - SIDE // 2), whole - SIDE) for one, whole in zip(middle, shape, strict=True))
    rows, columns = (slice(start, start + SIDE) for start in starts)
    return rows, columns


def _box(place: tuple[slice, slice]) -> Box:
    rows, columns = place
    return Box(columns.start / PIXELS_PER_MM, rows.start / PIXELS_PER_MM, OVD_MM, OVD_MM)


def ovd_of(
    pages: Sequence[Page], laid: Sequence[Laid | None], of_holders: Sequence[Box], portrait: Box | None
) -> OvdPlace | None:
    """Learn a kind's OVD from samples; None where they show none, or too few lie on each other.

    Parameters
    ----------
    laid
        How each page lies on their kind's picture.
    of_holders
        What every holder's page has of its own, but for the portrait, in millimetres.
    portrait
        About where the portrait is; None: the side has none.
    """
    good = [
        (page, place.in_millimetres)
        for page, place in zip(pages, laid, strict=True)
        if place is not None and lies_exactly(place)
    ]
    if len(good) < _FEWEST:
        return None
    shown = np.stack([fine_colours(on_frame(page.image, page, matrix, PIXELS_PER_MM)) for page, matrix in good])
    free = _searched(shown.shape[1:3], of_holders, portrait)
    strength, middle = _shining(np.asarray(shown - np.median(shown, axis=0), np.float32), free)
    if strength < _SHINES_AND_DRAWN:
        return None
    place = _place(middle, free.shape)
    found = _learned(good, _box(place), free[place] > 0)
    return None if found is None or (strength < _SHINES and found.infrared is None) else found


def _learned(good: Sequence[_Laid], box: Box, free: Mask) -> OvdPlace | None:
    """Learn what samples' OVD does at a place; ``free`` tells where holders have nothing of their own."""
    shown = np.stack([_colours(page, matrix, box) for page, matrix in good])
    varies = _near(np.square(shown - np.median(shown, axis=0)).sum(-1).mean(0), _LOCAL)
    shines = (varies > _PART * float(varies.max())) & free
    if not shines.any():
        return None
    levels = np.array([[_level(one, shines)] for one in shown], np.float32)
    level = Statistics(levels.mean(0), levels.std(0, ddof=1), len(levels))
    if float(level.spread[0]) > _UNEVEN:
        return None
    under = [_lines(page.ir, page, matrix, box) for page, matrix in good if page.ir is not None]
    finer = np.ones((FINER, FINER), np.uint8)
    return OvdPlace(box, shines, level, _drawn(under, np.kron(free, finer) > 0))


def _drawn(seen: Sequence[Plane], free: Mask) -> Plane | None:
    """Return what all samples show alike under infrared, 0 where they do not; None where that is too little.

    Parameters
    ----------
    seen
        The place with ``_REACH`` pixels about it: pages lie on each other less exactly than such lines are thin.
    """
    if len(seen) < _FEWEST:
        return None
    laid = [_inside_of(one, (_REACH, _REACH)) for one in seen]
    for _ in range(_ROUNDS):
        usual = np.asarray(np.where(free, np.mean(laid, axis=0), 0), np.float32)
        laid = [_inside_of(one, _found(one, usual)[1]) for one in seen]
    mean, apart = np.mean(laid, axis=0), np.var(laid, axis=0, ddof=1)
    contrast = _near(np.square(mean), _LOCAL_LINES)
    alike = contrast / (contrast + _near(apart, _LOCAL_LINES) + _NOTHING)
    known = (alike > _ALIKE) & (contrast > _FAINT**2) & free
    return np.asarray(np.where(known, mean, 0), np.float32) if known.mean() > _LEAST_DRAWN else None


def _found(seen: Plane, sought: Plane) -> tuple[float, tuple[int, int]]:
    """Return the product of two drawings where it is largest, and that place: column, row."""
    _, most, _, place = cv2.minMaxLoc(cv2.matchTemplate(seen, sought, cv2.TM_CCORR))
    return float(most), (int(place[0]), int(place[1]))


def _inside_of(seen: Plane, place: tuple[int, int]) -> Plane:
    column, row = place
    return seen[row : row + OVD_LINES, column : column + OVD_LINES]


def shown_at(page: Page, to_page: Homography, box: Box) -> Image:
    """Return what a page shows by daylight at a place, with ``_MARGIN`` about it.

    Parameters
    ----------
    to_page
        From millimetres of the samples' frame to millimetres of the page.
    """
    return _cut(page.image, page, to_page, box, PIXELS_PER_MM)


def in_samples_light(shown: Image, page: Page, to_page: Homography, ovd: OvdPlace, picture: ReferencePicture) -> Image:
    """Return what ``shown_at`` an OVD's place as bright as on samples, where less light fell on the page, or other.

    Colours are as much weaker in less light as all else is. What is brighter than the samples stays as it is: software
    that brightens makes colours weaker, and not stronger.

    Parameters
    ----------
    picture
        Of the samples by daylight; what is about the OVD on it tells the light.
    """
    about = _within(grown(ovd.box, _LIT_MM, _LIT_MM), page.size)
    to_frame, size = upright(about, PIXELS_PER_MM)
    part, matrix = colours_of(page.image, page, to_page, about, PIXELS_PER_MM)
    place = place_of(about, 0.0, picture.pixels_per_mm)
    alike = cv2.resize(picture.known[place].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    if np.count_nonzero(alike) < _FEWEST_LIT:
        return shown
    usual = cv2.resize(picture.image[place], size, interpolation=cv2.INTER_AREA)
    light = [cv2.mean(one, alike)[:3] for one in (usual, straightened(part, matrix, to_frame, size))]
    gain = np.maximum((np.array(light[0]) + 1) / (np.array(light[1]) + 1), 1)
    return np.asarray(np.clip(shown * gain, 0, 255), np.uint8)


def _within(box: Box, size: PageSize) -> Box:
    """Return the part of a box that lies on the page."""
    width, height = size.millimetres
    left, top = max(0.0, box.x), max(0.0, box.y)
    return Box(left, top, min(width, box.x + box.width) - left, min(height, box.y + box.height) - top)


def dullness(shown: Image, ovd: OvdPlace) -> float:
    """Return by how many deviations of samples an OVD shines less than theirs, of what ``shown_at`` its place."""
    level = _level(_inner(fine_colours(shown)), ovd.shines)
    return (float(ovd.level.mean[0]) - level) / math.hypot(float(ovd.level.spread[0]), _VARIES)


def over_exposed(shown: Image, ovd: OvdPlace) -> float:
    """Return the share of an OVD that is too bright to show colours, of what ``shown_at`` its place."""
    return float((_inner(shown)[ovd.shines] >= _LIMIT).any(-1).mean())


def drawn(infrared: Image, page: Page, to_page: Homography, ovd: OvdPlace) -> float | None:
    """Return how much of the samples' drawing under infrared a page shows, 1 as much; None where they show none."""
    if ovd.infrared is None:
        return None
    seen = _lines(infrared, page, to_page, ovd.box)
    return _found(seen, ovd.infrared)[0] / float(np.square(ovd.infrared).sum())


def _level(colours: Plane, shines: Mask) -> float:
    """Return the logarithm of the mean square of fine colours where an OVD shines."""
    return float(np.log(np.square(colours[shines]).sum(-1).mean() + 1.0))


def _colours(page: Page, to_page: Homography, box: Box) -> Plane:
    """Return a place's fine colours."""
    return np.asarray(_inner(fine_colours(shown_at(page, to_page, box))), np.float32)


def _inner(shown: NDArray[Any]) -> NDArray[Any]:
    """Return a place without what is about it."""
    return shown[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]


def _lines(infrared: Image, page: Page, to_page: Homography, box: Box) -> Plane:
    """Return a place's lines under infrared, with ``_REACH`` pixels about it."""
    edge = FINER * _MARGIN - _REACH
    return drawing(_cut(infrared, page, to_page, box, FINER * PIXELS_PER_MM))[edge:-edge, edge:-edge]


def _cut(image: Image, page: Page, to_page: Homography, box: Box, pixels_per_mm: float) -> Image:
    """Return a place with ``_MARGIN`` about it, into which filters reach."""
    about = grown(box, _MARGIN / PIXELS_PER_MM, _MARGIN / PIXELS_PER_MM)
    part, matrix = colours_of(image, page, to_page, about, pixels_per_mm)
    return straightened(part, matrix, *upright(about, pixels_per_mm))
