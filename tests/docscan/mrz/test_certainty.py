"""A thumb or glare over a zone: letters are read that are not there, and one of them perhaps surely."""

from dataclasses import replace

import pytest

from docscan.mrz.certainty import may_be_in_part, may_be_misread, sure_of
from docscan.mrz.layouts import LAYOUTS
from docscan.types import Agreement, Mrz, MrzFormat
from docscan.visual.comparing import compared
from docscan.visual.expected import expected
from tests.docscan.visual.samples import PASSPORT, line, mrz_of

SPANS = LAYOUTS[MrzFormat.TD3].spans
COVERED = (PASSPORT[0], PASSPORT[1][:21] + "170415" + PASSPORT[1][27:])  # the year was 12


def _unsure(mrz: Mrz, *columns: int, line: int = 1) -> Mrz:
    """Return a reading whose reader was not sure of some characters of a line, the last one if none is named."""
    rows = list(mrz.zone.character_confidence)
    rows[line] = tuple(0.4 if column in columns else certain for column, certain in enumerate(rows[line]))
    return replace(mrz, zone=replace(mrz.zone, character_confidence=tuple(rows)))


def test_a_field_is_doubted_where_a_check_digit_fails_and_not_all_of_it_was_sure() -> None:
    assert not may_be_misread(mrz_of(COVERED), "expiry_date"), "sure all over: a forger's work, perhaps"
    assert not may_be_misread(_unsure(mrz_of(), 21), "expiry_date"), "the check digits agree"
    for column in (21, 26, 27):  # its first, its last, its check digit
        assert may_be_misread(_unsure(mrz_of(COVERED), column), "expiry_date")
    elsewhere = _unsure(mrz_of(COVERED), 12)
    assert not any(may_be_misread(elsewhere, name) for name in ("expiry_date", "birth_date", "document_number"))
    assert may_be_misread(_unsure(mrz_of(COVERED), 14), "birth_date"), "the composite may fail for it as well"
    assert not may_be_misread(_unsure(mrz_of(COVERED), 20), "sex"), "it has no check digit"


def test_a_name_is_doubted_where_any_check_digit_fails_and_not_all_of_it_was_sure() -> None:
    assert not may_be_misread(mrz_of(COVERED), "surname"), "sure all over"
    assert not may_be_misread(_unsure(mrz_of(), 7, line=0), "surname"), "the check digits agree"
    under = _unsure(mrz_of(COVERED), 7, line=0)
    assert may_be_misread(under, "surname")
    assert not may_be_misread(under, "given_names"), "it was read surely"
    assert not any(expected(under)["surname"].sure)
    assert all(expected(under)["given_names"].sure)
    assert not may_be_misread(_unsure(mrz_of(COVERED), 40, line=0), "given_names"), "a filler after it"


def test_a_reader_that_gives_no_confidence_was_never_sure() -> None:
    mrz = mrz_of(COVERED)
    silent = replace(mrz, zone=replace(mrz.zone, character_confidence=()))
    assert sure_of(silent, SPANS["sex"]) == (False,)
    assert may_be_misread(silent, "expiry_date")
    assert may_be_misread(silent, "surname")


@pytest.mark.parametrize(("columns", "agreement"), [((), Agreement.DIFFERS), ((21,), Agreement.UNCLEAR)])
def test_what_may_be_misread_contradicts_nothing_printed(columns: tuple[int, ...], agreement: Agreement) -> None:
    """Of the year that differs the digit that differs was read surely in both cases."""
    datum = expected(_unsure(mrz_of(COVERED), *columns))["expiry_date"]
    assert compared("expiry_date", datum, line("15.04.2012")) is agreement


# What is left of a visa's zone where a finger hides its first eight characters, all of them read surely.
BEGUN_LATER = ("IBIAJAMANN<<BRELUSTEISKI<<<<<<<<<<<<", "4HD46XVP6501130M3001237<<<<<<<<<<<<<")


def test_a_zone_in_which_nothing_fits_may_begin_elsewhere_and_says_nothing() -> None:
    mrz = mrz_of(BEGUN_LATER)
    assert may_be_in_part(mrz.parsed)
    assert may_be_misread(mrz, "expiry_date")
    assert expected(mrz) == {}


# What is left of a passport's zone where a finger hides its first eight characters: its expiry stands for the birth.
BEGUN_AT_NINE = ("AUR<<KATEIKLA<RUL<<<<<<<<<<<<<<<<<<<", "24XWA48041TOF2911180<<<<<<<<<<<<<<04")


def test_a_longer_zone_that_is_hidden_in_part_says_nothing_though_one_digit_agrees() -> None:
    parsed = mrz_of(BEGUN_AT_NINE).parsed
    assert parsed.format is MrzFormat.TD2
    assert [name for name, right in parsed.check_digits.items() if right] == ["birth_date"]
    assert may_be_in_part(parsed)
    passport = replace(parsed, format=MrzFormat.TD3)
    assert not may_be_in_part(passport), "of a whole zone one digit that agrees is enough"


def test_a_forger_gets_not_all_of_it_wrong() -> None:
    assert not may_be_in_part(mrz_of().parsed)
    assert not may_be_in_part(mrz_of(COVERED).parsed)
    digits = PASSPORT[1][:9] + "9" + PASSPORT[1][10:19] + "9" + PASSPORT[1][20:27] + "0" + PASSPORT[1][28:42] + "99"
    wrong = mrz_of((PASSPORT[0], digits)).parsed
    assert not any(wrong.check_digits.values())
    assert not may_be_in_part(wrong), "its dates are dates"
