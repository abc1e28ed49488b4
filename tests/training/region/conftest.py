"""A handful of generated documents, their crops, and crops that stand for many."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from datasets.truth import truth
from docscan.checks.regions import CELLS
from docscan.crops import CROP_PIXELS
from docscan.zones import REGIONS
from training.region.cutting import MOST_CROPS, Limits
from training.region.data import Crops, cut_split

# State, side and forgery; of each two of the same number // 2 one is genuine.
DOCUMENTS = (
    ("XFA", Kind.TD3, GENUINE),
    ("XFA", Kind.TD3, "portrait_pasted"),
    ("XFA", Kind.TD1_FRONT, GENUINE),
    ("XFA", Kind.TD1_FRONT, "digital_splice"),
    ("XFE", Kind.TD3, GENUINE),
    ("XFE", Kind.TD3, "counterfeit_inkjet"),
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a set of a few documents of a training state."""
    out = tmp_path_factory.mktemp("set")
    lines = []
    for index, (code, kind, recipe) in enumerate(DOCUMENTS):
        made = make(Order(3, index, code, kind, recipe, "reader"), ("visible",), dpi=300)
        data, form = made.captured.files["visible"]
        name = f"{index}.{form.lower()}"
        (out / name).write_bytes(data)
        lines.append(json.dumps(truth(made, {"visible": name})))
    (out / "documents.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (out / "set.json").write_text(json.dumps({"seed": 3, "recipes": [], "lights": ["visible"]}), encoding="utf-8")
    return out


@pytest.fixture(scope="session")
def cut(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Crops]:
    """Return the crops of that set and where they lie; cut by a process of its own, as all crops are."""
    out = tmp_path_factory.mktemp("crops")
    return out, cut_split(folder, "training", out, Limits(), workers=1)


@pytest.fixture(scope="session")
def crops(cut: tuple[Path, Crops]) -> Crops:
    """Return the crops of that set."""
    return cut[1]


def here(things: Iterable[Any], task: Callable[[Any], Any], **_: object) -> Iterator[tuple[Any, Any]]:
    """Stand for ``docscan.processes.each`` where no process has to be begun for a few documents."""
    for thing in things:
        yield thing, task(thing)


@pytest.fixture
def invented() -> Callable[..., Crops]:
    """Invent crops: of forged documents some bear a fine grid, as a printer's dots, that genuine ones lack."""

    def invent(documents: int = 16, crops: int = 4, seed: int = 0) -> Crops:
        rng = np.random.default_rng(seed)
        shape = (documents, MOST_CROPS, CROP_PIXELS, CROP_PIXELS, 3)
        pixels = np.zeros(shape, np.uint8)
        pixels[:, :crops] = rng.normal(170, 8, (documents, crops, *shape[2:])).astype(np.uint8)
        cells = np.full((documents, MOST_CROPS, 3, CELLS, CELLS), -1, np.int8)
        cells[:, :crops, 0], cells[:, :crops, 1], cells[:, :crops, 2] = 0, 0, 0
        region = np.full((documents, MOST_CROPS), -1, np.int8)
        region[:, :crops] = np.arange(crops) % len(REGIONS)
        lines = []
        for row in range(documents):
            recipe = "counterfeit_inkjet" if row % 2 else GENUINE
            if row % 2:
                pixels[row, 0, ::3, ::3] //= 3
                cells[row, 0, 0], cells[row, 0, 1] = 1, 4
            capture = {"device": "reader", "encoder": "jpeg", "quality": 90, "blur": 0.5}
            line = {"index": row, "recipe": recipe, "state": f"X{row % 3}", "kind": "TD3", "capture": capture}
            lines.append(line)
        note = {"abstained": None, "scale": 12.0, "sharpness": 0.5}
        return Crops(pixels, cells, region, tuple(lines), (note,) * documents)

    return invent
