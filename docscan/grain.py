"""How fine a portrait's print is: dots, a raster, noise, or none of them, as one printing process and another leave it.

Another process than the issuer's leaves more contrast in the fine, as inkjet and toner do, or less, as sublimation
does. How much there is of it the samples tell; what the rest of the page shows of a blurred or noisy capture is
allowed for.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import part_of, straightened, upright
from docscan.types import Box, Homography, Page

PIXELS_PER_MM = 8.0
_DARK = 8.0  # grey levels added before the logarithm: noise in the dark must not count
_SIGMAS = (0.7, 1.4, 2.8)  # pixels; contrast below each and above the one before is a band
_BLOCK = 17  # pixels, about 2 mm: what is measured in one block at a time
_QUIET = 0.35  # quantile of the blocks: eyes, strands of hair and glare are in few, text in many
_LEAST = 1e-7
_ALLOWED = 0.3  # of what the rest of the page differs, by which the portrait may: chosen on training states
_MIDDLE = (0.2, 0.2, 0.6, 0.55)  # of a portrait's zone, surely the portrait: left, top, width, height
_BESIDE_MM = 5.0  # from the zone to what is beside it

Grain = NDArray[np.float32]
"""Logarithm of the contrast in three bands, from fine to coarse: of the portrait, then of the page beside it; 6."""


def grain_of(page: Page, to_page: Homography, zone: Box) -> Grain:
    """Measure a page; arguments as ``docscan.cutting.part_of``, the zone is the portrait's."""
    left, top, width, height = _MIDDLE
    middle = Box(zone.x + left * zone.width, zone.y + top * zone.height, width * zone.width, height * zone.height)
    return np.concatenate([_bands(page, to_page, box) for box in (middle, _beside(page, zone))])


def _beside(page: Page, zone: Box) -> Box:
    """Return as high a part of the page, on the side of the portrait where there is more of it."""
    width = page.size.millimetres[0]
    after = zone.x + zone.width + _BESIDE_MM
    start, end = (after, width - _BESIDE_MM) if zone.x < width / 2 else (_BESIDE_MM, zone.x - _BESIDE_MM)
    return Box(start, zone.y + 0.2 * zone.height, min(end - start, zone.width), 0.55 * zone.height)


def _bands(page: Page, to_page: Homography, box: Box) -> Grain:
    image, matrix = part_of(page, to_page, box, PIXELS_PER_MM)
    picture = straightened(image, matrix, *upright(box, PIXELS_PER_MM)).astype(np.float32)
    finer = np.log(picture + _DARK)
    found = []
    for sigma in _SIGMAS:
        coarser = cv2.GaussianBlur(finer, (0, 0), sigma)
        energy = cv2.blur(np.square(finer - coarser), (_BLOCK, _BLOCK))[_BLOCK // 2 :: _BLOCK, _BLOCK // 2 :: _BLOCK]
        found.append(0.5 * np.log(np.quantile(energy, _QUIET) + _LEAST))
        finer = coarser
    return np.array(found, np.float32)


def rougher(seen: Grain, usual: Grain) -> NDArray[np.float64]:
    """Return by how much more contrast a portrait has in each band than the samples' portraits; logarithms, 3."""
    portrait, beside = np.split(seen.astype(np.float64) - usual, 2)
    return np.asarray(portrait - _ALLOWED * beside)
