"""The steps of training in order: set, crops, network, export and calibration, evaluation with report and card."""

import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from datasets.design.states import APPRAISED
from datasets.forging.catalogue import RECIPES, shows
from datasets.generate import generate, read
from docscan.checks.regions import APPRAISAL
from docscan.runtime import ManifestEntry, read_manifest
from docscan.settings import Settings
from training.manifest import remeasured, update_manifest
from training.onnx_export import milliseconds
from training.region.answers import answers_of
from training.region.appraisal import PLAN, learn, write
from training.region.calibrate import calibrate_fusion, calibrate_regions
from training.region.card import write_card
from training.region.cutting import Limits
from training.region.data import SPLITS, Crops, cut_split, open_split
from training.region.evaluate import Evaluation, evaluate
from training.region.export import difference, export, parity, small
from training.region.members import Member, join, keep, members
from training.region.report import write_report
from training.region.scoring import (
    Networks,
    Scored,
    open_network,
    open_networks,
    score,
    score_real,
    score_worked_on,
)
from training.region.stream import orders, rendering
from training.region.train import Ranks, Recipe, load, train, train_while_rendering, trained

_log = logging.getLogger(__name__)

NAME, VERSION = "region", "2.2.0"
_FILE = "region.onnx"
_APPRAISAL_FILE, _APPRAISAL_VERSION = "region_appraisal.onnx", "1.0.0"
SEED = 7
# By default all steps together took 46 minutes on two cores, of the 90 that they may, before pictures that software
# worked on came into the calibration; what is shipped saw more.
DOCUMENTS = 2800
APPRAISING = 1400  # documents of the appraisal's states
LIMITS = Limits()
_QUANTISED_ON = 48  # documents whose crops tell the ranges of activations
_COMPARED_ON = 3  # documents whose crops torch and ONNX Runtime are compared on
_ROOM = {"cuda": 16_000, "cpu": 2_000}  # documents of a stream that memory holds, 4.5 MB each
_OWN = ".made-by-training"  # marks a set that this command generates
_INT8_MAY_LOSE = 0.002  # of the documents' AUC on the validation states


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything lies: ``documents`` the generated set, ``work`` crops, checkpoints and the report."""

    documents: Path
    work: Path
    models: Path
    real: Path | None

    @property
    def crops(self) -> Path:
        """Of the crops of every split."""
        return self.work / "crops"

    @property
    def checkpoint(self) -> Path:
        """Of the network."""
        return self.work / "region.pt"

    @property
    def appraising(self) -> Path:
        """Of what the appraisal learns from: the set, and what the network says of it."""
        return self.work / "appraisal"

    @property
    def report(self) -> Path:
        """Of the evaluation."""
        return self.work / "evaluation.html"


def prepare(folders: Folders, documents: int = DOCUMENTS, workers: int = 2) -> None:
    """Generate the set, unless there is one, and cut the crops; as far as that was not done before."""
    if len(read(folders.documents)) < documents and _own(folders.documents):
        folders.documents.mkdir(parents=True, exist_ok=True)
        (folders.documents / _OWN).touch()
        _generate(folders.documents, documents, SEED, workers)
    for split in SPLITS:
        start = time.monotonic()
        crops = cut_split(folders.documents, split, folders.crops, LIMITS, workers)
        _log.info("%d documents of the %s states cut in %.0f s", len(crops), split, time.monotonic() - start)


def _generate(folder: Path, documents: int, seed: int, workers: int, states: tuple[str, ...] | None = None) -> None:
    recipes = tuple(name for name in RECIPES if shows(name, ("visible",)))
    progress = _told("documents made")
    generate(folder, documents=documents, seed=seed, recipes=recipes, states=states, workers=workers, progress=progress)


def _own(documents: Path) -> bool:
    """Tell whether a set is this command's to make, or to go on with: one that somebody else made is taken as it is."""
    return not (documents / "set.json").exists() or (documents / _OWN).exists()


def _told(what: str) -> Callable[[int], None]:
    def progress(done: int) -> None:
        if done % 500 < 50:
            _log.info("%d %s", done, what)

    return progress


def fit(folders: Folders, recipe: Recipe, ranks: Ranks) -> None:
    """Train; under torchrun every process calls it, and ``prepare`` ran before."""
    train(open_split(folders.crops, "training"), recipe, folders.checkpoint, ranks)


def fit_while_rendering(folders: Folders, recipe: Recipe, documents: int, workers: int) -> None:
    """Train on up to so many documents while they are rendered; nothing was prepared, and none of them is kept."""
    device = torch.device(recipe.device)
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - workers))
    groups = orders(recipe.rendered, documents)
    with rendering(groups, workers, min(documents, _ROOM[device.type]), device) as stream:
        train_while_rendering(stream, recipe, folders.checkpoint)


def _batches(crops: Crops, documents: int) -> list[NDArray[np.uint8]]:
    """Return the crops of some documents, spread over the split: all kinds of sides and devices among them."""
    there = [row for row in range(len(crops)) if len(crops.slots(row))]
    return [crops.cut(there[place]) for place in np.linspace(0, len(there) - 1, documents).astype(int)]


def rough_auc(seen: Sequence[Scored]) -> float:
    """Return the documents' AUC by the strongest region: what designs and precisions are compared by."""
    rows = [item for item in seen if item.abstained is None and item.told_by_print]
    strongest = [max(item.regions.values()) for item in rows]
    return float(roc_auc_score([not item.genuine for item in rows], strongest))


def ship(folders: Folders, precision: str, workers: int = 2) -> None:
    """Export the trained network, choose its precision, calibrate it, and write ONNX file and manifest.

    ``precision`` is "fp32", "int8" or "best": int8 where it is faster here and loses no more than ``_INT8_MAY_LOSE``.
    """
    _ship(folders, [_exported(folders)], precision, workers)


def ship_joined(folders: Folders, kept: Path, precision: str, workers: int = 2) -> None:
    """Join the networks kept in a folder, and ship what they are together as ``ship`` does one."""
    _ship(folders, members(kept), precision, workers)


def keep_trained(folders: Folders, name: str, kept: Path) -> None:
    """Put the trained network among those that are kept to be joined."""
    keep(_exported(folders), name, kept)


def _exported(folders: Folders) -> Member:
    network, path = load(folders.checkpoint), folders.work / "region-exported.onnx"
    export(network, path)
    compared = np.concatenate(_batches(open_split(folders.crops, "validation"), _COMPARED_ON))
    weights = sum(part.numel() for part in network.parameters())
    return Member(path, parity(network, path, compared), weights, trained(folders.checkpoint))


def _ship(folders: Folders, networks: Sequence[Member], precision: str, workers: int) -> None:
    validation = open_split(folders.crops, "validation")
    full, int8 = (folders.work / f"region-{name}.onnx" for name in ("fp32", "int8"))
    _build(folders.work, [network.path for network in networks], _batches(validation, _QUANTISED_ON), full, int8)
    compared = np.concatenate(_batches(validation, _COMPARED_ON))
    shape = (min(24, len(compared)), 3, *compared.shape[1:3])
    seen = {path.stem[-4:]: score(validation, Networks(open_network(path))) for path in (full, int8)}
    _log_kinds(seen["fp32"])
    measured = {
        "parity": max(network.parity for network in networks),
        "int8_difference": difference(full, int8, compared),
        "auc": {name: rough_auc(rows) for name, rows in seen.items()},
        "milliseconds": {path.stem[-4:]: milliseconds(open_network(path, 2), shape) for path in (full, int8)},
    }
    _log.info("exported: %s", measured)
    chosen = _chosen(measured) if precision == "best" else precision
    path = folders.models / _FILE
    path.write_bytes((full if chosen == "fp32" else int8).read_bytes())
    parameters = {
        **_calibrated(folders, path, None, workers),
        "precision": chosen,
        "measured": measured,
        **asdict(LIMITS),
    }
    trainings = [dict(network.training) | {"weights": network.weights} for network in networks]
    dataset = {"generator": "datasets", "trainings": trainings, **_evaluated_on(folders)}
    update_manifest(
        folders.models,
        NAME,
        file=_FILE,
        version=VERSION,
        dataset=dataset,
        error_rates={},
        parameters=parameters,
    )


def _calibrated(folders: Folders, region: Path, appraisal: Path | None, workers: int) -> dict[str, Any]:
    """Return what the answers weigh, by the calibration states: as captured, and as software leaves captures."""
    captured = score(open_split(folders.crops, "calibration"), open_networks(region, appraisal))
    worked = score_worked_on(folders.documents, "calibration", region, appraisal, LIMITS, workers)
    calibrating = [*captured, *worked]
    calibration, thresholds = calibrate_regions(calibrating)
    zero = float(np.median([item.cells for item in calibrating if item.genuine and item.abstained is None]))
    return {
        "calibration": calibration,
        "thresholds": thresholds,
        "fusion": {"print": calibrate_fusion(calibrating, calibration)},
        "heat_zero": zero,
    }


def appraise(folders: Folders, documents: int = APPRAISING, workers: int = 2) -> None:
    """Learn what the shipped network's answers amount to, and calibrate that instead of the answers themselves.

    It learns from documents of states of its own, which are made where they are not there.
    """
    folder, entry = folders.appraising / "documents", read_manifest(folders.models).models[NAME]
    if len(read(folder)) < documents:
        _generate(folder, documents, SEED + 1, workers, APPRAISED)
    seen = answers_of(folder, folders.models / entry.file, LIMITS, folders.appraising, workers)
    network = learn(seen, folders.appraising / f"{entry.sha256[:12]}.pt", PLAN)
    path = folders.models / _APPRAISAL_FILE
    checked = write(network, seen, path)
    region = folders.models / entry.file
    validation = open_split(folders.crops, "validation")
    asked = {"alone": open_networks(region), "appraised": open_networks(region, path)}
    auc = {name: rough_auc(score(validation, one)) for name, one in asked.items()}
    measured = {**checked, "auc": auc}
    _log.info("appraisal: %s", measured)
    about = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    appraisal = update_manifest(
        folders.models,
        APPRAISAL,
        file=_APPRAISAL_FILE,
        version=_APPRAISAL_VERSION,
        dataset={"generator": "datasets", "set": about | {"states": len(APPRAISED)}, "views": len(seen)},
        error_rates={},
        parameters={"measured": measured},
    )
    # What was measured was of the calibration before.
    calibrated = _calibrated(folders, region, path, workers)
    remeasured(folders.models, NAME, {}, {}, calibrated | {"appraisal": appraisal.sha256})


def _in_use(models: Path) -> tuple[ManifestEntry, ManifestEntry | None]:
    """Return the manifest's entries of the region network and of the appraisal that its calibration is of, if any."""
    entries = read_manifest(models).models
    return entries[NAME], entries[APPRAISAL] if "appraisal" in entries[NAME].parameters else None


def _build(work: Path, paths: Sequence[Path], batches: Sequence[NDArray[np.uint8]], full: Path, int8: Path) -> None:
    """Write what is shipped of exported networks in single precision and in int8; each has its own ranges."""
    join(paths, full)
    quantised = [work / f"quantised-{number}.onnx" for number in range(len(paths))]
    for path, out in zip(paths, quantised, strict=True):
        small(path, out, batches)
    join(quantised, int8)


def _log_kinds(seen: Sequence[Scored]) -> None:
    """Log how each forgery kind is told from all genuine documents."""
    for kind in sorted({item.line["recipe"] for item in seen if not item.genuine and item.told_by_print}):
        own = [item for item in seen if item.genuine or item.line["recipe"] == kind]
        _log.info("  %-40s AUC %.3f", kind, rough_auc(own))


def _chosen(measured: dict[str, Any]) -> str:
    """Choose the precision."""
    auc, took = measured["auc"], measured["milliseconds"]
    return "int8" if took["int8"] < took["fp32"] and auc["fp32"] - auc["int8"] <= _INT8_MAY_LOSE else "fp32"


def _evaluated_on(folders: Folders) -> dict[str, Any]:
    """Return which set the crops are of, and how many documents of it each split has, but for the training's."""
    paths = {split: folders.crops / f"{split}.json" for split in SPLITS if split != "training"}
    about = {split: json.loads(path.read_text(encoding="utf-8")) for split, path in paths.items()}
    return {
        "set": about["test"]["set"],
        "documents": {split: len(part["lines"]) for split, part in about.items()},
    }


def assess(folders: Folders) -> Evaluation:
    """Measure the network of the manifest on the test states; write report, card and the manifest's error rates."""
    entry, appraisal = _in_use(folders.models)
    parameters = entry.parameters
    networks = open_networks(folders.models / entry.file, folders.models / appraisal.file if appraisal else None)
    seen = score(open_split(folders.crops, "test"), networks)
    real = score_real(folders.real, networks, LIMITS)
    refer_at = float(Settings.model_fields["refer_log10_lr"].default)
    measured = evaluate(seen, real, parameters["calibration"], parameters["fusion"]["print"], refer_at)
    remeasured(folders.models, NAME, _rates(measured), _evaluated_on(folders))
    entry = read_manifest(folders.models).models[NAME]
    studies = _studies(folders.work)
    write_card(folders.models / "region.md", measured, entry, studies, appraisal)
    counts = entry.dataset["documents"]
    designs = " and ".join(training["design"] for training in entry.dataset["trainings"])
    about = {
        "network": f"{designs}, {parameters['precision']}",
        "documents": f"{counts['test']} of the test states of the set {entry.dataset['set']}",
        "calibrated on": f"{counts['calibration']} of the calibration states",
    }
    write_report(measured, folders.report, about, studies)
    whole = measured.whole
    _log.info("AUC %.4f, Cllr %.3f, BPCER %s: %s", whole.auc, measured.cllr, whole.bpcer, folders.report)
    return measured


def _studies(work: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what ``studies`` left: designs compared and kinds left out, each where it was run."""
    return {name: rows_of(work / f"{name}.json") for name in ("designs", "left_out")}


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows that a study kept so far."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def _rates(measured: Evaluation) -> dict[str, float]:
    rates = {"bpcer": measured.whole.bpcer.value, "apcer": measured.whole.apcer.value, "auc": measured.whole.auc}
    rates |= {f"apcer_{kind.name}": kind.apcer.value for kind in measured.kinds if kind.apcer.trials}
    rates |= {"eer": measured.whole.eer, "cllr": measured.cllr, "cllr_min": measured.cllr_min, "ece": measured.ece}
    return {name: round(value, 4) for name, value in rates.items()}
