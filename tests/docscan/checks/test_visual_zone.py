from collections.abc import Callable

import pytest

from docscan.checks import CHECKS, perform
from docscan.evidence import Evidence
from docscan.types import Agreement, Box, CheckResult, Outcome, TextLine, VisualField, VisualZone

Evidences = Callable[..., Evidence]


def birth_date(evidence: Evidences, text: str, agreement: Agreement) -> CheckResult:
    field = VisualField("birth_date", "1974-08-12", TextLine(text, (1.0,) * len(text), Box(40, 30, 20, 3)), agreement)
    check = next(check for check in CHECKS if check.id == "viz.birth_date")
    return perform(check, evidence(visual=VisualZone({"birth_date": field})))


def test_a_contradiction_names_both_readings_and_its_place_and_refers(evidence: Evidences) -> None:
    result = birth_date(evidence, "12 AUG 1984", Agreement.DIFFERS)
    assert result.outcome is Outcome.FAILED
    assert "12 AUG 1984" in result.explanation
    assert "“12 AUG 1984” (certainty 99 %)" in result.explanation
    assert "“1974-08-12” (certainty 99 %)" in result.explanation
    assert result.log10_lr >= 1
    assert result.region is not None
    # The page of this evidence has 8 pixels a millimetre.
    assert result.region.polygon[0] == pytest.approx((320, 240))
    assert result.region.polygon[2] == pytest.approx((480, 264))


def test_agreement_speaks_a_little_for_a_genuine_document(evidence: Evidences) -> None:
    result = birth_date(evidence, "12 AUG 1974", Agreement.AGREES)
    assert result.outcome is Outcome.PASSED
    assert -0.2 < result.log10_lr < 0
    assert result.region is None  # it would clutter the picture


def test_what_a_reading_error_explains_weighs_nothing(evidence: Evidences) -> None:
    result = birth_date(evidence, "12 AUG 19?4", Agreement.UNCLEAR)
    assert result.outcome is Outcome.UNDETERMINED
    assert result.log10_lr == 0


def test_how_sure_each_reader_was_is_of_its_least_certain_character(evidence: Evidences) -> None:
    line = TextLine("12 AUG 1984", (0.99,) * 9 + (0.638, 0.99), Box(40, 30, 20, 3))
    visual = VisualZone({"birth_date": VisualField("birth_date", "1974-08-12", line, Agreement.UNCLEAR)})
    check = next(check for check in CHECKS if check.id == "viz.birth_date")
    assert "“12 AUG 1984” (certainty 63 %)" in perform(check, evidence(visual=visual, confidence=0.8)).explanation
    assert "“1974-08-12” (certainty 80 %)" in perform(check, evidence(visual=visual, confidence=0.8)).explanation
    assert "“1974-08-12” (certainty unknown)" in perform(check, evidence(visual=visual, confidence=None)).explanation


def test_what_was_not_found_or_not_read_is_told_apart(evidence: Evidences) -> None:
    outcomes = {
        missing: [
            perform(check, evidence(visual=VisualZone({}, missing))) for check in CHECKS if check.id.startswith("viz.")
        ]
        for missing in (None, "The capture is too coarse.")
    }
    assert len(outcomes[None]) == 7
    assert {result.outcome for results in outcomes.values() for result in results} == {Outcome.NOT_PERFORMED}
    assert all(result.explanation == "The capture is too coarse." for result in outcomes["The capture is too coarse."])
    assert all("was not found" in result.explanation for result in outcomes[None])


def test_a_datum_missing_where_others_were_found_is_for_the_officer_to_look_at(evidence: Evidences) -> None:
    def agreeing(name: str, text: str) -> VisualField:
        return VisualField(name, text, TextLine(text, (1.0,) * len(text), Box(40, 30, 20, 3)), Agreement.AGREES)

    found = {name: agreeing(name, "ANYTHING") for name in ("given_names", "document_number", "birth_date")}
    results = {
        check.id: perform(check, evidence(visual=VisualZone(found))) for check in CHECKS if check.id.startswith("viz.")
    }
    assert results["viz.surname"].outcome is Outcome.UNDETERMINED
    assert "ERIKSSON" in results["viz.surname"].explanation
    assert results["viz.expiry_date"].outcome is Outcome.UNDETERMINED
    assert results["viz.nationality"].outcome is Outcome.NOT_PERFORMED
