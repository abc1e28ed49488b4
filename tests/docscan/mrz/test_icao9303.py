import json
import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from docscan.mrz.check_digits import ALPHABET, check_digit
from docscan.mrz.compose import compose
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.mrz.layouts import LAYOUTS
from docscan.types import MrzFormat
from tests.docscan.mrz.cases import TODAY, Case, cases

steady = settings(derandomize=True, deadline=None, max_examples=200)

# ICAO's own examples: Doc 9303 parts 4 to 7, appendices.
EXAMPLES = {
    MrzFormat.TD3: (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ),
    MrzFormat.TD2: ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    MrzFormat.TD1: (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ),
    MrzFormat.MRV_A: (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    ),
    MrzFormat.MRV_B: ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
}


def _whole(lines: tuple[str, ...]) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize("form", EXAMPLES)
def test_icao_examples(form: MrzFormat) -> None:
    parsed = parse(EXAMPLES[form], today=TODAY)
    assert parsed.format is form
    assert parsed.valid
    assert (parsed.fields.surname, parsed.fields.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert parsed.repairs == ()


def test_every_field_of_the_passport_example() -> None:
    fields = parse(EXAMPLES[MrzFormat.TD3], today=TODAY).fields
    assert fields.document_code == "P"
    assert fields.document_number == "L898902C3"
    assert fields.nationality == fields.issuing_state == "UTO"
    assert (fields.birth_date, fields.sex, fields.expiry_date) == ("1974-08-12", "F", "2012-04-15")
    assert fields.optional_data == "ZE184226B"


def test_true_lines_of_the_real_images(real_images: Path) -> None:
    names = {"doc": "document_number", "dob": "birth_date", "exp": "expiry_date", "opt": "optional_data"}
    for name, truth in json.loads((real_images / "truth.json").read_text()).items():
        parsed = parse(truth["lines"], today=TODAY)
        expected = {names.get(key, "composite"): right for key, right in truth["check_digits"].items()}
        assert dict(parsed.check_digits) == expected, name
        assert parsed.lines == tuple(truth["lines"])
        assert parsed.format.replace("-", "") == truth["type"]


@steady
@given(cases())
def test_what_was_composed_comes_back(case: Case) -> None:
    parsed = parse(case.lines, today=TODAY)
    assert parsed.format is case.format
    assert parsed.lines == case.lines
    assert parsed.valid, (parsed.problems, parsed.check_digits)
    fields, given_fields = parsed.fields, case.fields
    assert fields.document_number == given_fields["document_number"]
    assert fields.issuing_state == given_fields["issuing_state"]
    assert fields.nationality == given_fields["nationality"]
    assert fields.optional_data == given_fields["optional_data"]
    assert fields.optional_data_2 == given_fields["optional_data_2"]
    assert fields.sex == {"<": "X"}.get(given_fields["sex"], given_fields["sex"])
    assert (fields.birth_date or "")[2:].replace("-", "") == given_fields["birth_date"]
    assert (fields.expiry_date or "")[2:].replace("-", "") == given_fields["expiry_date"]
    # Judged by its length, not by names_truncated: a field cut just before a new part ends in a filler and does not
    # tell that it was cut.
    names = LAYOUTS[case.format].spans["names"]
    whole = "<<".join(filter(None, (given_fields["surname"], given_fields["given_names"])))
    if len(whole) <= names.end - names.start:
        assert fields.surname == given_fields["surname"]
        assert fields.given_names == given_fields["given_names"]


@steady
@given(cases(), st.data())
def test_one_wrong_character_is_caught_unless_its_value_agrees_modulo_ten(case: Case, data: st.DataObject) -> None:
    layout = LAYOUTS[case.format]
    name = data.draw(st.sampled_from(["document_number", "birth_date", "expiry_date"]))
    span = layout.spans[name]
    assume(name != "document_number" or len(case.fields["document_number"]) <= 9)
    column = data.draw(st.integers(span.start, span.end - 1))
    pool = string.digits if name != "document_number" else ALPHABET
    put = data.draw(st.sampled_from(pool))
    line = case.lines[span.line]
    was = line[column]
    assume(put != was)
    forged = list(case.lines)
    forged[span.line] = line[:column] + put + line[column + 1 :]
    same = (ALPHABET.index(put) % 36 - ALPHABET.index(was) % 36) % 10 == 0
    assert parse(forged, today=TODAY).check_digits[name] is same


@steady
@given(st.lists(st.text(ALPHABET + "abc é\t§", max_size=48), max_size=4))
def test_any_text_parses_or_is_refused(lines: list[str]) -> None:
    try:
        parsed = parse(lines, today=TODAY)
    except MrzFormatError:
        return
    assert all(len(line) == parsed.format.shape[1] for line in parsed.lines)


@steady
@given(st.sampled_from(list(MrzFormat)), st.data())
def test_any_characters_of_the_right_lengths_parse(form: MrzFormat, data: st.DataObject) -> None:
    count, width = form.shape
    lines = [data.draw(st.text(ALPHABET, min_size=width, max_size=width)) for _ in range(count)]
    parsed = parse(lines, today=TODAY)
    repaired = {(repair.line, repair.column): repair for repair in parsed.repairs}
    for number, (read, used) in enumerate(zip(lines, parsed.lines, strict=True)):
        for column in range(width):
            if read[column] != used[column]:  # nothing changes silently
                assert repaired[number, column].read == read[column]
                assert repaired[number, column].used == used[column]


def _passport(**changes: str) -> tuple[str, ...]:
    fields = {
        "document_code": "P",
        "issuing_state": "UTO",
        "document_number": "L898902C3",
        "surname": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "nationality": "UTO",
        "birth_date": "740812",
        "sex": "F",
        "expiry_date": "320415",
    }
    return compose(MrzFormat.TD3, **(fields | changes))


def test_the_empty_personal_number_takes_zero_or_filler() -> None:
    lines = _passport()
    assert lines[1][42] == "0"
    assert parse(lines, today=TODAY).valid
    with_filler = lines[1][:42] + "<"
    body = with_filler[:10] + with_filler[13:20] + with_filler[21:43]
    filler = (lines[0], with_filler + check_digit(body))
    assert parse(filler, today=TODAY).check_digits["optional_data"]
    wrong = (lines[0], lines[1][:42] + "1" + lines[1][43])
    assert not parse(wrong, today=TODAY).check_digits["optional_data"]


@pytest.mark.parametrize(
    ("text", "expected"), [("7408<<", "1974-08"), ("74<<<<", "1974"), ("<<<<<<", None), ("740812", "1974-08-12")]
)
def test_unknown_parts_of_a_birth_date(text: str, expected: str | None) -> None:
    parsed = parse(_passport(birth_date=text), today=TODAY)
    assert parsed.fields.birth_date == expected
    assert parsed.valid


@pytest.mark.parametrize("text", ["741312", "740230", "7408<2", "000000"])
def test_what_is_no_date_is_a_problem(text: str) -> None:
    parsed = parse(_passport(birth_date=text), today=TODAY)
    assert parsed.fields.birth_date is None
    assert not parsed.valid


@pytest.mark.parametrize(
    ("birth", "expiry", "today", "expected"),
    [
        ("270101", "320101", date(2026, 11, 24), ("1927-01-01", "2032-01-01")),
        ("261124", "560101", date(2026, 11, 24), ("2026-11-24", "2056-01-01")),
        ("261125", "570101", date(2026, 11, 24), ("1926-11-25", "1957-01-01")),
        ("000229", "990101", date(1999, 6, 1), ("1900-02-28", "1999-01-01")),
        ("400907", "961210", date(2026, 11, 24), ("1940-09-07", "1996-12-10")),
        ("960101", "050101", date(1998, 1, 1), ("1996-01-01", "2005-01-01")),
    ],
)
def test_centuries_are_decided_separately(birth: str, expiry: str, today: date, expected: tuple[str, str]) -> None:
    fields = parse(_passport(birth_date=birth, expiry_date=expiry), today=today).fields
    if birth == "000229":  # 1900 had no such day, and 2000 lies ahead
        assert fields.birth_date is None
        assert fields.expiry_date == expected[1]
    else:
        assert (fields.birth_date, fields.expiry_date) == expected


@pytest.mark.parametrize(("sex", "shown"), [("F", "F"), ("M", "M"), ("<", "X"), ("X", "X")])
def test_sex(sex: str, shown: str) -> None:
    parsed = parse(_passport(sex=sex), today=TODAY)
    assert parsed.fields.sex == shown
    assert parsed.valid is (sex != "X")  # the MRZ writes unspecified as a filler


def test_germany_stands_alone() -> None:
    fields = parse(_passport(issuing_state="D", nationality="D"), today=TODAY).fields
    assert (fields.issuing_state, fields.nationality) == ("D", "D")


def test_one_name_only() -> None:
    fields = parse(_passport(surname="ARKFREITH", given_names=""), today=TODAY).fields
    assert (fields.surname, fields.given_names) == ("ARKFREITH", "")


def test_cut_names_are_flagged() -> None:
    long = _passport(surname="NILAVADHANANANDA", given_names="CHAYAPA DEJTHAMRONG KRASUANG")
    assert parse(long, today=TODAY).fields.names_truncated
    assert not parse(_passport(), today=TODAY).fields.names_truncated


def test_repairs_are_listed_and_check_digits_are_not_pleased() -> None:
    first, second = _passport()
    blurred = (first.replace("UTO", "UT0"), second.replace("740812", "74O8I2"))
    parsed = parse(blurred, today=TODAY)
    assert parsed.valid
    assert [(repair.field, repair.read, repair.used) for repair in parsed.repairs] == [
        ("issuing_state", "0", "O"),
        ("birth_date", "O", "0"),
        ("birth_date", "I", "1"),
    ]
    # O for 0 in the document number is admitted there, so it stays, and the check digit fails.
    number = (first, second.replace("L898902C3", "L8989O2C3"))
    assert parse(number, today=TODAY).lines[1].startswith("L8989O2C3")
    assert not parse(number, today=TODAY).check_digits["document_number"]


def test_a_lost_filler_is_listed() -> None:
    first, second = _passport()
    parsed = parse((first[:-1], second), today=TODAY)
    assert parsed.valid
    assert [(repair.line, repair.column, repair.read, repair.used) for repair in parsed.repairs] == [(0, 43, "", "<")]


def test_the_old_french_identity_card_is_not_misread() -> None:
    first = "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<"
    number, names, born = "880692310285", "CORINNE<<<<<<<", "651206"
    second = number + check_digit(number) + names + born + check_digit(born) + "F"
    lines = (first, second + check_digit(first + second))
    parsed = parse(lines, today=TODAY)
    assert not parsed.conforming
    assert not parsed.valid
    assert all(parsed.check_digits.values())
    assert (parsed.fields.surname, parsed.fields.given_names) == ("BERTHIER", "CORINNE")
    assert parsed.fields.document_number == number
    assert parsed.fields.birth_date == "1965-12-06"
    assert parsed.fields.expiry_date is None


def test_a_name_too_long_for_its_field_does_not_break_composing() -> None:
    assert all(len(line) == 44 for line in _passport(surname="A" * 60))
    with pytest.raises(ValueError, match="no room"):
        _passport(document_number="X" * 10)
