"""What a page looks like from afar, to tell kinds of document apart: the layout of its colours.

A small picture of the page, in lightness and two colour differences of logarithms, each freed of its mean and brought
to one contrast. Exposure and white balance drop out, a pixel of some 4 mm forgives blur and a page found a millimetre
beside its place, and no text can be read in it. What differs from holder to holder weighs little: a model knows how far
each value spreads over its samples, and where the portrait stands nothing is kept at all.

Gradients' orientations (HOG), and local contrasts in grey, alone told less on the calibration states; HOG beside the
colours told no more than these.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, MrzFormat, Page, PageSize, Statistics
from docscan.zones import layout_of

_COLUMNS, _ROWS = 32, 22
SIZE = _ROWS * _COLUMNS * 3  # of an appearance: rows, columns, lightness and two colour differences

# Chosen on genuine captures of the calibration states, so that of some thousand pages of other designs one is taken for
# a model's. The fourth root did better than the distance itself; samples that are alike, as those of one reader, say
# little of other captures, so no model reaches less than the least.
_REACH, _LEAST_REACH = 0.26, 0.14

_ENOUGH_PIXELS_PER_MM = 4.0  # of which a pixel of the small picture is the mean: finer only takes longer
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_SOFT = 0.6  # pixels, standard deviation of the blur that a page's place being inexact calls for
_LEAST_CONTRAST = np.array([0.02, 0.01, 0.01], np.float32)  # a plain page is not blown up to noise
# A few samples tell a spread badly: it is drawn towards the usual variance as if that had been seen so many times more.
_USUAL_VARIANCE, _AS_IF = 0.02, 1
_HIDDEN_SPREAD = 1e3  # where nothing is kept: what is there weighs nothing


def appearance_of(page: Page, mrz_format: MrzFormat | None) -> NDArray[np.float32]:
    """Return what a page looks like under visible light.

    Parameters
    ----------
    mrz_format
        Of the MRZ that was read on it: a visa is smaller than the page on which it is stuck.

    Returns
    -------
    ndarray
        ``SIZE`` numbers of single precision, each about -3 to 3.
    """
    box, scale = layout_of(page.size, mrz_format).page, page.pixels_per_mm
    left, top, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    step = max(1, int(scale / _ENOUGH_PIXELS_PER_MM))
    document = page.image[top : top + height : step, left : left + width : step]
    small = cv2.resize(document, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA).astype(np.float32)
    red, green, blue = np.moveaxis(np.log(cv2.GaussianBlur(small, (0, 0), _SOFT) + _DARK), -1, 0)
    planes = np.stack([(red + green + blue) / 3, red - green, (red + green) / 2 - blue], -1)
    planes -= planes.mean((0, 1))
    return np.asarray(planes / (planes.std((0, 1)) + _LEAST_CONTRAST), np.float32).ravel()


def cells_under(box: Box, size: PageSize, mrz_format: MrzFormat | None) -> NDArray[np.bool_]:
    """Return which of the ``SIZE`` values show any of a box in millimetres of the page."""
    document = layout_of(size, mrz_format).page
    shape = np.array([document.width / _COLUMNS, document.height / _ROWS])
    first = (np.array([box.x - document.x, box.y - document.y]) / shape).astype(int).clip(0)
    last = np.ceil(np.array([box.x + box.width - document.x, box.y + box.height - document.y]) / shape).astype(int)
    under = np.zeros((_ROWS, _COLUMNS, 3), bool)
    under[first[1] : last[1], first[0] : last[0]] = True
    return under.ravel()


def learned(seen: NDArray[np.float32], hidden: NDArray[np.bool_] | None = None) -> Statistics:
    """Return mean and spread of some appearances, n x ``SIZE``; nothing is kept of the ``hidden`` values."""
    mean, spread = seen.mean(0), seen.std(0, ddof=1)
    if hidden is not None:
        mean, spread = np.where(hidden, 0, mean), np.where(hidden, _HIDDEN_SPREAD, spread)
    return Statistics(mean.astype(np.float32), spread.astype(np.float32), len(seen))


def weights_of(appearance: Statistics) -> NDArray[np.float32]:
    """Return what each value weighs, 1 in all: the less it spreads over the samples, the more."""
    free = appearance.samples - 1
    variance = (free * np.square(appearance.spread) + _AS_IF * _USUAL_VARIANCE) / (free + _AS_IF)
    weights = 1 / variance
    return np.asarray(weights / weights.sum(), np.float32)


def distance(appearance: Statistics, seen: NDArray[np.float32]) -> float:
    """Return the distance of an appearance to a model's: the weighted mean of its squared differences."""
    return float(weights_of(appearance) @ np.square(seen - appearance.mean))


def apart(seen: NDArray[np.float32], hidden: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return the distance of each of some appearances, n x ``SIZE``, to a model of all the others: n."""
    return np.array([distance(learned(np.delete(seen, index, 0), hidden), one) for index, one in enumerate(seen)])


def reach_of(distances: NDArray[np.float64]) -> float:
    """Return the distance up to which a page is of a model's kind, from how far ``apart`` its samples are."""
    return max(_LEAST_REACH, float(_REACH * distances.max() ** 0.25))
