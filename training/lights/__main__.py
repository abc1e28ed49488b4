"""``python -m training.lights``: renders pages, trains a network for ultraviolet and one for infrared, exports them.

It checks parity, writes the manifest and the card. Documents, pages and checkpoints are kept in ``--work``; a run that
was cut short goes on where it stopped. Then ``python -m training.witnesses calibrate`` says what their answers weigh.
"""

import argparse
from dataclasses import asdict

import torch

from docscan.light_network import CHANNELS, HEIGHT, MODELS, WIDTH
from docscan.page_answer import OUTPUTS
from docscan.types import Spectrum
from training.fitting import Plan, done, fit
from training.lights.card import write_card
from training.lights.data import LIGHTS, SEEDS, Pages, prepare
from training.lights.measuring import told
from training.lights.task import PagesTask
from training.manifest import update_manifest
from training.onnx_export import export, milliseconds
from training.pages import command
from training.pages.network import Flat, PageNetwork
from training.pages.told import Told
from training.region.scoring import open_network

VERSION = "1.0.0"
PLAN = Plan(steps=5000, batch=8, rate=2e-3, seed=365, half=True)


def _fitted(light: Spectrum, pages: Pages, chosen: argparse.Namespace) -> tuple[PageNetwork, int]:
    torch.manual_seed(PLAN.seed)
    network = PageNetwork(CHANNELS[light])
    checkpoint = chosen.work / f"{MODELS[light]}.pt"
    fit(Flat(network), PagesTask(pages, light), PLAN, checkpoint, 60 * chosen.minutes, box=True)
    return network, done(checkpoint) or 0


def _ship(light: Spectrum, pages: dict[str, Pages], chosen: argparse.Namespace) -> tuple[Told, dict[str, float]]:
    """Train a light's network, export it, measure it, and enter it into the manifest."""
    network, steps = _fitted(light, pages["training"], chosen)
    name = MODELS[light]
    path, shape = chosen.models / f"{name}.onnx", (2, CHANNELS[light], HEIGHT, WIDTH)
    parity = export(network, shape, path, {0: "batch"}, name="page_under_light", outputs=OUTPUTS)
    seen = told(open_network(path), pages["validation"], light)
    measured = {"parity": parity, "milliseconds": round(milliseconds(open_network(path), (1, *shape[1:])), 1)}
    update_manifest(
        chosen.models,
        name,
        file=path.name,
        version=VERSION,
        dataset={
            "recipe": "training.lights.data",
            "seeds": SEEDS,
            "documents": {split: len(part) for split, part in pages.items()},
            "training": asdict(PLAN) | {"steps": steps, "minutes": chosen.minutes},
        },
        error_rates={"auc_validation_states": round(seen.whole, 4)},
        parameters={"input": list(shape), **measured},
    )
    count = sum(weights.numel() for weights in network.parameters())
    print(f"{name}: AUC {seen.whole:.4f}, {measured}", flush=True)
    return seen, measured | {"parameters": count, "steps": steps, "bytes": path.stat().st_size}


def main() -> None:
    """Make both networks."""
    chosen = command.told("lights", __doc__, documents=2600, validation=400, minutes=15)
    counts = {"training": chosen.documents, "validation": chosen.validation}
    pages = {split: prepare(chosen.work, split, count, chosen.workers) for split, count in counts.items()}
    shipped = {light: _ship(light, pages, chosen) for light in LIGHTS}
    write_card(chosen.models / "lights.md", shipped, {split: len(part) for split, part in pages.items()})


if __name__ == "__main__":
    main()
