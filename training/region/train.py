"""Trains a region network, in one process or, under torchrun, in several."""

import logging
import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from datasets.forging.catalogue import RECIPES
from datasets.specimens import GENUINE
from docscan.processes import keep_memory
from docscan.zones import REGIONS
from training.region.data import Crops
from training.region.edits import EDITS, edit, stored_again
from training.region.labels import UNKNOWN, UNSEEN
from training.region.losses import Learner
from training.region.members import trained_as_kept
from training.region.network import RegionNetwork
from training.region.stream import GROUPS, Stream, some_slots
from training.region.variation import augmented, flipped, normal
from training.restoring import restore

_log = logging.getLogger(__name__)

_CHECKPOINT_EVERY, _LOGGED_EVERY = 200, 50  # steps
_EDITED = 0.4  # of the genuine documents of a step
_STORED_AGAIN = 0.3  # of all its documents
_TAKEN_EVERY = 20  # steps, from what is rendered meanwhile
_LEAST_MINUTES = 0.1  # of training, however long rendering took: with none left it would never end

Batch = tuple[Tensor, Tensor, Tensor, Tensor]  # as ``Learner`` takes it


def _bf16() -> bool:
    """Tell whether this CPU reckons in bfloat16 faster than in single precision."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of."""

    design: str = "context"
    width: int = 16
    batch: int = 12  # documents, of all processes together
    crops: int = 12  # of a document that a step looks at
    epochs: float = 12.0  # times that every document is seen
    learning_rate: float = 3e-3
    minutes: float = 20.0  # the schedule is made shorter where it would take longer
    seed: int = 9303
    start: str = ""  # what it begins with: a checkpoint, or a network that was kept
    without: tuple[str, ...] = ()  # groups of recipes left out of training
    bf16: bool = field(default_factory=_bf16)
    device: str = "cpu"
    rendered: int = 0  # seed of documents that are rendered while it learns; 0: it learns from a set


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is."""

    own: int = 0
    count: int = 1


@contextmanager
def processes(threads: int = 2) -> Iterator[Ranks]:
    """Join the processes that torchrun started, with a share of the threads each; alone where it did not."""
    torch.set_flush_denormal(True)  # products of faint weights are slow and change nothing
    if not distributed.is_torchelastic_launched():
        torch.set_num_threads(threads)
        yield Ranks()
        return
    distributed.init_process_group("gloo")
    try:
        ranks = Ranks(distributed.get_rank(), distributed.get_world_size())
        torch.set_num_threads(max(1, threads // ranks.count))
        yield ranks
    finally:
        distributed.destroy_process_group()


def _slots(crops: Crops, row: int, wanted: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Choose some of a document's crops."""
    return some_slots(crops.region[row] >= 0, (crops.cells[row, :, 0] == 1).any((1, 2)), wanted, rng)


def _drawn(
    crops: Crops,
    groups: NDArray[np.int64],
    rows: NDArray[np.intp],
    each: int,
    edits: Sequence[str],
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Take crops of some documents, some of the genuine ones edited; returns what ``Learner`` takes."""
    chosen = [(number, row, _slots(crops, row, each, rng)) for number, row in enumerate(rows)]
    pixels = np.concatenate([crops.pixels[row, slots] for _, row, slots in chosen])
    cells = np.concatenate([crops.cells[row, slots] for _, row, slots in chosen]).astype(np.int64)
    group = np.concatenate([groups[row, slots] for _, row, slots in chosen])
    region = np.concatenate([crops.region[row, slots] for _, row, slots in chosen])
    document = np.concatenate([np.full(len(slots), number) for number, _, slots in chosen])
    for number, row in enumerate(rows):
        own = np.flatnonzero(document == number)
        if edits and crops.recipes[row] == GENUINE and rng.random() < _EDITED:
            group[edit(rng, pixels, cells, region, own, edits)] = UNKNOWN
        if rng.random() < _STORED_AGAIN:
            stored_again(rng, pixels, own)
    numbers = torch.from_numpy(document)
    drawn = augmented(normal(torch.from_numpy(pixels)), numbers, rng)
    return drawn, torch.from_numpy(cells), torch.from_numpy(group), numbers


def groups_of(crops: Crops) -> tuple[NDArray[np.int64], int]:
    """Return numbers of what the embedding is to tell apart, state, side and region, and how many there are."""
    sides = [f"{line['state']} {line['kind']}" for line in crops.lines]
    names = {name: number for number, name in enumerate(sorted(set(sides)))}
    groups = np.array([names[side] for side in sides], np.int64)[:, None] * len(REGIONS) + crops.region
    forged = (crops.cells[:, :, 0] != 0).any((2, 3))
    return np.where(forged | (crops.region == UNKNOWN), UNKNOWN, groups), len(REGIONS) * len(names)


def _edits(without: Collection[str]) -> tuple[str, ...]:
    """Return the edits to learn from: none that belongs to a group that is left out."""
    return tuple(name for name in EDITS if RECIPES[name].group not in without)


def _schedule(share: float) -> float:
    """Return the learning rate as a share of its highest: a short rise and a cosine down."""
    rise = 0.05
    return (
        share / rise + 0.02 if share < rise else 0.5 * (1 + float(np.cos(np.pi * (share - rise) / (1 - rise)))) + 1e-3
    )


def _learned_from(crops: Crops, without: Collection[str]) -> NDArray[np.intp]:
    """Return the documents to learn from: genuine ones, and forged ones but for groups that are left out."""
    if unknown := set(without) - {recipe.group for recipe in RECIPES.values()}:
        raise ValueError(f"There is no group of recipes called {' or '.join(sorted(unknown))}.")
    out = {name for name, recipe in RECIPES.items() if recipe.group in without} | UNSEEN
    return np.array([row for row, recipe in enumerate(crops.recipes) if recipe not in out])


def _pairs(crops: Crops, known: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return documents to learn from with their companions, a forged and a genuine one of a state and kind of side.

    Side by side in a step they differ in little but the forgery.
    """
    pair = np.array([int(crops.lines[row]["index"]) // 2 for row in known])
    return np.split(known, np.flatnonzero(np.diff(pair)) + 1)


def _rows(pairs: list[NDArray[np.intp]], recipe: Recipe, step: int) -> NDArray[np.intp]:
    """Return the documents of a step, of all processes together; every document is seen once an epoch."""
    count = sum(map(len, pairs))
    each = max(1, count // recipe.batch)
    order = np.random.default_rng([recipe.seed, step // each]).permutation(len(pairs))
    rows = np.concatenate([pairs[place] for place in order])
    start = step % each * recipe.batch
    return rows[start : start + recipe.batch]


def train(training: Crops, recipe: Recipe, checkpoint: Path, ranks: Ranks = Ranks()) -> RegionNetwork:
    """Train, from where ``checkpoint`` stands if it is of the same recipe, and leave the weights there.

    What is drawn at a step depends on the seed, the step and the process alone: going on is as never having stopped.
    """
    groups, count = groups_of(training)
    known = _learned_from(training, recipe.without)
    pairs, edits = _pairs(training, known), _edits(recipe.without)

    def batch(step: int) -> Batch:
        rows = _rows(pairs, recipe, step)[ranks.own :: ranks.count]
        rng = np.random.default_rng([recipe.seed, ranks.own, step])
        return _drawn(training, groups, rows, recipe.crops, edits, rng)

    steps = max(1, round(recipe.epochs * len(known) / recipe.batch))
    return _train(batch, count, steps, recipe, checkpoint, ranks, lambda: len(known))


def train_while_rendering(stream: Stream, recipe: Recipe, checkpoint: Path) -> RegionNetwork:
    """Train on what is rendered so far until the recipe's time is up, and leave the weights in ``checkpoint``.

    Which documents a step sees depends on how fast they are rendered: the same seed makes the same documents, not the
    same weights.

    Raises
    ------
    RuntimeError
        None of the documents could be rendered.
    """
    begun = time.monotonic()
    stream.wait()
    left = recipe.minutes - (time.monotonic() - begun) / 60
    recipe = replace(recipe, minutes=max(left, _LEAST_MINUTES))

    def batch(step: int) -> Batch:
        if step % _TAKEN_EVERY == 0:
            stream.take()
        rng = np.random.default_rng([recipe.seed, 0, step])
        pixels, cells, group, document = stream.batch(recipe.batch, recipe.crops, rng)
        pixels, cells = flipped(pixels, cells, document, rng)
        return augmented(normal(pixels), document, rng), cells, group, document

    return _train(batch, GROUPS, math.inf, recipe, checkpoint, Ranks(), lambda: stream.seen)


def _train(
    batch: Callable[[int], Batch],
    groups: int,
    steps: float,
    recipe: Recipe,
    checkpoint: Path,
    ranks: Ranks,
    documents: Callable[[], int],
) -> RegionNetwork:
    keep_memory()
    torch.manual_seed(recipe.seed)
    network = RegionNetwork(recipe.design, recipe.width)
    learner = Learner(network, groups, recipe.bf16).to(recipe.device, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(learner.parameters(), recipe.learning_rate, weight_decay=1e-2)
    done, spent, begun = _begun(checkpoint, recipe, learner, optimiser, lambda: batch(0))
    module: nn.Module = DistributedDataParallel(learner, find_unused_parameters=True) if ranks.count > 1 else learner
    start, losses = time.monotonic() - 60 * spent, list[Tensor]()
    module.train()
    while True:
        minutes = (time.monotonic() - start) / 60
        share = _agreed(max(done / steps, minutes / recipe.minutes), ranks)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * _schedule(share)
        torch.manual_seed(recipe.seed * 1_000_003 + done)  # of the dropout
        crops, cells, place, document = batch(done)
        # A network that was kept has lost the places that its embedding gave to groups: it does not learn them anew.
        place = torch.full_like(place, UNKNOWN) if _from_kept(recipe) else place
        loss = module(crops, cells, place, document)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        done += 1
        losses.append(loss.detach())
        if done % _LOGGED_EVERY == 0 and ranks.own == 0:
            mean = float(torch.stack(losses[-_LOGGED_EVERY:]).mean())
            _log.info("step %d of %s, loss %.4f, %.1f min", done, steps, mean, minutes)
        if done % _CHECKPOINT_EVERY == 0 and ranks.own == 0:
            _save(checkpoint, recipe, learner, optimiser, (done, minutes), documents(), begun)
    if ranks.own == 0:
        _log.info("trained %d of %s steps in %.1f min", done, steps, minutes)
        ended = minutes if done >= steps else max(minutes, recipe.minutes)  # another process's clock may have ended it
        _save(checkpoint, recipe, learner, optimiser, (done, ended), documents(), begun)
    return network.eval().cpu()


def _from_kept(recipe: Recipe) -> bool:
    """Tell whether a training begins with a network that was kept, not with a checkpoint."""
    return recipe.start.endswith(".onnx")


def _restore(network: RegionNetwork, path: Path, shown: Batch) -> None:
    """Give a network the weights of one that was kept; its normalisations are those of a batch."""
    crops, _, _, document = shown
    restore(network.cpu(), path, lambda: network.answers(network.trunk(network.stem(crops.cpu())), document.cpu()))
    network.to(crops.device)


def _agreed(share: float, ranks: Ranks) -> float:
    """Return the largest share of any process: clocks differ, and all must stop at the same step."""
    if ranks.count == 1:
        return share
    value = torch.tensor(share)
    distributed.all_reduce(value, distributed.ReduceOp.MAX)
    return float(value)


def _save(
    checkpoint: Path,
    recipe: Recipe,
    learner: Learner,
    optimiser: torch.optim.Optimizer,
    progress: tuple[int, float],
    documents: int,
    begun: Mapping[str, Any] | None,
) -> None:
    """Write a checkpoint: a whole one or none."""
    saved: dict[str, Any] = {
        "weights": learner.network.state_dict(),
        "proxies": learner.proxies.detach(),
        "optimiser": optimiser.state_dict(),
        "recipe": asdict(recipe),
        "progress": progress,
        "documents": documents,
        "begun": begun,
    }
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    new = checkpoint.with_suffix(".new")
    torch.save(saved, new)
    new.replace(checkpoint)


def _begun(
    checkpoint: Path,
    recipe: Recipe,
    learner: Learner,
    optimiser: torch.optim.Optimizer,
    shown: Callable[[], Batch],
) -> tuple[int, float, dict[str, Any] | None]:
    """Take up a checkpoint where there is one, else the weights that the recipe starts with, if any.

    Parameters
    ----------
    shown
        Draws a batch for the normalisations of a network that was kept.

    Returns
    -------
    tuple
        Steps done, minutes spent, and what is to be told of the training that the weights at the start came from.

    Raises
    ------
    ValueError
        The checkpoint is of another recipe.
    """
    if not checkpoint.exists() and not recipe.start:
        return 0, 0.0, None
    if not checkpoint.exists() and _from_kept(recipe):
        _restore(learner.network, Path(recipe.start), shown())
        return 0, 0.0, trained_as_kept(Path(recipe.start))
    saved = torch.load(checkpoint if checkpoint.exists() else recipe.start, weights_only=True, map_location="cpu")
    if checkpoint.exists() and _lasting(saved["recipe"]) != _lasting(asdict(recipe)):
        raise ValueError(f"{checkpoint} is of another recipe, {saved['recipe']}: remove it, or take another folder")
    learner.network.load_state_dict(saved["weights"])
    with torch.no_grad():
        learner.proxies.copy_(saved["proxies"])
    if not checkpoint.exists():
        return 0, 0.0, _told(saved)
    optimiser.load_state_dict(saved["optimiser"])
    steps, minutes = saved["progress"]
    return int(steps), float(minutes), saved.get("begun")


def _lasting(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may not change while a run is interrupted."""
    return {name: value for name, value in recipe.items() if name not in ("minutes", "bf16")}


def load(checkpoint: Path) -> RegionNetwork:
    """Open a checkpoint."""
    saved = torch.load(checkpoint, weights_only=True, map_location="cpu")
    network = RegionNetwork(saved["recipe"]["design"], saved["recipe"]["width"])
    network.load_state_dict(saved["weights"])
    return network.eval()


def trained(checkpoint: Path) -> dict[str, Any]:
    """Return what a checkpoint's training was made of, and its steps and minutes; ``begun``: of that it began with."""
    return _told(torch.load(checkpoint, weights_only=True, map_location="cpu"))


def _told(saved: Mapping[str, Any]) -> dict[str, Any]:
    steps, minutes = saved["progress"]
    recipe = {
        name: value for name, value in saved["recipe"].items() if name != "start"
    }  # a path says nothing elsewhere
    told = {**recipe, "steps": int(steps), "minutes": round(float(minutes), 1)}
    # The first checkpoints had neither.
    return told | {name: saved[name] for name in ("documents", "begun") if saved.get(name) is not None}
