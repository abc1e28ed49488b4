"""What the region network says of a page's print: of each region, and of each cell of the page."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docscan.types import Region


@dataclass(frozen=True, slots=True)
class RegionScore:
    """What the network said of one region of the page."""

    region: Region
    forged: float  # 0 looks genuine, 1 looks forged
    threshold: float
    log10_lr: float  # calibrated and bounded
    process: str | None = None  # how its suspicious part seems to be printed; None: no one process stands out
    alteration: str | None = None  # likewise, how it seems to be altered
    place: Region | None = None  # its suspicious part, of the same name; None: no part of it stands out


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where on the page the network doubts the print, in cells from the page's upper left corner."""

    forged: NDArray[np.float32]  # rows x columns: 0 looks genuine, 1 looks forged, NaN where it did not look
    cell_mm: float
