"""The words and symbols that a person reads: the same in the terminal, in HTML and on the web page.

No meaning is carried by colour alone: every verdict and every outcome has a word and a symbol.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docscan.types import Agreement, CheckResult, Mrz, MrzFields, Outcome, Polygon, Repair, Report, Verdict, VisualZone


@dataclass(frozen=True, slots=True)
class Sign:
    """How a verdict or an outcome is shown."""

    symbol: str
    word: str
    colour: str  # a colour name of rich; HTML has its own palette by the value's name


VERDICTS = {
    Verdict.NO_CONCERN: Sign("✓", "No concern", "green"),
    Verdict.REFER: Sign("!", "Refer", "red"),
    Verdict.INSUFFICIENT: Sign("?", "Insufficient", "yellow"),
}

# What each verdict asks of the officer.
ACTIONS = {
    Verdict.NO_CONCERN: "The software found nothing against it. The decision stays with you.",
    Verdict.REFER: "A person must look: second line or laboratory.",
    Verdict.INSUFFICIENT: "This capture cannot carry a judgement. Take it again.",
}

OUTCOMES = {
    Outcome.FAILED: Sign("✗", "failed", "red"),
    Outcome.ABORTED: Sign("⚠", "aborted", "magenta"),
    Outcome.UNDETERMINED: Sign("?", "undetermined", "yellow"),
    Outcome.PASSED: Sign("✓", "passed", "green"),
    Outcome.NOT_PERFORMED: Sign("○", "not performed", "dim"),
}

# The MRZ readers' names as people write them.
READERS = {"docscan": "docscan", "passporteye": "PassportEye"}

_MOST_DIFFERENCES = 8  # shown one by one

FAMILIES = {
    "mrz": "Machine-readable zone",
    "viz": "Visual inspection zone",
    "document": "The document itself",
    "print": "Printing and alteration",
    "reference": "Against a reference",
    "uv": "Ultraviolet light",
    "ir": "Infrared light",
}

CHECKS = {
    "mrz.found": "Zone found",
    "mrz.check_digits": "Check digits",
    "mrz.syntax": "Syntax",
    "mrz.issuing_state": "State codes",
    "mrz.dates": "Dates",
    "mrz.geometry": "Position and pitch",
    "viz.surname": "Surname",
    "viz.given_names": "Given names",
    "viz.document_number": "Document number",
    "viz.nationality": "Nationality",
    "viz.birth_date": "Date of birth",
    "viz.sex": "Sex",
    "viz.expiry_date": "Date of expiry",
    "document.expiry": "Expiry",
    "document.specimen": "Specimen",
    "print.portrait": "Portrait",
    "print.viz": "Personal data",
    "print.mrz": "Machine-readable zone",
    "print.background": "Background",
    "uv.image": "Image under UV",
    "uv.dull_paper": "Paper under UV",
    "uv.pattern": "Fluorescent pattern",
    "uv.fibres": "Fluorescent fibres",
    "uv.patches": "Portrait under UV",
    "uv.portrait_edges": "Glue about the portrait",
    "ir.image": "Image under infrared",
    "ir.mrz_visible": "Zone under infrared",
    "ir.text_visible": "Data under infrared",
    "ir.portrait": "Portrait under infrared",
}

REGIONS = {
    "mrz": "Machine-readable zone",
    "viz": "Personal data",
    "portrait": "Portrait",
    "background": "Background",
}

_AGREEMENTS = {
    Agreement.AGREES: Outcome.PASSED,
    Agreement.DIFFERS: Outcome.FAILED,
    Agreement.UNCLEAR: Outcome.UNDETERMINED,
}

_SEX = {"F": "F (female)", "M": "M (male)", "X": "X (unspecified)"}


def speaks_for_forgery(check: CheckResult) -> bool:
    """Tell whether a check failed in a way that weighs for a forgery; an expired document's does not."""
    return check.outcome is Outcome.FAILED and check.log10_lr > 0


def is_note(check: CheckResult) -> bool:
    """Tell whether a check failed on what is no sign of forgery: an expired document, a specimen."""
    return check.outcome is Outcome.FAILED and check.log10_lr <= 0


def check_name(check_id: str) -> str:
    """Return the short name of a check; an unknown id reads as its own words."""
    return CHECKS.get(check_id) or check_id.partition(".")[2].replace("_", " ").capitalize() or check_id


def family_name(check_id: str) -> str:
    """Return the heading under which a check stands."""
    family = check_id.partition(".")[0]
    return FAMILIES.get(family, family.replace("_", " ").capitalize())


def region_name(name: str) -> str:
    """Return the name of a region for a person."""
    return REGIONS.get(name, name.replace("_", " ").capitalize())


def looked_at(checks: Iterable[CheckResult]) -> list[tuple[str, list[CheckResult]]]:
    """Group the checks that were performed under their headings, in the order of the report."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.outcome is not Outcome.NOT_PERFORMED:
            groups.setdefault(family_name(check.id), []).append(check)
    return list(groups.items())


def not_looked_at(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """Return the checks whose input was absent."""
    return [check for check in checks if check.outcome is Outcome.NOT_PERFORMED]


def numbered_regions(checks: Sequence[CheckResult]) -> dict[tuple[str, Polygon], int]:
    """Give each region of the checks a number from 1, in the order of the report."""
    numbers: dict[tuple[str, Polygon], int] = {}
    for check in checks:
        if check.region is not None:
            numbers.setdefault((check.region.name, check.region.polygon), len(numbers) + 1)
    return numbers


def mrz_rows(mrz: Mrz) -> list[tuple[str, str, bool | None]]:
    """Return label, value and check digit (None: the field has none) of every field, in reading order."""
    fields, digits = mrz.parsed.fields, mrz.parsed.check_digits
    rows: list[tuple[str, str, bool | None]] = [
        ("Surname", fields.surname, None),
        ("Given names", fields.given_names, None),
        ("Document number", fields.document_number, digits.get("document_number")),
        ("Issuing state", fields.issuing_state, None),
        ("Nationality", fields.nationality, None),
        ("Date of birth", fields.birth_date or "not readable or unknown", digits.get("birth_date")),
        ("Sex", _SEX.get(fields.sex or "", fields.sex or "not readable"), None),
        ("Date of expiry", fields.expiry_date or "not readable or unknown", digits.get("expiry_date")),
        *_optional_rows(fields, digits.get("optional_data")),
    ]
    if "composite" in digits:
        rows.append(("All of it (composite)", "", digits["composite"]))
    return rows


def _optional_rows(fields: MrzFields, digit: bool | None) -> list[tuple[str, str, bool | None]]:
    rows: list[tuple[str, str, bool | None]] = []
    if fields.optional_data or digit is not None:
        rows.append(("Optional data", fields.optional_data or "none", digit))
    if fields.optional_data_2:
        rows.append(("Optional data 2", fields.optional_data_2, None))
    return rows


def printed(visual: VisualZone) -> dict[str, tuple[Outcome, str]]:
    """Return by label what the page prints of a field of the MRZ, and how it stands to that."""
    return {
        check_name(f"viz.{name}"): (_AGREEMENTS[field.agreement], field.line.text)
        for name, field in visual.fields.items()
    }


def mrz_remarks(mrz: Mrz) -> list[str]:
    """Return what the officer must know of the reading: repairs, breaches, truncation, old layouts."""
    remarks = [_repaired(repair) for repair in mrz.parsed.repairs]
    if not mrz.parsed.conforming:
        remarks.append("The zone follows an old national layout, not ICAO Doc 9303.")
    if mrz.parsed.fields.names_truncated:
        remarks.append("The names fill their field: they are probably cut short.")
    return [*remarks, *mrz.parsed.problems, *_second_opinion(mrz)]


def _second_opinion(mrz: Mrz) -> list[str]:
    """Say what the other reader made of the zone, where it was asked."""
    if mrz.second is None:
        return []
    speaks, other = READERS[mrz.zone.reader], READERS[mrz.second.zone.reader]
    if mrz.second.parsed.format.shape != mrz.parsed.format.shape:
        return [f"The other reader, {other}, took the zone for one of format {mrz.second.parsed.format}."]
    if not mrz.second.differences:
        return [f"The other reader, {other}, read the same."]
    places = "; ".join(
        f"line {at.line + 1}, character {at.column + 1}: {at.other} for {at.read}"
        for at in mrz.second.differences[:_MOST_DIFFERENCES]
    )
    more = len(mrz.second.differences) - _MOST_DIFFERENCES
    rest = f"; and {more} more" if more > 0 else ""
    return [f"The other reader, {other}, read otherwise than {speaks}: {places}{rest}."]


def _repaired(repair: Repair) -> str:
    where = f"Line {repair.line + 1}, character {repair.column + 1}"
    if not repair.read:
        return f"{where} was not read and taken for {repair.used}."
    field = repair.field.replace("_", " ")
    return f"{where} ({field}) was read as {repair.read} and taken for {repair.used}: its field admits no other."


def probability(value: float) -> str:
    """Return a probability as a person reads it."""
    percent = 100 * value
    if percent < 0.1:
        return "under 0.1\u00a0%"
    if percent > 99.9:
        return "over 99.9\u00a0%"
    # A space that does not break, so that the sign stays with its number.
    return f"{percent:.1f}\u00a0%" if percent < 10 else f"{percent:.0f}\u00a0%"


def evidence_sentence(report: Report) -> str:
    """Return the weight of the evidence in one sentence (ENFSI verbal scale, 2015)."""
    confidence = report.confidence
    verbal = confidence.verbal
    if verbal == "no support":
        weight = "The evidence speaks neither for nor against a forgery"
    elif verbal.endswith("for genuine"):
        weight = f"{verbal.removesuffix('for genuine').strip()} for a genuine document".capitalize()
    else:
        weight = f"{verbal.capitalize()} for a forgery"
    return (
        f"{weight}; "
        f"probability of a forgery {probability(confidence.forgery_probability)} "
        f"if {probability(confidence.prior)} of the documents seen are forged."
    )
