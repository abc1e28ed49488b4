import pytest

from docscan.types import Agreement, Box, TextLine
from docscan.visual.comparing import compared, is_shown
from docscan.visual.expected import FIELDS, expected
from tests.docscan.visual.samples import PASSPORT, line, mrz_of

AGREES, DIFFERS, UNCLEAR = Agreement


@pytest.mark.parametrize(
    ("name", "text", "outcome"),
    [
        ("surname", "ERIKSSON", AGREES),
        ("surname", "Eriksson", AGREES),
        ("surname", "ERIKSEN", DIFFERS),
        ("given_names", "ANNA MARIA", AGREES),
        ("given_names", "ANNA", UNCLEAR),  # the rest may not have been found
        ("given_names", "ANNA SOFIA", DIFFERS),
        ("document_number", "L898902C3", AGREES),
        ("document_number", "L 898902 C 3", AGREES),
        ("document_number", "L898962C3", DIFFERS),
        ("document_number", "L898902C3-12", AGREES),  # it fills its field, so that it may run on
        ("nationality", "UTO", AGREES),
        ("nationality", "FRA", DIFFERS),
        ("nationality", "UTOPIAN", UNCLEAR),
        ("birth_date", "12 AUG/AOUT 74", AGREES),
        ("birth_date", "12.08.1974", AGREES),
        ("birth_date", "12.08.1975", DIFFERS),
        ("birth_date", "12 SEP 1974", DIFFERS),
        ("birth_date", "12 08", UNCLEAR),
        ("sex", "F", AGREES),
        ("sex", "Ж/F", AGREES),
        ("sex", "M", DIFFERS),
        ("sex", "K", UNCLEAR),
        ("sex", "f issue", UNCLEAR),  # of a label, Date of issue
        ("sex", "Sex / Sexe F", AGREES),
        ("expiry_date", "15 APR/AVR 12", AGREES),
        ("expiry_date", "15.04.2022", DIFFERS),
    ],
)
def test_each_datum_is_compared_in_its_own_way(name: str, text: str, outcome: Agreement) -> None:
    assert compared(name, expected(mrz_of())[name], line(text)) is outcome


@pytest.mark.parametrize(("name", "text"), [("surname", "ERIKSEN"), ("birth_date", "12.08.1975"), ("sex", "M")])
def test_what_either_reader_doubted_does_not_differ(name: str, text: str) -> None:
    assert compared(name, expected(mrz_of(confidence=0.9))[name], line(text)) is UNCLEAR
    assert compared(name, expected(mrz_of())[name], line(text, confidence=0.8)) is UNCLEAR


@pytest.mark.parametrize(("shares", "outcome"), [({"5": 0.8}, DIFFERS), ({"5": 0.8, "4": 0.05}, UNCLEAR)])
def test_a_digit_of_a_date_differs_where_it_is_surely_not_the_mrzs(
    shares: dict[str, float], outcome: Agreement
) -> None:
    text = "12.08.1975"
    seen = TextLine(text, (1.0,) * 9 + (0.8,), Box(40, 20, 20, 3), (*({digit: 1.0} for digit in text[:9]), shares))
    assert compared("birth_date", expected(mrz_of())["birth_date"], seen) is outcome


def test_unknown_parts_of_a_date_are_not_compared() -> None:
    unknown = (PASSPORT[0], "L898902C36UTO74<<<<8F1204159ZE184226B<<<<<18")
    datum = expected(mrz_of(unknown))["birth_date"]
    assert compared("birth_date", datum, line("12.08.1974")) is AGREES
    assert compared("birth_date", datum, line("12.08.1975")) is DIFFERS


def test_a_letter_in_a_word_is_no_sex() -> None:
    datum = expected(mrz_of())["sex"]
    assert not is_shown("sex", datum, line("OF"))
    assert not is_shown("sex", datum, line("F of the holder"))
    assert is_shown("sex", datum, line("F/Ж"))


def test_all_data_of_the_zone_are_expected_and_old_layouts_have_none() -> None:
    data = expected(mrz_of())
    assert tuple(data) == FIELDS
    assert data["given_names"].text == "ANNA<MARIA"
    assert data["birth_date"].shown == "1974-08-12"
