import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from docscan.runtime import open_models
from docscan.types import CheckResult, Outcome
from tests.conftest import ROOT
from training.witnesses import __main__ as command
from training.witnesses.documents import Group
from training.witnesses.fitting import calibration
from training.witnesses.judging import judged_anew
from training.witnesses.measuring import Witnessed

CHECK, FORGED = "page.display", "screen_recapture"


def _measured(recipe: str, value: float) -> Witnessed:
    """Say of a document what a check measured, which had no calibration and broke."""
    said = CheckResult(CHECK, Outcome.ABORTED, "This check broke.")
    other = CheckResult("photo.edge", Outcome.PASSED, "Its edge looks right.", log10_lr=-0.3)
    state = "ABCD"[int(value * 1000) % 4]
    return Witnessed(recipe, state, 1, True, {CHECK: {"value": value}}, (said, other), kind="TD3")


def _documents() -> list[Witnessed]:
    genuine = [_measured("genuine", 0.5 + 0.001 * number) for number in range(200)]
    return [*genuine, *(_measured(FORGED, 3.0 + 0.01 * number) for number in range(40))]


def test_documents_are_judged_by_the_calibration_that_they_are_given() -> None:
    documents = _documents()
    fitted = calibration(CHECK, documents)
    for one in judged_anew(documents, {CHECK: fitted}):
        judged, other = one.checks
        assert judged.outcome is (Outcome.PASSED if one.genuine else Outcome.FAILED)
        assert (judged.log10_lr > 0) is not one.genuine
        assert other == documents[0].checks[1]


def test_captures_askew_are_judged_by_what_weighs_those() -> None:
    askew = [replace(one, askew=True) for one in _documents()]
    usual = calibration(CHECK, _documents())
    lenient = usual.model_copy(update={"intercept": usual.intercept - 100})
    for documents, fails in ((_documents(), True), (askew, False)):
        judged = judged_anew(documents, {CHECK: usual.model_copy(update={"askew": lenient})})
        assert any(one.checks[0].outcome is Outcome.FAILED for one in judged) is fails


def test_a_check_is_calibrated_alone_and_all_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("manifest.json", "region.onnx"):
        shutil.copy(ROOT / "models" / name, tmp_path / name)
    before = json.loads((tmp_path / "manifest.json").read_text())
    asked: list[Group] = []

    def inspected(wanted: list[Group], models: Path, _workers: int) -> list[Witnessed]:
        assert models == tmp_path
        asked.extend(wanted)
        return _documents()

    monkeypatch.setattr(command, "_inspected", inspected)
    monkeypatch.setattr(
        sys, "argv", ["witnesses", "calibrate", "--only", CHECK, "--models", str(tmp_path), "--work", str(tmp_path)]
    )
    command.main()
    assert {order.recipe for group in asked for order in group.inspected} == {"genuine", FORGED}
    after = json.loads((tmp_path / "manifest.json").read_text())
    changed = {check for check in after["checks"] if after["checks"][check] != before["checks"][check]}
    assert changed == {CHECK}
    assert after["checks"][CHECK]["forged"] == 40
    assert after["models"] == before["models"]
    shown = capsys.readouterr().out
    assert f"genuine that fail {CHECK}, where it spoke" in shown
    assert "three lights" not in shown
    assert open_models(tmp_path, providers=["CPUExecutionProvider"], threads=1, only=["region"]).calibrations
