"""What lies along a portrait's contour: straight lines and shadows, as something pasted on or cut open leaves them.

The lines are looked for on each side of the zone of the portrait, wherever in it the contour is, and counted against
those that genuine samples have there: frames, rules, microtext, the border of the portrait itself.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import Grey, grown, part_of, straightened
from docscan.documents.model import EDGE_PLACES
from docscan.types import Box, Homography, Page

PIXELS_PER_MM = 10.0  # of the strips along a portrait's sides
Profiles = NDArray[np.float32]
"""4 sides (left, right, top, bottom) x 2 (dark lines, light ones) x ``EDGE_PLACES`` from outside to inside: how much
darker or lighter than both its sides the best line through each place is, as a logarithm."""

_OUTSIDE_MM = 2.0  # beyond the zone of the portrait, from where its strips begin
_INSET_MM = 6.0  # of a side's ends, which a smaller portrait does not reach
_APART = 3  # pixels between a line and what it is compared with on both sides
_BLOCK = 5  # pixels along a line that are taken together: dots of print must not count
_SHORT = 0.3  # of a line's length may show nothing: what crosses it is no gap
_SLOPES = range(-4, 5, 2)  # pixels that a line may stray over its length, half of it on either side
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_LOOSE = 5  # pixels by which a page may lie beside its samples
_MOST = 0.1  # that one side may count: a single strong line is a fold or a scratch


def edge_profiles(page: Page, to_page: Homography, zone: Box) -> Profiles:
    """Return which straight lines a page shows along the sides of its portrait.

    Parameters
    ----------
    to_page
        From millimetres of the samples' frame, in which the zone of the portrait is, to those of the page.
    """
    image, matrix = part_of(page, to_page, grown(zone, _OUTSIDE_MM, _OUTSIDE_MM), PIXELS_PER_MM)
    return np.stack([_profile(_strip(image, matrix, corner, along, inward)) for corner, along, inward in _sides(zone)])


def usual_edges(samples: Sequence[Profiles]) -> Profiles:
    """Return the strongest line that any sample shows at each place or near it."""
    near = np.ones((1, 2 * _LOOSE + 1), np.uint8)
    found = [cv2.dilate(one.reshape(-1, EDGE_PLACES), near).reshape(one.shape) for one in samples]
    return np.asarray(np.max(found, 0), np.float32)


def edges_beyond(seen: Profiles, usual: Profiles) -> float:
    """Return by how much a page's lines are stronger than the samples' on all four sides, as a logarithm."""
    return float(np.minimum((seen - usual).max((1, 2)), _MOST).mean())


_Vector = NDArray[np.float64]


def _sides(zone: Box) -> list[tuple[_Vector, _Vector, _Vector]]:
    """Return each side's beginning, its course without its ends, and its direction inwards; millimetres."""
    left, top, right, bottom = zone.x, zone.y, zone.x + zone.width, zone.y + zone.height
    across, down = (
        np.array([max(5.0, zone.width - 2 * _INSET_MM), 0]),
        np.array([0, max(5.0, zone.height - 2 * _INSET_MM)]),
    )
    x, y = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    return [
        (np.array([left, top + _INSET_MM]), down, x),
        (np.array([right, top + _INSET_MM]), down, -x),
        (np.array([left + _INSET_MM, top]), across, y),
        (np.array([left + _INSET_MM, bottom]), across, -y),
    ]


def _strip(image: Grey, matrix: Homography, start: _Vector, along: _Vector, inward: _Vector) -> NDArray[np.float32]:
    """Return the logarithm of what lies along a side: blocks of the side x places across it."""
    length = float(np.abs(along).sum())
    size = EDGE_PLACES, round(length * PIXELS_PER_MM)
    to_frame = np.column_stack([inward / PIXELS_PER_MM, along / length / PIXELS_PER_MM, start - _OUTSIDE_MM * inward])
    strip = straightened(image, matrix, np.vstack([to_frame, [0, 0, 1]]), size)
    logarithm = np.log(strip.astype(np.float32) + _DARK)
    blocks = len(logarithm) // _BLOCK
    together = logarithm[: blocks * _BLOCK].reshape(blocks, _BLOCK, -1).mean(1)
    return np.asarray(cv2.GaussianBlur(together, (0, 0), sigmaX=0.8, sigmaY=0.01), np.float32)


def _profile(strip: NDArray[np.float32]) -> Profiles:
    """Return the best nearly straight line through each place: 2 x places."""
    padded = np.pad(strip.T, ((_APART, _APART), (0, 0)), mode="edge")
    before, at, after = padded[: -2 * _APART], padded[_APART:-_APART], padded[2 * _APART :]
    ridges = np.stack([np.minimum(before, after) - at, at - np.maximum(before, after)])
    blocks, places = strip.shape
    steps, rows, least = np.linspace(-0.5, 0.5, blocks), np.arange(places)[:, None], int(_SHORT * (blocks - 1))
    found = []
    for slope in _SLOPES:
        lines = ridges[:, np.clip(rows + np.rint(slope * steps).astype(int), 0, places - 1), np.arange(blocks)]
        found.append(np.partition(lines, least)[..., least])
    return np.asarray(np.max(found, 0), np.float32)
