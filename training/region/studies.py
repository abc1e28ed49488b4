"""Compares designs, and leaves out one forgery kind after another; each with a short training of its own.

Trainings are as long as the recipe's epochs, or its minutes if they are up before. Epochs compare better where other
work shares the machine: then every network sees the same documents as often.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from datasets.forging.catalogue import RECIPES
from training.onnx_export import milliseconds
from training.region.calibrate import calibrate_fusion, calibrate_regions, document_ratio
from training.region.data import Crops, open_split
from training.region.export import export
from training.region.labels import UNSEEN
from training.region.measures import auc, equal_error_rate
from training.region.network import DESIGNS
from training.region.pipeline import Folders, rough_auc, rows_of
from training.region.scoring import Networks, Scored, open_network, score
from training.region.train import Recipe, train, trained

_log = logging.getLogger(__name__)

Row = dict[str, Any]


def _kept(path: Path, rows: list[Row]) -> None:
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _length(checkpoint: Path) -> Row:
    """Return from how many documents a network learned, and how long."""
    told = trained(checkpoint)
    return {"learned_from": told["documents"], "steps": told["steps"], "batch": told["batch"]}


def compare(folders: Folders, recipe: Recipe) -> None:
    """Train every design as long and write how it does on the validation states; goes on where it stopped."""
    out = folders.work / "designs.json"
    rows = rows_of(out)
    training, validation = (open_split(folders.crops, split) for split in ("training", "validation"))
    first = validation.cut(0)
    shape = len(first), 3, *first.shape[1:3]
    for design in DESIGNS:
        if design in [row["design"] for row in rows]:
            continue
        tried = replace(recipe, design=design)
        path = folders.work / "designs" / f"{design}.pt"
        network = train(training, tried, path)
        export(network, path.with_suffix(".onnx"))
        session = open_network(path.with_suffix(".onnx"))
        rows.append(
            {
                "design": design,
                "width": recipe.width,
                "parameters": sum(weights.numel() for weights in network.parameters()),
                **_length(path),
                "milliseconds": round(milliseconds(open_network(path.with_suffix(".onnx"), 2), shape), 1),
                "auc": round(rough_auc(score(validation, Networks(session))), 4),
            }
        )
        _log.info("%s", rows[-1])
        _kept(out, rows)


def groups(training: Crops) -> Iterator[str]:
    """Yield the groups of recipes that a set has and print can tell."""
    yield from sorted({RECIPES[name].group for name in set(training.recipes) & set(RECIPES) - UNSEEN})


def dealt(names: Sequence[str], trainings: int) -> list[tuple[str, ...]]:
    """Deal groups among so many trainings, in turn; 0: each has its own."""
    count = min(trainings or len(names), len(names))
    return [tuple(names[first::count]) for first in range(count)]


def leave_out(folders: Folders, recipe: Recipe, trainings: int = 0) -> None:
    """Train without one group of recipes after another and write how that group is told; goes on where it stopped.

    Calibration never sees the group either. Beside it stands how a network tells the group that learned from all groups
    for the same time: what leaving out costs, apart from what so short a training leaves undone. The rates are on the
    test states. With fewer ``trainings`` than groups each leaves out several (``beside`` names the others), and is as
    much longer in the same time.
    """
    out = folders.work / "left_out.json"
    rows = rows_of(out)
    training, calibration, test = (open_split(folders.crops, split) for split in ("training", "calibration", "test"))

    def seen_by(without: tuple[str, ...]) -> tuple[list[Scored], list[Scored]]:
        path = _checkpoint(folders, without)
        network = train(training, replace(recipe, without=without), path)
        export(network, path.with_suffix(".onnx"))
        networks = Networks(open_network(path.with_suffix(".onnx"), torch.get_num_threads()))
        return score(calibration, networks), score(test, networks)

    done = {row["group"] for row in rows}
    left = [names for names in dealt(list(groups(training)), trainings) if not done.issuperset(names)]
    known = seen_by(()) if left else ([], [])
    for names in left:
        calibrating, tested = seen_by(names)
        unseen = _recipes(names)
        rest = [item for item in calibrating if item.line["recipe"] not in unseen]
        for group in sorted(set(names) - done):
            own = _recipes([group])
            told = {f"{name}_known": value for name, value in _measured(*known, own).items() if name != "documents"}
            beside = ", ".join(name for name in names if name != group) or "none"
            measured = _measured(rest, tested, own)
            rows.append({"group": group, "beside": beside, **measured, **told, **_length(_checkpoint(folders, names))})
            _log.info("%s", rows[-1])
        _kept(out, rows)


def _recipes(names: Iterable[str]) -> set[str]:
    """Return the recipes of some groups."""
    return {name for name, one in RECIPES.items() if one.group in names}


def _checkpoint(folders: Folders, without: tuple[str, ...]) -> Path:
    return folders.work / "left_out" / f"{'+'.join(without or ('nothing',)).replace(' ', '_')}.pt"


def _measured(calibrating: list[Scored], seen: list[Scored], own: set[str]) -> Row:
    regions, _ = calibrate_regions(calibrating)
    fusion = calibrate_fusion(calibrating, regions)
    answered = [item for item in seen if item.abstained is None]
    genuine, forged = (
        [document_ratio(item, regions, fusion) for item in rows]
        for rows in (
            [item for item in answered if item.genuine],
            [item for item in answered if item.line["recipe"] in own],
        )
    )
    if not forged or not genuine:
        return {"documents": len(forged), "eer": None, "auc": None}
    low, high = np.array(genuine), np.array(forged)
    return {"documents": len(forged), "eer": round(equal_error_rate(low, high), 4), "auc": round(auc(low, high), 4)}
