"""Crops of a generated set, cut as the product cuts them, in files that training maps into memory."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.generate import read
from docscan.capture import ImageFile, load
from docscan.checks.regions import CELL_PIXELS
from docscan.crops import CROP_PIXELS, CROP_PIXELS_PER_MM, cut, local_scale, overview, shrunk
from docscan.processes import each
from docscan.types import Homography, Image
from docscan.zones import REGIONS, SEARCH_PIXELS_PER_MM, crop_spots, layout_of
from training.region.labels import FORMATS, SIZES, UNKNOWN, Truth, cells_of, truth_of

MOST_CROPS = 24
# A crop is cut with a rim, from which training takes another part each time.
RIM = CELL_PIXELS
CUT_PIXELS = CROP_PIXELS + 2 * RIM
CELLS, CUT_CELLS = CROP_PIXELS // CELL_PIXELS, CUT_PIXELS // CELL_PIXELS

_LIMIT = 200_000_000


@dataclass(frozen=True, slots=True)
class Crops:
    """Crops of many documents.

    ``pixels`` is documents x ``MOST_CROPS`` x ``CUT_PIXELS`` x ``CUT_PIXELS`` x 3 (uint8); ``cells`` documents x
    ``MOST_CROPS`` x 3 x ``CUT_CELLS`` x ``CUT_CELLS``, as ``labels.cells_of`` gives them; ``region`` documents x
    ``MOST_CROPS``, an index into ``REGIONS``, or ``UNKNOWN`` where a document has fewer crops. ``recipes`` names each
    document's forgery, ``states`` its issuer and kind of side.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    region: NDArray[np.int8]
    recipes: tuple[str, ...]
    states: tuple[str, ...]

    def kept(self, rows: NDArray[np.intp]) -> "Crops":
        """Return some of the documents."""
        chosen = [tuple(names[row] for row in rows) for names in (self.recipes, self.states)]
        return Crops(self.pixels[rows], self.cells[rows], self.region[rows], *chosen)


def _jittered(rng: np.random.Generator, to_capture: Homography) -> Homography:
    """Misplace the page as a page finder does: a little turn, scale and shift."""
    turn, scale = rng.normal(0, 0.004), 1 + rng.normal(0, 0.006)
    shift = rng.normal(0, 0.4, 2)
    wrong = np.array(
        [
            [scale * np.cos(turn), -np.sin(turn), shift[0]],
            [np.sin(turn), scale * np.cos(turn), shift[1]],
            [0, 0, 1],
        ]
    )
    return np.asarray(to_capture @ wrong, np.float64)


def cut_document(
    truth: Truth, image: Image, rng: np.random.Generator, spread_mm: float
) -> tuple[NDArray[np.uint8], NDArray[np.int8], NDArray[np.int8]]:
    """Cut a document's crops; returns pixels, cells and regions as of ``Crops``, for one document.

    ``spread_mm`` moves each crop at random by as much: wide in training, 0 where the product is imitated.
    """
    pixels = np.zeros((MOST_CROPS, CUT_PIXELS, CUT_PIXELS, 3), np.uint8)
    cells = np.full((MOST_CROPS, 3, CUT_CELLS, CUT_CELLS), UNKNOWN, np.int8)
    regions = np.full(MOST_CROPS, UNKNOWN, np.int8)
    wrong = _jittered(rng, truth.to_capture)
    # The labels stay where they are; the crops go where a page finder would cut them.
    size = SIZES[truth.kind]
    width, height = size.millimetres
    spots = crop_spots(
        overview(image, wrong, size, SEARCH_PIXELS_PER_MM), layout_of(size, FORMATS[truth.kind])
    )
    image, to_capture = shrunk(image, wrong, local_scale(wrong, width / 2, height / 2))
    true_of = np.linalg.inv(truth.to_capture) @ wrong
    rim = RIM / CROP_PIXELS_PER_MM
    slot = 0
    for name, places in spots.items():
        for place in places:
            x, y = np.array(place) + rng.uniform(-spread_mm, spread_mm, 2) - rim
            pixels[slot] = cut(image, to_capture, float(x), float(y), CUT_PIXELS)
            true = true_of @ np.array([x, y, 1.0])
            cells[slot] = cells_of(truth, float(true[0] / true[2]), float(true[1] / true[2]), CUT_CELLS)
            regions[slot] = REGIONS.index(name)
            slot += 1
    return pixels, cells, regions


_Cut = tuple[NDArray[np.uint8], NDArray[np.int8], NDArray[np.int8]]


def _cut_line(folder: Path, spread_mm: float, numbered: tuple[int, Truth]) -> _Cut | None:
    cv2.setNumThreads(1)
    _, truth = numbered
    file = ImageFile(truth.files["visible"], (folder / truth.files["visible"]).read_bytes())
    image = load(file, max_bytes=_LIMIT, max_pixels=_LIMIT).visible
    return cut_document(truth, image, np.random.default_rng([truth.index, 3]), spread_mm)


def _died(_numbered: tuple[int, Truth]) -> None:
    return None


def cut_split(folder: Path, split: str, out: Path, *, spread_mm: float, documents: int | None = None) -> Crops:
    """Cut a split of a set into files of a folder, or open what was cut before.

    Parameters
    ----------
    folder
        Of the set, as ``datasets.generate`` leaves it.
    documents
        Of the set's first so many, whatever their split; None: all.

    Raises
    ------
    RuntimeError
        A process died over a document.
    """
    done = out / f"{split}.json"
    if not done.exists():
        lines = [line for line in read(folder) if documents is None or int(line["index"]) < documents]
        lines = [line for line in lines if line.get("split") == split]
        _write(folder, [truth_of(line) for line in lines], out, split, spread_mm)
        names = {
            "recipes": [line["recipe"] for line in lines],
            "states": [f"{line['state']} {line['kind']}" for line in lines],
        }
        done.write_text(json.dumps(names), encoding="utf-8")
    names = json.loads(done.read_text(encoding="utf-8"))
    arrays = (np.load(out / f"{split}-{name}.npy", mmap_mode="r") for name in ("pixels", "cells", "region"))
    pixels, cells, region = arrays
    return Crops(pixels, np.array(cells), np.array(region), tuple(names["recipes"]), tuple(names["states"]))


def _write(folder: Path, truths: Iterable[Truth], out: Path, split: str, spread_mm: float) -> None:
    numbered = list(enumerate(truths))
    out.mkdir(parents=True, exist_ok=True)

    def opened(name: str, shape: tuple[int, ...], kind: type) -> NDArray[np.uint8]:
        return np.lib.format.open_memmap(
            out / f"{split}-{name}.npy", mode="w+", dtype=kind, shape=(len(numbered), MOST_CROPS, *shape)
        )

    pixels = opened("pixels", (CUT_PIXELS, CUT_PIXELS, 3), np.uint8)
    cells = opened("cells", (3, CUT_CELLS, CUT_CELLS), np.int8)
    region = opened("region", (), np.int8)
    for (row, truth), made in each(numbered, partial(_cut_line, folder, spread_mm), died=_died, workers=2):
        if made is None:
            raise RuntimeError(f"A process died over document {truth.index} of {folder}.")
        pixels[row], cells[row], region[row] = made
    for array in (pixels, cells, region):
        array.flush()  # type: ignore[attr-defined]  # a memmap
