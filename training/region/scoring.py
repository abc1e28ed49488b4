"""Shows a split's crops to the exported network: what calibration and evaluation weigh."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from datasets.specimens import GENUINE
from docscan.checks.regions import Answers, appraised, ask, strongest
from docscan.types import Image
from docscan.zones import REGIONS
from training.region.cutting import Limits, cut_as_product
from training.region.data import Crops
from training.region.labels import UNSEEN

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """A document as the product saw it.

    ``regions`` holds, by name, what ``strongest`` gives; ``touched`` says whether the forgery lies in any of a region's
    crops; ``cells`` is the 99.5th percentile of all cells' logits. ``line`` is what the set says of the document; of
    another picture, what is known of it.
    """

    name: str
    line: Line
    abstained: str | None
    regions: Mapping[str, float] = field(default_factory=dict)
    touched: Mapping[str, bool] = field(default_factory=dict)
    cells: float = 0.0
    pixels_per_mm: float = 0.0

    @property
    def genuine(self) -> bool:
        """Whether the document is what it says."""
        return bool(self.line["recipe"] == GENUINE)

    @property
    def told_by_print(self) -> bool:
        """Whether it is genuine, or forged in a way that its print can tell."""
        return self.line["recipe"] not in UNSEEN


def open_network(path: Path, threads: int = 1) -> ort.InferenceSession:
    """Open an exported network."""
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, slots=True)
class Networks:
    """The region network, and the one that weighs its answers where calibrations are of what comes of that."""

    region: ort.InferenceSession
    appraisal: ort.InferenceSession | None = None


def _answers(networks: Networks, crops: Sequence[Image], region: NDArray[np.int8]) -> Answers:
    """Ask of all crops of a document, as the product does; ``region`` is the index of each into ``REGIONS``."""
    answers = ask(networks.region, crops)
    if networks.appraisal is None:
        return answers
    return replace(answers, forged=appraised(networks.appraisal, answers, region.astype(np.int64)))


def score(crops: Crops, networks: Networks) -> list[Scored]:
    """Score the documents of a split, in their order."""
    return [_scored(crops, row, networks) for row in range(len(crops))]


def _own(region: NDArray[np.int8]) -> dict[str, NDArray[np.bool_]]:
    """Return, for each region that some crops have, which of them are its own."""
    return {REGIONS[number]: region == number for number in np.unique(region)}


def _strongest(answers: Answers, own: Mapping[str, NDArray[np.bool_]]) -> dict[str, float]:
    return {name: strongest(answers.forged[where]) for name, where in own.items()}


def _scored(crops: Crops, row: int, networks: Networks) -> Scored:
    line, note, slots = crops.lines[row], crops.notes[row], crops.slots(row)
    name, scale = f"document {line['index']}", float(note["scale"])
    if len(slots) == 0:
        return Scored(name, line, note["abstained"], pixels_per_mm=scale)
    region = crops.region[row, slots]
    answers, own = _answers(networks, list(crops.cut(row)), region), _own(region)
    forged = (crops.cells[row, slots, 0] == 1).any((1, 2))
    return Scored(
        name,
        line,
        None,
        _strongest(answers, own),
        {name: bool(forged[where].any()) for name, where in own.items()},
        float(np.quantile(answers.forged, 0.995)),
        scale,
    )


def score_real(folder: Path | None, networks: Networks, limits: Limits) -> list[Scored]:
    """Score the genuine specimens of a folder of photographs with ``truth.json``, where it is at hand."""
    if folder is None or not (folder / "truth.json").exists():
        return []
    return [_scored_picture(path, networks, limits) for path in _pictures(folder)]


def _pictures(folder: Path) -> Iterator[Path]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    if not truth:
        raise ValueError(f"{folder / 'truth.json'} names no specimen")
    yield from sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))


def _scored_picture(path: Path, networks: Networks, limits: Limits) -> Scored:
    made = cut_as_product(path.read_bytes(), limits)
    line: Line = {"recipe": GENUINE, "state": path.stem}
    scale = float(made.notes["scale"])
    if made.notes["abstained"] is not None:
        return Scored(path.stem, line, made.notes["abstained"], pixels_per_mm=scale)
    region = made.region[: len(made.pixels)]
    regions = _strongest(_answers(networks, list(made.pixels), region), _own(region))
    return Scored(path.stem, line, None, regions, pixels_per_mm=scale)
