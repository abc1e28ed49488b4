"""What a network says of a whole page: of every cell of it, and of all of it."""

from dataclasses import dataclass

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from docscan.page_geometry import in_capture
from docscan.types import Box, Page, Region
from docscan.zones import corners_mm

CELL_PIXELS = 8  # across and down; networks answer for each cell
OUTPUTS = ("cells", "page")

_STRONGEST = 12  # cells that say how a page's most suspicious place looks


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a network says of a page; logits.

    ``cells`` is rows x columns, of ``cell_mm`` each from the page's upper left corner; ``page`` is of all of it.
    ``network`` is the beginning of its sha256: what samples were told by another one is not compared.
    """

    cells: NDArray[np.float32]
    page: float
    cell_mm: float
    network: str = ""

    def strongest(self) -> float:
        """Return the mean of the strongest cells."""
        return float(np.sort(self.cells, axis=None)[-_STRONGEST:].mean())

    def logit(self) -> float:
        """Return what a calibration weighs: what is said of all of the page and of its most suspicious place, alike."""
        return (self.page + self.strongest()) / 2

    def place(self) -> tuple[int, int, int, int] | None:
        """Return left, top, width and height, in cells, of the most suspicious place; None: all of the page is so."""
        return standing_out(self.cells)

    def region(self, page: Page) -> Region | None:
        """Return the most suspicious place on the capture; None: all of the page is so."""
        place = self.place()
        return None if place is None else outlined("place", place, self.cell_mm, page)


def outlined(name: str, place: tuple[int, int, int, int], cell_mm: float, page: Page, *, about: int = 0) -> Region:
    """Return a place of a page on its capture, as far as the page reaches.

    Parameters
    ----------
    place
        Left, top, width and height, in cells of ``cell_mm``.
    about
        Cells about it that are outlined too.
    """
    left, top, width, height = place
    start = np.maximum(np.array([left, top]) - about, 0) * cell_mm
    end = np.minimum(np.array([left + width, top + height]) * cell_mm + about * cell_mm, page.size.millimetres)
    return Region(name, in_capture(corners_mm(Box(*start, *(end - start))), page.to_capture))


def standing_out(cells: NDArray[np.float32], *, apart: int = 0) -> tuple[int, int, int, int] | None:
    """Return the place whose cells stand out from the others.

    Parameters
    ----------
    cells
        Rows x columns, logits; NaN where nobody looked.
    apart
        Cells, an even number, that may lie between parts of it: letters leave gaps.

    Returns
    -------
    Left, top, width and height, in cells; None: all of them are suspicious alike.
    """
    usual, most = float(np.nanmedian(cells)), float(np.nanmax(cells))
    if 0 < usual > most / 2:
        return None
    suspicious = (cells >= (usual + most) / 2).astype(np.uint8)
    joined = cv2.dilate(suspicious, np.ones((apart + 1, apart + 1), np.uint8))
    labels = cv2.connectedComponents(joined, connectivity=8)[1]
    strongest = np.unravel_index(int(np.nanargmax(cells)), cells.shape)
    left, top, width, height = cv2.boundingRect(suspicious * (labels == labels[strongest]).astype(np.uint8))
    return left, top, width, height


def prepared(channels: NDArray[np.uint8], shape: tuple[int, int], beside: float) -> NDArray[np.float32]:
    """Return what a network of pages of a shape, height and width, wants: 1 x channels x shape, -1 to 1.

    ``beside`` is what it learned to see beside a smaller page.
    """
    height, width = channels.shape[:2]
    whole = np.full((1, channels.shape[2], *shape), beside, np.float32)
    for plane, channel in zip(whole[0, :, :height, :width], cv2.split(channels), strict=True):
        np.subtract(np.divide(channel, 127.5, dtype=np.float32), 1, out=plane)
    return whole


def ask_about(
    session: ort.InferenceSession,
    channels: NDArray[np.uint8],
    shape: tuple[int, int],
    pixels_per_mm: float,
    *,
    beside: float,
    network: str = "",
) -> PageAnswer:
    """Show a network a page, height x width x channels, of no more than ``shape``; ``beside`` as in ``prepared``."""
    cells, page = session.run(list(OUTPUTS), {session.get_inputs()[0].name: prepared(channels, shape, beside)})
    rows, columns = (-(-side // CELL_PIXELS) for side in channels.shape[:2])
    return PageAnswer(cells[0, :rows, :columns], float(page[0]), CELL_PIXELS / pixels_per_mm, network)
