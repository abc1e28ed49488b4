import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from docscan.checks.finding import Finding, not_performed
from docscan.checks.measured import Measurement, captured_askew, measured
from docscan.evidence import Evidence
from docscan.runtime import Calibration
from docscan.types import Outcome, Region
from tests.docscan.scenes import seen_askew

Make = Callable[..., Evidence]

CALIBRATION = Calibration(weight=2.0, intercept=-1.0, lowest=-1.5, highest=1.5, threshold=0.8, genuine=100, forged=100)


def _checked(evidence: Evidence, value: float) -> Finding:
    check = measured("reference.made_up", lambda _: Measurement(value, "It is as it was.", "It is not."))
    return check(evidence)


@pytest.mark.parametrize(
    ("value", "ratio", "outcome", "says"),
    [
        (0.0, -1.0, Outcome.PASSED, "It is as it was."),
        (0.7, 0.0, Outcome.PASSED, "It is as it was."),  # what does not fail speaks for nothing
        (0.95, 0.9, Outcome.FAILED, "It is not."),
        (-9.0, -1.5, Outcome.PASSED, "It is as it was."),
        (9.0, 1.5, Outcome.FAILED, "It is not."),
    ],
)
def test_a_measurement_weighs_what_its_calibration_says(
    evidence: Make, value: float, ratio: float, outcome: Outcome, says: str
) -> None:
    finding = _checked(evidence(calibrations={"reference.made_up": CALIBRATION}), value)
    assert finding.log10_lr == pytest.approx(ratio)
    assert (finding.outcome, finding.explanation) == (outcome, says)
    assert finding.score is not None
    assert finding.threshold is not None
    assert (finding.score >= finding.threshold) == (outcome is Outcome.FAILED)


def test_passing_says_little_where_few_forgeries_show_there(evidence: Make) -> None:
    few = CALIBRATION.model_copy(update={"share": 0.1})
    calibrations = {"reference.made_up": few}
    assert _checked(evidence(calibrations=calibrations), -9.0).log10_lr == pytest.approx(
        math.log10(0.9 + 0.1 * 10**-1.5)
    )
    assert _checked(evidence(calibrations=calibrations), 9.0).log10_lr == pytest.approx(1.5)


def test_a_capture_askew_is_weighed_as_such(evidence: Make) -> None:
    stricter = CALIBRATION.model_copy(update={"threshold": 1.2})
    calibrations = {"reference.made_up": CALIBRATION.model_copy(update={"askew": stricter})}
    straight = evidence(calibrations=calibrations)
    askew = replace(straight, page=seen_askew(straight.page))
    assert not captured_askew(straight.page)
    assert captured_askew(askew.page)
    assert _checked(straight, 1.0).outcome is Outcome.FAILED
    assert _checked(askew, 1.0).outcome is Outcome.PASSED
    assert _checked(replace(askew, calibrations={"reference.made_up": CALIBRATION}), 1.0).outcome is Outcome.FAILED


def test_what_cannot_be_measured_is_said_and_weighs_nothing(evidence: Make) -> None:
    check = measured("reference.made_up", lambda _: not_performed("No model of this kind."))
    finding = check(evidence())
    assert (finding.outcome, finding.log10_lr) == (Outcome.NOT_PERFORMED, 0.0)


@pytest.mark.parametrize(
    ("usual", "ratio", "outcome"),
    [
        (None, 1.5, Outcome.FAILED),
        (0.4, 1.5, Outcome.FAILED),  # samples that speak for genuine ones change nothing
        (0.8, 1.4, Outcome.FAILED),
        (1.2, 0.0, Outcome.UNDETERMINED),
        (9.0, 0.0, Outcome.UNDETERMINED),  # more than any calibration supports, which bounds neither before the other
    ],
)
def test_what_genuine_samples_amount_to_is_held_against_nobody(
    evidence: Make, usual: float | None, ratio: float, outcome: Outcome
) -> None:
    page = Region("page", ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)))
    check = measured("page.made_up", lambda _: Measurement(1.5, "As usual.", "It is not.", page, usual=usual))
    finding = check(evidence(calibrations={"page.made_up": CALIBRATION}))
    assert (finding.outcome, finding.log10_lr) == (outcome, pytest.approx(ratio))
    assert finding.region is page
    assert ("genuine samples" in finding.explanation.lower()) == (outcome is Outcome.UNDETERMINED)


def test_beyond_what_samples_vary_a_page_still_fails(evidence: Make) -> None:
    check = measured("page.made_up", lambda _: Measurement(12.0, "As usual.", "It is not.", usual=11.0))
    finding = check(evidence(calibrations={"page.made_up": CALIBRATION}))
    assert (finding.outcome, finding.log10_lr) == (Outcome.FAILED, 1.5)


def test_samples_are_weighed_as_readers_captures_also_beside_one_askew(evidence: Make) -> None:
    by_hand = CALIBRATION.model_copy(update={"intercept": -2.0})
    seen = evidence(calibrations={"page.made_up": CALIBRATION.model_copy(update={"askew": by_hand})})
    check = measured("page.made_up", lambda _: Measurement(2.0, "As usual.", "It is not.", usual=0.8))
    assert check(replace(seen, page=seen_askew(seen.page))).log10_lr == pytest.approx(2 * 2.0 - 2.0 - (2 * 0.8 - 1.0))
