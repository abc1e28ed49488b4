"""The networks that look at a whole page under ultraviolet or infrared, beside its visible image.

What an eraser, glue or another ink leaves under these lights lies anywhere on a page and is large, so all of the page
is shown at a third of the scale that print needs. What is usual glow and what is not, and what should stay under
infrared, shows in how the same place looks by daylight.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from docscan.documents.laying import PIXELS_PER_MM
from docscan.types import Image, Spectrum

MODELS: Mapping[Spectrum, str] = {Spectrum.UV: "page_uv", Spectrum.IR: "page_ir"}

WIDTH, HEIGHT = 500, 352  # pixels, an ID-3 page; smaller ones lie in its upper left corner
CELL_PIXELS = 8  # across and down; the network answers for each cell
CELL_MM = CELL_PIXELS / PIXELS_PER_MM
CHANNELS: Mapping[Spectrum, int] = {Spectrum.UV: 6, Spectrum.IR: 4}

_STRONGEST = 12  # cells, half a square centimetre, that say how a page's most suspicious place looks


@dataclass(frozen=True, slots=True)
class LightAnswer:
    """What a network says of a page under a light; logits.

    ``cells`` is rows x columns, of ``CELL_MM`` each from the page's upper left corner; ``page`` is of all of it.
    ``network`` is the beginning of its sha256: what samples were told by another one is not compared.
    """

    cells: NDArray[np.float32]
    page: float
    network: str = ""

    def strongest(self) -> float:
        """Return the mean of the strongest cells."""
        return float(np.sort(self.cells, axis=None)[-_STRONGEST:].mean())

    def logit(self) -> float:
        """Return what a calibration weighs: what is said of all of the page and of its most suspicious place, alike."""
        return (self.page + self.strongest()) / 2

    def usual(self, light: Spectrum) -> str:
        """Return the name under which samples keep what this network says of them."""
        return f"{light.value}.page_{self.network}"

    def place(self) -> tuple[int, int, int, int] | None:
        """Return left, top, width and height, in cells, of the most suspicious place; None: all of the page is so."""
        usual, most = float(np.median(self.cells)), float(self.cells.max())
        if 0 < usual > most / 2:
            return None
        suspicious = (self.cells >= (usual + most) / 2).astype(np.uint8)
        _, labels, boxes, _ = cv2.connectedComponentsWithStats(suspicious, connectivity=8)
        strongest = np.unravel_index(int(self.cells.argmax()), self.cells.shape)
        left, top, width, height, _ = (int(number) for number in boxes[labels[strongest]])
        return left, top, width, height


def channels_of(light: Spectrum, seen: Mapping[Spectrum, Image]) -> NDArray[np.uint8]:
    """Return height x width x ``CHANNELS``: a page under a light, infrared without a camera's tint, and by daylight.

    ``seen`` are pictures of the same size at ``PIXELS_PER_MM``.
    """
    image = seen[light]
    if light is Spectrum.IR:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]
    return np.concatenate([image, seen[Spectrum.VISIBLE]], axis=2)


def prepared(channels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a network wants: 1 x channels x HEIGHT x WIDTH, -1 to 1; 0 beside the page."""
    height, width = channels.shape[:2]
    whole = np.zeros((1, channels.shape[2], HEIGHT, WIDTH), np.float32)
    whole[0, :, :height, :width] = channels.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    return whole


def ask(session: ort.InferenceSession, channels: NDArray[np.uint8], network: str = "") -> LightAnswer:
    """Show a network a page, as ``channels_of`` gives it."""
    cells, page = session.run(["cells", "page"], {"page_under_light": prepared(channels)})
    rows, columns = (-(-side // CELL_PIXELS) for side in channels.shape[:2])
    return LightAnswer(cells[0, :rows, :columns], float(page[0]), network)
