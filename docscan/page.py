"""Capture to :class:`Page`: find the document's page and rectify it to millimetres.

Where an MRZ was read it tells the size, which way is up and where the page must lie (:func:`page_of_zone`): a border
that disagrees with it is not this page's. Without one border and print can be looked for (:func:`find_page`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.enlarging import enlargement
from docscan.exposure import brightened, lacking
from docscan.lanes import Lanes
from docscan.page_candidates import Candidate, candidates
from docscan.page_geometry import (
    PAGE_OF,
    VISAS,
    Corners,
    area,
    aspect,
    homography,
    lying,
    moved,
    nominal_zone,
    page_from_zone,
    page_to_capture,
    rectangle,
    scale_of,
    zone_corners,
)
from docscan.page_print import printed_page
from docscan.quality import measure
from docscan.types import Capture, Homography, Image, MrzFormat, Page, PageSize, Polygon, Spectrum

CONVINCING = 0.60  # score of a candidate from which it is taken for the page's border
# In a picture that has a page's shape itself (a scan cropped to the page), a small shape is likelier its portrait.
SMALL = 0.3  # share of the picture
CONVINCING_SMALL = 0.85
_PART = 0.6  # of the printed page, which a border must enclose to be the page's
_CROPPED_TOLERANCE = 0.025  # by which such a picture's aspect ratio may miss; cameras' 4:3 and 3:2 miss by more
MAX_PIXELS_PER_MM = 24.0  # about 610 dpi; finer, a crop is better cut from the capture itself
# Logarithm of height by width of an MRZ's outline, against the nominal one. Outlines reach beyond the letters; on pages
# whose border was found rightly 98 in 100 are within the free stretch of what is usual.
USUAL_STRETCH, FREE_STRETCH, STRETCH_TOLERANCE = 0.06, 0.08, 0.08
ZONE_TOLERANCE = 5.0  # millimetres by which the MRZ may miss its nominal place, on average, on a perfect border
_WHOLE_IMAGE_SCORE = 0.5  # of the picture's own border as the page's
_CUT_OFF_MM = 2.0  # by which a page's corner may lie outside the picture and the page still count as whole
_QUARTERS = np.array([np.roll(np.arange(4), quarter) for quarter in range(4)])  # which corner becomes the first
_SHAPE_TOLERANCE = 0.08  # by which a picture without border may miss a page's aspect ratio and still be all of it


@dataclass(frozen=True, slots=True)
class _Place:
    """A page's place in the capture."""

    to_capture: Homography
    size: PageSize
    found: bool
    score: float


def find_page(capture: Capture, borders: Sequence[Candidate] | None = None, lanes: Lanes | None = None) -> Page:
    """Find the page by its border, or by its print; where neither convinces, the whole image stands for the page.

    Which way is up is not known yet: the page lies on its longer side, turned as little as possible.

    Parameters
    ----------
    borders
        The ``candidates`` of the visible image; None: they are looked for.
    lanes
        On which the page is cut from the images of several lights beside each other; None: one after the other.
    """
    shape = _shape(capture)
    best = next(iter(candidates(capture.visible) if borders is None else borders), None)
    printed = printed_page(capture.visible)
    if best is not None and best.score >= _convincing(best, shape) and not _part_of(best.corners, printed):
        corners = lying(best.corners, shape)
        size = _size_by_shape(float(aspect(corners, shape)))
        return _rectified(capture, _Place(page_to_capture(corners, size), size, True, best.score), lanes)
    if printed is not None:
        size = _size_by_shape(float(aspect(printed, shape)))
        return page_at(capture, page_to_capture(printed, size), size, lanes)
    corners = lying(_whole(shape), shape)
    size = _size_by_shape(float(aspect(corners, shape)))
    return _rectified(capture, _Place(page_to_capture(corners, size), size, False, _WHOLE_IMAGE_SCORE), lanes)


def _part_of(border: Corners, printed: Corners | None) -> bool:
    """Tell whether what has a border is but a part of what was printed as a page, as a portrait is."""
    return printed is not None and float(area(border)) < _PART * float(area(printed))


def _convincing(candidate: Candidate, shape: tuple[int, int]) -> float:
    """Return the score from which a candidate is believed."""
    ratio = max(shape) / min(shape)
    miss = min(abs(ratio * size.millimetres[1] / size.millimetres[0] - 1) for size in PageSize)
    small = area(candidate.corners) < SMALL * shape[0] * shape[1]
    return CONVINCING_SMALL if small and miss < _CROPPED_TOLERANCE else CONVINCING


def page_of_zone(
    capture: Capture,
    zone: Polygon,
    format: MrzFormat,  # noqa: A002
    borders: Sequence[Candidate] | None = None,
    lanes: Lanes | None = None,
) -> Page:
    """Find the page of an MRZ, which tells its size, its direction and its place.

    Parameters
    ----------
    capture
        In which the MRZ was read.
    zone
        Polygon around the MRZ's text, clockwise from the upper left of the text as read.
    format
        Tells the page's size (Doc 9303 parts 4 to 7).
    borders, lanes
        As ``find_page``.

    Returns
    -------
    Page
        Upright. Its border is the one that fits the MRZ best: of a candidate, of one half of an open booklet, or of
        the whole image. Where none fits, the MRZ alone places the page, without perspective: ``found`` says that the
        page's place is known, ``border_seen`` that it was not by its border.
    """
    text = zone_corners(zone)
    size = PAGE_OF[format]
    nominal = nominal_zone(format)
    borders = candidates(capture.visible) if borders is None else borders
    places = list(_places(_shape(capture), format, borders))
    worths = _worths(places, text, nominal)
    best = int(worths.argmax())
    if worths[best] <= 0:  # what the place that the MRZ alone tells is worth: it misses nothing and shows nothing
        return page_at(capture, page_from_zone(text, format), size, lanes)
    return _rectified(capture, places[best], lanes)


def page_at(capture: Capture, to_capture: Homography, size: PageSize, lanes: Lanes | None = None) -> Page:
    """Return the page at a place that is known otherwise than by its border.

    Parameters
    ----------
    to_capture
        From millimetres of the page to the capture's pixels.
    lanes
        As ``find_page``.
    """
    return replace(_rectified(capture, _Place(to_capture, size, True, 0.0), lanes), border_seen=False)


def upside_down(page: Page) -> Page:
    """Return a page turned by half a turn, as it is where what was taken for its upper edge is its lower one."""
    width, height = page.size.millimetres
    uv, ir = (None if light is None else _by_half(light) for light in (page.uv, page.ir))
    turn = np.array([[-1.0, 0.0, width], [0.0, -1.0, height], [0.0, 0.0, 1.0]])
    return replace(page, image=_by_half(page.image), uv=uv, ir=ir, to_capture=page.to_capture @ turn)


def _by_half(image: Image) -> Image:
    return np.asarray(cv2.rotate(image, cv2.ROTATE_180), np.uint8)


def in_enough_light(capture: Capture, page: Page, lanes: Lanes | None = None) -> tuple[Capture, Page]:
    """Return a capture and its page as they are; brighter, where the page was captured in poor light.

    Parameters
    ----------
    lanes
        As ``find_page``.
    """
    placed = page.found or page.quality.whole_page  # else the picture shows much that is no page
    times = lacking(page.image) if placed else 1.0
    if times == 1:
        return capture, page
    lit = replace(capture, visible=brightened(capture.visible, times), brightened=times)
    again = _rectified(lit, _Place(page.to_capture, page.size, page.found, 0.0), lanes)
    return lit, replace(again, border_seen=page.border_seen)


def _worths(places: Sequence[_Place], text: Corners, nominal: Corners) -> NDArray[np.float64]:
    """Return how well each place fits an MRZ, of which the nominal place is known: n."""
    from_capture = np.linalg.inv([place.to_capture for place in places])
    zones = np.column_stack([text, np.ones(len(text))]) @ from_capture.transpose(0, 2, 1)
    on_page = zones[..., :2] / zones[..., 2:]
    misses = np.linalg.norm(on_page - nominal, axis=2).mean(1)
    scores = np.array([place.score for place in places])
    return np.asarray(scores - misses / ZONE_TOLERANCE - _strain(on_page, nominal), np.float64)


def _strain(zones: Corners, nominal: Corners) -> NDArray[np.float64]:
    """Return how far MRZs' shapes on a page (n x 4 x 2) are from what they can be, as a part of a candidate's score.

    A line of print above the data that was taken for the page's edge stretches all of the page: the zone stays about in
    its place, but grows higher.
    """
    stretch = np.log(_high_by_wide(zones) / _high_by_wide(nominal))
    return np.asarray(np.maximum(0.0, np.abs(stretch - USUAL_STRETCH) - FREE_STRETCH) / STRETCH_TOLERANCE)


def _high_by_wide(corners: Corners) -> NDArray[np.float64]:
    upper, right, lower, left = np.moveaxis(np.linalg.norm(np.roll(corners, -1, axis=-2) - corners, axis=-1), -1, 0)
    return np.asarray((left + right) / (upper + lower), np.float64)


def _places(shape: tuple[int, int], mrz_format: MrzFormat, borders: Sequence[Candidate]) -> Iterator[_Place]:
    """Yield every place that the page may have, turned all four ways."""
    size = PAGE_OF[mrz_format]
    whole = rectangle(*size.millimetres)
    sheets = [whole, visa] if (visa := VISAS.get(mrz_format)) is not None else [whole]
    for sheet in sheets:
        yield from _turned(_whole(shape), sheet, size, False, _WHOLE_IMAGE_SCORE)
    for candidate in borders:
        for sheet in sheets:
            yield from _turned(candidate.corners, sheet, size, True, candidate.score)
        if size is PageSize.ID_3:
            for half in _halves(candidate.corners):
                yield from _turned(half, whole, size, True, 0.9 * candidate.score)


def _turned(corners: Corners, sheet: Corners, size: PageSize, found: bool, score: float) -> Iterator[_Place]:
    """Yield the places of a page of which a part, in millimetres, has these corners in the capture."""
    for turned in corners[_QUARTERS]:
        yield _Place(homography(sheet, turned), size, found, score)


def _halves(corners: Corners) -> Iterator[Corners]:
    """Yield the halves of an open booklet, cut either way, in perspective."""
    to_capture = page_to_capture(corners, PageSize.ID_3)
    width, height = PageSize.ID_3.millimetres
    for shape, step in (((width / 2, height), (width / 2, 0.0)), ((width, height / 2), (0.0, height / 2))):
        for index in range(2):
            yield moved(rectangle(*shape) + index * np.array(step, np.float64), to_capture)


def _shape(capture: Capture) -> tuple[int, int]:
    return capture.visible.shape[0], capture.visible.shape[1]


def _whole(shape: tuple[int, int]) -> Corners:
    # From the outer border of the first pixel to that of the last; 0 is the middle of the first.
    return rectangle(shape[1], shape[0]) - 0.5


def _size_by_shape(ratio: float) -> PageSize:
    """Return the size whose shape is nearer; ID-2 has ID-3's shape, and passports are commoner."""
    between = np.sqrt(np.prod([s.millimetres[0] / s.millimetres[1] for s in (PageSize.ID_1, PageSize.ID_3)]))
    return PageSize.ID_1 if ratio > between else PageSize.ID_3


def _rectified(capture: Capture, place: _Place, lanes: Lanes | None = None) -> Page:
    native = scale_of(place.to_capture, place.size)
    pixels_per_mm = min(native, MAX_PIXELS_PER_MM)
    shape, lanes = _shape(capture), lanes or Lanes(0)

    def cut(light: Image) -> Image:
        return _warped(light, _scaled(place, shape, light), pixels_per_mm, native)

    others = [None if light is None else lanes.beside(partial(cut, light)) for light in (capture.uv, capture.ir)]
    enlarged = lanes.beside(partial(enlargement, capture.visible, place.to_capture, place.size))
    image = _warped(capture.visible, place, pixels_per_mm, native)
    whole = _wholly_in(place, shape)
    quality = measure(
        image,
        pixels_per_mm,
        dpi=native * 25.4,
        whole_page=whole,
        found=place.found,
        brightened=capture.brightened,
        jpeg_quality=_jpeg_quality(capture),
        lanes=lanes,
    )
    uv, ir = (None if waited is None else waited() for waited in others)
    return Page(
        image,
        place.size,
        pixels_per_mm,
        place.to_capture,
        found=place.found,
        border_seen=place.found,
        quality=quality,
        uv=uv,
        ir=ir,
        enlarged=enlarged(),
    )


def _jpeg_quality(capture: Capture) -> float | None:
    return next((one.jpeg_quality for one in capture.sources if one.spectrum is Spectrum.VISIBLE), None)


def _scaled(place: _Place, shape: tuple[int, int], light: Image) -> _Place:
    """Return the place in another light's image, which shows the same view at its own resolution."""
    fx, fy = light.shape[1] / shape[1], light.shape[0] / shape[0]
    shift = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1]])  # by pixel centres
    return _Place(shift @ place.to_capture, place.size, place.found, place.score)


def _warped(image: Image, place: _Place, pixels_per_mm: float, native: float) -> Image:
    """Cut the page from an image; linear, since anything sharper would ring around print."""
    to_capture = place.to_capture
    factor = pixels_per_mm / native
    if factor < 0.7:  # a linear look-up would skip pixels
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        to_capture = np.array([[factor, 0, (factor - 1) / 2], [0, factor, (factor - 1) / 2], [0, 0, 1]]) @ to_capture
    width, height = (max(1, round(side * pixels_per_mm)) for side in place.size.millimetres)
    # The middle of pixel 0 lies half a pixel inside the page.
    from_pixels = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, pixels_per_mm]]) / pixels_per_mm
    page = cv2.warpPerspective(
        image,
        to_capture @ from_pixels,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(page, np.uint8)


def _wholly_in(place: _Place, shape: tuple[int, int]) -> bool:
    """Tell whether the whole page is in the picture."""
    corners = moved(rectangle(*place.size.millimetres), place.to_capture)
    if not place.found:
        width, height = place.size.millimetres
        ratio = float(np.linalg.norm(corners[1] - corners[0]) / np.linalg.norm(corners[3] - corners[0]))
        return abs(ratio * height / width - 1) <= _SHAPE_TOLERANCE
    slack = _CUT_OFF_MM * scale_of(place.to_capture, place.size)
    return bool((corners >= -slack).all() and (corners <= (shape[1] + slack, shape[0] + slack)).all())
