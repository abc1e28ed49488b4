"""The words and symbols that a person reads: the same in the terminal, in HTML and on the web page.

No meaning is carried by colour alone: every verdict and every outcome has a word and a symbol.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from docscan.types import CheckResult, Outcome, Report, Spectrum, Verdict


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

FAMILIES = {
    "mrz": "Machine-readable zone",
    "viz": "Visual inspection zone",
    "document": "The document itself",
    "print": "Printing and alteration",
    "reference": "Against a reference",
    "photo": "The portrait",
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
    "mrz.glyphs": "Shapes of characters",
    "mrz.pitch": "Pitch of the samples",
    "mrz.alignment": "Characters in line",
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
    "reference.print": "Print of the page",
    "reference.microtext": "Fine lines and microtext",
    "photo.edge": "Contour of the portrait",
    "photo.halftone": "Print of the portrait",
    "photo.ghost": "Ghost image",
    "uv.image": "Image under UV",
    "uv.dull_paper": "Paper under UV",
    "uv.pattern": "Fluorescent pattern",
    "uv.fibres": "Fluorescent fibres",
    "uv.patches": "Portrait under UV",
    "uv.portrait_edges": "Glue about the portrait",
    "ir.image": "Image under infrared",
    "ir.mrz_visible": "Zone under infrared",
    "ir.portrait": "Portrait under infrared",
}

LIGHTS = {
    Spectrum.VISIBLE: "visible light",
    Spectrum.UV: "ultraviolet light (365 nm)",
    Spectrum.IR: "infrared light",
}


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


def full_name(check_id: str) -> str:
    """Return a check's name behind its heading's, for where it stands alone."""
    return f"{family_name(check_id)}: {check_name(check_id)}"


def looked_at(checks: Iterable[CheckResult]) -> list[tuple[str, list[CheckResult]]]:
    """Group the checks that were performed under their headings, in the order of the report."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.outcome is not Outcome.NOT_PERFORMED:
            groups.setdefault(family_name(check.id), []).append(check)
    return list(groups.items())


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
