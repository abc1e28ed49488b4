"""Fits one network; can stop after some minutes and go on later, or be made to end by then."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docscan.processes import keep_memory


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
    keep_memory()
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
