"""What the officer is told of characters that were not read surely."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from docscan import types as t
from docscan.mrz.layouts import LAYOUTS
from docscan.mrz.repairs import repaired
from docscan.rendering.fields import lines_by_certainty, mrz_remarks
from docscan.rendering.html import to_html
from docscan.rendering.terminal import print_report
from tests.docscan.rendering.conftest import LINES


def _of(report: t.Report, *certain: tuple[float, ...]) -> t.Report:
    """Return the report with other certainties of the zone's characters."""
    assert report.mrz is not None
    return replace(report, mrz=replace(report.mrz, zone=replace(report.mrz.zone, character_confidence=certain)))


def _mrz(report: t.Report) -> t.Mrz:
    assert report.mrz is not None
    return report.mrz


@pytest.fixture
def covered(referred: t.Report) -> t.Report:
    """The report of a zone on which a thumb lies: the year of expiry and a given name were not read surely."""
    upper = tuple(0.7 if column == 16 else 0.99 for column in range(44))
    lower = tuple(0.413 if column in (21, 22) else 0.99 for column in range(44))
    return _of(referred, upper, lower)


def test_data_that_were_not_read_surely_are_named_first(covered: t.Report, referred: t.Report) -> None:
    first, *others = map(str, mrz_remarks(_mrz(covered)))
    assert first == (
        "Not every character was read surely: given names (certainty 70\u00a0%); date of expiry (certainty 41\u00a0%). "
        "Compare by eye."
    )
    assert list(map(str, mrz_remarks(_mrz(referred)))) == others


def test_the_fillers_after_a_datum_are_none_of_it(referred: t.Report) -> None:
    assert LINES[0].endswith("MARIA<<<<<<<<<<<<<<<<<<<")
    upper = tuple(0.99 if column < 25 else 0.2 for column in range(44))
    assert not any("surely" in str(remark) for remark in mrz_remarks(_mrz(_of(referred, upper, (0.99,) * 44))))


def test_lines_are_parted_where_the_certainty_changes(covered: t.Report, referred: t.Report) -> None:
    upper, lower = lines_by_certainty(_mrz(covered))
    assert upper == [("P<UTOERIKSSON<<A", True), ("N", False), (LINES[0][17:], True)]
    assert lower == [(LINES[1][:21], True), ("12", False), (LINES[1][23:], True)]
    assert lines_by_certainty(_mrz(_of(referred))) == [[(line, True)] for line in LINES], "a reader that gives none"


def test_the_page_and_the_terminal_underline_them(covered: t.Report, referred: t.Report) -> None:
    page = to_html(covered, None)
    assert "F<u>12</u>04159ZE" in page
    assert "<u>" not in to_html(referred, None)
    out = io.StringIO()
    print_report(covered, Console(file=out, force_terminal=True, color_system="standard", width=120))
    assert "\x1b[4;36m12\x1b[0m" in out.getvalue()


@pytest.mark.parametrize(
    ("repair", "said"),
    [
        (t.Repair(1, 23, "expiry_date", "O", "0"), "character 24 (date of expiry) was read as O and taken for 0"),
        (t.Repair(1, 9, "document_number check digit", "S", "5"), "(check digit of the document number) was read as S"),
        (t.Repair(1, 43, "composite check digit", "B", "8"), "(check digit of the composite) was read as B"),
        (t.Repair(0, 7, "names", "0", "O"), "(names) was read as 0"),
        (t.Repair(0, 1, "alphabet", "?", "<"), "read as ?, which no machine-readable zone has, and taken for <."),
        (t.Repair(0, 43, "line", "", "<"), "Line 1, character 44 was not read and taken for <."),
        (t.Repair(0, 44, "line", "K", ""), "Line 1 has room for no more: K, read after its end, was left out."),
    ],
)
def test_each_repair_is_told_in_words(referred: t.Report, repair: t.Repair, said: str) -> None:
    mrz = _mrz(referred)
    (remark,) = mrz_remarks(replace(mrz, parsed=replace(mrz.parsed, repairs=(repair,))))
    assert said in str(remark)


@pytest.mark.parametrize("format_", LAYOUTS)
def test_every_field_that_is_repaired_has_its_words(referred: t.Report, format_: t.MrzFormat) -> None:
    """Digits where letters belong and letters where digits do, all over the zone."""
    lines, width = format_.shape
    mrz, fields = _mrz(referred), set()
    for character in "0O1I?":
        _, repairs = repaired([character * width] * lines, LAYOUTS[format_])
        fields |= {repair.field for repair in repairs}
        assert len(mrz_remarks(replace(mrz, parsed=replace(mrz.parsed, repairs=repairs)))) == len(repairs)
    assert {"names", "birth_date", "expiry_date check digit", "alphabet"} <= fields
