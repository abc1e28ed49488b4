"""Cuts a part of a page where a box of its samples' frame lies on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_geometry import moved
from docscan.types import Box, Homography, Page
from docscan.zones import corners_mm

Grey = NDArray[np.uint8]
"""Height x width."""


def part_of(page: Page, to_page: Homography, box: Box, finest: float) -> tuple[Grey, Homography]:
    """Return what is about a box, in grey, and the map from the frame's millimetres to its pixels.

    Parameters
    ----------
    to_page
        From millimetres of the samples' frame, in which the box is, to those of the page.
    finest
        Pixels a millimetre that are needed: where the page has many more it is made smaller.
    """
    scale = page.pixels_per_mm
    corners = moved(corners_mm(box), to_page) * scale
    height, width = page.image.shape[:2]
    left, top = np.clip(np.floor(corners.min(0)).astype(int) - 2, 0, [width - 2, height - 2])
    right, bottom = np.clip(np.ceil(corners.max(0)).astype(int) + 2, [left + 2, top + 2], [width, height])
    image = np.asarray(cv2.cvtColor(page.image[top:bottom, left:right], cv2.COLOR_RGB2GRAY), np.uint8)
    if scale > 1.3 * finest:
        factor = finest / scale
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    shrink = np.diag([image.shape[1] / (right - left), image.shape[0] / (bottom - top), 1.0])
    move = np.array([[1.0, 0, -left], [0, 1.0, -top], [0, 0, 1.0]])
    return image, np.asarray(shrink @ move @ np.diag([scale, scale, 1.0]) @ to_page, np.float64)


def straightened(image: Grey, matrix: Homography, to_frame: Homography, size: tuple[int, int]) -> Grey:
    """Return a picture of width and height ``size`` whose pixels ``to_frame`` maps to the frame's millimetres.

    Parameters
    ----------
    image, matrix
        As ``part_of`` gave them.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpPerspective(image, matrix @ to_frame, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def upright(box: Box, pixels_per_mm: float) -> tuple[Homography, tuple[int, int]]:
    """Return the map from a picture of a box to the frame's millimetres, and the picture's width and height."""
    step = 1 / pixels_per_mm
    size = round(box.width * pixels_per_mm), round(box.height * pixels_per_mm)
    return np.array([[step, 0, box.x], [0, step, box.y], [0, 0, 1.0]]), size


def grown(box: Box, across: float, down: float) -> Box:
    """Return a box with margins, millimetres on each side."""
    return Box(box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down)
