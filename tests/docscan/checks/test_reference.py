from collections.abc import Callable

import numpy as np
import pytest

from docscan.checks import CHECKS, perform
from docscan.documents.compared import Comparison, FaintLine, Places
from docscan.evidence import Evidence
from docscan.runtime import Calibration
from docscan.types import Box, Outcome
from tests.docscan.documents.conftest import small_model

Make = Callable[..., Evidence]

CALIBRATION = Calibration(
    weights={"forged_mean": 2.0, "colour_0": -1.0},
    weight=0.5,
    intercept=-0.5,
    lowest=-2.0,
    highest=2.0,
    threshold=1.0,
    genuine=100,
    forged=100,
)
CHECK = next(check for check in CHECKS if check.id == "reference.print")
MICROTEXT = next(check for check in CHECKS if check.id == "reference.microtext")


def _compared(**numbers: float) -> Comparison:
    return Comparison(numbers, {"portrait": 0.7})


@pytest.mark.parametrize(("forged", "outcome"), [(0.5, Outcome.PASSED), (4.0, Outcome.FAILED)])
def test_all_numbers_are_weighed_together(evidence: Make, forged: float, outcome: Outcome) -> None:
    compared = _compared(forged_mean=forged, colour_0=1.0)
    seen = evidence(model=small_model(), comparison=compared, calibrations={"reference.print": CALIBRATION})
    result = perform(CHECK, seen)
    assert result.outcome is outcome
    assert result.log10_lr == pytest.approx(max(-2.0, min(2.0, 0.5 * (2 * forged - 1) - 0.5)))
    assert result.region is not None
    assert result.region.name == "portrait"
    assert ("least so the portrait" in result.explanation) == (outcome is Outcome.FAILED)


def test_without_a_model_nothing_is_compared(evidence: Make) -> None:
    assert perform(CHECK, evidence()).outcome is Outcome.NOT_PERFORMED


def test_a_page_that_could_not_be_compared_is_undetermined_and_says_why(evidence: Make) -> None:
    seen = evidence(model=small_model(), comparison=Comparison({}, {}, "Too coarse to compare."))
    result = perform(CHECK, seen)
    assert (result.outcome, result.explanation) == (Outcome.UNDETERMINED, "Too coarse to compare.")


LINES = Calibration(weight=1.0, intercept=-5.0, lowest=-1.0, highest=2.0, threshold=0.5, share=0.1, genuine=9, forged=9)
CORNERS = np.array([[10.0, 60.0], [36.0, 60.0], [36.0, 62.0], [10.0, 62.0]])


@pytest.mark.parametrize(("lacks", "outcome"), [(2.0, Outcome.PASSED), (8.0, Outcome.FAILED)])
def test_a_missing_line_is_said_and_shown(evidence: Make, lacks: float, outcome: Outcome) -> None:
    compared = Comparison({}, {}, line=FaintLine(lacks, CORNERS))
    seen = evidence(model=small_model(), comparison=compared, calibrations={"reference.microtext": LINES})
    result = perform(MICROTEXT, seen)
    assert result.outcome is outcome
    assert ("missing or faint" in result.explanation) == (outcome is Outcome.FAILED)
    assert result.region is not None
    assert np.array(result.region.polygon) == pytest.approx(8 * CORNERS)


def test_where_no_line_can_be_judged_it_is_undetermined(evidence: Make) -> None:
    result = perform(MICROTEXT, evidence(model=small_model(), comparison=Comparison({}, {})))
    assert result.outcome is Outcome.UNDETERMINED
    assert "by eye" in result.explanation
    assert perform(MICROTEXT, evidence()).outcome is Outcome.NOT_PERFORMED


PLACES = next(check for check in CHECKS if check.id == "reference.places")


@pytest.mark.parametrize(("forged", "outcome"), [(0.5, Outcome.PASSED), (4.0, Outcome.FAILED)])
def test_a_place_unlike_the_samples_is_said_and_shown(evidence: Make, forged: float, outcome: Outcome) -> None:
    places = Places({"forged_mean": forged, "colour_0": 1.0}, Box(20, 30, 6, 6))
    compared = Comparison({}, {}, places=places)
    seen = evidence(model=small_model(), comparison=compared, calibrations={"reference.places": CALIBRATION})
    result = perform(PLACES, seen)
    assert result.outcome is outcome
    assert ("may have been altered" in result.explanation) == (outcome is Outcome.FAILED)
    assert result.region is not None
    corners = np.array([[20, 30], [26, 30], [26, 36], [20, 36]])
    assert np.array(result.region.polygon) == pytest.approx(8 * corners)


def test_a_model_from_before_places_were_compared_is_to_be_enrolled_again(evidence: Make) -> None:
    result = perform(PLACES, evidence(model=small_model(), comparison=Comparison({}, {})))
    assert (result.outcome, "enrol it again" in result.explanation) == (Outcome.UNDETERMINED, True)
    assert perform(PLACES, evidence()).outcome is Outcome.NOT_PERFORMED
