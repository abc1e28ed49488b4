"""Trains the region network."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from docscan.checks.regions import prepared
from training.region.data import Crops
from training.region.network import RegionNetwork

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of."""

    epochs: int = 3
    batch: int = 64
    learning_rate: float = 2e-3
    width: int = 24
    high_pass: bool = True
    seed: int = 9303
    minutes: float = 30.0  # stops after the epoch that passes this


def _augmented(crops: NDArray[np.uint8], rng: np.random.Generator) -> Tensor:
    """Flip crops and vary their contrast, brightness and tint: none of it tells how a page was printed."""
    batch = torch.from_numpy(prepared(list(crops)))
    if rng.random() < 0.5:
        batch = batch.flip(3)
    if rng.random() < 0.5:
        batch = batch.flip(2)
    gain = torch.from_numpy(rng.uniform(0.8, 1.2, (len(crops), 1, 1, 1)).astype(np.float32))
    tint = torch.from_numpy(rng.uniform(-0.15, 0.15, (len(crops), 3, 1, 1)).astype(np.float32))
    return (batch * gain + tint).clamp(-1, 1)


@torch.inference_mode()
def logits_of(network: RegionNetwork, crops: NDArray[np.uint8], batch: int = 256) -> NDArray[np.float32]:
    """Return the logits of crops (n x 128 x 128 x 3), n."""
    network.eval()
    parts = [network(torch.from_numpy(prepared(list(crops[i : i + batch])))) for i in range(0, len(crops), batch)]
    return torch.cat(parts)[:, 0].numpy()


def train(training: Crops, validation: Crops, recipe: Recipe, checkpoint: Path) -> RegionNetwork:
    """Train, keep the epoch with the best validation AUC of crops, and leave it in ``checkpoint``."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(2)
    rng = np.random.default_rng(recipe.seed)
    network = RegionNetwork(recipe.width, high_pass=recipe.high_pass)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=1e-3)
    usable = np.flatnonzero(training.forged >= 0)
    steps = recipe.epochs * (len(usable) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps + 1)
    weight = torch.tensor(float((training.forged == 0).sum() / (training.forged == 1).sum()))
    loss_of = nn.BCEWithLogitsLoss(pos_weight=weight)
    judged = np.flatnonzero(validation.forged >= 0)
    best, start = 0.0, time.monotonic()
    for epoch in range(recipe.epochs):
        network.train()
        total = 0.0
        order = rng.permutation(usable)[: len(usable) // recipe.batch * recipe.batch]
        for rows in order.reshape(-1, recipe.batch):
            target = torch.from_numpy(training.forged[rows].astype(np.float32))[:, None]
            loss = loss_of(network(_augmented(training.pixels[rows], rng)), target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        auc = float(roc_auc_score(validation.forged[judged], logits_of(network, validation.pixels[judged])))
        minutes = (time.monotonic() - start) / 60
        _log.info(
            "epoch %d: loss %.4f, validation AUC of crops %.4f, %.1f min",
            epoch,
            total / len(order) * recipe.batch,
            auc,
            minutes,
        )
        if auc >= best:
            best = auc
            torch.save(
                {"weights": network.state_dict(), "width": recipe.width, "high_pass": recipe.high_pass},
                checkpoint,
            )
        if minutes > recipe.minutes:
            break
    return load(checkpoint)


def load(checkpoint: Path) -> RegionNetwork:
    """Open a checkpoint."""
    saved = torch.load(checkpoint, weights_only=True)
    network = RegionNetwork(saved["width"], high_pass=saved["high_pass"])
    network.load_state_dict(saved["weights"])
    return network.eval()
