"""Renders documents of the training states while a GPU learns from those that are there.

A GPU sees ten thousand documents in a quarter of a minute, and two processors render as many in an hour: so nothing
waits for the set to be whole, and nothing but the crops is kept.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datasets.design.states import RENDERED_FROM
from datasets.generate import grouped
from datasets.sheet import Kind
from datasets.specimens import GENUINE, KINDS, Order, make, order
from datasets.truth import truth
from docscan.checks.regions import CELLS
from docscan.crops import CROP_PIXELS
from docscan.processes import keep_memory, pool
from docscan.zones import REGIONS
from training.region.cutting import MOST_CROPS, cut_by_truth
from training.region.edits import EDITS, edit, stored_again
from training.region.labels import LEARNED, UNKNOWN
from training.software import worked_on

_log = logging.getLogger(__name__)

GROUPS = len(RENDERED_FROM) * len(KINDS) * len(REGIONS)  # that the embedding is to tell apart
_GROUP = 12  # documents of one state and kind, whose artwork a process draws once; whole pairs
_VIEWS = 2  # of each document: as it was captured, and as software, editors and archives may leave it
_WORKED_ON = 0.75  # of the second views
_EDITED, _STORED_AGAIN = 0.5, 0.6  # of the second views; of genuine documents those that are edited
_LEAST = 240  # documents, before any are learned from: the first would be learned by heart
_PAUSE = 0.1  # seconds
# Twice as often as the others: a hundred examples each taught little of them.
_OFTENER = (
    "ovd_copied", "intaglio_flat", "microtext_blurred", "perforation_printed", "portrait_laminate_cut",
    "portrait_reprinted", "digital_copy_move", "digital_splice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendered:
    """Crops of a group of documents, two views of each.

    ``pixels`` documents x views x MOST_CROPS x 176 x 176 x 3; ``cells`` and ``region`` as ``cutting.Cut`` has them;
    ``group`` documents x views x MOST_CROPS, what the embedding is to tell apart or UNKNOWN.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    region: NDArray[np.int8]
    group: NDArray[np.int64]


_PARTS = tuple(part.name for part in fields(Rendered))


def orders(seed: int, documents: int) -> list[tuple[Order, ...]]:
    """Return the groups of a training of so many documents, in the order in which they are rendered."""
    recipes = LEARNED + _OFTENER
    groups = grouped((order(seed, index, recipes, states=RENDERED_FROM) for index in range(documents)), _GROUP)
    return [groups[place] for place in np.random.default_rng(seed).permutation(len(groups))]


def _group_of(code: str, kind: Kind) -> int:
    return (RENDERED_FROM.index(code) * len(KINDS) + list(KINDS).index(kind)) * len(REGIONS)


def render(group: Sequence[Order]) -> Rendered:
    """Render a group's documents and cut them, twice each at other places."""
    count = len(group)
    pixels = np.zeros((count, _VIEWS, MOST_CROPS, CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
    cells = np.full((count, _VIEWS, MOST_CROPS, 3, CELLS, CELLS), UNKNOWN, np.int8)
    region = np.full((count, _VIEWS, MOST_CROPS), UNKNOWN, np.int8)
    for number, wanted in enumerate(group):
        made = make(wanted, ("visible",))
        line, (data, _) = truth(made, {"visible": ""}), made.captured.files["visible"]
        for view in range(_VIEWS):
            rng = np.random.default_rng([wanted.seed, wanted.index, 3, view])
            software = worked_on if view and rng.random() < _WORKED_ON else None
            cut = cut_by_truth(line, data, rng, software=software)
            pixels[number, view, : len(cut.pixels)] = cut.pixels
            cells[number, view], region[number, view] = cut.cells, cut.region
    _vary(group, pixels[:, 1], cells[:, 1], region[:, 1])
    first = np.array([_group_of(wanted.code, wanted.kind) for wanted in group])[:, None, None]
    forged = (cells[:, :, :, 0] != 0).any((3, 4)) | (region == UNKNOWN)
    return Rendered(pixels, cells, region, np.where(forged, UNKNOWN, first + region).astype(np.int64))


def _vary(group: Sequence[Order], pixels: NDArray[np.uint8], cells: NDArray[np.int8], region: NDArray[np.int8]) -> None:
    """Edit some genuine documents of a group and store some documents again, in place."""
    document, slots = np.nonzero(region >= 0)
    some, labels, shown = pixels[document, slots], cells[document, slots].astype(np.int64), region[document, slots]
    for number, wanted in enumerate(group):
        rng = np.random.default_rng([wanted.seed, wanted.index, 4])
        own = np.flatnonzero(document == number)
        if wanted.recipe == GENUINE and rng.random() < _EDITED:
            edit(rng, some, labels, shown, own, list(EDITS))
        if rng.random() < _STORED_AGAIN:
            stored_again(rng, some, own)
    pixels[document, slots], cells[document, slots] = some, labels


def _write(folder: Path, group: Sequence[Order]) -> None:
    """Render a group into a folder, which is there whole or not at all."""
    keep_memory()
    made = render(group)
    new = folder.with_name(f".{folder.name}")
    new.mkdir()
    for name in _PARTS:
        np.save(new / f"{name}.npy", getattr(made, name))
    new.rename(folder)


@dataclass
class Stream:
    """What is rendered so far, on a device, and more with every call of ``take``; the oldest give way when it is full.

    Parameters
    ----------
    capacity
        Documents that the device has room for, 4.5 MB each.
    """

    folder: Path
    capacity: int
    device: torch.device
    jobs: list[Future[None]] = field(default_factory=list)
    seen: int = 0  # documents
    _pixels: Tensor = field(init=False)
    _cells: Tensor = field(init=False)
    _group: Tensor = field(init=False)
    _region: NDArray[np.int8] = field(init=False)
    _forged: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Take the memory."""
        shape = (self.capacity, _VIEWS, MOST_CROPS)
        self._pixels = torch.empty((*shape, CROP_PIXELS, CROP_PIXELS, 3), dtype=torch.uint8, device=self.device)
        self._cells = torch.empty((*shape, 3, CELLS, CELLS), dtype=torch.int8, device=self.device)
        self._group = torch.empty(shape, dtype=torch.int64, device=self.device)
        self._region = np.full(shape, UNKNOWN, np.int8)
        self._forged = np.zeros(shape, np.bool_)

    def take(self) -> None:
        """Take what was rendered since the last time."""
        for group in sorted(self.folder.glob("[0-9]*")):
            self._add(Rendered(**{name: np.load(group / f"{name}.npy") for name in _PARTS}))
            rmtree(group)

    def _add(self, made: Rendered) -> None:
        rows = (self.seen + np.arange(len(made.region))) % self.capacity
        where = torch.from_numpy(rows).to(self.device)
        self._pixels[where] = torch.from_numpy(made.pixels).to(self.device)
        self._cells[where] = torch.from_numpy(made.cells).to(self.device)
        self._group[where] = torch.from_numpy(made.group).to(self.device)
        self._region[rows] = made.region
        self._forged[rows] = (made.cells[:, :, :, 0] == 1).any((3, 4))
        self.seen += len(rows)

    def wait(self) -> None:
        """Wait until there is enough to learn from.

        Raises
        ------
        RuntimeError
            None of the documents could be rendered.
        """
        over = False
        while not over and self.seen < _LEAST:
            over = all(job.done() for job in self.jobs)
            self.take()
            time.sleep(_PAUSE)
        if not self.seen:
            raise RuntimeError("No document could be rendered: the log says why.")

    def batch(self, documents: int, crops: int, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Draw pairs of documents, a view of each and some of its crops, as ``Learner`` takes them; pixels as bytes."""
        pairs = rng.integers(min(self.seen, self.capacity) // 2, size=documents // 2)
        chosen = []
        for number, row in enumerate(np.concatenate([2 * pairs, 2 * pairs + 1])):
            view = int(rng.integers(_VIEWS))
            slots = some_slots(self._region[row, view] >= 0, self._forged[row, view], crops, rng)
            chosen.append(np.stack(np.broadcast_arrays(row, view, slots, number)))
        row, view, slot, document = torch.from_numpy(np.concatenate(chosen, 1).astype(np.int64)).to(self.device)
        at = (row, view, slot)
        return self._pixels[at], self._cells[at].long(), self._group[at], document


def some_slots(
    there: NDArray[np.bool_], forged: NDArray[np.bool_], wanted: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Choose some of a document's crops; up to half of them where there is something forged to see."""
    first = rng.permutation(np.flatnonzero(there & forged))[: wanted // 2]
    rest = rng.permutation(np.setdiff1d(np.flatnonzero(there), first))[: wanted - len(first)]
    return np.sort(np.concatenate([first, rest]))  # in the order in which they lie on the disk


@contextmanager
def rendering(groups: Sequence[Sequence[Order]], workers: int, capacity: int, device: torch.device) -> Iterator[Stream]:
    """Render groups in processes, ahead of who learns from them, until that ends."""
    with TemporaryDirectory(prefix="docscan-", dir=_memory()) as name:
        folder = Path(name)
        processes = pool(workers)
        try:
            jobs = [processes.submit(_write, folder / f"{number:06d}", group) for number, group in enumerate(groups)]
            for job in jobs:
                job.add_done_callback(_failed)
            yield Stream(folder, capacity, device, jobs)
        finally:
            processes.shutdown(wait=True, cancel_futures=True)


def _failed(rendered: Future[None]) -> None:
    if not rendered.cancelled() and rendered.exception() is not None:
        _log.warning("A group of documents was not rendered", exc_info=rendered.exception())


def _memory() -> str | None:
    """Return a folder in memory, where there is one: what is rendered is read once and thrown away."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
