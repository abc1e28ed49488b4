"""Lays the lines that a model knows on a page: it may have been found millimetres from where it is."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, Page
from docscan.visual.lines import middle

_PIXELS_PER_MM = 4.0  # of the pictures that are laid on one another
_FURTHEST = 6  # millimetres by which a page may be misplaced
_STROKE_MM = 1.0  # wider than a stroke of text
_DARKEST = 64  # grey levels: a bold title is worth no more than small print
_BLUR_MM = 0.5
# A border found wrongly stretches the page; its MRZ, below, is where it should be.
_STRETCHES = (1.0, 0.96, 1.04, 0.92, 1.08, 0.88, 1.12)
_STEPS = 30  # of the fit, at most
_LEAST = 0.3  # correlation from which the fit is believed

Place = Callable[[float, float], tuple[float, float]]


def strokes(page: Page) -> NDArray[np.float32]:
    """Return how much darker than its surroundings each thin thing on a page is, as text is."""
    scale = _PIXELS_PER_MM / page.pixels_per_mm
    grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = round(_STROKE_MM * _PIXELS_PER_MM)
    found = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    return _blurred(np.minimum(found, _DARKEST).astype(np.float32))


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), _BLUR_MM * _PIXELS_PER_MM), np.float32)


def _drawn(lines: Sequence[Box], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Draw lines as bars half as high as their boxes, which reach beyond the letters."""
    picture = np.zeros(shape, np.float32)
    for box in lines:
        left, right = (round(value * _PIXELS_PER_MM) for value in (box.x, box.x + box.width))
        top, bottom = (round((middle(box) + part * box.height) * _PIXELS_PER_MM) for part in (-0.25, 0.25))
        picture[max(0, top) : bottom, max(0, left) : right] = _DARKEST
    return _blurred(picture)


def _shift(model: NDArray[np.float32], page: NDArray[np.float32]) -> tuple[float, NDArray[np.float64]]:
    """Return how well a model's lines lie on a page's, and the shift in pixels, right and down, by which they do."""
    reach = round(_FURTHEST * _PIXELS_PER_MM)
    wide = cv2.copyMakeBorder(page, reach, reach, reach, reach, cv2.BORDER_CONSTANT)
    fit = cv2.matchTemplate(wide, model, cv2.TM_CCOEFF_NORMED)
    down, right = np.unravel_index(int(fit.argmax()), fit.shape)
    return float(fit.max()), np.array([right - reach, down - reach], np.float64)


def _roughly(lines: Sequence[Box], seen: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    """Return the best of some maps, 2 x 3 in pixels, that stretch the page above ``floor`` and shift it."""
    best, matrix = -1.0, np.eye(2, 3)
    for stretch in _STRETCHES:
        up = floor * (1 - stretch)
        stretched = [Box(box.x, middle(box) * stretch + up - box.height / 2, box.width, box.height) for box in lines]
        fit, (right, down) = _shift(_drawn(stretched, seen.shape), seen)
        if fit > best:
            best, matrix = fit, np.array([[1, 0, right], [0, stretch, up * _PIXELS_PER_MM + down]])
    return matrix.astype(np.float32)


def registered(page: Page, lines: Sequence[Box], floor: float) -> Place:
    """Return the map from a model's places to this page's, both in millimetres.

    Parameters
    ----------
    lines
        Where documents of the model have lines of text.
    floor
        Where the MRZ begins, millimetres from the top: how high it stands is known better than the page's border.
    """
    seen = strokes(page)
    matrix = _roughly(lines, seen, floor)
    model = _drawn(lines, seen.shape)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _STEPS, 1e-3)
    try:
        fit, fitted = cv2.findTransformECC(model, seen, matrix.copy(), cv2.MOTION_AFFINE, criteria)
        matrix = np.asarray(fitted, np.float32) if fit >= _LEAST else matrix
    except cv2.error:  # it does not converge on a page that has little of this text
        pass

    def placed(x: float, y: float) -> tuple[float, float]:
        right, down = matrix @ (x * _PIXELS_PER_MM, y * _PIXELS_PER_MM, 1.0)
        return float(right) / _PIXELS_PER_MM, float(down) / _PIXELS_PER_MM

    return placed
