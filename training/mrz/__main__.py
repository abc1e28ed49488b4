"""``python -m training.mrz``: renders, trains, exports, checks parity, measures, writes the manifest.

Rendered shards and checkpoints are kept in ``--work``; a run that was cut short goes on where it stopped.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import onnxruntime as ort
import torch
from torch import nn

from docscan.mrz.own_reader import LINE_FINDER, RECOGNISER, ZONE_FINDER, Networks
from training.manifest import update_manifest
from training.mrz import evaluate
from training.mrz.data import Shards
from training.mrz.export import export
from training.mrz.fit import FinderTask, Plan, RecogniserTask, Task, fit
from training.mrz.networks import Finder, Recogniser

ROOT = Path(__file__).resolve().parents[2]
VERSION = "1.0.0"
FIRST_SEED = 1000  # of the shards; evaluation's seeds are far above
PER_SHARD = 500


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one network is made."""

    network: Callable[[], nn.Module]
    task: Callable[[Shards], Task]
    plan: Plan
    example: tuple[int, int, int, int]
    dynamic: dict[int, str]


RECIPES = {
    ZONE_FINDER: Recipe(
        lambda: Finder(1),
        lambda shards: FinderTask(
            shards.read("scenes", "scenes"), shards.read("scenes", "scene_masks"), size=(384, 512), flips=True
        ),
        Plan(steps=2400, batch=8, rate=3e-3, seed=7),
        (1, 1, 384, 512),
        {2: "height", 3: "width"},
    ),
    LINE_FINDER: Recipe(
        lambda: Finder(3),
        lambda shards: FinderTask(
            shards.read("zones", "crops"), shards.read("zones", "crop_masks"), size=(160, 512), flips=False
        ),
        Plan(steps=1500, batch=16, rate=3e-3, seed=7),
        (1, 1, 160, 512),
        {},
    ),
    RECOGNISER: Recipe(
        Recogniser,
        lambda shards: RecogniserTask(
            shards.read("zones", "strips"), shards.read("zones", "places"), shards.read("zones", "classes")
        ),
        Plan(steps=5000, batch=32, rate=2.5e-3, seed=7),
        (3, 1, 32, 544),
        {0: "batch"},
    ),
}


def _write(folder: Path, kind: str, seed: int) -> None:
    cv2.setNumThreads(1)
    Shards(folder).write(kind, seed, PER_SHARD)


def _render(folder: Path, shards: dict[str, int], workers: int) -> None:
    with ProcessPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(_write, folder, kind, FIRST_SEED + index)
            for kind, count in shards.items()
            for index in range(count)
        ]
        for job in jobs:
            job.result()


def _open(folder: Path) -> Networks:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    names = (ZONE_FINDER, LINE_FINDER, RECOGNISER)
    return Networks(*(ort.InferenceSession(str(folder / f"{name}.onnx"), options) for name in names))


def _measured(nets: Networks, count: int) -> tuple[dict[str, float], int]:
    """Return the error rates of the whole reader on rendered captures, and the false zones on images without one."""
    rates = {}
    for label, pitch in (("at_12_px_or_more", (12.0, 20.0)), ("at_8_px", (8.0, 8.0)), ("at_6_px", (6.0, 6.0))):
        measured = evaluate.captures(nets, count, pitch, evaluate.SEVERITY)
        rates |= {f"{name}_{label}": round(rate, 5) for name, rate in measured.rates().items()}
        print(label, measured.rates(), flush=True)
    return rates, len(evaluate.false_zones(nets, 500))


def main() -> None:
    """Make all three networks."""
    options = argparse.ArgumentParser(prog="python -m training.mrz", description=__doc__)
    options.add_argument("--work", type=Path, default=ROOT / "build" / "mrz")
    options.add_argument("--models", type=Path, default=ROOT / "models")
    options.add_argument("--zones", type=int, default=40, help="shards of 500 zones for lines and characters")
    options.add_argument("--scenes", type=int, default=20, help="shards of 500 captures for the zone finder")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--minutes", type=float, default=600, help="stop training after this long; run again to go on")
    options.add_argument("--evaluate", type=int, default=2000, help="rendered captures to measure on, for each size")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    cv2.setNumThreads(1)
    _render(chosen.work / "shards", {"zones": chosen.zones, "scenes": chosen.scenes}, chosen.threads)
    shards = Shards(chosen.work / "shards")
    deadline = time.monotonic() + chosen.minutes * 60
    parity = {}
    for name, recipe in RECIPES.items():
        network = recipe.network()
        checkpoint = chosen.work / f"{name}.pt"
        if not fit(network, recipe.task(shards), recipe.plan, checkpoint, deadline - time.monotonic()):
            print(f"Time is up at {name}; run the same command again to go on.")
            return
        parity[name] = export(network, recipe.example, chosen.models / f"{name}.onnx", recipe.dynamic)
        print(f"{name}: ONNX Runtime answers as torch does, to {parity[name]:.1e}")
    rates, false_zones = _measured(_open(chosen.models), chosen.evaluate)
    for name, recipe in RECIPES.items():
        update_manifest(
            chosen.models,
            name,
            file=f"{name}.onnx",
            version=VERSION,
            dataset={
                "recipe": "training.mrz.data",
                "first_seed": FIRST_SEED,
                "shards": {"zones": chosen.zones, "scenes": chosen.scenes},
                "examples_per_shard": PER_SHARD,
                "evaluation": "training.mrz.evaluate.captures",
                "evaluation_first_seed": evaluate.FIRST_SEED,
                "evaluation_captures": chosen.evaluate,
                "evaluation_severity": evaluate.SEVERITY,
            },
            error_rates=rates | {"false_zones_of_500_images": false_zones},
            parameters={
                "input": list(recipe.example),
                "steps": recipe.plan.steps,
                "batch": recipe.plan.batch,
                "rate": recipe.plan.rate,
                "seed": recipe.plan.seed,
                "parity": parity[name],
            },
        )


if __name__ == "__main__":
    main()
