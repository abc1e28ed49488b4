"""Crops of a generated set in files that are mapped into memory; cutting goes on where it was stopped.

Training states are cut where the truth has the page, misplaced as a page finder errs and at places moved at random, and
validation states so but not moved; calibration and test states as the product cuts them, its MRZ reader and its page
finder included. Where to cut is found on the page as seen; the truth gives labels alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.generate import read
from docscan.checks.regions import CELLS
from docscan.crops import CROP_PIXELS
from training.processes import each
from training.region.cutting import MOST_CROPS, SPREAD_MM, Cut, Limits, cut_as_product, cut_by_truth
from training.region.labels import UNKNOWN, tellable

SPLITS = ("training", "validation", "calibration", "test")

_SPREAD = {"training": SPREAD_MM, "validation": 0.0}  # of those cut by the truth

_TODO = -2  # of ``region``: not cut yet
_KEPT = ("index", "recipe", "state", "kind", "capture")  # of a line; fields and regions are long and not needed again
_FLUSHED_EVERY = 50  # documents

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Crops:
    """Crops of many documents.

    ``pixels`` is documents x ``MOST_CROPS`` x 176 x 176 x 3 (uint8, 2.2 MB a document); ``cells`` documents x
    ``MOST_CROPS`` x 3 x ``CELLS`` x ``CELLS``, as ``labels.cells_of`` gives them; ``region`` documents x
    ``MOST_CROPS``, an index into ``REGIONS``, or ``UNKNOWN`` where a document has fewer crops. ``lines`` are the
    documents' lines of the set, cut short; ``notes`` say of each its pixels a millimetre, its sharpness, and why the
    product abstains, or null.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    region: NDArray[np.int8]
    lines: tuple[Line, ...]
    notes: tuple[Line, ...]

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.lines)

    @property
    def recipes(self) -> tuple[str, ...]:
        """Each document's forgery."""
        return tuple(str(line["recipe"]) for line in self.lines)

    def slots(self, row: int) -> NDArray[np.intp]:
        """Return which crops a document has."""
        return np.flatnonzero(self.region[row] >= 0)

    def cut(self, row: int) -> NDArray[np.uint8]:
        """Return a document's crops: n x 176 x 176 x 3."""
        return np.asarray(self.pixels[row, self.slots(row)])


def _cut_line(folder: Path, limits: Limits, numbered: tuple[int, Line]) -> Cut:
    _, line = numbered
    data = (folder / line["images"]["visible"]).read_bytes()
    if line["split"] in _SPREAD:
        return cut_by_truth(line, data, np.random.default_rng([int(line["index"]), 3]), _SPREAD[line["split"]])
    return cut_as_product(data, limits, line)


def _opened(out: Path, split: str, name: str, shape: tuple[int, ...], kind: type) -> NDArray[Any]:
    path = out / f"{split}-{name}.npy"
    if path.exists():
        return np.load(path, mmap_mode="r+")  # type: ignore[no-any-return]
    # Of what is never written, such as the places of crops that a card does not have, the disk keeps nothing.
    return np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)


def cut_split(folder: Path, split: str, out: Path, limits: Limits, workers: int = 2) -> Crops:
    """Cut a split of a set into files of a folder, as far as that was not done before, and open them.

    Parameters
    ----------
    folder
        Of the set, as ``datasets.generate`` leaves it.
    limits
        Below which the product abstains.

    Raises
    ------
    RuntimeError
        A process died over a document.
    ValueError
        The folder holds crops of another set, or cut with other limits.
    """
    lines = [line for line in tellable(read(folder)) if line["split"] == split]
    if not lines:
        raise ValueError(f"{folder} holds no documents of the {split} states")
    out.mkdir(parents=True, exist_ok=True)
    _begin(out / f"{split}.json", folder, lines, limits)
    count = len(lines)
    pixels = _opened(out, split, "pixels", (count, MOST_CROPS, CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
    cells = _opened(out, split, "cells", (count, MOST_CROPS, 3, CELLS, CELLS), np.int8)
    fresh = not (out / f"{split}-region.npy").exists()
    region = _opened(out, split, "region", (count, MOST_CROPS), np.int8)
    if fresh:
        region[:] = _TODO
    notes = out / f"{split}-notes.jsonl"
    todo = [(row, line) for row, line in enumerate(lines) if region[row, 0] == _TODO]
    cut = each(
        todo,
        partial(_cut_line, folder, limits),
        named=lambda numbered: f"document {numbered[1]['index']} of {folder}",
        workers=workers,
    )
    with notes.open("a", encoding="utf-8") as log:
        for done, ((row, _), made) in enumerate(cut):
            log.write(json.dumps({"row": row, **made.notes}) + "\n")
            log.flush()
            used = len(made.pixels)
            pixels[row, :used], cells[row] = made.pixels, made.cells
            region[row] = made.region  # the last: it tells that the row is done
            if done % _FLUSHED_EVERY == 0:
                _flush(pixels, cells, region)
    _flush(pixels, cells, region)
    return open_split(out, split)


def _flush(*arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.flush()  # type: ignore[attr-defined]  # a memmap


def _begin(path: Path, folder: Path, lines: Sequence[Line], limits: Limits) -> None:
    """Write what the crops are of; refuse to go on with those of another set, or of other limits."""
    about = {
        "set": json.loads((folder / "set.json").read_text(encoding="utf-8")),
        "limits": asdict(limits),
        "lines": [{name: line[name] for name in _KEPT} for line in lines],
    }
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) != about:
        raise ValueError(
            f"{path.parent} holds crops of another set than {folder}, or cut with other limits: "
            "take another folder, or remove it"
        )
    path.write_text(json.dumps(about), encoding="utf-8")


def open_split(out: Path, split: str) -> Crops:
    """Open what ``cut_split`` cut."""
    about = json.loads((out / f"{split}.json").read_text(encoding="utf-8"))
    paths = (out / f"{split}-{name}.npy" for name in ("pixels", "cells", "region"))
    pixels, cells, region = (np.load(path, mmap_mode="r") for path in paths)
    by_row: dict[int, Line] = {}
    for text in (out / f"{split}-notes.jsonl").read_text(encoding="utf-8").splitlines():
        if text.endswith("}"):  # a line that a kill tore was written again
            note = json.loads(text)
            by_row[int(note["row"])] = note
    if (region[:, 0] == _TODO).any():
        raise ValueError(f"the crops of the {split} states in {out} are not all cut yet: run prepare")
    notes = tuple(by_row[row] for row in range(len(region)))
    return Crops(pixels, np.array(cells), np.where(region >= 0, region, UNKNOWN), tuple(about["lines"]), notes)
