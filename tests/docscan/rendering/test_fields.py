"""What the officer is told of characters that were not read surely."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from docscan import types as t
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
