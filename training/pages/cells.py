"""Labels of the cells in which a network answers for a whole page."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_answer import CELL_PIXELS
from docscan.page_geometry import moved
from docscan.types import Box
from docscan.zones import corners_mm
from training.region.labels import FORGED_SHARE, UNKNOWN, Truth


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a picture of ``height`` x ``width`` pixels that a network sees."""

    height: int
    width: int
    pixels_per_mm: float

    @property
    def rows(self) -> int:
        """Of cells."""
        return -(-self.height // CELL_PIXELS)

    @property
    def columns(self) -> int:
        """Of cells."""
        return -(-self.width // CELL_PIXELS)

    def _covered(self, boxes: tuple[Box, ...], to_seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each cell that some boxes cover: rows x columns."""
        drawn = np.zeros((self.rows * CELL_PIXELS, self.columns * CELL_PIXELS), np.uint8)
        for box in boxes:
            corners = moved(corners_mm(box), to_seen) * self.pixels_per_mm
            cv2.fillConvexPoly(drawn, np.rint(corners).astype(np.int32), 255)
        shares = cv2.resize(drawn, (self.columns, self.rows), interpolation=cv2.INTER_AREA)
        return np.asarray(shares, np.float64) / 255

    def labelled(self, truth: Truth, to_seen: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.int8]:
        """Label the cells of a page: forged, 1, or not, 0; UNKNOWN where nobody can say, and beside the page.

        Parameters
        ----------
        truth
            Read for the light that the page is seen under.
        to_seen
            From millimetres of the page to millimetres of where it was taken to be.
        shape
            Of the page's picture in pixels, height and width.
        """
        forged, doubtful = self._covered(truth.forged, to_seen), self._covered(truth.doubtful, to_seen)
        labels = np.where(doubtful <= 0, 0, UNKNOWN).astype(np.int8)
        labels[forged > FORGED_SHARE] = 1
        rows, columns = (-(-side // CELL_PIXELS) for side in shape)
        labels[rows:], labels[:, columns:] = UNKNOWN, UNKNOWN
        return labels
