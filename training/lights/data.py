"""Pages of generated documents under three lights, small, with what is forged there; kept in files mapped into memory.

Training and validation cut pages where the truth has them, misplaced as a page finder errs. The documents are of a page
reader: no other device has these lights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.design.states import LEARNED_FROM, VALIDATION
from datasets.forging.catalogue import RECIPES, shows
from datasets.generate import generate, read
from datasets.sheet import Kind
from docscan.crops import whole
from docscan.documents.laying import PIXELS_PER_MM
from docscan.light_network import HEIGHT, WIDTH, channels_of
from docscan.types import Image, Spectrum
from training.pages.cells import Grid
from training.pages.kept import kept
from training.region.cutting import misplaced, opened
from training.region.labels import SIZES, truth_of

LIGHTS = (Spectrum.UV, Spectrum.IR)
GRID = Grid(HEIGHT, WIDTH, PIXELS_PER_MM)
STATES = {"training": LEARNED_FROM, "validation": VALIDATION}
SEEDS = {"training": 5101, "validation": 5102}
RECIPES_SHOWN = tuple(name for name in RECIPES if shows(name, tuple(light.value for light in LIGHTS)))

_CHANNELS = {Spectrum.UV: slice(0, 3), Spectrum.IR: slice(3, 4)}  # of ``pixels``; the visible ones follow


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of n documents.

    ``pixels`` is n x HEIGHT x WIDTH x 7 (uint8): ultraviolet, infrared in grey, visible; 0 beside a page. ``cells`` is
    n x 2 x rows x columns of ``GRID``: under each of ``LIGHTS`` forged, 1, or not, 0; UNKNOWN where nobody can say.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    lines: tuple[Mapping[str, Any], ...]

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.lines)

    def page(self, light: Spectrum, row: int) -> NDArray[np.uint8]:
        """Return a document's page as the network of a light is to see it: height x width x channels."""
        width, height = (round(side * PIXELS_PER_MM) for side in SIZES[Kind(self.lines[row]["kind"])].millimetres)
        page = self.pixels[row, :height, :width]
        return np.concatenate([page[..., _CHANNELS[light]], page[..., 4:]], axis=2)

    def labels(self, light: Spectrum) -> NDArray[np.int8]:
        """Return the cells of all documents under a light: n x rows x columns of ``GRID``."""
        return self.cells[:, LIGHTS.index(light)]


def page_of(
    line: Mapping[str, Any], files: Mapping[Spectrum, bytes], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return a document's page under all lights and its labels, as ``Pages`` has them."""
    cv2.setNumThreads(1)
    truths = {light: truth_of(line, (light.value,)) for light in LIGHTS}
    truth = truths[Spectrum.UV]
    seen = misplaced(rng, truth.to_capture)
    pictures: dict[Spectrum, Image] = {
        light: whole(opened(data), seen, SIZES[truth.kind], PIXELS_PER_MM) for light, data in files.items()
    }
    height, width = pictures[Spectrum.VISIBLE].shape[:2]
    pixels = np.zeros((HEIGHT, WIDTH, 7), np.uint8)
    under = [channels_of(light, pictures)[..., :-3] for light in LIGHTS]
    pixels[:height, :width] = np.concatenate([*under, pictures[Spectrum.VISIBLE]], axis=2)
    to_seen = np.asarray(np.linalg.inv(seen) @ truth.to_capture, np.float64)
    return pixels, np.stack([GRID.labelled(truths[light], to_seen, (height, width)) for light in LIGHTS])


def _cut(folder: Path, numbered: tuple[int, Mapping[str, Any]]) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    _, line = numbered
    files = {Spectrum(light): (folder / name).read_bytes() for light, name in line["images"].items()}
    return page_of(line, files, np.random.default_rng([int(line["index"]), 5]))


def prepare(work: Path, split: str, documents: int, workers: int) -> Pages:
    """Make a split's documents, as far as they are missing, cut their pages, and open them."""
    folder = work / split
    if len(read(folder)) < documents:
        lights = tuple(light.value for light in Spectrum)
        generate(
            folder,
            documents=documents,
            seed=SEEDS[split],
            recipes=RECIPES_SHOWN,
            lights=lights,
            device="reader",
            states=STATES[split],
            workers=workers,
        )
    lines = tuple(line for line in read(folder) if "error" not in line)
    cells = len(LIGHTS), GRID.rows, GRID.columns
    return Pages(*kept(work, split, lines, _cut, (HEIGHT, WIDTH, 7), cells, workers), lines)
