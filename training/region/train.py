"""Trains a region network, in one process or, under torchrun, in several."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from docscan.checks.regions import CELL_PIXELS
from docscan.crops import CROP_PIXELS
from training.region.data import CELLS, RIM, Crops
from training.region.labels import UNKNOWN
from training.region.losses import Learner
from training.region.network import Answers, RegionNetwork

_log = logging.getLogger(__name__)

_PLACES = 2 * RIM // CELL_PIXELS + 1  # at which a crop can lie in its cut, across and down


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of."""

    design: str = "high_pass"
    width: int = 24
    batch: int = 12  # documents, of all processes together
    crops: int = 12  # of a document that a step looks at
    epochs: float = 12.0  # times that every document is seen
    learning_rate: float = 3e-3
    minutes: float = 40.0  # the schedule is made shorter where it would take longer
    seed: int = 9303


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is."""

    own: int = 0
    count: int = 1


@contextmanager
def processes() -> Iterator[Ranks]:
    """Join the processes that torchrun started; alone where it did not."""
    if not distributed.is_torchelastic_launched():
        torch.set_num_threads(2)
        yield Ranks()
        return
    distributed.init_process_group("gloo")
    try:
        ranks = Ranks(distributed.get_rank(), distributed.get_world_size())
        torch.set_num_threads(max(1, 2 // ranks.count))
        yield ranks
    finally:
        distributed.destroy_process_group()


def _normal(crops: NDArray[np.uint8]) -> Tensor:
    """Return n x h x w x 3 as n x 3 x h x w, -1 to 1; contiguous in channels, which convolutions on a CPU like."""
    batch = torch.from_numpy(crops).permute(0, 3, 1, 2).to(torch.float32)
    return (batch / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def _augmented(batch: Tensor, rng: np.random.Generator) -> Tensor:
    """Vary contrast, brightness and tint: none of it tells how a page was printed."""
    count = len(batch)
    gain = torch.from_numpy(rng.uniform(0.75, 1.25, (count, 1, 1, 1)).astype(np.float32))
    tint = torch.from_numpy(rng.uniform(-0.15, 0.15, (count, 3, 1, 1)).astype(np.float32))
    return (batch * gain + tint).clamp(-1, 1)


def _slots(crops: Crops, row: int, wanted: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Choose some of a document's crops; up to half of them where there is something forged to see."""
    there = np.flatnonzero(crops.region[row] != UNKNOWN)
    forged = (crops.cells[row, there, 0] == 1).any((1, 2))
    first = rng.permutation(there[forged])[: wanted // 2]
    rest = rng.permutation(np.setdiff1d(there, first))[: wanted - len(first)]
    return np.concatenate([first, rest])


def _drawn(
    crops: Crops, groups: NDArray[np.int64], rows: NDArray[np.intp], each: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Take crops of some documents, each at a place of its own within its cut; returns what ``Learner`` takes."""
    pixels, cells, group = [], [], []
    for row in rows:
        for slot in _slots(crops, row, each, rng):
            down, right = rng.integers(0, _PLACES, 2)
            y, x = down * CELL_PIXELS, right * CELL_PIXELS
            pixels.append(crops.pixels[row, slot, y : y + CROP_PIXELS, x : x + CROP_PIXELS])
            cells.append(crops.cells[row, slot, :, down : down + CELLS, right : right + CELLS])
            group.append(groups[row, slot])
    stacked = torch.from_numpy(np.stack(cells).astype(np.int64))
    return _augmented(_normal(np.stack(pixels)), rng), stacked, torch.from_numpy(np.array(group))


def groups_of(crops: Crops) -> tuple[NDArray[np.int64], int]:
    """Number what the embedding is to tell apart: documents' state, kind and region, of crops with nothing forged."""
    names = {name: number for number, name in enumerate(sorted(set(crops.states)))}
    states = np.array([names[name] for name in crops.states], np.int64)
    groups = states[:, None] * 4 + crops.region
    forged = (crops.cells[:, :, 0] != 0).any((2, 3))
    return np.where(forged | (crops.region == UNKNOWN), UNKNOWN, groups), 4 * len(names)


@torch.inference_mode()
def answers_of(network: RegionNetwork, crops: Crops, row: int) -> Answers:
    """Return the network's answers for the middle of each cut of a document."""
    slots = np.flatnonzero(crops.region[row] != UNKNOWN)
    pixels = crops.pixels[row, slots, RIM : RIM + CROP_PIXELS, RIM : RIM + CROP_PIXELS]
    answers: Answers = network.eval()(_normal(np.ascontiguousarray(pixels)))
    return answers


def validate(network: RegionNetwork, crops: Crops) -> float:
    """Return and log the AUC of documents by a rough score: the strongest crop's logit and the mean one's."""
    scores = []
    for row in range(len(crops.recipes)):
        answers = answers_of(network, crops, row)
        scores.append(float(answers.crop.max() + answers.crop.mean()))
    values = np.array(scores)
    forged = np.array([recipe != "genuine" for recipe in crops.recipes])
    for recipe in sorted(set(crops.recipes) - {"genuine"}):
        own = np.array([name in (recipe, "genuine") for name in crops.recipes])
        _log.info("  %-40s AUC %.3f", recipe, roc_auc_score(forged[own], values[own]))
    return float(roc_auc_score(forged, values))


def _schedule(share: float) -> float:
    """Return the learning rate as a share of its highest: a short rise and a cosine down."""
    rise = 0.05
    return share / rise + 0.02 if share < rise else 0.5 * (1 + float(np.cos(np.pi * (share - rise) / (1 - rise)))) + 1e-3


def _rows(count: int, recipe: Recipe, ranks: Ranks) -> Iterator[NDArray[np.intp]]:
    """Yield the documents of each step of this process; every process permutes alike and takes its own part."""
    rng = np.random.default_rng(recipe.seed)
    while True:
        order = rng.permutation(count)
        for start in range(0, count - recipe.batch + 1, recipe.batch):
            yield order[start : start + recipe.batch][ranks.own :: ranks.count]


def train(training: Crops, recipe: Recipe, checkpoint: Path, ranks: Ranks = Ranks()) -> RegionNetwork:  # noqa: B008
    """Train, and leave the weights in ``checkpoint``."""
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng([recipe.seed, ranks.own])
    groups, count = groups_of(training)
    network = RegionNetwork(recipe.design, recipe.width).to(memory_format=torch.channels_last)
    learner: nn.Module = Learner(network, count)
    if ranks.count > 1:
        learner = DistributedDataParallel(learner, find_unused_parameters=True)
    optimiser = torch.optim.AdamW(learner.parameters(), recipe.learning_rate, weight_decay=1e-2)
    steps = round(recipe.epochs * len(training.recipes) / recipe.batch)
    start, running = time.monotonic(), 0.0
    network.train()
    for done, rows in enumerate(_rows(len(training.recipes), recipe, ranks)):
        minutes = (time.monotonic() - start) / 60
        share = _agreed(max(done / steps, minutes / recipe.minutes), ranks)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * _schedule(share)
        loss = learner(*_drawn(training, groups, rows, recipe.crops, rng))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        running += loss.item()
        if done % 100 == 99 and ranks.own == 0:
            _log.info("step %d of %d, loss %.4f, %.1f min", done + 1, steps, running / 100, minutes)
            running = 0.0
    if ranks.own == 0:
        save(network, recipe, checkpoint)
    return network.eval()


def _agreed(share: float, ranks: Ranks) -> float:
    """Return the largest share of any process: clocks differ, and all must stop at the same step."""
    if ranks.count == 1:
        return share
    value = torch.tensor(share)
    distributed.all_reduce(value, distributed.ReduceOp.MAX)
    return float(value)


def save(network: RegionNetwork, recipe: Recipe, checkpoint: Path) -> None:
    """Write a checkpoint."""
    saved: dict[str, Any] = {"weights": network.state_dict(), "recipe": asdict(recipe)}
    torch.save(saved, checkpoint)


def load(checkpoint: Path) -> RegionNetwork:
    """Open a checkpoint."""
    saved = torch.load(checkpoint, weights_only=True)
    network = RegionNetwork(saved["recipe"]["design"], saved["recipe"]["width"])
    network.load_state_dict(saved["weights"])
    return network.eval()
