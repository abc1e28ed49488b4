"""Where the regions of a page lie when no document model says it better: ICAO's zones (Doc 9303 part 3, section 3)."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from docscan.crops import grid
from docscan.page_geometry import Corners, rectangle
from docscan.types import Box, PageSize

# Part 4: zone V (portrait) at the left, zones III and IV (data) beside it, zone VII (MRZ) at the lower edge.
_ID_3 = {
    "portrait": Box(7, 20, 28, 38),
    "viz": Box(44, 11, 48, 50),
    "mrz": Box(6, 88 - 19.5, 113, 13),
    "background": Box(86, 6, 36, 56),
}
_CROPS = {"portrait": (2, 3), "viz": (2, 3), "mrz": (4, 1), "background": (2, 3)}

ZONES: Mapping[PageSize, Mapping[str, Box]] = MappingProxyType({PageSize.ID_3: MappingProxyType(_ID_3)})


def crop_corners(size: PageSize) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return, for each region, the upper left corners of its crops in millimetres; empty for sizes without zones."""
    return {name: grid(box, *_CROPS[name]) for name, box in ZONES.get(size, {}).items()}


def corners_mm(box: Box) -> Corners:
    """Return a box's corners, clockwise from the upper left."""
    corners: Corners = rectangle(box.width, box.height) + np.array([box.x, box.y])
    return corners
