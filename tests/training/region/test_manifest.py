import json
from pathlib import Path

import numpy as np
import pytest
import torch

from datasets.documents import KINDS, specimen
from docscan.crops import CROP_PIXELS
from docscan.runtime import read_manifest
from docscan.settings import Settings
from training.manifest import update_manifest
from training.region.calibrate import RegionLogits, calibrate
from training.region.data import REGIONS, SEED, Crops, crops_of
from training.region.evaluate import Rate, document_log10_lr, error_rates
from training.region.export import export, parity
from training.region.network import RegionNetwork
from training.region.train import Recipe, logits_of, train


def _crops(seeds: range) -> Crops:
    pixels, forged, regions, documents, kinds = [], [], [], [], []
    for index, seed in enumerate(seeds):
        kind = KINDS[index % 3]
        own, labels, names = crops_of(specimen(seed, "XFE", kind), seed, 0.0)
        pixels += own
        forged += labels
        regions += names
        documents += [index] * len(own)
        kinds.append(KINDS.index(kind))
    return Crops(
        np.stack(pixels),
        np.array(forged, np.int8),
        np.array(regions, np.int8),
        np.array(documents, np.int32),
        np.array(kinds, np.int8),
    )


@pytest.fixture(scope="module")
def crops() -> Crops:
    return _crops(range(3))


def test_crops_are_labelled_by_what_was_touched(crops: Crops) -> None:
    assert crops.pixels.shape[1:] == (CROP_PIXELS, CROP_PIXELS, 3)
    assert (crops.forged[crops.document == 0] == 0).all()
    portrait = REGIONS.index("portrait")
    replaced = crops.document == 1
    assert (crops.forged[replaced & (crops.region == portrait)] == 1).mean() > 0.5
    assert (crops.forged[replaced & (crops.region == REGIONS.index("mrz"))] == 0).all()


def test_training_learns_and_export_agrees_with_torch(crops: Crops, tmp_path: Path) -> None:
    recipe = Recipe(epochs=2, batch=16, width=8)
    network = train(crops, crops, recipe, tmp_path / "net.pt")
    path = tmp_path / "net.onnx"
    export(network, path)
    assert parity(network, path, crops.pixels) < 1e-4
    assert logits_of(network, crops.pixels[:5]).shape == (5,)
    torch.manual_seed(recipe.seed)
    fresh = RegionNetwork(recipe.width)
    assert not torch.equal(fresh.head[1].weight, network.head[1].weight)


def _separable(count: int = 200) -> RegionLogits:
    rng = np.random.default_rng(1)
    kinds = (np.arange(count) % 3).astype(np.int8)
    forged = np.repeat((kinds > 0)[:, None], len(REGIONS), 1).astype(np.int8)
    return RegionLogits(rng.normal(4.0 * forged - 2, 1.5), forged, kinds)


def test_likelihood_ratios_are_calibrated_and_bounded() -> None:
    seen = _separable()
    calibration, thresholds = calibrate(seen)
    for name in REGIONS:
        values = calibration[name]
        # Two normal distributions of one spread: ln LR = (difference of means / variance) * (logit - middle).
        assert values["slope"] * np.log(10) == pytest.approx(4 / 1.5**2, rel=0.25)
        assert values["highest"] <= np.log10((seen.kinds == 0).sum())
        assert values["lowest"] >= -np.log10((seen.kinds > 0).sum())
        assert thresholds[name] > 0
    assert document_log10_lr(seen, calibration).max() <= max(values["highest"] for values in calibration.values())


def test_error_rates_have_iso_names_and_counts() -> None:
    seen = _separable()
    rates, auc = error_rates(seen, calibrate(seen)[0], 1.0)
    assert set(rates) == {"bpcer", *(f"apcer_{kind}" for kind in KINDS[1:])}
    assert sum(rate.trials for rate in rates.values()) == len(seen.kinds)
    assert auc > 0.95
    assert str(Rate(1, 100)) == "1.0 % (1 of 100; 95 % CI 0.2 to 5.4 %)"


def test_the_manifest_keeps_its_other_entries(tmp_path: Path) -> None:
    for name, content in (("a", b"one"), ("b", b"two"), ("a", b"three")):
        (tmp_path / f"{name}.onnx").write_bytes(content)
        update_manifest(
            tmp_path, name, file=f"{name}.onnx", version="1", dataset={}, error_rates={}, parameters={"v": len(content)}
        )
    manifest = read_manifest(tmp_path)
    assert {name: entry.parameters["v"] for name, entry in manifest.models.items()} == {"a": 5, "b": 3}


def test_the_shipped_model_states_its_data_and_error_rates() -> None:
    entry = json.loads((Settings().models / "manifest.json").read_text())["models"]["region"]
    assert entry["dataset"]["seed"] == SEED
    assert {"bpcer", "apcer_portrait_replaced", "apcer_reprinted", "auc"} <= set(entry["error_rates"])
    assert set(entry["parameters"]["calibration"]) == set(REGIONS)
    assert "APCER" in (Settings().models / "region.md").read_text()
