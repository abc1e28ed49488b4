"""Fits, exports, measures and enters a network of whole pages, whatever light it is for."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from docscan.page_answer import OUTPUTS
from docscan.runtime import read_manifest
from training.fitting import Plan, Task, done, fit
from training.manifest import update_manifest
from training.onnx_export import export, milliseconds
from training.pages.network import Flat, PageNetwork
from training.pages.told import Told
from training.quantising import write_shipped
from training.region.scoring import open_network
from training.restoring import restore

_SMALLER = 0.25  # of the plan's rate, at which a network that has learned goes on
_SEEN_FIRST = 32  # pages that tell what its normalisations see


def _begun(name: str, task: Task, plan: Plan, chosen: argparse.Namespace, channels: int) -> tuple[PageNetwork, Plan]:
    """Return the network from which the training starts, and its plan."""
    torch.manual_seed(plan.seed)
    network = PageNetwork(channels)
    if not chosen.continued:
        return network, plan
    some = np.unique(np.linspace(0, len(task) - 1, _SEEN_FIRST).astype(np.int64))
    (pages, *_), _ = task.batch(some, np.random.default_rng(plan.seed), torch.device("cpu"))
    restore(network, chosen.models / f"{name}.onnx", lambda: network(pages))
    return network, replace(plan, rate=_SMALLER * plan.rate)


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
    ranges: Sequence[NDArray[np.float32]] = (),
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
    ranges
        Pages as the network takes them, which tell the ranges of activations: with them it is shipped in int8.

    Returns
    -------
    What was told, and what was measured of the network: numbers by name.
    """
    before = read_manifest(chosen.models).models[name].sha256 if chosen.continued else None
    network, plan = _begun(name, task, plan, chosen, shape[0])
    checkpoint = chosen.work / f"{name}.pt"
    fit(Flat(network), task, plan, checkpoint, 60 * chosen.minutes, box=True)
    steps, path, full = done(checkpoint) or 0, chosen.models / f"{name}.onnx", chosen.work / f"{name}-fp32.onnx"
    parity = export(network, (2, *shape), full, {0: "batch"}, name=entry, outputs=OUTPUTS)
    seen, measured = shipped(full, path, tell, (1, *shape), ranges)
    measured |= {"parity": parity}
    update_manifest(
        chosen.models,
        name,
        file=path.name,
        version=version,
        dataset={
            **dataset,
            "training": asdict(plan) | {"steps": steps, "minutes": chosen.minutes, "continued_from": before},
        },
        error_rates={"auc_validation_states": round(seen.whole, 4)},
        parameters={"input": [2, *shape], "precision": "int8" if ranges else "fp32", **measured},
    )
    count = sum(weights.numel() for weights in network.parameters())
    print(f"{name}: AUC {seen.whole:.4f}, {measured}", flush=True)
    about = {"parameters": count, "steps": steps, "bytes": path.stat().st_size, "minutes": chosen.minutes}
    about["begun"] = f"from the network {before[:8]}" if before else "from nothing"
    return seen, measured | about


def shipped(
    full: Path,
    path: Path,
    tell: Callable[[ort.InferenceSession], Told],
    shape: tuple[int, ...],
    ranges: Sequence[NDArray[np.float32]],
) -> tuple[Told, dict[str, float]]:
    """Write what is shipped of an exported network, and measure it; parameters and result as of ``ship``."""
    write_shipped(full, path, ranges)
    measured: dict[str, float] = {}
    if ranges:
        session = open_network(full)
        measured["auc_fp32"] = round(tell(session).whole, 4)
        measured["milliseconds_fp32"] = round(milliseconds(session, shape), 1)
    session = open_network(path)
    return tell(session), measured | {"milliseconds": round(milliseconds(session, shape), 1)}
