import json
import shutil
from pathlib import Path

import numpy as np
import pytest

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
    (logits,) = models.sessions["region"].run(None, {"crops": np.zeros((3, 3, 128, 128), np.float32)})
    assert logits.shape == (3, 1)
    assert [info.name for info in models.infos()] == list(models.entries)


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
