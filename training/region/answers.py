"""What a region network says of documents of states that neither it nor a calibration has seen, and what is forged.

Each document is shown as the product cuts it; every other pair a second time, cut by the truth, after software worked
on its picture. Only the answers are kept, for the network at hand alone.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from datasets.generate import read
from datasets.specimens import GENUINE
from docscan.checks.regions import CELLS, SIGNS, ask, signs
from training.processes import each
from training.region.cutting import MOST_CROPS, Cut, Limits, cut_as_product, cut_by_truth, shown_again
from training.region.labels import UNSEEN, tellable
from training.region.scoring import open_network
from training.software import worked_on

_PART = 50  # documents that a process answers for at a time

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a network says of n documents, and the truth.

    ``answers`` is n x MOST_CROPS x SIGNS x c x c (logits); ``region`` n x MOST_CROPS, an index into ``REGIONS`` or
    UNKNOWN where a document has fewer crops; ``forged`` n x MOST_CROPS x c x c, as ``labels.cells_of`` has it;
    ``genuine`` n.
    """

    answers: NDArray[np.float16]
    region: NDArray[np.int8]
    forged: NDArray[np.int8]
    genuine: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.genuine)


@cache
def _network(path: Path) -> ort.InferenceSession:
    return open_network(path)


def _cuts(folder: Path, limits: Limits, line: Line) -> Iterator[Cut]:
    data = (folder / line["images"]["visible"]).read_bytes()
    delivered = cut_as_product(data, limits, line)
    if delivered.notes["abstained"] is not None:
        return
    yield delivered
    if shown_again(line):
        yield cut_by_truth(line, data, np.random.default_rng([int(line["index"]), 5]), 0.0, worked_on)


def _answered(cut: Cut, line: Line, session: ort.InferenceSession) -> Answered:
    seen = signs(ask(session, list(cut.pixels)))
    answers = np.zeros((1, MOST_CROPS, SIGNS, CELLS, CELLS), np.float16)
    answers[0, : len(seen)] = seen
    return Answered(answers, cut.region[None], cut.cells[None, :, 0], np.array([line["recipe"] == GENUINE]))


def joined(parts: Sequence[Answered]) -> Answered:
    """Return documents of several parts as one."""
    return Answered(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Answered)))


def _write(folder: Path, network: Path, limits: Limits, out: Path, numbered: tuple[int, Sequence[Line]]) -> None:
    """Write what the network says of some documents of a set, if anything."""
    number, lines = numbered
    cuts = ((cut, line) for line in lines for cut in _cuts(folder, limits, line))
    parts = [_answered(cut, line, _network(network)) for cut, line in cuts]
    if parts:
        part = joined(parts)
        new = out / f".{number:04d}.npz"
        np.savez(new, **{one.name: getattr(part, one.name) for one in fields(Answered)})
        new.replace(out / f"{number:04d}.npz")


def answers_of(folder: Path, network: Path, limits: Limits, work: Path, workers: int) -> Answered:
    """Show a set's documents to a network, as far as that was not done before, and return what it says.

    Forgeries that print cannot tell are left out.

    Parameters
    ----------
    folder
        Of the set, as ``datasets.generate`` leaves it.
    network
        The ONNX file.
    limits
        Below which the product abstains.
    work
        Gets a folder for each network.

    Raises
    ------
    RuntimeError
        A process died over some of the documents.
    ValueError
        The network abstains from all documents, or there is none.
    """
    out = work / hashlib.sha256(network.read_bytes()).hexdigest()[:12]
    out.mkdir(parents=True, exist_ok=True)
    lines = [line for line in tellable(read(folder)) if line["recipe"] not in UNSEEN]
    parts = [(start // _PART, lines[start : start + _PART]) for start in range(0, len(lines), _PART)]
    todo = [part for part in parts if not (out / f"{part[0]:04d}.npz").exists()]
    task = partial(_write, folder, network, limits, out)
    for _ in each(todo, task, named=lambda part: f"documents from {part[0] * _PART} on of {folder}", workers=workers):
        pass
    found = [Answered(**np.load(path)) for path in sorted(out.glob("[0-9]*.npz"))]
    if not found:
        raise ValueError(f"{folder} has no document of which the network says anything")
    return joined(found)
