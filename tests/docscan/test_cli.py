import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docscan.cli import app
from docscan.settings import Settings
from tests.conftest import ROOT
from tests.corrupt import corrupted_inputs

GENUINE = ROOT / "datasets/samples/genuine-utopia.jpg"
FORGED = ROOT / "datasets/samples/forged-utopia.jpg"
PROGRAM = ROOT / ".venv/bin/docscan"

run = CliRunner().invoke


def test_the_bundled_samples_get_their_verdicts(tmp_path: Path) -> None:
    for sample, verdict, failing in ((GENUINE, "no_concern", set()), (FORGED, "refer", {"print.viz", "print.mrz"})):
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


def test_corrupted_inputs_get_one_sentence_each(tmp_path: Path) -> None:
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
    assert code("serve", "--host", "0.0.0.0")[0] == 2


def test_models_are_listed() -> None:
    rows = json.loads(run(app, ["models", "--json"]).stdout)
    manifest = json.loads((Settings().models / "manifest.json").read_text())["models"]
    assert {row["name"]: row["sha256"] for row in rows} == {name: entry["sha256"] for name, entry in manifest.items()}


@pytest.mark.parametrize("second", [[], ["--resume"]])
def test_a_second_batch_run_does_only_what_is_missing(tmp_path: Path, second: list[str]) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "good.jpg").write_bytes(GENUINE.read_bytes())
    (source / "bad.jpg").write_bytes(b"no picture")
    first = run(app, ["batch", str(source), "--out", str(out), "--workers", "1"])
    assert first.exit_code == 0, first.output
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert sorted(row["error"] is None for row in rows) == [False, True]
    (source / "late.jpg").write_bytes(FORGED.read_bytes())
    again = run(app, ["batch", str(source), "--out", str(out), "--workers", "1", *second, "--fail-on", "refer"])
    assert again.exit_code == 10, again.output
    lines = (out / "results.jsonl").read_text().splitlines()
    assert len(lines) == 3
    assert len((out / "results.csv").read_text().splitlines()) == 4
