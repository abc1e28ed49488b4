import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docscan import tools as tools_room
from docscan.cli import app
from docscan.settings import Settings
from docscan.tools import Tools
from tests.conftest import ROOT
from tests.corrupt import corrupted_inputs

GENUINE = ROOT / "datasets/samples/genuine-utopia.jpg"
FORGED = ROOT / "datasets/samples/forged-utopia.jpg"
PROGRAM = ROOT / ".venv/bin/docscan"

run = CliRunner().invoke


def test_the_bundled_samples_get_their_verdicts(tmp_path: Path) -> None:
    suspicious = {"print.viz", "print.mrz", "page.print"}
    for sample, verdict, failing in ((GENUINE, "no_concern", set()), (FORGED, "refer", suspicious)):
        html = tmp_path / "report.html"
        result = run(app, ["inspect", str(sample), "--json", "--html", str(html)])
        assert result.exit_code == 0
        report = json.loads(result.stdout)
        assert report["verdict"] == verdict
        failed = {check["id"] for check in report["checks"] if check["outcome"] == "failed"}
        # A specimen always fails document.specimen, and one day these expire; neither is a sign of forgery.
        assert failed - {"document.specimen", "document.expiry"} == failing
        assert "<svg" in html.read_text()


def test_the_heat_map_is_written_as_png(tmp_path: Path) -> None:
    heat = tmp_path / "heat.png"
    assert run(app, ["inspect", str(FORGED), "--json", "--heat", str(heat)]).exit_code == 0
    assert heat.read_bytes().startswith(b"\x89PNG")


def test_fail_on_refer() -> None:
    assert run(app, ["inspect", str(FORGED), "--fail-on", "refer"]).exit_code == 10
    assert run(app, ["inspect", str(GENUINE), "--fail-on", "refer"]).exit_code == 0


def test_corrupted_inputs_get_one_sentence_each(tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for name, data in corrupted_inputs():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    assert len(paths) >= 200
    result = run(app, ["mrz", *map(str, paths), "--json"])
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(path) for path in paths]
    refused = {line["file"] for line in lines if line["error"]}
    assert len(refused) > len(paths) / 2
    monkeypatch.setattr(tools_room, "open_tools", lambda _settings: tools)  # once, not for every file
    for path in sorted(map(str, refused))[::12]:
        one = run(app, ["inspect", path])
        assert one.exit_code == 3
        assert len(one.stderr.strip().splitlines()) == 1
        assert Path(path).name in one.stderr


def test_exit_codes_of_the_installed_program(tmp_path: Path) -> None:
    def code(*words: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=environment or None, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    assert code("--version")[0] == 0
    assert code("inspect")[0] == 2
    assert code("inspect", str(tmp_path / "none.jpg")) == (3, "docscan: none.jpg: there is no such file.\n")
    assert code("models", DOCSCAN_MODELS=str(tmp_path))[0] == 1
    assert code("models", DOCSCAN_THREADS="none")[0] == 2
    refused = code("serve", "--host", "0.0.0.0", DOCSCAN_DATA=str(tmp_path))
    assert refused[0] == 2
    assert "docscan users add" in refused[1]


def test_models_are_listed() -> None:
    rows = json.loads(run(app, ["models", "--json"]).stdout)
    manifest = json.loads((Settings().models / "manifest.json").read_text())["models"]
    assert {row["name"]: row["sha256"] for row in rows} == {name: entry["sha256"] for name, entry in manifest.items()}


def test_a_later_batch_run_does_only_what_is_missing(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "good.jpg").write_bytes(GENUINE.read_bytes())
    (source / "bad.jpg").write_bytes(b"no picture")
    command = ["batch", str(source), "--out", str(out), "--workers", "1"]
    first = run(app, command)
    assert first.exit_code == 0, first.output
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert sorted(row["error"] is None for row in rows) == [False, True]
    reports = {row["file"]: row["report"] for row in rows}
    for number, words in enumerate([[], ["--resume"]], 3):
        (source / f"{number}.jpg").write_bytes(FORGED.read_bytes() + bytes([number]))
        again = run(app, [*command, *words, "--fail-on", "refer"])
        assert again.exit_code == 10, again.output
        assert "Inspected 1 now" in " ".join(again.stderr.split())
        rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
        assert len(rows) == number
        assert reports.items() <= {row["file"]: row["report"] for row in rows}.items()  # ids and times among them
        assert len((out / "results.csv").read_text().splitlines()) == number + 1
