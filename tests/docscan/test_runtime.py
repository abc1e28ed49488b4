import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from docscan import runtime
from docscan.checks.regions import ALTERATIONS, CELL_PIXELS, PROCESSES, ask
from docscan.crops import CROP_PIXELS
from docscan.errors import ModelError
from docscan.runtime import open_models, read_manifest
from docscan.settings import Settings

MODELS = Settings().models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODELS, tmp_path / "models"))


def _open(folder: Path) -> None:
    open_models(folder, providers=["CPUExecutionProvider"], threads=1)


def test_the_shipped_models_open_and_answer() -> None:
    models = open_models(MODELS, providers=["NoSuchProvider", "CPUExecutionProvider"], threads=1)
    crops = np.random.default_rng(0).integers(0, 255, (3, CROP_PIXELS, CROP_PIXELS, 3)).astype(np.uint8)
    answers = ask(models.sessions["region"], list(crops))
    cells = CROP_PIXELS // CELL_PIXELS
    assert answers.forged.shape == (3, cells, cells)
    assert answers.process.shape == (3, len(PROCESSES), cells, cells)
    assert answers.alteration.shape == (3, len(ALTERATIONS), cells, cells)
    assert answers.crop.shape == (3,)
    assert [info.name for info in models.infos()] == list(models.entries)
    assert set(models.fusions()) == {"print"}


def test_the_best_provider_at_hand_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []

    class Session:
        def __init__(self, _data: bytes, _options: object, providers: list[str]) -> None:
            taken.append(providers)

        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="crops", shape=["n", 3, 8, 8])]

        def run(self, _names: None, feeds: dict[str, np.ndarray]) -> None:
            taken.append(feeds["crops"].shape)

    monkeypatch.setattr(runtime.ort, "InferenceSession", Session)
    there = ["OpenVINOExecutionProvider", "CPUExecutionProvider", "CUDAExecutionProvider"]
    monkeypatch.setattr(runtime.ort, "get_available_providers", lambda: there)
    open_models(MODELS, providers=Settings().providers, threads=1, only=["region"])
    assert taken == [
        ["CUDAExecutionProvider", "OpenVINOExecutionProvider", "CPUExecutionProvider"],
        (1, 3, 8, 8),
    ]


def test_an_altered_model_is_refused(folder: Path) -> None:
    path = folder / "region.onnx"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError, match="not the one of the manifest"):
        _open(folder)


def test_a_missing_model_is_refused(folder: Path) -> None:
    (folder / "region.onnx").unlink()
    with pytest.raises(ModelError, match="missing"):
        _open(folder)


def test_a_missing_or_strange_manifest_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    known = json.loads(path.read_text())
    for wrong in ("{", "[]", json.dumps(known | {"schema": "other/9"}), json.dumps(known | {"models": {"a": {}}})):
        path.write_text(wrong)
        with pytest.raises(ModelError, match="cannot be understood"):
            read_manifest(folder)
    path.unlink()
    with pytest.raises(ModelError, match="no model manifest"):
        read_manifest(folder)
