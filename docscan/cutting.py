"""Cuts a part of a page where a box of its samples' frame lies on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_geometry import moved
from docscan.types import Box, Homography, Image, Page
from docscan.zones import corners_mm

Grey = NDArray[np.uint8]
"""Height x width."""


def place_of(box: Box, around: float, pixels_per_mm: float) -> tuple[slice, slice]:
    """Return the rows and columns of a whole page's picture that a box takes, with some millimetres about it."""
    left, top, right, bottom = (
        max(0, round(value * pixels_per_mm))
        for value in (box.x - around, box.y - around, box.x + box.width + around, box.y + box.height + around)
    )
    return slice(top, bottom), slice(left, right)


def part_of(page: Page, to_page: Homography, box: Box, finest: float) -> tuple[Grey, Homography]:
    """Return what is about a box, in grey, and the map from the frame's millimetres to its pixels.

    Parameters
    ----------
    to_page
        From millimetres of the samples' frame, in which the box is, to those of the page.
    finest
        Pixels a millimetre that are needed: where the page has many more it is made smaller.
    """
    where = _about(page, to_page, box)
    grey = np.asarray(cv2.cvtColor(page.image[where], cv2.COLOR_RGB2GRAY), np.uint8)
    return _fine_enough(grey, where, page, to_page, finest)


def colours_of(image: Image, page: Page, to_page: Homography, box: Box, finest: float) -> tuple[Image, Homography]:
    """Return the same in colour, of a page under any light; ``image`` lies as ``page.image`` does."""
    where = _about(page, to_page, box)
    return _fine_enough(image[where], where, page, to_page, finest)


def _about(page: Page, to_page: Homography, box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a page that show a box, and a little more."""
    corners = moved(corners_mm(box), to_page) * page.pixels_per_mm
    height, width = page.image.shape[:2]
    left, top = np.clip(np.floor(corners.min(0)).astype(int) - 2, 0, [width - 2, height - 2])
    right, bottom = np.clip(np.ceil(corners.max(0)).astype(int) + 2, [left + 2, top + 2], [width, height])
    return slice(top, bottom), slice(left, right)


def _fine_enough(
    image: NDArray[np.uint8], where: tuple[slice, slice], page: Page, to_page: Homography, finest: float
) -> tuple[NDArray[np.uint8], Homography]:
    """Make a part smaller where it is much finer than needed; return it with its map."""
    scale, (rows, columns), size = page.pixels_per_mm, where, image.shape[:2]
    if scale > 1.3 * finest:
        factor = finest / scale
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    shrink = np.diag([image.shape[1] / size[1], image.shape[0] / size[0], 1.0])
    move = np.array([[1.0, 0, -columns.start], [0, 1.0, -rows.start], [0, 0, 1.0]])
    return image, np.asarray(shrink @ move @ np.diag([scale, scale, 1.0]) @ to_page, np.float64)


def straightened(
    image: NDArray[np.uint8], matrix: Homography, to_frame: Homography, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return a picture of width and height ``size`` whose pixels ``to_frame`` maps to the frame's millimetres.

    Parameters
    ----------
    image, matrix
        As ``part_of`` or ``colours_of`` gave them.
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
