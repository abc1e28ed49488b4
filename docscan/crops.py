"""Crops of the page at a fixed scale, cut straight from the capture: one resampling, so that print stays print."""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, Homography, Image, Page, PageSize

CROP_PIXELS_PER_MM = 11.0  # about 280 dpi: an inkjet's grain still shows, and page readers deliver it
CROP_PIXELS = 176  # 16 mm a side: two dozen of them see nearly every datum of a passport's page
_ABOUT_MM = 4.0  # beyond the page's edges that are kept: samples' crops may reach over them
_LEAST = 64  # pixels of a capture that are kept of a page that lies beside it
CROP_MM = CROP_PIXELS / CROP_PIXELS_PER_MM


def local_scale(to_capture: Homography, x: float, y: float) -> float:
    """Return the capture's pixels for each millimetre of the page around a point given in millimetres."""
    points = np.array([[[x, y]], [[x + 1, y]], [[x, y + 1]]], np.float64)
    origin, right, down = cv2.perspectiveTransform(points, to_capture)[:, 0]
    return float(np.sqrt(abs(np.linalg.det(np.stack([right - origin, down - origin])))))


def middle_scale(to_capture: Homography, size: PageSize) -> float:
    """Return the capture's pixels for each millimetre in the middle of a page."""
    width, height = size.millimetres
    return local_scale(to_capture, width / 2, height / 2)


def shown_scale(page: Page) -> float:
    """Return the pixels for each millimetre of a rectified page, without those that software added to its capture."""
    return min(page.pixels_per_mm, middle_scale(page.to_capture, page.size) / page.enlarged)


def about_page(
    image: NDArray[np.uint8], to_capture: Homography, size: PageSize
) -> tuple[NDArray[np.uint8], Homography]:
    """Return the part of a capture that shows a page, and the homography that goes with it: less to resample."""
    width, height = size.millimetres
    across, down = (-_ABOUT_MM, width + _ABOUT_MM), (-_ABOUT_MM, height + _ABOUT_MM)
    corners = np.array([[(x, y)] for x in across for y in down], np.float64)
    seen = cv2.perspectiveTransform(corners, to_capture)[:, 0]
    most = np.array(image.shape[1::-1])
    left, top = np.clip(np.floor(seen.min(0)), 0, np.maximum(most - _LEAST, 0)).astype(int)
    right, bottom = np.clip(np.ceil(seen.max(0)), [left + _LEAST, top + _LEAST], most).astype(int)
    return image[top:bottom, left:right], np.array([[1.0, 0, -left], [0, 1.0, -top], [0, 0, 1.0]]) @ to_capture


def shrunk(image: Image, to_capture: Homography, size: PageSize, scale: float) -> tuple[Image, Homography]:
    """Shrink what a capture shows of a page where it is finer than crops need, so that cutting does not alias.

    ``scale`` is the capture's pixels per millimetre; returns the image and the homography that goes with it.
    """
    factor = CROP_PIXELS_PER_MM / scale
    if factor > 0.8:
        return image, to_capture
    image, to_capture = about_page(image, to_capture, size)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    fx, fy = small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]
    return np.asarray(small, np.uint8), np.diag([fx, fy, 1.0]) @ to_capture


def overview(image: Image, to_capture: Homography, size: PageSize, pixels_per_mm: float) -> NDArray[np.uint8]:
    """Return the whole page in grey at a scale coarser than the capture's: height x width."""
    return whole(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8), to_capture, size, pixels_per_mm)


def whole(image: NDArray[np.uint8], to_capture: Homography, size: PageSize, pixels_per_mm: float) -> NDArray[np.uint8]:
    """Return the whole page, of as many channels as the image has, at a scale coarser than the capture's."""
    width, height = size.millimetres
    factor = min(1.0, pixels_per_mm / middle_scale(to_capture, size))
    image, to_capture = about_page(image, to_capture, size)
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    fx, fy = small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]
    from_page = np.diag([fx, fy, 1.0]) @ to_capture @ np.diag([1 / pixels_per_mm, 1 / pixels_per_mm, 1])
    page = cv2.warpPerspective(
        small,
        from_page,
        (round(width * pixels_per_mm), round(height * pixels_per_mm)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(page, np.uint8)


def cut(image: Image, to_capture: Homography, x: float, y: float, pixels: int = CROP_PIXELS) -> Image:
    """Cut the crop whose upper left corner stands at ``x``, ``y`` millimetres of the page.

    Returns
    -------
    Image
        ``pixels`` x ``pixels`` x 3.
    """
    from_crop = np.array([[1 / CROP_PIXELS_PER_MM, 0, x], [0, 1 / CROP_PIXELS_PER_MM, y], [0, 0, 1]])
    crop = cv2.warpPerspective(
        image,
        to_capture @ from_crop,
        (pixels, pixels),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(crop, np.uint8)


def grid(box: Box, columns: int, rows: int) -> tuple[tuple[float, float], ...]:
    """Return the upper left corners, in millimetres, of crops spread evenly over a box."""
    xs = np.linspace(box.x, max(box.x, box.x + box.width - CROP_MM), columns)
    ys = np.linspace(box.y, max(box.y, box.y + box.height - CROP_MM), rows)
    return tuple((float(x), float(y)) for y in ys for x in xs)
