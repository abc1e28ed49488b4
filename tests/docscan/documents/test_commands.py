import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from datasets.sheet import Kind
from docscan import tools as tools_room
from docscan.cli import app
from docscan.documents.store import save
from docscan.tools import Tools
from tests.docscan.conftest import Makes
from tests.docscan.documents.conftest import small_model


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCSCAN_DOCUMENTS", str(tmp_path / "library"))
    return tmp_path / "library"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def _one_line(result: Result, code: int) -> str:
    assert result.exit_code == code, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("docscan: ")
    return lines[0]


@pytest.mark.usefixtures("library")
def test_enrolled_documents_are_known_by_name_in_the_report(makes: Makes) -> None:
    samples = [makes.path("XVA", Kind.TD3, number) for number in range(3)]
    probe, unknown = makes.path("XVA", Kind.TD3, 5), makes.path("XVE", Kind.TD3, 0)
    assert json.loads(run("inspect", probe, "--json").stdout)["document"]["model"] is None
    for version in (1, 2):
        result = run("enroll", "xva-p-2020", *samples)
        assert result.exit_code == 0, result.output
        assert f"xva-p-2020 {version} from 3 samples" in result.stderr
    report = json.loads(run("inspect", probe, "--json").stdout)
    assert (report["document"]["model"], report["document"]["model_version"]) == ("xva-p-2020", 2)
    assert report["timings_ms"]["document"] > 0
    assert json.loads(run("inspect", unknown, "--json").stdout)["document"]["model"] is None
    rows = json.loads(run("documents", "list", "--json").stdout)
    assert [(row["name"], row["version"], row["issuing_state"]) for row in rows] == [
        ("xva-p-2020", 1, "XVA"), ("xva-p-2020", 2, "XVA"),
    ]  # fmt: skip
    assert "xva-p-2020" in run("documents", "list").stdout
    shown = json.loads(run("documents", "show", "xva-p-2020", "--version", 1).stdout)
    assert shown["sha256"] == rows[0]["sha256"]
    assert set(shown["regions"]) == {"portrait", "viz", "mrz", "background"}


def test_enroll_refuses_in_one_line_and_writes_nothing(
    makes: Makes, tools: Tools, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools_room, "open_enrolment_tools", lambda _settings: tools)  # once, not by every command
    samples = [makes.path("XVA", Kind.TD3, number) for number in range(3)]
    (tmp_path / "bad.png").write_bytes(b"no picture")
    one, other = (cv2.imread(str(path)) for path in samples[:2])
    width = min(one.shape[1], other.shape[1])
    cv2.imwrite(str(tmp_path / "two.png"), np.concatenate([one[:, :width], other[:, :width]]))
    assert "3 to 20" in _one_line(run("enroll", "xva-p", *samples[:2]), 4)
    assert makes.path("XVE", Kind.TD3, 0).name in _one_line(
        run("enroll", "xva-p", *samples, makes.path("XVE", Kind.TD3, 0)), 4
    )
    assert "bad.png" in _one_line(run("enroll", "xva-p", samples[0], tmp_path / "bad.png", *samples[1:]), 3)
    refused = _one_line(run("enroll", "xva-p", *samples[1:], tmp_path / "two.png"), 4)
    assert "two.png" in refused
    assert "more than one document" in refused
    assert "lowercase" in _one_line(run("enroll", "Anna Maria", *samples), 2)
    assert "--uv was given 1 times for 3" in _one_line(run("enroll", "xva-p", *samples, "--uv", samples[0]), 2)
    assert not library.exists()


def test_models_are_exchanged(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(library, small_model())
    file = tmp_path / "model.zip"
    assert run("documents", "export", "uto-p-2019", "--out", file).exit_code == 0
    monkeypatch.setenv("DOCSCAN_DOCUMENTS", str(tmp_path / "other"))
    assert "No document models" in run("documents", "list").stdout
    assert run("documents", "import", file).exit_code == 0
    assert "already" in _one_line(run("documents", "import", file), 2)
    assert run("documents", "import", file, "--replace").exit_code == 0
    assert run("documents", "verify").exit_code == 0
    assert "no document model none" in _one_line(run("documents", "show", "none"), 2)
    (tmp_path / "evil.zip").write_bytes(b"PK")
    assert "evil.zip" in _one_line(run("documents", "import", tmp_path / "evil.zip"), 4)


def test_verify_fails_where_a_model_is_broken_and_nothing_is_inspected(library: Path, makes: Makes) -> None:
    save(library, small_model("good"))
    path = save(library, small_model("bad"))
    (path / "arrays.npz").write_bytes(b"")
    result = run("documents", "verify")
    assert result.exit_code == 4
    assert "good 1: as enrolled" in result.stdout
    assert "bad 1: " in result.stdout
    assert "sha256" in _one_line(run("inspect", makes.path("XVA", Kind.TD3, 5)), 4)
