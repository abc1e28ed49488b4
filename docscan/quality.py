"""How much a capture can carry, and what to do about it, in words."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.measure import blur_effect

from docscan.types import Image, Quality

LOWEST_DPI = 60.0  # six pixels a character: below it no MRZ can be read
PRINT_DPI = 203.0  # eight pixels a millimetre: below it nobody can say how a page was printed
LOWEST_SHARPNESS = 0.15
LARGEST_GLARE = 0.08

_BLOWN_OUT = 250  # of 255, in every channel
_GLARE_MM = 2.0  # smaller white patches are paper between the lines
_MARGIN = 0.02  # how far a corner may lie outside the image, as a share of its width


def sharpness(image: Image) -> float:
    """Return 1 less the perceptual blur of the picture's middle (Crete et al. 2007): 0 blurred to 1 sharp."""
    height, width = image.shape[:2]
    side = 480
    top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
    grey = cv2.cvtColor(image[top : top + side, left : left + side], cv2.COLOR_RGB2GRAY)
    if grey.std() <= 1:
        return 0.0
    blur: float = blur_effect(grey, h_size=7)
    return float(np.clip(1 - blur, 0, 1))


def glare(page: Image, pixels_per_mm: float) -> float:
    """Return the share of the page's area that is blown out in patches larger than text."""
    white = (page.min(axis=2) >= _BLOWN_OUT).astype(np.uint8)
    if white.mean() > 0.6:  # a white page, evenly lit
        return 0.0
    side = max(3, round(_GLARE_MM * pixels_per_mm))
    return float(cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)).mean())


def _advice(dpi: float, sharp: float, glaring: float, whole: bool) -> tuple[str, ...]:
    advice = []
    if dpi < LOWEST_DPI:
        advice.append(
            f"Move closer or scan finer: the document is shown at {dpi:.0f} dpi; {LOWEST_DPI:.0f} are the least."
        )
    elif dpi < PRINT_DPI:
        advice.append(
            f"Move closer or scan finer: the document is shown at {dpi:.0f} dpi; {PRINT_DPI:.0f} or more are needed to "
            "judge how it was printed."
        )
    if sharp < LOWEST_SHARPNESS:
        advice.append("Hold still and focus: the image is blurred.")
    if glaring > LARGEST_GLARE:
        advice.append(f"Tilt the document or the lamp: {100 * glaring:.0f} % of the page is blown out by glare.")
    if not whole:
        advice.append("Show the whole page: a part of it lies outside the image.")
    return tuple(advice)


def measure(capture: Image, corners: NDArray[np.float64], pixels_per_mm: float, page: Image) -> Quality:
    """Measure the quality of a capture.

    Parameters
    ----------
    capture
        The visible image, height x width x 3.
    corners
        4 x 2, the page's corners in its pixels.
    pixels_per_mm
        The capture's pixels for each millimetre of the page.
    page
        The rectified page.
    """
    height, width = capture.shape[:2]
    slack = _MARGIN * width
    inside = (corners >= -slack).all() and (corners <= np.array([width, height]) + slack).all()
    dpi = pixels_per_mm * 25.4
    left, top = np.clip(corners.min(0), 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(corners.max(0), 1, [width, height]).astype(int)
    sharp = sharpness(capture[top : max(bottom, top + 1), left : max(right, left + 1)])
    glaring = glare(page, page.shape[1] / 125)
    return Quality(
        sharpness=sharp,
        glare=glaring,
        resolution_dpi=dpi,
        whole_page=bool(inside),
        usable=bool(dpi >= LOWEST_DPI and sharp >= LOWEST_SHARPNESS and glaring <= LARGEST_GLARE),
        advice=_advice(dpi, sharp, glaring, bool(inside)),
    )
