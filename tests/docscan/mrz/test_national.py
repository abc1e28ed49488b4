from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docscan.mrz.check_digits import check_digit
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.types import MrzFormat

TODAY = date(2026, 11, 24)

# The specimen that the layout is usually explained by.
FRENCH = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")


def _russian() -> tuple[str, str]:
    number, born, optional = "123456789", "900131", "4150220770001<"
    body = f"{number}{check_digit(number)}RUS{born}{check_digit(born)}F<<<<<<<{optional}{check_digit(optional)}"
    return "PNRUSQ2LKINA<<96JKA<DMITRIEVNA".ljust(44, "<"), body + check_digit(body[:10] + body[13:20] + body[21:43])


def test_the_french_card_as_printed() -> None:
    parsed = parse(FRENCH, today=TODAY)
    assert parsed.check_digits == {"document_number": True, "birth_date": True, "composite": True}
    assert not parsed.conforming
    assert parsed.repairs == ()
    assert (parsed.fields.surname, parsed.fields.given_names) == ("BERTHIER", "CORINNE")


def test_repairs_on_the_french_card_are_listed() -> None:
    parsed = parse((FRENCH[0][:-1], FRENCH[1].replace("651206", "65I2O6")), today=TODAY)
    assert parsed.lines == FRENCH
    assert [(repair.line, repair.column, repair.read, repair.used) for repair in parsed.repairs] == [
        (0, 35, "", "<"),
        (1, 29, "I", "1"),
        (1, 31, "O", "0"),
    ]


def test_the_russian_internal_passport_is_not_misread() -> None:
    parsed = parse(_russian(), today=TODAY)
    assert parsed.format is MrzFormat.TD3
    assert not parsed.conforming
    assert not parsed.valid
    assert all(parsed.check_digits.values())
    assert "expiry_date" not in parsed.check_digits
    assert parsed.repairs == ()  # its digits are letters and must stay
    assert (parsed.fields.surname, parsed.fields.given_names) == ("Q2LKINA", "96JKA DMITRIEVNA")
    assert (parsed.fields.birth_date, parsed.fields.expiry_date) == ("1990-01-31", None)


def test_a_russian_passport_for_abroad_is_of_doc_9303() -> None:
    first, second = _russian()
    assert parse((first, second[:21] + "310101" + second[27:]), today=TODAY).conforming


@pytest.mark.parametrize("lines", [FRENCH, _russian()], ids=["french", "russian"])
@settings(derandomize=True, deadline=None, max_examples=150)
@given(data=st.data())
def test_any_character_anywhere_parses_and_no_change_is_silent(lines: tuple[str, ...], data: st.DataObject) -> None:
    rows = [list(line) for line in lines]
    for _ in range(data.draw(st.integers(1, 6))):
        row = data.draw(st.integers(0, 1))
        rows[row][data.draw(st.integers(5, len(rows[row]) - 1))] = data.draw(st.characters())
    read = ["".join(row) for row in rows]
    try:
        parsed = parse(read, today=TODAY)
    except MrzFormatError:
        return
    listed = {(repair.line, repair.column) for repair in parsed.repairs}
    for number, (before, after) in enumerate(zip(read, parsed.lines, strict=True)):
        if len(before) == len(after) and not any(map(str.isspace, before)):
            changed = {column for column in range(len(after)) if before[column].upper() != after[column]}
            assert {(number, column) for column in changed} <= listed
