"""A page found by its print, where its border hardly differs from what it lies on.

Security print covers a page with fine lines, and a desk, a sheet of paper or a scanner's lid shows few. What has fine
structure on a plain surface, and a page's shape, is a page.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_candidates import ASPECTS, MIN_AREA, quadrilaterals, small_of
from docscan.page_geometry import Corners, aspect, clockwise, lying
from docscan.types import Image

# Chosen on 140 captures of fronts of training states: 12 of the 25 without a convincing border were found, to 1.1 mm.
_AGREE = 0.90  # of the printed area with a quadrilateral of a page's shape, from which it is taken for the page
_APART = 0.01  # of the picture's sides: what reaches its rim may be anything with structure, and goes on beyond it
_SHAPE = 0.03  # of the logarithm of the aspect ratio, the deviation of what was found rightly
_LOOK = 0.012  # of the picture's longer side, over which structure is averaged
_GAPS = 0.05  # of it, the largest piece of a page without print, or of its surroundings with some
_STRETCH = 8.0  # of the structure's level, which is a few grey levels

Plane = NDArray[np.uint8]


def printed_page(image: Image) -> Corners | None:
    """Return the corners of the area with print in a capture where that is as a page is shaped; else None.

    Parameters
    ----------
    image
        Height x width x 3, RGB.

    Returns
    -------
    ndarray
        4 x 2, pixels of the capture, as ``lying`` orders them.
    """
    small, step = small_of(image)
    height, width = small.shape[:2]
    hull = _largest(_printed(small))
    if hull is None:
        return None
    found = [(_agreement(hull, quad, (height, width)), quad) for quad in quadrilaterals(hull)]
    agreement, best = max(found, key=lambda one: one[0])
    return lying((best + 0.5) * step - 0.5, (image.shape[0], image.shape[1])) if agreement >= _AGREE else None


def _printed(small: Image) -> Plane:
    """Return where a picture has more fine structure than elsewhere: 255 there, else 0."""
    longer = max(small.shape[:2])
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    structure = cv2.morphologyEx(lab, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    look, gap = (max(3, round(share * longer)) | 1 for share in (_LOOK, _GAPS))
    level = cv2.convertScaleAbs(cv2.blur(structure.astype(np.float32), (look, look)), alpha=_STRETCH)
    _, printed = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    kernel = np.ones((gap, gap), np.uint8)
    closed = cv2.morphologyEx(printed, cv2.MORPH_CLOSE, kernel)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel), np.uint8)


def _largest(mask: Plane) -> NDArray[np.int32] | None:
    """Return the convex hull of the largest piece, n x 1 x 2; None where it is no page on anything."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hulls = [cv2.convexHull(contour) for contour in contours]
    largest = max(hulls, key=cv2.contourArea, default=None)
    if largest is None or len(largest) < 4 or cv2.contourArea(largest) < MIN_AREA * mask.size:
        return None
    size = np.array(mask.shape[::-1])
    inside = (largest > _APART * size).all() and (largest < (1 - _APART) * size - 1).all()
    return np.asarray(largest, np.int32) if inside else None


def _agreement(hull: NDArray[np.int32], quad: Corners, shape: tuple[int, int]) -> float:
    """Return how well a quadrilateral covers a hull alone and is as a page is shaped, 0 to 1."""
    corners = clockwise(quad)
    ratio = float(aspect(corners, shape))
    if not ratio > 0:
        return 0.0
    error = float(np.abs(abs(np.log(ratio)) - ASPECTS).min())
    outline = corners.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(hull.astype(np.float32), outline)
    union = cv2.contourArea(hull) + cv2.contourArea(outline) - common
    return float(common / union * np.exp(-((error / _SHAPE) ** 2) / 2))
