"""Shows a split's crops to the exported network: what calibration and evaluation weigh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from datasets.generate import read
from datasets.specimens import GENUINE
from docscan.checks.regions import Answers, appraised, ask, strongest
from docscan.types import Image
from docscan.zones import REGIONS
from training.processes import each
from training.real_images import pictures
from training.region.cutting import Cut, Limits, cut_as_product, opened, shown_again
from training.region.data import Crops
from training.region.labels import UNSEEN, tellable
from training.software import worked_on

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


def open_networks(region: Path, appraisal: Path | None = None) -> Networks:
    """Open the networks of two files."""
    return Networks(open_network(region), None if appraisal is None else open_network(appraisal))


_opened_once = cache(open_networks)  # in a process that scores


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
    answers = _answers(networks, list(crops.cut(row)), region)
    return _of_answers(name, line, answers, region, crops.cells[row, slots], scale)


def score_worked_on(
    folder: Path, split: str, region: Path, appraisal: Path | None, limits: Limits, workers: int
) -> list[Scored]:
    """Score every other pair of a split's documents after software worked on their pictures, cut as the product does.

    Devices' software sharpens, smooths and enlarges further than the generator's devices. Forgeries that print cannot
    tell are left out.

    Raises
    ------
    RuntimeError
        A process died over a document.
    """
    lines = [
        line
        for line in tellable(read(folder))
        if line["split"] == split and line["recipe"] not in UNSEEN and shown_again(line)
    ]
    task = partial(_scored_worked_on, folder, region, appraisal, limits)
    scored = each(lines, task, named=lambda line: f"document {line['index']} of {folder}", workers=workers)
    found = {line["index"]: one for line, one in scored}
    return [found[index] for index in sorted(found)]  # answers come as they are done


def _scored_worked_on(folder: Path, region: Path, appraisal: Path | None, limits: Limits, line: Line) -> Scored:
    picture = opened((folder / line["images"]["visible"]).read_bytes())
    worked = cv2.cvtColor(worked_on(picture, np.random.default_rng([line["index"], 7])), cv2.COLOR_RGB2BGR)
    made = cut_as_product(cv2.imencode(".png", worked)[1].tobytes(), limits, line)
    return _of_cut(f"document {line['index']}", line, made, _opened_once(region, appraisal))


def _of_cut(name: str, line: Line, made: Cut, networks: Networks) -> Scored:
    scale = float(made.notes["scale"])
    if made.notes["abstained"] is not None:
        return Scored(name, line, made.notes["abstained"], pixels_per_mm=scale)
    region = made.region[: len(made.pixels)]
    return _of_answers(name, line, _answers(networks, list(made.pixels), region), region, made.cells, scale)


def _of_answers(
    name: str, line: Line, answers: Answers, region: NDArray[np.int8], cells: NDArray[np.int8], scale: float
) -> Scored:
    """Return a document of which the network gave some answers; ``cells`` are those of ``data.Crops``, of its crops."""
    own = _own(region)
    forged = (cells[: len(region), 0] == 1).any((1, 2))
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
    return [_scored_picture(path, networks, limits) for path in pictures(folder)]


def _scored_picture(path: Path, networks: Networks, limits: Limits) -> Scored:
    line: Line = {"recipe": GENUINE, "state": path.stem}
    return _of_cut(path.stem, line, cut_as_product(path.read_bytes(), limits), networks)
