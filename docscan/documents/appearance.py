"""What a page looks like from afar, to tell kinds of document apart: the layout of its colours and of its lines.

A small picture of the page, in lightness and two colour differences of logarithms, each freed of its mean and brought
to one contrast. Exposure and white balance drop out, a pixel of some 4 mm forgives blur and a page found a millimetre
beside its place, and no text can be read in it. What differs from holder to holder weighs little: a model knows how far
each value spreads over its samples, and where the portrait stands nothing is kept at all.

Beside it stand the orientations of gradients (HOG) in cells of some 8 mm, freed of contrast: states may like the same
colours. Alone either told less on the states that it was chosen on, and local contrasts in grey told less again.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import hog

from docscan.documents.model import Statistics
from docscan.types import Box, Image, MrzFormat, Page, PageSize
from docscan.zones import layout_of

_COLUMNS, _ROWS = 32, 22  # of the small picture; the gradients have half as many
_ORIENTATIONS, _CELL = 8, 12  # of gradients, and the side of a cell of theirs in pixels
_COLOURS, _GRADIENTS = _ROWS * _COLUMNS * 3, _ROWS * _COLUMNS // 4 * _ORIENTATIONS
SIZE = _COLOURS + _GRADIENTS  # rows, columns, lightness and two colour differences; rows, columns, orientations

# Chosen on genuine captures of the calibration states and some training states: of a thousand pages of another design
# two are taken for a model's. Samples that are alike, as those of one reader, say little of other captures: no model
# reaches less than the least.
_REACH, _LEAST_REACH = 0.21, 0.115

_ENOUGH_PIXELS_PER_MM = 4.0  # of which a pixel of the small picture is the mean: finer only takes longer
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_SOFT = 0.6  # pixels, standard deviation of the blur that a page's place being inexact calls for
_LEAST_CONTRAST = np.array([0.02, 0.01, 0.01], np.float32)  # a plain page is not blown up to noise
# A few samples tell a spread badly: it is drawn towards the usual variance as if that had been seen so many times more.
_USUAL_VARIANCE, _AS_IF = np.repeat(np.array([0.02, 0.07], np.float32), [_COLOURS, _GRADIENTS]), 1
_GRADIENT_SCALE = 4.2  # so that gradients vary from sample to sample as much as colours
_COLOUR_SHARE = 0.25  # of all weights
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
        ``SIZE`` numbers of single precision, each about -3 to 4.
    """
    box, scale = layout_of(page.size, mrz_format).page, page.pixels_per_mm
    left, top, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    step = max(1, int(scale / _ENOUGH_PIXELS_PER_MM))
    document = page.image[top : top + height : step, left : left + width : step]
    return np.concatenate([_colours(document), _gradients(document)]).astype(np.float32)


def _colours(document: Image) -> NDArray[np.float32]:
    small = cv2.resize(document, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA).astype(np.float32)
    red, green, blue = np.moveaxis(np.log(cv2.GaussianBlur(small, (0, 0), _SOFT) + _DARK), -1, 0)
    planes = np.stack([(red + green + blue) / 3, red - green, (red + green) / 2 - blue], -1)
    planes -= planes.mean((0, 1))
    return np.asarray(planes / (planes.std((0, 1)) + _LEAST_CONTRAST), np.float32).ravel()


def _gradients(document: Image) -> NDArray[np.float32]:
    size = _COLUMNS // 2 * _CELL, _ROWS // 2 * _CELL
    grey = cv2.cvtColor(document, cv2.COLOR_RGB2GRAY)
    found = hog(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), _ORIENTATIONS, (_CELL, _CELL), (1, 1), "L2-Hys")
    return np.asarray(found * _GRADIENT_SCALE, np.float32)


def cells_under(box: Box, size: PageSize, mrz_format: MrzFormat | None) -> NDArray[np.bool_]:
    """Return which of the ``SIZE`` values show any of a box in millimetres of the page."""
    document = layout_of(size, mrz_format).page
    shape = np.array([document.width / _COLUMNS, document.height / _ROWS])
    first = (np.array([box.x - document.x, box.y - document.y]) / shape).astype(int).clip(0)
    last = np.ceil(np.array([box.x + box.width - document.x, box.y + box.height - document.y]) / shape).astype(int)
    under = np.zeros((_ROWS, _COLUMNS), bool)
    under[first[1] : last[1], first[0] : last[0]] = True
    cells = under.reshape(_ROWS // 2, 2, _COLUMNS // 2, 2).any((1, 3))
    return np.concatenate([np.repeat(under, 3), np.repeat(cells, _ORIENTATIONS)])


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
    colours, gradients = np.split(1 / variance, [_COLOURS])
    shares = _COLOUR_SHARE * colours / colours.sum(), (1 - _COLOUR_SHARE) * gradients / gradients.sum()
    return np.concatenate(shares).astype(np.float32)


def distance(appearance: Statistics, seen: NDArray[np.float32]) -> float:
    """Return the distance of an appearance to a model's: the weighted mean of its squared differences."""
    return float(weights_of(appearance) @ np.square(seen - appearance.mean))


def apart(seen: NDArray[np.float32], hidden: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return the distance of each of some appearances, n x ``SIZE``, to a model of all the others: n."""
    return np.array([distance(learned(np.delete(seen, index, 0), hidden), one) for index, one in enumerate(seen)])


def reach_of(distances: NDArray[np.float64]) -> float:
    """Return the distance up to which a page is of a model's kind, from how far ``apart`` its samples are."""
    return max(_LEAST_REACH, float(_REACH * distances.max() ** 0.25))
