"""The steps of training in order: set, crops, network, export, calibration, evaluation, card."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.forging.catalogue import RECIPES, shows
from datasets.generate import generate
from docscan.crops import CROP_PIXELS
from docscan.settings import Settings
from training.manifest import update_manifest
from training.region.calibrate import calibrate_fusion, calibrate_regions
from training.region.card import write_card
from training.region.data import RIM, Crops, cut_split
from training.region.evaluate import Evaluation, evaluate
from training.region.export import export, parity, quantise
from training.region.network import RegionNetwork
from training.region.report import write_report
from training.region.scoring import Limits, Scored, real_lines, score_lines, score_split
from training.region.train import Ranks, Recipe, load, train, validate

_log = logging.getLogger(__name__)

VERSION = "2.0.0"
SEED = 7
DOCUMENTS = 4000
LIMITS = Limits()
_SPREAD_MM = 3.0
_QUANTISED_ON = 12  # documents whose crops tell the ranges of activations
_COMPARED_ON = 3  # documents whose crops torch and ONNX Runtime are compared on


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything lies: ``documents`` the generated set, ``work`` crops and checkpoints."""

    documents: Path
    work: Path
    models: Path
    real: Path | None

    @property
    def checkpoint(self) -> Path:
        """Of the network."""
        return self.work / "region.pt"


def fit(folders: Folders, recipe: Recipe, ranks: Ranks) -> None:
    """Cut the crops and train; under torchrun every process calls it, and the first has cut the crops before."""
    training = cut_split(folders.documents, "training", folders.work, spread_mm=_SPREAD_MM, documents=DOCUMENTS)
    train(training, recipe, folders.checkpoint, ranks)


def prepare(folders: Folders) -> None:
    """Generate the set and cut its crops, as far as that was not done before."""
    recipes = tuple(name for name in RECIPES if shows(name, ("visible",)))
    if not (folders.documents / "set.json").exists():
        generate(folders.documents, documents=DOCUMENTS, seed=SEED, recipes=recipes, progress=_told())
    for split, spread in (("training", _SPREAD_MM), ("validation", 0.0)):
        cut_split(folders.documents, split, folders.work, spread_mm=spread, documents=DOCUMENTS)


def _told() -> Any:
    def progress(done: int) -> None:
        if done % 500 < 50:
            _log.info("%d documents made", done)

    return progress


def _batches(crops: Crops, documents: int) -> list[NDArray[np.uint8]]:
    """Return the middles of some documents' cuts, all kinds of sides and devices among them."""
    rows = np.linspace(0, len(crops.recipes) - 1, documents).astype(int)
    inner = slice(RIM, RIM + CROP_PIXELS)
    return [np.ascontiguousarray(crops.pixels[row, crops.region[row] >= 0][:, inner, inner]) for row in rows]


def finish(folders: Folders, *, int8: bool) -> Evaluation:
    """Export, calibrate and evaluate the trained network, and write manifest, card and report."""
    network = load(folders.checkpoint)
    validation = cut_split(folders.documents, "validation", folders.work, spread_mm=0.0, documents=DOCUMENTS)
    _log.info("document AUC on the validation states: %.4f", validate(network, validation))
    path = folders.models / "region.onnx"
    full = folders.work / "region-fp32.onnx"
    export(network, full)
    difference = parity(network, full, np.concatenate(_batches(validation, _COMPARED_ON)))
    _log.info("largest difference between torch and ONNX Runtime: %.2e", difference)
    if int8:
        quantise(full, path, _batches(validation, _QUANTISED_ON))
    else:
        path.write_bytes(full.read_bytes())
    _log.info("calibrating")
    calibrating = score_split(folders.documents, "calibration", path, LIMITS)
    calibration, thresholds = calibrate_regions(calibrating)
    fusion = calibrate_fusion(calibrating, calibration)
    zero = float(np.median([item.cells for item in calibrating if item.genuine and item.abstained is None]))
    _log.info("evaluating")
    seen = score_split(folders.documents, "test", path, LIMITS)
    real = score_real(folders, path)
    refer_at = float(Settings.model_fields["refer_log10_lr"].default)
    measured = evaluate(seen, real, calibration, fusion, refer_at)
    _write(folders, network, measured, calibrating, difference, {
        "calibration": calibration,
        "thresholds": thresholds,
        "fusion": {"print": fusion},
        "heat_zero": zero,
        "precision": "int8" if int8 else "fp32",
        **asdict(LIMITS),
    })  # fmt: skip
    return measured


def score_real(folders: Folders, path: Path) -> list[Scored]:
    """Score the genuine specimens, where they are at hand."""
    if folders.real is None or not (folders.real / "truth.json").exists():
        return []
    return score_lines(folders.real, real_lines(folders.real), path, LIMITS)


def _rates(measured: Evaluation) -> dict[str, float]:
    rates = {"bpcer": measured.whole.bpcer.value, "apcer": measured.whole.apcer.value, "auc": measured.whole.auc}
    rates |= {f"apcer_{kind.name}": kind.apcer.value for kind in measured.kinds}
    rates |= {"eer": measured.whole.eer, "cllr": measured.cllr, "cllr_min": measured.cllr_min, "ece": measured.ece}
    return {name: round(value, 4) for name, value in rates.items()}


def _write(
    folders: Folders,
    network: RegionNetwork,
    measured: Evaluation,
    calibrating: Sequence[Scored],
    difference: float,
    parameters: dict[str, Any],
) -> None:
    counts = {"made": DOCUMENTS, "calibration": len(calibrating), "test": len(measured.genuine) + len(measured.forged)}
    dataset = {"generator": "datasets", "seed": SEED, "documents": counts, "design": network.design, "width": network.width}
    update_manifest(
        folders.models,
        "region",
        file="region.onnx",
        version=VERSION,
        dataset=dataset,
        error_rates=_rates(measured),
        parameters=parameters,
    )
    write_card(folders.models / "region.md", measured, network, difference, counts, parameters["precision"])
    about = {
        "network": f"{network.design}, width {network.width}, {parameters['precision']}",
        "documents": f"test states of the generated set with seed {SEED}: {counts['test']} that it looked at",
        "calibrated on": f"{counts['calibration']} documents of the calibration states",
    }
    write_report(measured, folders.work / "evaluation.html", about)
