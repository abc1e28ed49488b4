"""The data of the visual inspection zone against those of the machine-readable zone (ICAO Doc 9303 part 3, section 3).

Both name the same holder and document. A forger who alters one of them alone leaves a contradiction that anybody can
compare by eye; the check says where.
"""

from collections.abc import Callable

from docscan.checks.finding import Finding, RuleRates, not_performed, undetermined
from docscan.page_geometry import in_capture
from docscan.types import Agreement, Evidence, Region, VisualField
from docscan.zones import corners_mm

# How many forgers alter one zone alone nobody knows: a tenth is assumed. How seldom it fails on genuine documents is
# bounded by what `python -m training.visual` found on the calibration states.
RATES = RuleRates(fails_when_forged=0.10, fails_when_genuine=0.005)

_WORDS = {
    "surname": "surname",
    "given_names": "given names",
    "document_number": "document number",
    "nationality": "nationality",
    "birth_date": "date of birth",
    "sex": "sex",
    "expiry_date": "date of expiry",
}


def _region(evidence: Evidence, field: VisualField) -> Region:
    return Region(field.name, in_capture(corners_mm(field.line.box), evidence.page.to_capture))


def datum(name: str) -> Callable[[Evidence], Finding]:
    """Return the check of one datum, named as in ``MrzFields``."""
    what = _WORDS[name]

    def check(evidence: Evidence) -> Finding:
        visual = evidence.visual
        if visual.missing:
            return not_performed(visual.missing)
        field = visual.fields.get(name)
        if field is None:
            return not_performed(f"The {what} was not found among the printed data.")
        region, printed = _region(evidence, field), field.line.text.strip()
        if field.agreement is Agreement.AGREES:
            return RATES.finding(False, f"The printed {what} is that of the machine-readable zone.", region)
        both = f"The printed {what} reads “{printed}”, the machine-readable zone says “{field.mrz}”"
        if field.agreement is Agreement.DIFFERS:
            return RATES.finding(True, f"{both}: they contradict each other.", region)
        return undetermined(f"{both}; that may be a reading error or another way to write it: compare by eye.", region)

    return check
