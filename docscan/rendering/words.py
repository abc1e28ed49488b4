"""The words and symbols that a person reads: the same in the terminal, in HTML and on the web page.

No meaning is carried by colour alone: every verdict and every outcome has a word and a symbol.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from docscan.rendering.language import Percent, Sentence
from docscan.rendering.messages import message
from docscan.types import CheckResult, Outcome, Report, Spectrum, Verdict


@dataclass(frozen=True, slots=True)
class Sign:
    """How a verdict or an outcome is shown."""

    symbol: str
    word: str
    colour: str  # a colour name of rich; HTML has its own palette by the value's name


VERDICTS = {
    Verdict.NO_CONCERN: Sign("✓", message("No concern"), "green"),
    Verdict.REFER: Sign("!", message("Refer"), "red"),
    Verdict.INSUFFICIENT: Sign("?", message("Insufficient"), "yellow"),
}

# What each verdict asks of the officer.
ACTIONS = {
    Verdict.NO_CONCERN: message("The software found nothing against it. The decision stays with you."),
    Verdict.REFER: message("A person must look: second line or laboratory."),
    Verdict.INSUFFICIENT: message("This capture alone cannot carry a judgement. Do what is said here."),
}

OUTCOMES = {
    Outcome.FAILED: Sign("✗", message("failed"), "red"),
    Outcome.ABORTED: Sign("⚠", message("aborted"), "magenta"),
    Outcome.UNDETERMINED: Sign("?", message("undetermined"), "yellow"),
    Outcome.PASSED: Sign("✓", message("passed"), "green"),
    Outcome.NOT_PERFORMED: Sign("○", message("not performed"), "dim"),
}

# The MRZ readers' names as people write them.
READERS = {"docscan": "docscan", "passporteye": "PassportEye"}

FAMILIES = {
    "mrz": message("Machine-readable zone"),
    "viz": message("Visual inspection zone"),
    "document": message("The document itself"),
    "print": message("Printing and alteration"),
    "page": message("The page as a whole"),
    "reference": message("Against a reference"),
    "photo": message("The portrait"),
    "uv": message("Ultraviolet light"),
    "ir": message("Infrared light"),
}

CHECKS = {
    "mrz.found": message("Zone found"),
    "mrz.check_digits": message("Check digits"),
    "mrz.syntax": message("Syntax"),
    "mrz.issuing_state": message("State codes"),
    "mrz.dates": message("Dates"),
    "mrz.geometry": message("Position and pitch"),
    "mrz.glyphs": message("Shapes of characters"),
    "mrz.pitch": message("Pitch of the samples"),
    "mrz.alignment": message("Characters in line"),
    "viz.surname": message("Surname"),
    "viz.given_names": message("Given names"),
    "viz.document_number": message("Document number"),
    "viz.nationality": message("Nationality"),
    "viz.birth_date": message("Date of birth"),
    "viz.sex": message("Sex"),
    "viz.expiry_date": message("Date of expiry"),
    "document.expiry": message("Expiry"),
    "document.specimen": message("Specimen"),
    "print.portrait": message("Portrait"),
    "print.viz": message("Personal data"),
    "print.mrz": message("Machine-readable zone"),
    "print.background": message("Background"),
    "page.print": message("Page by daylight"),
    "page.copy_move": message("Copied data"),
    "page.display": message("Pixels of a screen"),
    "reference.print": message("Print of the page"),
    "reference.microtext": message("Fine lines and microtext"),
    "reference.places": message("Print, place by place"),
    "reference.ovd": message("Hologram (OVD)"),
    "reference.type": message("Type and place of the printed data"),
    "photo.edge": message("Contour of the portrait"),
    "photo.halftone": message("Print of the portrait"),
    "photo.ghost": message("Ghost image"),
    "uv.image": message("Image under UV"),
    "uv.dull_paper": message("Paper under UV"),
    "uv.pattern": message("Fluorescent pattern"),
    "uv.fibres": message("Fluorescent fibres"),
    "uv.patches": message("Portrait under UV"),
    "uv.portrait_edges": message("Glue about the portrait"),
    "uv.page": message("Page under UV"),
    "ir.image": message("Image under infrared"),
    "ir.mrz_visible": message("Zone under infrared"),
    "ir.portrait": message("Portrait under infrared"),
    "ir.ovd": message("Hologram under infrared"),
    "ir.page": message("Page under infrared"),
}

LIGHTS = {
    Spectrum.VISIBLE: message("visible light"),
    Spectrum.UV: message("ultraviolet light (365 nm)"),
    Spectrum.IR: message("infrared light"),
}


def is_note(check: CheckResult) -> bool:
    """Tell whether a check failed on what is no sign of forgery: an expired document, a specimen."""
    return check.outcome is Outcome.FAILED and not check.speaks_for_forgery


def check_name(check_id: str) -> str:
    """Return the short name of a check; an unknown id reads as its own words."""
    return CHECKS.get(check_id) or check_id.partition(".")[2].replace("_", " ").capitalize() or check_id


def family_name(check_id: str) -> str:
    """Return the heading under which a check stands."""
    family = check_id.partition(".")[0]
    return FAMILIES.get(family, family.replace("_", " ").capitalize())


def full_name(check_id: str) -> Sentence:
    """Return a check's name behind its heading's, for where it stands alone."""
    names = {"family": Sentence(family_name(check_id)), "check": Sentence(check_name(check_id))}
    return Sentence(message("%(family)s: %(check)s"), names)


def looked_at(checks: Iterable[CheckResult]) -> list[tuple[str, list[CheckResult]]]:
    """Group the checks that were performed under their headings, in the order of the report."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.outcome is not Outcome.NOT_PERFORMED:
            groups.setdefault(family_name(check.id), []).append(check)
    return list(groups.items())


def probability(value: float) -> Sentence | Percent:
    """Return a probability as a person reads it."""
    percent = 100 * value
    if percent < 0.1:
        return Sentence(message("under %(share)s"), {"share": Percent(0.1, 1)})
    if percent > 99.9:
        return Sentence(message("over %(share)s"), {"share": Percent(99.9, 1)})
    return Percent(percent, 1 if percent < 10 else 0)


# The verbal scale of the ENFSI guideline for evaluative reporting (2015), as docscan.scoring.verbal has it.
WEIGHTS = {
    "no support": message("The evidence speaks neither for nor against a forgery"),
    "weak support": message("Weak support for a forgery"),
    "moderate support": message("Moderate support for a forgery"),
    "moderately strong support": message("Moderately strong support for a forgery"),
    "strong support": message("Strong support for a forgery"),
    "very strong support": message("Very strong support for a forgery"),
    "extremely strong support": message("Extremely strong support for a forgery"),
    "weak support for genuine": message("Weak support for a genuine document"),
    "moderate support for genuine": message("Moderate support for a genuine document"),
    "moderately strong support for genuine": message("Moderately strong support for a genuine document"),
    "strong support for genuine": message("Strong support for a genuine document"),
    "very strong support for genuine": message("Very strong support for a genuine document"),
    "extremely strong support for genuine": message("Extremely strong support for a genuine document"),
}


def evidence_sentence(report: Report) -> Sentence:
    """Return the weight of the evidence in one sentence."""
    confidence = report.confidence
    return Sentence(
        message("%(weight)s; probability of a forgery %(probability)s if %(prior)s of the documents seen are forged."),
        {
            "weight": Sentence(WEIGHTS[confidence.verbal]),
            "probability": probability(confidence.forgery_probability),
            "prior": probability(confidence.prior),
        },
    )
