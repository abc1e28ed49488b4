"""How a report is set so that it prints on one A4 page: the more it says, the closer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from docscan.rendering.fields import FieldRow
from docscan.rendering.findings import NumberedFinding, not_decided, not_looked_at
from docscan.rendering.words import looked_at
from docscan.types import Report

MOST_CARDS = 6  # findings that are printed enlarged; the others are named
_PAGE = 271.0  # millimetres of text and pictures, less than there are: how wide letters are the printer's fonts decide


class Setting(StrEnum):
    """How close the print is set."""

    ROOMY = "roomy"  # with every check's sentence
    CLOSE = "close"  # with the outcome of every check, and the sentences of the findings
    DENSE = "dense"  # the same, smaller, without the other lights' pictures
    TIGHT = "tight"  # as small as can be read


@dataclass(frozen=True, slots=True)
class _Measures:
    """What a setting takes; millimetres of height, and characters in a line of full width."""

    line: float
    characters: int
    columns: int  # of checks
    sentences: bool  # with each check
    fixed: float  # verdict, weight, page, headings and what is small print


_MEASURES = {
    Setting.ROOMY: _Measures(3.5, 125, 2, True, 160.0),
    Setting.CLOSE: _Measures(3.5, 125, 4, False, 179.0),
    Setting.DENSE: _Measures(3.1, 140, 4, False, 132.0),
}
# Of the findings' pictures, headings and rims, by number of cards: as report.css has them.
_CARDS = (0.0, 62.0, 46.0, 77.0, 70.0, 94.0, 87.0)


def setting(report: Report, findings: Sequence[NumberedFinding], rows: Sequence[FieldRow]) -> Setting:
    """Choose how close a report is printed, from an estimate of what it takes."""
    for choice, measures in _MEASURES.items():
        if _height(report, findings, rows, measures) <= _PAGE:
            return choice
    return Setting.TIGHT


def _height(
    report: Report, findings: Sequence[NumberedFinding], rows: Sequence[FieldRow], measures: _Measures
) -> float:
    cards = findings[:MOST_CARDS]
    reasons = [*not_looked_at(report.checks), *not_decided(report.checks)]
    wide, half = measures.characters, measures.characters // 2
    lines: float = _lines(
        (f"○ not performed · {', '.join(map(str, reason.checks))}: {reason.explanation}" for reason in reasons), wide
    )
    lines += _lines([" ".join(report.quality.advice)], wide)
    lines += _lines((finding.main.explanation for finding in cards), half) / 2
    lines += sum(len(finding.checks) - 1 for finding in cards) / 2
    # Names of more than a line make the table higher than the page beside it.
    lines += sum(max(_lines([row.mrz], 16), _lines([row.printed or ""], 16), 1) - 1 for row in rows)
    ran = [check for _, checks in looked_at(report.checks) for check in checks]
    per_check = 1.15 * len(ran) + len(looked_at(report.checks)) * 1.5
    if measures.sentences:
        per_check += _lines((check.explanation for check in ran), half)
    return measures.fixed + _CARDS[len(cards)] + measures.line * (lines + per_check / measures.columns)


def _lines(texts: Iterable[str], characters: int) -> int:
    return sum(ceil(len(text) / characters) for text in texts)
