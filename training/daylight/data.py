"""Pages of generated documents by daylight, small, with what is forged there; kept in files mapped into memory.

Cut where the truth has the page, misplaced as a page finder errs; from page readers, scanners and phones. Of each there
are two pictures: as its device delivered it, and as software may have left it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.design.states import LEARNED_FROM, VALIDATION
from datasets.generate import generate, read
from docscan.crops import about_page
from docscan.daylight_network import CHANNELS, HEIGHT, PIXELS_PER_MM, WIDTH, channels_of
from docscan.types import Spectrum
from training.pages.cells import Grid
from training.pages.kept import kept
from training.region.cutting import misplaced, opened
from training.region.labels import LEARNED, SIZES, UNSEEN, truth_of
from training.software import worked_on

GRID = Grid(HEIGHT, WIDTH, PIXELS_PER_MM)
STATES = {"training": LEARNED_FROM, "validation": VALIDATION}
SEEDS = {"training": 5201, "validation": 5202}
DELIVERED, WORKED_ON = 0, 1  # pictures of a page
PICTURES = 2


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of n documents.

    ``pixels`` is n x PICTURES x HEIGHT x WIDTH x CHANNELS (uint8), 0 beside a page; ``cells`` n x rows x columns of
    ``GRID``: forged, 1, or not, 0; UNKNOWN where nobody can say.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    lines: tuple[Mapping[str, Any], ...]

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.lines)

    def page(self, row: int, picture: int = DELIVERED) -> NDArray[np.uint8]:
        """Return a document's page as the network is to see it: height x width x channels."""
        return np.asarray(self.pixels[row, picture])


def page_of(
    line: Mapping[str, Any], data: bytes, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return the pictures of a document's page and its labels, as ``Pages`` has them."""
    cv2.setNumThreads(1)
    truth = truth_of(line)
    size = SIZES[truth.kind]
    seen = misplaced(rng, truth.to_capture)
    capture, to_part = about_page(opened(data), seen, size)
    pixels = np.zeros((PICTURES, HEIGHT, WIDTH, CHANNELS), np.uint8)
    for picture, image in ((DELIVERED, capture), (WORKED_ON, worked_on(capture, rng))):
        shown = channels_of(image, to_part, size)
        pixels[picture, : shown.shape[0], : shown.shape[1]] = shown
    to_seen = np.asarray(np.linalg.inv(seen) @ truth.to_capture, np.float64)
    return pixels, GRID.labelled(truth, to_seen, shown.shape[:2])


def _cut(folder: Path, numbered: tuple[int, Mapping[str, Any]]) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    _, line = numbered
    data = (folder / line["images"][Spectrum.VISIBLE.value]).read_bytes()
    return page_of(line, data, np.random.default_rng([int(line["index"]), 5]))


def prepare(work: Path, split: str, documents: int, workers: int) -> Pages:
    """Make a split's documents, as far as they are missing, cut their pages, and open them."""
    folder = work / split
    if len(read(folder)) < documents:
        states, seed = STATES[split], SEEDS[split]
        generate(folder, documents=documents, seed=seed, recipes=LEARNED, states=states, workers=workers)
    lines = tuple(line for line in read(folder) if "error" not in line and line["recipe"] not in UNSEEN)
    return Pages(
        *kept(work, split, lines, _cut, (PICTURES, HEIGHT, WIDTH, CHANNELS), (GRID.rows, GRID.columns), workers), lines
    )
