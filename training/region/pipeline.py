"""The steps of training in order: data, network, calibration, evaluation, export, card."""

import logging
from dataclasses import asdict
from pathlib import Path

import torch

from docscan.settings import Settings
from training.manifest import update_manifest
from training.region.calibrate import calibrate, regions_of
from training.region.card import write_card
from training.region.data import COUNTS, SEED, load_split
from training.region.evaluate import error_rates, shortcut_auc
from training.region.export import export, parity
from training.region.train import Recipe, load, logits_of, train

_log = logging.getLogger(__name__)

VERSION = "1"
LOWEST_PIXELS_PER_MM = 8.0  # the coarsest capture that was trained on
LOWEST_SHARPNESS = 0.15


def run(work: Path, models: Path, recipe: Recipe, *, resume: bool) -> None:
    """Make the region network and everything that is said of it.

    ``work`` keeps renders and checkpoints, ``models`` gets the ONNX file, the manifest's entry and the card.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    checkpoint = work / ("region.pt" if recipe.high_pass else "region-colour.pt")
    if resume:
        network = load(checkpoint)
    else:
        network = train(load_split("training", work), load_split("validation", work), recipe, checkpoint)
    calibration_set, test_set = load_split("calibration", work), load_split("test", work)
    calibration, thresholds = calibrate(regions_of(calibration_set, logits_of(network, calibration_set.pixels)))
    tested = regions_of(test_set, logits_of(network, test_set.pixels))
    rates, auc = error_rates(tested, calibration, Settings.model_fields["refer_log10_lr"].default)
    for name, rate in rates.items():
        _log.info("%s: %s", name, rate)
    _log.info("AUC of documents, held-out states: %.4f", auc)
    path = models / "region.onnx"
    export(network, path)
    difference = parity(network, path, test_set.pixels[:64])
    _log.info("largest difference between torch and ONNX Runtime: %.2e", difference)
    shortcut = shortcut_auc()
    _log.info("AUC of the shortcut classifier: %.3f", shortcut)
    dataset = {"generator": "datasets", "seed": SEED, "documents": COUNTS, "recipe": asdict(recipe)}
    update_manifest(
        models,
        "region",
        file=path.name,
        version=VERSION,
        dataset=dataset,
        error_rates={**{name: round(rate.value, 4) for name, rate in rates.items()}, "auc": round(auc, 4)},
        parameters={
            "calibration": calibration,
            "thresholds": thresholds,
            "lowest_pixels_per_mm": LOWEST_PIXELS_PER_MM,
            "lowest_sharpness": LOWEST_SHARPNESS,
        },
    )
    write_card(models / "region.md", rates, auc, difference, shortcut, network)
