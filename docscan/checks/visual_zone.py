"""The data of the visual inspection zone against those of the machine-readable zone (ICAO Doc 9303 part 3, section 3).

Both name the same holder and document. A forger who alters one of them alone leaves a contradiction that anybody can
compare by eye; the check says where.
"""

from collections.abc import Callable

from docscan.checks.finding import Finding, RuleRates, not_performed, undetermined
from docscan.evidence import Evidence
from docscan.mrz.certainty import certainty_of
from docscan.page_geometry import in_capture
from docscan.types import Agreement, Mrz, Region, VisualField
from docscan.zones import corners_mm

# Assumptions: how many forgers alter one zone alone nobody knows, and 288 genuine documents, of which it failed on none
# (`python -m training.visual`), do not support 1 in 200 yet.
RATES = RuleRates(fails_when_forged=0.10, fails_when_genuine=0.005)

WORDS = {
    "surname": "surname",
    "given_names": "given names",
    "document_number": "document number",
    "nationality": "nationality",
    "birth_date": "date of birth",
    "sex": "sex",
    "expiry_date": "date of expiry",
}


_NOT_ALWAYS = ("nationality", "sex")  # pages may write them as words
_ON_FRONT = "A card's data are printed on its other side: inspect both sides together, and they are compared."
_COMPARED_THERE = "The card's other side has the printed data: they are compared there."
_FOUND = 3  # data from which the page is one that shows them


def _region(evidence: Evidence, field: VisualField) -> Region:
    return Region(field.name, in_capture(corners_mm(field.line.box), evidence.page.to_capture))


def _not_found(name: str, what: str, evidence: Evidence) -> Finding:
    """Say that a datum was not found: for the officer to look where others were, for every page shows it."""
    fields, mrz = evidence.visual.fields, evidence.mrz_of_document
    if not fields and evidence.front_missing:
        return not_performed(_ON_FRONT)
    if not fields and evidence.both_sides and evidence.mrz is not None:
        return not_performed(_COMPARED_THERE)
    if mrz is None or name in _NOT_ALWAYS or len(fields) < _FOUND:
        return not_performed(
            "It was not found among the printed data."
        )  # in the same words for all: a report groups them
    said = getattr(mrz.parsed.fields, name)
    return undetermined(f"“{said}”, the machine-readable zone's {what}, was not found on the page: compare by eye.")


def _both(what: str, field: VisualField, mrz: Mrz | None) -> str:
    """Say what both sources read, and how sure each was of its least certain character."""
    printed = _how_sure(min(field.line.confidence, default=None))
    other = _how_sure(None if mrz is None else certainty_of(mrz, field.name))
    return (
        f"The printed {what} reads “{field.line.text.strip()}” (certainty {printed}), the machine-readable zone says "
        f"“{field.mrz}” (certainty {other})"
    )


def _how_sure(certainty: float | None) -> str:
    # Nothing is read so surely that 100 % would be right.
    return "unknown" if certainty is None else f"{min(99, int(100 * certainty))} %"


def datum(name: str) -> Callable[[Evidence], Finding]:
    """Return the check of one datum, named as in ``MrzFields``."""
    what = WORDS[name]

    def check(evidence: Evidence) -> Finding:
        visual = evidence.visual
        if visual.missing:
            return not_performed(visual.missing)
        field = visual.fields.get(name)
        if field is None:
            return _not_found(name, what, evidence)
        if field.agreement is Agreement.AGREES:
            return RATES.finding(False, f"The page prints the same {what} as the machine-readable zone.")
        region, both = _region(evidence, field), _both(what, field, evidence.mrz_of_document)
        if field.agreement is Agreement.DIFFERS:
            return RATES.finding(True, f"{both}: they contradict each other.", region)
        return undetermined(f"{both}; that may be a reading error or another way to write it: compare by eye.", region)

    return check
