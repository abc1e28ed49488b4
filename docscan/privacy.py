"""A report without its holder: what was decided and why, with nothing that tells who carried the document.

Kept by default is this form alone. Which checks' sentences may quote the document is a list of families and names;
what is not known to be free of personal data is replaced.
"""

import re
from dataclasses import replace

from docscan.mrz.transliteration import variants
from docscan.sides import mrz_of_document
from docscan.types import CheckResult, Mrz, MrzFields, Outcome, Report, VisualZone

# Families whose explanations tell of print, light and place alone; tests/docscan/test_privacy.py looks for holders
# in them.
_FREE_FAMILIES = frozenset({"print", "page", "reference", "photo", "uv", "ir"})
_FREE_CHECKS = frozenset({"mrz.found", "mrz.geometry", "mrz.glyphs", "mrz.pitch", "mrz.alignment", "document.specimen"})

# What stands for a sentence that may quote the document.
_SAID = {
    Outcome.PASSED: "It was in order; what was read is not kept.",
    Outcome.FAILED: "It was not in order; what was read is not kept.",
    Outcome.UNDETERMINED: "It could not be told; what was read is not kept.",
    Outcome.NOT_PERFORMED: "It was not looked at.",
    Outcome.ABORTED: "The check broke.",
}

_REASON = "Data of the document speak for it; what was read is not kept."


def _may_quote(check: CheckResult) -> bool:
    return check.id.split(".")[0] not in _FREE_FAMILIES and check.id not in _FREE_CHECKS


def _without_quotes(check: CheckResult) -> CheckResult:
    return replace(check, explanation=_SAID[check.outcome]) if _may_quote(check) else check


def _mrz_without_holder(mrz: Mrz) -> Mrz:
    fields = mrz.parsed.fields
    kept = MrzFields(
        document_code=fields.document_code,
        issuing_state=fields.issuing_state,
        document_number="",
        surname="",
        given_names="",
        nationality="",
        birth_date=None,
        sex=None,
        expiry_date=None,
        optional_data="",
        names_truncated=fields.names_truncated,
    )
    zone = replace(mrz.zone, lines=(), character_confidence=(), alternatives=())
    parsed = replace(mrz.parsed, lines=(), fields=kept, repairs=(), problems=())
    return Mrz(zone, parsed)


def without_holder(report: Report) -> Report:
    """Return the report with nothing that tells who carried the document.

    Out go the MRZ's lines, every field but document code and issuing state, the second reading, the printed data, and
    each sentence that may quote them. Verdict, confidence, outcomes, scores, places, quality and models stay, and
    whether each check digit agreed.
    """
    sides = [report] if report.other_side is None else [report, report.other_side]
    quoting = {check.explanation for side in sides for check in side.checks if _may_quote(check)}

    def kept(reason: str) -> str:
        return _REASON if reason in quoting else reason

    return replace(
        report,
        reason=kept(report.reason),
        mrz=None if report.mrz is None else _mrz_without_holder(report.mrz),
        visual=VisualZone({}, report.visual.missing),
        checks=tuple(_without_quotes(check) for check in report.checks),
        holder_removed=True,
        this_side=None if report.this_side is None else replace(report.this_side, reason=kept(report.this_side.reason)),
        other_side=None if report.other_side is None else without_holder(report.other_side),
    )


_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_NUMBER = 6  # characters of a document number that does not stand in a text by chance


def names_holder(text: str, report: Report) -> bool:
    """Tell whether a person's note says who carried a document: its number, or surname and a given name.

    A surname alone does not count, for many are words.
    """
    mrz = mrz_of_document(report)
    if mrz is None:
        return False
    fields = mrz.parsed.fields
    number = fields.document_number
    squeezed = "".join(character for character in text.upper() if character.isalnum())
    if len(number) >= _SHORTEST_NUMBER and number in squeezed:
        return True
    words = {form for word in _WORD.findall(text) for form in _forms(word)}
    surname, given = fields.surname.split(), fields.given_names.split()
    return bool(surname) and words.issuperset(surname) and not words.isdisjoint(given)


def _forms(word: str) -> frozenset[str]:
    try:
        return variants(word)
    except ValueError:  # a character that Doc 9303 has no letters for: nothing that an MRZ's name is made of
        return frozenset()
