"""Finds the ghost image of a kind of document: the place where samples differ as their portraits do."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.documents.laying import on_frame
from docscan.documents.model import GhostImage
from docscan.ghost import learned, pair_of, sample_likeness
from docscan.types import Box, Homography, Page

_PIXELS_PER_MM = 2.0  # of the pictures in which it is looked for
_SCALES = np.geomspace(0.22, 0.65, 20)  # of a ghost image, against the portrait
_SHOWN = 0.75  # of the zone of a portrait that surely shows the face
_COARSE_MM = 6.0  # above which light and dark are the exposure's
# Correlation over all samples from which a place may be a ghost image's, and likeness, then, of each sample's to its
# own portrait from which it is one. On 42 sets of samples of calibration states: 0.60 and more, and 0.92 and more,
# where there was one; up to 0.65, and 0.55 and less, where there was none.
_FOUND, _EACH_FOUND = 0.5, 0.75
_FAINT = 0.01  # deviation of the logarithm below which a place shows nothing
_FINER = (0.94, 0.98, 1.02, 1.06)  # of a found size, and
_FINER_MM = (-0.4, 0.0, 0.4)  # of its place, about which it is looked for again

_Grey = NDArray[np.float32]


Placed = tuple[Page, Homography]
"""A sample's page, and the map from millimetres of the samples' frame to the page's."""


def ghost_of(samples: Sequence[Placed], zone: Box) -> GhostImage | None:
    """Find the ghost image of samples of one kind; None where they have none.

    Parameters
    ----------
    zone
        About where the portrait stands on their common frame, millimetres.
    """
    face = _middle(zone)
    small = [on_frame(page.image, page, matrix, _PIXELS_PER_MM) for page, matrix in samples]
    place = _place(np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in small]).astype(np.float32), face, zone)
    if place is None:
        return None

    def taught(box: Box) -> tuple[list[float], GhostImage]:
        pairs = [pair_of(page, matrix, face, box) for page, matrix in samples]
        ghost = learned(pairs, face, box)
        return [sample_likeness(pair, ghost) for pair in pairs], ghost

    alike, ghost = max((taught(box) for box in _about(place)), key=lambda found: sum(found[0]))
    return ghost if min(alike) >= _EACH_FOUND else None


def _middle(zone: Box) -> Box:
    width, height = zone.width * _SHOWN, zone.height * _SHOWN
    return Box(zone.x + (zone.width - width) / 2, zone.y + (zone.height - height) / 2, width, height)


def _about(box: Box) -> list[Box]:
    found = []
    for size in _FINER:
        width, height = box.width * size, box.height * size
        left, top = box.x + (box.width - width) / 2, box.y + (box.height - height) / 2
        found += [Box(left + right, top + down, width, height) for right in _FINER_MM for down in _FINER_MM]
    return found


def _place(pages: _Grey, face: Box, zone: Box) -> Box | None:
    """Return where samples, n x height x width, differ as their portraits do, were these smaller."""
    logarithm = np.log(pages + 12)
    differ = logarithm - logarithm.mean(0)
    differ = np.stack([one - cv2.GaussianBlur(one, (0, 0), _COARSE_MM * _PIXELS_PER_MM) for one in differ])
    x, y, width, height = (round(value * _PIXELS_PER_MM) for value in (face.x, face.y, face.width, face.height))
    portraits = pages[:, y : y + height, x : x + width]
    portraits = (portraits - portraits.mean(0)) / 255
    best, place = _FOUND, None
    for scale in _SCALES:
        size = max(6, round(width * scale)), max(6, round(height * scale))
        fit = _fit(differ, np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in portraits]))
        fit[_within(zone, size, fit.shape)] = -1
        _, value, _, (left, top) = cv2.minMaxLoc(fit)
        if value > best:
            best, place = value, Box(*(part / _PIXELS_PER_MM for part in (left, top, *size)))
    return place


def _fit(pages: _Grey, templates: _Grey) -> _Grey:
    """Return the correlation, over all samples together, of each place with each sample's own template."""
    templates = templates - templates.mean((1, 2), keepdims=True)
    one = np.ones(templates.shape[1:], np.float32)
    together = np.sum([cv2.matchTemplate(*pair, cv2.TM_CCORR) for pair in zip(pages, templates, strict=True)], 0)
    means = [cv2.matchTemplate(page, one, cv2.TM_CCORR) / one.size for page in pages]
    squares = [cv2.matchTemplate(page * page, one, cv2.TM_CCORR) / one.size for page in pages]
    energy = one.size * (np.sum(squares, 0) - np.sum(np.square(means), 0))
    least = len(pages) * one.size * _FAINT**2
    return np.asarray(together / np.sqrt(np.maximum(energy, least) * (templates * templates).sum()), np.float32)


def _within(zone: Box, size: tuple[int, int], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which places of a template have its middle in the portrait's zone."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    across, down = (columns + size[0] / 2) / _PIXELS_PER_MM, (rows + size[1] / 2) / _PIXELS_PER_MM
    beside = (across < zone.x - 1) | (across > zone.x + zone.width + 1)
    return np.asarray(~(beside | (down < zone.y - 1) | (down > zone.y + zone.height + 1)))
