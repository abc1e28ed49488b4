"""``python -m training.mrz``: renders, trains, exports, checks parity, measures, writes the manifest.

Rendered shards and checkpoints are kept in ``--work``; a run that was cut short goes on where it stopped.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from datasets.mrz.typeface import faces
from docscan.mrz.certainty import SURE
from docscan.mrz.own_reader import LINE_FINDER, RECOGNISER, ZONE_FINDER
from docscan.processes import pool
from training.arguments import positive
from training.fitting import Plan, Task, done, fit
from training.manifest import remeasured, update_manifest
from training.mrz import evaluate
from training.mrz.card import write_card
from training.mrz.data import Shards, issued_zones
from training.mrz.networks import Finder, Recogniser
from training.mrz.tasks import FinderTask, RecogniserTask
from training.onnx_export import export
from training.quantising import write_shipped

ROOT = Path(__file__).resolve().parents[2]
VERSION = "1.5.0"
FIRST_SEED = 1000  # of the shards; evaluation's seeds are far above
PER_SHARD = 500
NEGATIVES = 500  # images without an MRZ
# Pixels a character, least and most; and whether the print would pass its issuer's quality control.
SETS = {
    "at_12_px_or_more": ((12.0, 20.0), True),
    "at_8_px": ((8.0, 8.0), True),
    "at_6_px": ((6.0, 6.0), True),
    "at_12_px_or_more_any_print": ((12.0, 20.0), False),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a network learns from (how many shards of each kind) and how long."""

    shards: dict[str, int]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one network is made: in stages, each from where the one before it ended."""

    network: Callable[[], nn.Module]
    task: Callable[[Shards, dict[str, int]], Task]
    stages: tuple[Stage, ...]
    example: tuple[int, int, int, int]
    dynamic: dict[int, str]
    source: str  # what goes in and what comes out, for the card
    target: str
    ranges: Callable[[], list[NDArray[np.float32]]] | None = None  # with it, it is shipped in int8

    @property
    def precision(self) -> str:
        """In which numbers the network is shipped."""
        return "fp32" if self.ranges is None else "int8"


# What the zone finder sees in training: both sizes that the reader shows it.
_SCENE_SIZES = ((384, 512), (288, 384))

RECIPES = {
    ZONE_FINDER: Recipe(
        lambda: Finder(1),
        lambda shards, kinds: FinderTask(
            shards.read("scenes", kinds), shards.read("scene_masks", kinds), sizes=_SCENE_SIZES, flips=True
        ),
        (
            Stage({"scenes": 40}, Plan(steps=14000, batch=8, rate=3e-3, seed=7)),
            Stage({"captures": 60, "scenes": 20}, Plan(steps=7000, batch=8, rate=1e-3, seed=8, half=True)),
        ),
        (1, 1, 384, 512),
        {2: "height", 3: "width"},
        "1 x 1 x height x width, multiples of 32",
        "1 x 1 x height/4 x width/4, logits of a zone",
    ),
    LINE_FINDER: Recipe(
        lambda: Finder(3),
        lambda shards, kinds: FinderTask(
            shards.read("crops", kinds), shards.read("crop_masks", kinds), sizes=((160, 512),), flips=False
        ),
        (
            Stage({"zones": 80}, Plan(steps=3000, batch=16, rate=3e-3, seed=7)),
            Stage({"captures": 60, "zones": 30}, Plan(steps=4000, batch=16, rate=1e-3, seed=8, half=True)),
        ),
        (1, 1, 160, 512),
        {},
        "1 x 1 x 160 x 512",
        "1 x 3 x 40 x 128, logits of nothing, upright line, line upside down",
    ),
    RECOGNISER: Recipe(
        Recogniser,
        lambda shards, kinds: RecogniserTask(*(shards.read(name, kinds) for name in ("strips", "places", "classes"))),
        (
            # Most of them large enough to read: what nobody can read had the loss to itself.
            Stage(
                {"zones": 40, "issued": 60, "readable": 120, "unusual": 40},
                Plan(steps=30000, batch=64, rate=3e-3, seed=7, half=True),
            ),
        ),
        (3, 1, 32, 768),
        {0: "batch"},
        "lines x 1 x 32 x 768, those of one zone",
        "lines x 38 x 384, logits of the 37 characters and of none",
        partial(issued_zones, FIRST_SEED - 1, 120),
    ),
}


def _checkpoints(work: Path, recipes: dict[str, Recipe]) -> Iterator[tuple[Path, Stage]]:
    for name, recipe in recipes.items():
        for number, stage in enumerate(recipe.stages, start=1):
            yield work / f"{name}-{number}.pt", stage


def _render(folder: Path, stages: Iterable[Stage], workers: int) -> None:
    shards: dict[str, int] = {}
    for stage in stages:
        shards |= {kind: max(count, shards.get(kind, 0)) for kind, count in stage.shards.items()}
    with pool(workers) as processes:
        jobs = [
            processes.submit(Shards(folder).write, kind, FIRST_SEED + index, PER_SHARD)
            for kind, count in shards.items()
            for index in range(count)
        ]
        for job in jobs:
            job.result()


def _measured(folder: Path, count: int, workers: int) -> dict[str, dict[str, float]]:
    """Return the error rates of the whole reader on rendered captures, by size."""
    rates = {}
    for label, (pitch, issued) in SETS.items():
        rates[label] = evaluate.captures(folder, count, pitch, issued=issued, workers=workers).rates()
        print(label, {name: round(rate, 4) for name, rate in rates[label].items()}, flush=True)
    return rates


def _train(chosen: argparse.Namespace, recipes: dict[str, Recipe], deadline: float) -> dict[str, float]:
    """Fit and export networks by a time of the monotonic clock.

    Returns
    -------
    By name how far ONNX Runtime's answer is from torch's.

    Raises
    ------
    SystemExit
        Time is up; the checkpoints hold the state.
    """
    shards = Shards(chosen.work / "shards")
    parity = {}
    for name, recipe in recipes.items():
        network = recipe.network()
        for checkpoint, stage in _checkpoints(chosen.work, {name: recipe}):
            task, left = recipe.task(shards, stage.shards), deadline - time.monotonic()
            if not fit(network, task, stage.plan, checkpoint, left, device=chosen.device, box=chosen.box):
                raise SystemExit(f"Time is up at {name}; run the same command again to go on.")
        full = chosen.work / f"{name}-fp32.onnx"
        parity[name] = export(network, recipe.example, full, recipe.dynamic)
        write_shipped(full, chosen.models / f"{name}.onnx", recipe.ranges() if recipe.ranges else ())
        print(f"{name}: ONNX Runtime answers as torch does, to {parity[name]:.1e}", flush=True)
    return parity


# The card has them all; a report names these with each network.
_TOLD = {ZONE_FINDER: ("not_found",), LINE_FINDER: ("not_found",), RECOGNISER: ("zones_not_exact", "sure_but_wrong")}


def _told(rates: dict[str, dict[str, float]], names: tuple[str, ...]) -> dict[str, float]:
    return {f"{name}_{label}": round(row[name], 5) for label, row in rates.items() for name in names}


def _record(
    chosen: argparse.Namespace, rates: dict[str, dict[str, float]], false_zones: int, parity: dict[str, float]
) -> None:
    """Write the manifest's entries and the card."""
    evaluation = {
        "evaluation": "training.mrz.evaluate.captures",
        "evaluation_first_seed": evaluate.FIRST_SEED,
        "evaluation_captures": chosen.evaluate,
        "evaluation_severity": evaluate.SEVERITY,
    }
    networks = {}
    for name, recipe in RECIPES.items():
        parameters = sum(weights.numel() for weights in recipe.network().parameters())
        told = _told(rates, _TOLD[name]) | {"false_zones": false_zones / NEGATIVES}
        if name in parity:
            update_manifest(
                chosen.models,
                name,
                file=f"{name}.onnx",
                version=VERSION,
                dataset={
                    "recipe": "training.mrz.data",
                    "first_seed": FIRST_SEED,
                    "shards": [stage.shards for stage in recipe.stages],
                    "examples_per_shard": PER_SHARD,
                },
                error_rates=told,
                parameters={
                    "input": list(recipe.example),
                    "stages": [
                        asdict(stage.plan) | {"steps": done(checkpoint)}
                        for checkpoint, stage in _checkpoints(chosen.work, {name: recipe})
                    ],
                    "parity": parity[name],
                    "precision": recipe.precision,
                },
            )
        remeasured(chosen.models, name, told, evaluation)
        size = (chosen.models / f"{name}.onnx").stat().st_size
        networks[name] = (recipe.source, recipe.target, parameters, size)
    most = max(count for recipe in RECIPES.values() for stage in recipe.stages for count in stage.shards.values())
    write_card(
        chosen.models / "mrz.md",
        networks,
        rates,
        count=chosen.evaluate,
        severity=evaluate.SEVERITY,
        false_zones=false_zones,
        faces=len(faces()),
        seeds=f"{FIRST_SEED} to {FIRST_SEED + most - 1}, {PER_SHARD} examples each.",
        sure=SURE,
    )


def main() -> None:
    """Make all three networks, or those asked for; the others stay as they are and are measured with them."""
    options = argparse.ArgumentParser(prog="python -m training.mrz", description=__doc__)
    options.add_argument("--work", type=Path, default=ROOT / "build" / "mrz")
    options.add_argument("--models", type=Path, default=ROOT / "models")
    options.add_argument("--networks", nargs="*", choices=RECIPES, default=list(RECIPES), help="to make; else kept")
    options.add_argument("--threads", type=int, default=2, help="and processes that render and measure")
    options.add_argument("--device", default="cpu", help="that training runs on: cpu, cuda")
    options.add_argument("--minutes", type=positive, default=600, help="stop after this long; run again to go on")
    options.add_argument("--box", action="store_true", help="shorten the schedule, so that all training ends by then")
    options.add_argument(
        "--evaluate", type=int, default=2000, help="rendered captures to measure on, for each size; 0: do not measure"
    )
    chosen = options.parse_args()
    deadline = time.monotonic() + chosen.minutes * 60
    torch.set_num_threads(chosen.threads)
    cv2.setNumThreads(1)
    recipes = {name: RECIPES[name] for name in chosen.networks}
    unfinished = [stage for checkpoint, stage in _checkpoints(chosen.work, recipes) if done(checkpoint) is None]
    _render(chosen.work / "shards", unfinished, chosen.threads)
    parity = _train(chosen, recipes, deadline)
    if not chosen.evaluate:
        return
    rates = _measured(chosen.models, chosen.evaluate, chosen.threads)
    false_zones = evaluate.false_zones(chosen.models, NEGATIVES, workers=chosen.threads)
    _record(chosen, rates, len(false_zones), parity)


if __name__ == "__main__":
    main()
