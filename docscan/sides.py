"""A card's two sides: which MRZ is compared with what, and one answer from two.

A card's data stand on its front, its MRZ on its back (ICAO Doc 9303 part 5, section 4). A forger may touch one side
alone, so the graver answer is the answer about the card: what the other side says for it weakens nothing.
"""

from dataclasses import replace

from docscan.mrz.certainty import SURE, least_certain
from docscan.types import Mrz, Report, SideAnswer, Verdict, VisualZone

_GRAVITY = (Verdict.NO_CONCERN, Verdict.INSUFFICIENT, Verdict.REFER)


def misread(here: Mrz | None, *, beside: Mrz | None) -> bool:
    """Tell whether what was read as a side's MRZ is none: neither sure nor valid, and the other side has one that is.

    Ornaments and print are sometimes taken for a zone, and a card has one MRZ.
    """
    if here is None or beside is None or not beside.parsed.valid:
        return False
    return not here.parsed.valid and least_certain(here.zone) < SURE


def mrz_elsewhere(here: Mrz | None, other_side: Mrz | None) -> Mrz | None:
    """Return the MRZ with which a side's data are to be compared, where it has none itself."""
    return other_side if here is None else None


def mrz_of_document(report: Report) -> Mrz | None:
    """Return the MRZ that was read on either side."""
    return report.mrz or (report.other_side.mrz if report.other_side is not None else None)


def printed_data(report: Report) -> VisualZone:
    """Return what is printed beside the MRZ's data: of a card's sides that without an MRZ has them."""
    other = report.other_side
    return report.visual if other is None or report.mrz is None or other.mrz is not None else other.visual


def on_other_side(report: Report) -> bool:
    """Tell whether the main reason of an answer about both sides is the other side's."""
    this = report.this_side
    return this is not None and (this.verdict, this.reason) != (report.verdict, report.reason)


def _gravity(side: Report) -> tuple[int, float]:
    """Order reports by what they ask of a person."""
    referred = side.verdict is Verdict.REFER
    return _GRAVITY.index(side.verdict), side.confidence.log10_lr if referred else 0.0


def of_both(this: Report, other: Report) -> Report:
    """Return the report of one side with the answer about both, and with the other side's report in it.

    Of two that are referred the reason is that of the side which speaks more for a forgery, else of two as grave the
    first one's. The ratio is that of the side which speaks most for a forgery; the sides' ratios are not added up, for
    that was not measured.
    """
    graver = max((this, other), key=_gravity)
    confidence = max((this.confidence, other.confidence), key=lambda one: one.log10_lr)
    return replace(
        this,
        verdict=graver.verdict,
        reason=graver.reason,
        confidence=confidence,
        this_side=SideAnswer(this.verdict, this.reason),
        other_side=other,
    )
