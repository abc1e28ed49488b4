from datetime import date

import pytest

from docscan.mrz.compose import compose
from docscan.mrz.icao9303 import parse
from docscan.mrz.transliteration import transliterate, variants
from docscan.types import MrzFormat

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "lines",
    [
        ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"),
        ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"),
    ],
)
def test_icao_example_of_a_long_document_number(lines: tuple[str, ...]) -> None:
    parsed = parse(lines, today=TODAY)
    assert parsed.valid
    assert parsed.fields.document_number == "D23145890734"
    assert parsed.fields.optional_data == ""


@pytest.mark.parametrize(
    ("surname", "given_names", "expected"),
    [
        ("AAA BBBBBBBBB CCCCCCCCCCC", "DDD E", "AAA<BBBBBBBBB<CCCCCCCCCC<<DDD<E"),  # would end in the filler before E
        ("A" * 40, "BERTA", "A" * 28 + "<<B"),  # would lose the secondary identifier
        ("A" * 40, "", "A" * 31),
        ("AAA BBB", "CCC", "AAA<BBB<<CCC".ljust(31, "<")),
    ],
)
def test_a_cut_name_field_ends_in_a_letter(surname: str, given_names: str, expected: str) -> None:
    lines = compose(
        MrzFormat.TD2,
        document_code="I",
        issuing_state="UTO",
        document_number="D23145890",
        surname=surname,
        given_names=given_names,
        nationality="UTO",
        birth_date="740812",
        sex="F",
        expiry_date="320415",
    )
    assert lines[0][5:] == expected
    assert parse(lines, today=TODAY).fields.names_truncated is not expected.endswith("<")


def test_a_short_number_does_not_run_on() -> None:
    lines = ("I<UTOAB12<<<<<<OPT<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    parsed = parse(lines, today=TODAY)
    assert (parsed.fields.document_number, parsed.fields.optional_data) == ("AB12", "OPT")
    assert not parsed.check_digits["document_number"]


def test_the_second_character_of_the_document_code_is_the_issuers() -> None:
    lines = ("C1USA1234567897SRC0000000001<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    parsed = parse(lines, today=TODAY)
    assert parsed.fields.document_code == "C1"
    assert parsed.repairs == ()


def test_a_letter_that_capitals_would_lengthen_is_listed() -> None:
    parsed = parse(
        ("P<UTOSTRA\u00dfE<<ANNA".ljust(44, "<"), "L898902C36UTO7408122F1204159ZE184226B<<<<<10"), today=TODAY
    )
    assert [(repair.column, repair.read) for repair in parsed.repairs] == [(9, "\u00df")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("\u0641\u0636\u0651\u0629", "FXDZXDZXAH"),  # shadda doubles; teh marbuta at the end
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "MXHMMD"),  # vowel signs are not encoded
        ("\u067e\u0686\u0698\u06af", "PXCXJXGG"),  # Persian
        ("\u0149", "N"),
    ],
)
def test_table_c_and_the_rest_of_table_a(name: str, expected: str) -> None:
    assert transliterate(name) == expected
    assert expected in variants(name)
