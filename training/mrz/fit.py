"""Fits one network; can stop after some minutes and go on later, or be made to end by then."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from docscan.mrz.recognise import COLUMN
from docscan.mrz.rectify import LEAST_DEVIATION, normalised
from training.mrz.data import NO_CHARACTER
from training.mrz.networks import CLASSES

Arrays = list[NDArray[np.generic]]
BETWEEN = CLASSES - 1
IGNORED = -100


class Task(Protocol):
    """What is to be learned: how many examples there are, and a batch of them as inputs and targets."""

    def __len__(self) -> int:
        """Return the number of examples."""

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return the network's inputs, pictures first, and its targets, on a device."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss."""


class _Stacked:
    """Shards seen as one array."""

    def __init__(self, shards: Arrays) -> None:
        self.shards = shards
        self.starts = np.cumsum([0, *(len(shard) for shard in shards)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, indices: NDArray[np.int64]) -> NDArray[np.generic]:
        places = np.searchsorted(self.starts, indices, side="right") - 1
        return np.stack(
            [self.shards[shard][index - self.starts[shard]] for shard, index in zip(places, indices, strict=True)]
        )


def _resized(pictures: NDArray[np.generic], size: tuple[int, int], how: int) -> NDArray[np.uint8]:
    """Resize pictures to height and width."""
    whole = np.ascontiguousarray(pictures).astype(np.uint8)
    if whole.shape[1:] == size:
        return whole
    return np.stack([cv2.resize(picture, size[::-1], interpolation=how) for picture in whole]).astype(np.uint8)


class FinderTask:
    """Segmentation: pictures and masks of classes at stride 4; each batch has one of ``sizes`` (height, width)."""

    def __init__(self, pictures: Arrays, masks: Arrays, *, sizes: tuple[tuple[int, int], ...], flips: bool) -> None:
        self.pictures, self.masks = _Stacked(pictures), _Stacked(masks)
        self.sizes, self.flips = sizes, flips

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.pictures)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return normalised pictures and their masks; mirrored at random where the classes allow it."""
        pictures, masks = self.pictures.take(indices), self.masks.take(indices)
        if self.flips and rng.random() < 0.5:
            pictures, masks = pictures[:, :, ::-1], masks[:, :, ::-1]
        if self.flips and rng.random() < 0.5:
            pictures, masks = pictures[:, ::-1], masks[:, ::-1]
        height, width = self.sizes[int(rng.integers(len(self.sizes)))]
        inputs = normalised(_resized(pictures, (height, width), cv2.INTER_AREA))
        goal = _resized(masks, (height // 4, width // 4), cv2.INTER_NEAREST)
        return (torch.from_numpy(inputs).to(device),), torch.from_numpy(goal.astype(np.int64)).to(device)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy, plus a Dice loss: zones are a small share of the pixels."""
        if logits.shape[1] == 1:
            goal = (targets > 0).float()
            score = logits[:, 0]
            entropy = functional.binary_cross_entropy_with_logits(score, goal, pos_weight=score.new_tensor(2.0))
            chance = torch.sigmoid(score)
            dice = 1 - (2 * (chance * goal).sum() + 1) / (chance.sum() + goal.sum() + 1)
            return entropy + 0.5 * dice
        weights = logits.new_tensor([0.5, 1.0, 1.0])
        return functional.cross_entropy(logits, targets, weights)


def _zones(classes: NDArray[np.generic]) -> Iterator[int]:
    """Yield how many of the strips that follow one another belong to each zone; one that was cut upside down, alone."""
    characters = np.asarray(classes != NO_CHARACTER).sum(1)
    first = 0
    while first < len(characters):
        lines = 3 if characters[first] == 30 else 2 if characters[first] else 1
        yield lines
        first += lines


class RecogniserTask:
    """Zones: the strips of their lines, the places of their characters and the characters."""

    def __init__(self, strips: Arrays, places: Arrays, classes: Arrays) -> None:
        self.strips, self.places, self.classes = _Stacked(strips), _Stacked(places), _Stacked(classes)
        self.lines = np.array([lines for shard in classes for lines in _zones(shard)])
        self.first = np.cumsum(self.lines) - self.lines

    def __len__(self) -> int:
        """Return the number of zones."""
        return len(self.lines)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return the zones' normalised strips and how many each has; and a class for each column."""
        lines = self.lines[indices]
        indices = np.concatenate([np.arange(self.first[zone], self.first[zone] + self.lines[zone]) for zone in indices])
        strips, places, classes = (
            torch.from_numpy(part.take(indices)).to(device) for part in (self.strips, self.places, self.classes)
        )
        shift = int(rng.integers(-8, 9))
        moved = functional.pad(strips.float(), (max(shift, 0), max(-shift, 0)), mode="replicate")[:, None]
        moved = moved[..., max(-shift, 0) :][..., : strips.shape[2]]
        targets = column_targets(
            torch.where(places >= -20, places + shift, places), classes.long(), strips.shape[2] // COLUMN
        )
        return (_normal(moved), torch.from_numpy(lines).to(device)), targets

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy over the columns."""
        weights = logits.new_ones(CLASSES)
        weights[BETWEEN] = 0.6
        return functional.cross_entropy(logits, targets, weights, ignore_index=IGNORED)


def _normal(strips: Tensor) -> Tensor:
    """Return strips as ``docscan.mrz.rectify.normalised`` does, on their device."""
    deviation, mean = torch.std_mean(strips, (2, 3), correction=0, keepdim=True)
    return (strips - mean) / (deviation + LEAST_DEVIATION)


def column_targets(places: Tensor, classes: Tensor, columns: int) -> Tensor:
    """Return each column's class: the character whose middle it meets, between, or ignored where it is neither.

    Parameters
    ----------
    places, classes
        Batch x MOST; the class is NO_CHARACTER where there is none.
    """
    present = classes != NO_CHARACTER
    counts = present.sum(1).clamp(min=2)
    last = places.gather(1, counts[:, None] - 1)[:, 0]
    pitch = torch.where(present.any(1), (last - places[:, 0]) / (counts - 1), 10.0)
    x = torch.arange(columns, device=places.device) * COLUMN + (COLUMN - 1) / 2
    distance = (x[None, :, None] - places[:, None]).abs().masked_fill(~present[:, None], 1e6)
    least, nearest = distance.min(2)
    least = least / pitch[:, None]
    beside = torch.where(least < 0.36, IGNORED, BETWEEN)
    return torch.where(least < 0.27, classes.gather(1, nearest), beside)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is fitted; ``half``: forward and backward in bfloat16, twice as fast where the CPU knows it."""

    steps: int
    batch: int
    rate: float
    seed: int
    half: bool = False


def _indices(count: int, plan: Plan, first: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield shuffled batches from step ``first`` on; the same for every run with this seed."""
    per_epoch = max(1, count // plan.batch)
    order, epoch = np.arange(0), -1
    for step in range(first, plan.steps):
        if step // per_epoch != epoch:
            epoch = step // per_epoch
            order = np.random.default_rng((plan.seed, epoch)).permutation(count)
        start = step % per_epoch * plan.batch
        yield step, order[start : start + plan.batch]


def _save(checkpoint: Path, network: nn.Module, optimiser: torch.optim.Optimizer, step: int, *, done: bool) -> None:
    """Write a checkpoint whole or not at all."""
    state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "done": done}
    torch.save(state, checkpoint.with_suffix(".new"))
    checkpoint.with_suffix(".new").replace(checkpoint)


def done(checkpoint: Path) -> int | None:
    """Return the steps that a finished training took; None where it is not finished."""
    if not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    return int(state["step"]) if state.get("done") else None  # the first checkpoints do not say


def fit(
    network: nn.Module, task: Task, plan: Plan, checkpoint: Path, seconds: float, *, device: str = "cpu", box: bool
) -> bool:
    """Fit a network, from its checkpoint on if there is one; it is on the CPU afterwards.

    Parameters
    ----------
    seconds
        At which it stops; with ``box`` the schedule is made shorter, so that it has ended by then.

    Returns
    -------
    Whether it has ended; False: time is up, the checkpoint holds the state.
    """
    torch.manual_seed(plan.seed)
    where = torch.device(device)
    network = network.to(where, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), plan.rate, weight_decay=0.02)
    taken = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=where)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        if state.get("done"):
            network.to("cpu")
            return True
        taken = state["step"]
    network.train()
    begun = said = time.monotonic()
    losses: list[Tensor] = []
    for step, indices in _indices(len(task), plan, taken):
        progress = min(1, max(step / plan.steps, (time.monotonic() - begun) / seconds if box else 0))
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / 200) * (0.5 * (1 + math.cos(math.pi * progress)) + 0.003)
        (pictures, *others), targets = task.batch(indices, np.random.default_rng((plan.seed, step)), where)
        with torch.autocast(where.type, torch.bfloat16, enabled=plan.half):
            logits = network(pictures.contiguous(memory_format=torch.channels_last), *others)
        loss = task.loss(logits.float(), targets)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        taken = step + 1
        losses.append(loss.detach())
        now = time.monotonic()
        if now - said > 20:
            mean = float(torch.stack(losses[-200:]).mean())
            print(f"{checkpoint.stem} step {taken}/{plan.steps} loss {mean:.4f} {now - begun:.0f}s", flush=True)
            said = now
        if taken % 500 == 0:
            _save(checkpoint, network, optimiser, taken, done=False)
        if now - begun > seconds:
            break
    ended = box or taken >= plan.steps
    _save(checkpoint, network, optimiser, taken, done=ended)
    network.to("cpu")
    return ended
