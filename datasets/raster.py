"""The drawing surface: reflectance at 600 dpi, and laying ink on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
"""Height x width (x 3), 0 to 1."""

PIXELS_PER_MM = 600 / 25.4
PAGE_MM = (125.0, 88.0)  # ID-3, Doc 9303 part 4
PAGE_SHAPE = (round(PAGE_MM[1] * PIXELS_PER_MM), round(PAGE_MM[0] * PIXELS_PER_MM))


def px(millimetres: float) -> int:
    """Return whole pixels of the drawing surface."""
    return round(millimetres * PIXELS_PER_MM)


def window(box: tuple[float, float, float, float]) -> tuple[slice, slice]:
    """Return the rows and columns of a box given as x, y, width, height in millimetres."""
    x, y, width, height = box
    return slice(px(y), px(y + height)), slice(px(x), px(x + width))


def lay_ink(surface: Float, coverage: Float, ink: Float) -> None:
    """Lay an ink on the surface, in place: light passes it once down and once up, so reflectances multiply.

    ``coverage`` is height x width; ``ink`` is the ink's reflectance, 3 values or one for each pixel.
    """
    surface *= 1 - coverage[..., None] * (1 - ink)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> Float:
    """Return smooth noise of about ``cells`` periods across, mean 0, standard deviation 1."""
    rows, columns = max(2, round(cells * shape[0] / shape[1])) + 2, round(cells) + 2
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
