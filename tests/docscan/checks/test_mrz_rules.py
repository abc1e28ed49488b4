from collections.abc import Callable
from dataclasses import replace

import pytest

from docscan.checks import mrz_rules
from docscan.checks.document import expiry, specimen
from docscan.evidence import Evidence
from docscan.mrz.compose import compose
from docscan.types import MrzFormat, Outcome
from tests.docscan.checks.conftest import PASSPORT

Make = Callable[..., Evidence]

FIELDS = {
    "document_code": "P",
    "issuing_state": "FRA",
    "document_number": "08CD50338",
    "surname": "ULYSSE",
    "given_names": "CHRISTOPHE",
    "nationality": "FRA",
    "birth_date": "600410",
    "sex": "M",
    "expiry_date": "320605",
}


def lines(**changes: str) -> tuple[str, ...]:
    return compose(MrzFormat.TD3, **(FIELDS | changes))


@pytest.mark.parametrize("rule", [mrz_rules.check_digits, mrz_rules.syntax, mrz_rules.issuing_state, mrz_rules.dates])
def test_a_good_zone_passes(evidence: Make, rule: Callable[[Evidence], object]) -> None:
    assert rule(evidence(lines())).outcome is Outcome.PASSED  # type: ignore[attr-defined]
    assert rule(evidence(None)).outcome is Outcome.NOT_PERFORMED  # type: ignore[attr-defined]


WRONG_DIGIT = (PASSPORT[0], PASSPORT[1][:9] + "7" + PASSPORT[1][10:])


@pytest.mark.parametrize(
    ("rule", "wrong", "says"),
    [
        (mrz_rules.check_digits, WRONG_DIGIT, "document number, composite"),
        (mrz_rules.syntax, lines(sex="X"), "written X"),
        (mrz_rules.issuing_state, lines(issuing_state="QQQ"), "QQQ"),
        (mrz_rules.dates, lines(expiry_date="560101"), "20 years"),
        (mrz_rules.dates, lines(birth_date="850101", expiry_date="800101"), "before its holder was born"),
    ],
)
def test_a_failure_weighs_only_when_the_reading_was_sure(
    evidence: Make, rule: Callable[[Evidence], object], wrong: tuple[str, ...], says: str
) -> None:
    sure = rule(evidence(wrong))
    assert sure.outcome is Outcome.FAILED  # type: ignore[attr-defined]
    assert sure.log10_lr > 0.5  # type: ignore[attr-defined]
    assert says in sure.explanation  # type: ignore[attr-defined]
    for confidence in (0.5, None):
        unsure = rule(evidence(wrong, confidence=confidence))
        assert unsure.outcome is Outcome.UNDETERMINED  # type: ignore[attr-defined]
        assert unsure.log10_lr == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", [mrz_rules.check_digits, mrz_rules.syntax, mrz_rules.issuing_state, expiry])
def test_where_nothing_fits_a_part_of_the_zone_may_be_hidden(
    evidence: Make, rule: Callable[[Evidence], object]
) -> None:
    """A visa's zone whose first eight characters lie under a finger; the others were read surely."""
    seen = rule(evidence(("IBIAJAMANN<<BRELUSTEISKI<<<<<<<<<<<<", "4HD46XVP6501130M3001237<<<<<<<<<<<<<")))
    assert seen.outcome is Outcome.UNDETERMINED  # type: ignore[attr-defined]
    assert "may be hidden" in seen.explanation  # type: ignore[attr-defined]


def test_a_specimens_invented_code_is_told_but_accuses_nobody(evidence: Make) -> None:
    finding = mrz_rules.issuing_state(evidence(lines(issuing_state="BDR", surname="MUSTERMANN")))
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.log10_lr == 0
    assert "BDR" in finding.explanation
    assert mrz_rules.issuing_state(evidence(lines(issuing_state="BDR"))).outcome is Outcome.FAILED


def test_an_expiry_that_may_be_misread_is_not_told(evidence: Make) -> None:
    covered = lines(expiry_date="370605")
    covered = (covered[0], covered[1][:27] + "1" + covered[1][28:])  # the check digit of another date
    told = evidence(covered)
    assert "valid until 2037-06-05" in expiry(told).explanation, "all was read surely"
    assert told.mrz is not None
    row = (*(0.99,) * 22, 0.4, *(0.99,) * 21)
    unsure = replace(told, mrz=replace(told.mrz, zone=replace(told.mrz.zone, character_confidence=((0.99,) * 44, row))))
    finding = expiry(unsure)
    assert finding.outcome is Outcome.UNDETERMINED
    assert "may be a reading error" in finding.explanation


def test_no_zone_and_no_reader_are_told_apart(evidence: Make) -> None:
    assert mrz_rules.found(evidence(None)).outcome is Outcome.UNDETERMINED
    missing = mrz_rules.found(evidence(None, mrz_reader_missing="The program tesseract is not installed."))
    assert missing.outcome is Outcome.NOT_PERFORMED
    assert "tesseract" in missing.explanation


def test_expiry_and_specimen_are_facts_without_weight(evidence: Make) -> None:
    old = expiry(evidence(lines(expiry_date="200101")))
    assert (old.outcome, old.log10_lr) == (Outcome.FAILED, 0)
    assert expiry(evidence(lines())).outcome is Outcome.PASSED
    assert expiry(evidence(lines(expiry_date="<<<<<<"))).outcome is Outcome.UNDETERMINED
    assert specimen(evidence(PASSPORT)).outcome is Outcome.FAILED
    assert specimen(evidence(lines(surname="MUSTERMANN"))).outcome is Outcome.FAILED
    assert specimen(evidence(lines())).outcome is Outcome.PASSED
    assert specimen(evidence(PASSPORT)).log10_lr == 0
