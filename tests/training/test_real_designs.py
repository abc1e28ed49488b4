"""Real specimens before the generator's cameras."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.physics.surface import Surface
from docscan.types import Outcome, Verdict
from tests.conftest import ROOT
from tests.docscan.rendering.conftest import report
from training import real_designs as module
from training.real_designs import Design, beside_itself, captured, on_screen, rows


def test_a_specimen_is_enrolled_from_captures_of_it_and_no_check_against_them_fails(
    real_images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAMPLES", 3)
    design = beside_itself(ROOT / "models", 1, real_images / "pass-bdr.jpg")
    assert design.enrolled
    ((genuine,), (shown,)) = design.genuine, design.on_screen
    assert genuine.document.model is not None
    said = {check.id: check.outcome for check in genuine.checks}
    assert said["reference.print"] is Outcome.PASSED
    assert not [name for name, outcome in said.items() if name.startswith("reference.") and outcome is Outcome.FAILED]
    assert {check.id: check.outcome for check in shown.checks}["page.display"] is Outcome.FAILED
    assert shown.verdict is Verdict.REFER
    table = rows([design])
    assert table["of the page, MRZ read as on the picture itself"].startswith("100.0 % (1 of 1;")
    strange = replace(design, lines=(design.lines[0], design.lines[1].replace("<", "K", 1)))
    assert rows([strange])["of the page, MRZ read as on the picture itself"].startswith("0.0 % (0 of 1;")


def test_a_number_decides_how_a_surface_is_captured_and_shown() -> None:
    surface = Surface(np.random.default_rng(1).random((400, 600, 3), np.float32), None, None)
    assert captured(surface, "reader", 3) == captured(surface, "reader", 3) != captured(surface, "reader", 4)
    before = surface.visible.copy()
    once, again = (on_screen(surface, 5).visible for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.allclose(once, before, atol=0.05)
    assert np.array_equal(surface.visible, before), "what is shown is another surface"


def test_the_table_counts_what_spoke_and_names_what_was_not_enrolled() -> None:
    said = report()
    failing = {check.id for check in said.checks if check.outcome is Outcome.FAILED}
    silent = {check.id for check in said.checks if check.outcome in (Outcome.UNDETERMINED, Outcome.NOT_PERFORMED)}
    table = rows([Design("a.jpg", True, (said, said), (said,)), Design("b.jpg", enrolled=False)])
    assert table["designs, enrolled"] == "2, 1"
    assert table["captures of the page, of it on a screen"] == "2, 1"
    assert failing
    for check in failing:
        assert table[f"{check}: failed by the page, on a screen"].startswith("100.0 % (2 of 2;")
    assert silent
    assert not [name for name in table if name.split(":")[0] in silent]
    assert table["a.jpg: verdicts on the page, on a screen"] == f"2 {said.verdict.value}; 1 {said.verdict.value}"
    assert table["b.jpg: verdicts on the page, on a screen"] == "not enrolled"
