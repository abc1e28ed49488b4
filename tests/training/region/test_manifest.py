import json
from pathlib import Path

from docscan.runtime import read_manifest
from docscan.settings import Settings
from docscan.zones import REGIONS
from training.manifest import update_manifest


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
    assert {"seed", "recipes", "lights"} <= set(entry["dataset"]["set"])
    assert set(entry["dataset"]["documents"]) == {"validation", "calibration", "test"}
    assert all(
        {"design", "documents", "steps", "weights"} <= set(training) for training in entry["dataset"]["trainings"]
    )
    assert {"bpcer", "apcer", "auc", "eer", "cllr", "cllr_min", "ece"} <= set(entry["error_rates"])
    assert any(name.startswith("apcer_") for name in entry["error_rates"])
    parameters = entry["parameters"]
    assert set(parameters["calibration"]) == set(parameters["thresholds"]) == set(REGIONS)
    patterns = parameters["fusion"]["print"]["patterns"]
    assert {name for pattern in patterns for name in pattern["checks"]} == {f"print.{name}" for name in REGIONS}
    assert parameters["measured"]["parity"] < 1e-3
    assert "APCER" in (Settings().models / "region.md").read_text()
