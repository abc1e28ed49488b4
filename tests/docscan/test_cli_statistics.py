import csv
import io
import json
from pathlib import Path

import pytest
import xmlschema
from typer.testing import CliRunner

from docscan.cli import app
from docscan.rendering.tr03135.source import Decision, Finding
from docscan.rendering.tr03135.writing import schema, to_xml
from docscan.types import Outcome, Verdict
from tests.conftest import ROOT
from tests.docscan.rendering.logs import MOMENT
from tests.docscan.rendering.logs import report as logged

FORGED = ROOT / "datasets/samples/forged-utopia.jpg"

run = CliRunner().invoke


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    found = logged({"uv.fibres": Outcome.UNDETERMINED}, verdict=Verdict.REFER)
    (folder / "1.xml").write_text(to_xml(found, post="North", decision=Decision(Finding.FORGED, MOMENT)))
    (folder / "2.xml").write_text(to_xml(logged(), post="South"))
    return folder


def test_an_inspection_is_logged_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSCAN_POST", "Görlitz A4")
    log = tmp_path / "log.xml"
    inspected = run(app, ["inspect", str(FORGED), "--json", "--xml", str(log)])
    assert inspected.exit_code == 0
    report = json.loads(inspected.stdout)
    xmlschema.XMLSchema(schema()).validate(log)
    text = log.read_text(encoding="utf-8")
    assert report["id"] in text
    personal = [report["reason"], *report["mrz"]["lines"], *filter(None, map(str, report["mrz"]["fields"].values()))]
    assert not [word for word in personal if len(word) > len("UTO") and word in text]
    (post,) = json.loads(run(app, ["statistics", str(log), "--json"]).stdout)["posts"]
    assert (post["post"], post["inspections"], post["verdicts"]["refer"]) == ("Görlitz A4", 1, 1)
    outcomes = {check["check"]: check["results"] for check in post["checks"]}
    assert len(outcomes) == len(report["checks"])
    assert (outcomes["print.viz"]["failed"], outcomes["uv.fibres"]["notPerformed"]) == (1, 1)


def test_prints_posts_and_checks(logs: Path) -> None:
    done = run(app, ["statistics", str(logs)], env={"COLUMNS": "140"})
    assert done.exit_code == 0
    lines = {line.split("  ")[0].strip(): line.split() for line in done.stdout.splitlines() if line.strip()}
    assert lines["North"] == ["North", "1", "0", "1", "0", "1", "refer:", "forged", "456", "ms"]
    assert lines["all"][:5] == ["all", "2", "1", "1", "0"]
    assert lines["uv.fibres"] == ["uv.fibres", "UV", "1", "0", "0", "1", "(50", "%)", "0", "(0", "%)"]
    assert "2 inspections; 0 files could not be read." in done.stderr


def test_csv_is_alone_on_standard_output(logs: Path) -> None:
    done = run(app, ["statistics", str(logs), "--csv"])
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    undetermined = [row["post"] for row in rows if row["result"] == "undetermined" and row["number"] == "1"]
    assert undetermined == ["North"]


def test_a_bad_file_is_named_and_the_others_count(logs: Path) -> None:
    (logs / "3.xml").write_text("<!DOCTYPE x><x/>")
    done = run(app, ["statistics", str(logs), "--json"])
    assert done.exit_code == 3
    assert json.loads(done.stdout)["total"]["inspections"] == 2
    assert f"docscan: {logs / '3.xml'}: declares a document type" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage(logs: Path, tmp_path: Path) -> None:
    assert run(app, ["statistics", str(logs), "--json", "--csv"]).exit_code == 2
    (tmp_path / "empty").mkdir()
    assert run(app, ["statistics", str(tmp_path / "empty")]).exit_code == 2
    nowhere = run(app, ["inspect", str(FORGED), "--xml", str(tmp_path / "none" / "log.xml")])
    assert nowhere.exit_code == 2
    assert "The log entry cannot be written" in nowhere.stderr


def test_a_post_of_no_plain_name_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSCAN_POST", "=1+1")
    done = run(app, ["models"])
    assert done.exit_code == 2
    assert "DOCSCAN_POST" in done.stderr
