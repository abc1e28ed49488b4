from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docscan.checks import CHECKS
from docscan.runtime import Models, open_models
from docscan.service.watching.drift import LEAST_REFERENCE
from docscan.service.watching.reference import ReferenceScores, digest, read_reference
from docscan.settings import Settings
from docscan.tools import Tools
from docscan.types import CheckResult, Outcome, Verdict
from tests.conftest import ROOT
from tests.docscan.rendering.conftest import report
from training.witnesses.documents import groups
from training.witnesses.reference import bins_of, reference_of, write


def test_bins_hold_about_equally_many() -> None:
    values = list(np.random.default_rng(5).normal(size=1000))
    found = bins_of(values)
    assert found.counts == (200, 200, 200, 200, 200)
    assert sum(value < found.edges[0] for value in values) == 200


@pytest.mark.parametrize(
    ("values", "edges", "counts"),
    [
        ([0.5] * 80 + [0.7] * 20, (0.6,), (80, 20)),
        ([0.5] * 99 + [0.7], (0.6,), (99, 1)),
        ([0.1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.9], (0.3, 0.7), (1, 8, 1)),
        ([0.5] * 100, (0.501,), (100, 0)),  # what lies above will be seen
        ([0.5 + 1e-9, 0.5, 0.5 - 1e-9], (0.501,), (3, 0)),  # another computer's last digit
    ],
)
def test_values_that_are_alike_share_a_bin(
    values: list[float], edges: tuple[float, ...], counts: tuple[int, ...]
) -> None:
    found = bins_of(values)
    assert found.edges == pytest.approx(edges)
    assert found.counts == counts


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    unlisted = CheckResult("mrz.issuing_state", Outcome.FAILED, "It is not listed.", log10_lr=3.0)
    scored = CheckResult("print.viz", Outcome.PASSED, "It looks right.", score=0.2, threshold=0.5, log10_lr=-1.0)
    silent = CheckResult("print.mrz", Outcome.UNDETERMINED, "The capture is too coarse.", score=0.9, threshold=0.5)
    found = CheckResult("mrz.found", Outcome.PASSED, "A zone was found.")
    shown = replace(report(), checks=(unlisted, found, scored, silent))
    made = reference_of([shown, shown], groups(tmp_path, "test", 1), Models({}, {}))
    write(made, tmp_path)
    again = read_reference(tmp_path)
    assert again == made
    assert set(made.checks) == {"mrz.found", "print.viz", "print.mrz"}
    assert made.checks["print.viz"].outcomes == {"passed": 2}
    assert made.checks["print.viz"].scores is not None
    assert made.checks["print.mrz"].scores is None  # it never spoke
    # Not for what ICAO does not list, which generated states are.
    assert made.verdicts == {Verdict.NO_CONCERN: 2}
    assert made.documents == 2


def test_the_file_that_is_shipped_is_of_the_models_that_are() -> None:
    settings = Settings()
    shipped = read_reference(ROOT / "models")
    assert isinstance(shipped, ReferenceScores)
    models = open_models(ROOT / "models", providers=["CPUExecutionProvider"], threads=1)
    # What a service opens: the reader of the visual zone too, which the file names beside the manifest's.
    used = {info.name: info.sha256 for info in models.infos()}
    assert used.items() <= dict(shipped.models).items()
    assert shipped.calibrations == digest(models.calibrations)
    assert not shipped.is_of(Tools(settings, Models({}, {})))
    assert set(shipped.checks) == {check.id for check in CHECKS} - {"mrz.issuing_state"}
    for name, check in shipped.checks.items():
        assert sum(check.outcomes.values()) == shipped.documents, name
        spoke = check.outcomes.get(Outcome.PASSED, 0) + check.outcomes.get(Outcome.FAILED, 0)
        if check.scores is not None:
            assert len(check.scores.counts) == len(check.scores.edges) + 1 >= 2
            assert sum(check.scores.counts) == spoke >= LEAST_REFERENCE, name
