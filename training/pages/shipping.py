"""Fits, exports, measures and enters a network of whole pages, whatever light it is for."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import onnxruntime as ort
import torch

from docscan.page_answer import OUTPUTS
from training.fitting import Plan, Task, done, fit
from training.manifest import update_manifest
from training.onnx_export import export, milliseconds
from training.pages.network import Flat, PageNetwork
from training.pages.told import Told
from training.region.scoring import open_network


def ship(
    name: str,
    entry: str,
    task: Task,
    plan: Plan,
    tell: Callable[[ort.InferenceSession], Told],
    chosen: argparse.Namespace,
    *,
    shape: tuple[int, int, int],
    version: str,
    dataset: Mapping[str, Any],
) -> tuple[Told, dict[str, float]]:
    """Train a network, export it, measure it, and enter it into the manifest.

    Parameters
    ----------
    name, entry
        Of the model, and of its input.
    tell
        Measures the exported network on the validation states.
    chosen
        Of the command, as ``command.told`` parses it.
    shape
        Of a page: channels, height and width.
    dataset
        What the manifest says of the documents, but for the training.

    Returns
    -------
    What was told, and what was measured of the network: numbers by name.
    """
    torch.manual_seed(plan.seed)
    network, checkpoint = PageNetwork(shape[0]), chosen.work / f"{name}.pt"
    fit(Flat(network), task, plan, checkpoint, 60 * chosen.minutes, box=True)
    steps, path = done(checkpoint) or 0, chosen.models / f"{name}.onnx"
    parity = export(network, (2, *shape), path, {0: "batch"}, name=entry, outputs=OUTPUTS)
    session = open_network(path)
    seen = tell(session)
    measured = {"parity": parity, "milliseconds": round(milliseconds(session, (1, *shape)), 1)}
    update_manifest(
        chosen.models,
        name,
        file=path.name,
        version=version,
        dataset={**dataset, "training": asdict(plan) | {"steps": steps, "minutes": chosen.minutes}},
        error_rates={"auc_validation_states": round(seen.whole, 4)},
        parameters={"input": [2, *shape], **measured},
    )
    count = sum(weights.numel() for weights in network.parameters())
    print(f"{name}: AUC {seen.whole:.4f}, {measured}", flush=True)
    about = {"parameters": count, "steps": steps, "bytes": path.stat().st_size, "minutes": chosen.minutes}
    return seen, measured | about
