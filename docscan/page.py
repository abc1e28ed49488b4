"""Capture -> Page: find the document's page, rectify it to millimetres, measure the capture's quality."""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.crops import local_scale
from docscan.page_outline import Quad, find_outline
from docscan.quality import measure
from docscan.types import Capture, Homography, Image, MrzFormat, Page, PageSize, Polygon

# The rectified picture is for looking and for the other lights; whoever needs the print's grain cuts from the capture.
_COARSEST, _FINEST = 4.0, 12.0  # pixels a millimetre

SIZE_OF = {
    MrzFormat.TD1: PageSize.ID_1,
    MrzFormat.TD2: PageSize.ID_2,
    MrzFormat.TD3: PageSize.ID_3,
    MrzFormat.MRV_A: PageSize.ID_3,
    MrzFormat.MRV_B: PageSize.ID_2,
}

_PITCH = 2.54  # millimetres, OCR-B size 1 (part 3, section 4)

# Where a reader's outline of the zone stands on the page, in millimetres: its left edge, and its lower edge above the
# page's (parts 4 to 7; outlines reach half a millimetre beyond the print).
_ZONE_LEFT = {PageSize.ID_1: 4.5, PageSize.ID_2: 5.0, PageSize.ID_3: 5.5}
_ZONE_BOTTOM = {PageSize.ID_1: 5.0, PageSize.ID_2: 7.0, PageSize.ID_3: 7.5}

# A page agrees with a zone read on it when the zone's pitch and place come out right to within this.
_PITCH_TOLERANCE = 0.12
_PLACE_TOLERANCE = 12.0  # millimetres


def _page_corners(size: PageSize) -> NDArray[np.float32]:
    width, height = size.millimetres
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _homography(corners: Quad, size: PageSize) -> Homography:
    return np.asarray(cv2.getPerspectiveTransform(_page_corners(size), corners.astype(np.float32)), np.float64)


def _whole(image: Image) -> Quad:
    height, width = image.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _aspect(corners: Quad) -> float:
    """Return width over height of a quadrilateral, from its mean opposite sides."""
    sides = np.hypot(*(np.roll(corners, -1, 0) - corners).T)
    return float((sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6))


def _size_by_aspect(corners: Quad) -> PageSize:
    aspect = _aspect(corners)
    aspect = max(aspect, 1 / max(aspect, 1e-6))
    return min(PageSize, key=lambda size: abs(np.log(aspect * size.millimetres[1] / size.millimetres[0])))


def _upright(corners: Quad) -> Quad:
    """Turn a quadrilateral that stands on end, so that its first side is a long one."""
    return np.roll(corners, -1, 0) if _aspect(corners) < 1 else corners


def _rectified(image: Image, to_capture: Homography, size: PageSize, scale: float) -> Image:
    shape = (round(size.millimetres[0] * scale), round(size.millimetres[1] * scale))
    to_image = to_capture @ np.diag([1 / scale, 1 / scale, 1.0])
    page = cv2.warpPerspective(image, to_image, shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(page, np.uint8)


def _other_light(image: Image | None, capture: Capture, to_capture: Homography, size: PageSize, scale: float) -> Image | None:
    """Rectify another light's image, whose pixels may be coarser or finer than the visible one's."""
    if image is None:
        return None
    (height, width), (own_height, own_width) = capture.visible.shape[:2], image.shape[:2]
    scaled = np.diag([own_width / width, own_height / height, 1.0]) @ to_capture
    return _rectified(image, scaled, size, scale)


def _page(capture: Capture, corners: Quad, size: PageSize, *, found: bool) -> Page:
    to_capture = _homography(corners, size)
    native = local_scale(to_capture, size.millimetres[0] / 2, size.millimetres[1] / 2)
    scale = float(np.clip(native, _COARSEST, _FINEST))
    image = _rectified(capture.visible, to_capture, size, scale)
    return Page(
        image=image,
        size=size,
        pixels_per_mm=scale,
        to_capture=to_capture,
        found=found,
        quality=measure(capture.visible, corners, native, image),
        uv=_other_light(capture.uv, capture, to_capture, size, scale),
        ir=_other_light(capture.ir, capture, to_capture, size, scale),
    )


def find_page(capture: Capture) -> Page:
    """Find the document's page by its outline.

    Where no outline convinces, the whole image stands for the page (``found`` is False), as it does for captures
    cropped to the page.
    """
    outline = find_outline(capture.visible)
    corners = _upright(_whole(capture.visible) if outline is None else outline)
    return _page(capture, corners, _size_by_aspect(corners), found=outline is not None)


def _agrees(corners: Quad, size: PageSize, zone: NDArray[np.float64], characters: int) -> bool:
    """Tell whether a zone lies on a page, so placed, as Doc 9303 has it."""
    on_page = cv2.perspectiveTransform(zone[None], np.linalg.inv(_homography(corners, size)))[0]
    along = (on_page[1] - on_page[0] + on_page[2] - on_page[3]) / 2
    pitch = float(np.hypot(*along)) / characters
    height = size.millimetres[1]
    return bool(
        abs(pitch / _PITCH - 1) < _PITCH_TOLERANCE
        and along[0] > 5 * abs(along[1])
        and abs(on_page[:, 0].min() - _ZONE_LEFT[size]) < _PLACE_TOLERANCE
        and abs(height - _ZONE_BOTTOM[size] - on_page[:, 1].max()) < _PLACE_TOLERANCE
    )


def _from_zone(zone: NDArray[np.float64], size: PageSize, characters: int) -> Quad:
    """Place the page round a zone by Doc 9303's nominal geometry: a similarity, since a strip tells no more."""
    along = (zone[1] - zone[0] + zone[2] - zone[3]) / 2
    scale = float(np.hypot(*along)) / (characters * _PITCH)
    right = along / np.hypot(*along)
    down = np.array([-right[1], right[0]])
    lower_left = (zone[3] + zone[2]) / 2 - along / 2
    width, height = size.millimetres
    origin = lower_left - scale * (_ZONE_LEFT[size] * right + (height - _ZONE_BOTTOM[size]) * down)
    across, downwards = scale * width * right, scale * height * down
    return np.stack([origin, origin + across, origin + across + downwards, origin + downwards])


def settle_page(page: Page, capture: Capture, zone: Polygon, format: MrzFormat) -> Page:  # noqa: A002
    """Settle size, place and direction of a page once its MRZ has been read.

    The MRZ's format tells the size, its direction which way is up. A page that does not agree with the zone (an
    open booklet, a border that was none) gives way to one placed by the zone itself.

    Parameters
    ----------
    zone
        Outline of the MRZ in the capture, clockwise from the upper left of the text as read.
    format
        Format of the MRZ.
    """
    size, characters = SIZE_OF[format], format.shape[1]
    outline = np.array(zone, np.float64)
    current = cv2.perspectiveTransform(_page_corners(page.size)[None].astype(np.float64), page.to_capture)[0]
    for corners, found in ((current, page.found), (_whole(capture.visible), False)):
        for turn in range(4):
            turned = np.roll(corners, -turn, 0)
            if _agrees(turned, size, outline, characters):
                return _page(capture, turned, size, found=found)
    return _page(capture, _from_zone(outline, size, characters), size, found=False)
