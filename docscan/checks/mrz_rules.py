"""Rules on the machine-readable zone (ICAO Doc 9303 parts 3 to 7).

A reader's error looks just like a forger's. So a rule that fails weighs only where the reader was sure of every
character concerned; elsewhere the outcome is ``undetermined`` and says so.
"""

from datetime import date

from docscan.checks.finding import Finding, RuleRates, not_performed, undetermined
from docscan.evidence import Evidence
from docscan.mrz.certainty import SURE, least_certain, may_be_in_part
from docscan.mrz.codes import is_known_state
from docscan.mrz.specimens import is_specimen
from docscan.types import Mrz, Outcome, Region

# Assumptions, not measurements: real forgeries are not to be had, and workshops mostly get check digits right.
CHECK_DIGIT_RATES = RuleRates(fails_when_forged=0.10, fails_when_genuine=0.002)
SYNTAX_RATES = RuleRates(fails_when_forged=0.05, fails_when_genuine=0.005)
CODE_RATES = RuleRates(fails_when_forged=0.03, fails_when_genuine=0.001)
DATE_RATES = RuleRates(fails_when_forged=0.03, fails_when_genuine=0.001)

_OTHER_SIDE = "This side of the document has no machine-readable zone: where another has one, inspect both together."

_ON_OTHER_SIDE = "The machine-readable zone stands on the document's other side."

_NAMES = {
    "document_number": "document number",
    "birth_date": "date of birth",
    "expiry_date": "date of expiry",
    "optional_data": "optional data",
    "composite": "composite",
}


def zone_region(mrz: Mrz) -> Region:
    """Return the MRZ as a region of the report."""
    return Region("mrz", mrz.zone.polygon)


def sure(mrz: Mrz) -> bool:
    """Tell whether the reader was sure of every character; one that gives no confidence never is."""
    return least_certain(mrz.zone) >= SURE


def _why_not_looked_for(evidence: Evidence) -> str | None:
    """Return why no zone could be found, in words; None: one was looked for where there should be one."""
    if evidence.mrz_elsewhere is not None:
        return _ON_OTHER_SIDE
    if evidence.model is not None and evidence.model.format is None:
        return _OTHER_SIDE
    return evidence.mrz_reader_missing


def no_zone(evidence: Evidence) -> Finding:
    """Return the finding of a check that needs the MRZ where there is none."""
    return not_performed(_why_not_looked_for(evidence) or "No machine-readable zone was found on the image.")


def found(evidence: Evidence) -> Finding:
    """Say whether the capture shows a machine-readable zone."""
    if evidence.mrz is None:
        if (why := _why_not_looked_for(evidence)) is not None:
            return not_performed(why)
        return undetermined(
            "No machine-readable zone was found: show the whole data page, flat and sharp, with the two or three "
            "lines of capitals at its lower edge."
        )
    lines = len(evidence.mrz.parsed.lines)
    return Finding(
        Outcome.PASSED,
        f"A machine-readable zone of {lines} lines was found and read ({evidence.mrz.parsed.format}).",
        region=zone_region(evidence.mrz),
    )


def _judged(mrz: Mrz, rates: RuleRates, failures: list[str], passed: str) -> Finding:
    region = zone_region(mrz)
    if not failures:
        return rates.finding(False, passed, region)
    what = " ".join(failures)
    if may_be_in_part(mrz.parsed):
        return undetermined(f"{what} Nothing fits, so a part of the zone may be hidden: compare by eye.", region)
    if not sure(mrz):
        return undetermined(f"{what} The reading was not sure, so this may be a reading error: compare by eye.", region)
    return rates.finding(True, what, region)


def check_digits(evidence: Evidence) -> Finding:
    """Compare every check digit and the composite with what they are computed from (part 3, section 4.9)."""
    if evidence.mrz is None:
        return no_zone(evidence)
    parsed = evidence.mrz.parsed
    if not parsed.check_digits:
        return not_performed("This layout carries no check digits that docscan knows.")
    wrong = [_NAMES[name] for name, right in parsed.check_digits.items() if not right]
    failures = [f"The check digit of the {', '.join(wrong)} does not agree with what is printed."] if wrong else []
    return _judged(
        evidence.mrz,
        CHECK_DIGIT_RATES,
        failures,
        "Every check digit agrees, which a careful forger also achieves.",
    )


def syntax(evidence: Evidence) -> Finding:
    """Compare the fields' syntax with the format's (parts 4 to 7)."""
    if evidence.mrz is None:
        return no_zone(evidence)
    parsed = evidence.mrz.parsed
    if not parsed.conforming:
        return undetermined(
            "The zone follows an old national layout, not ICAO Doc 9303; compare it with a reference of that document.",
            zone_region(evidence.mrz),
        )
    return _judged(evidence.mrz, SYNTAX_RATES, list(parsed.problems), "The zone is built as ICAO Doc 9303 prescribes.")


def issuing_state(evidence: Evidence) -> Finding:
    """Look the issuing state and the nationality up (part 3, section 5)."""
    if evidence.mrz is None:
        return no_zone(evidence)
    fields = evidence.mrz.parsed.fields
    codes = {"issuing state": fields.issuing_state, "nationality": fields.nationality}
    failures = [
        f"The code {code or '(empty)'} of the {what} is not one that ICAO lists."
        for what, code in codes.items()
        if not is_known_state(code)
    ]
    if failures and is_specimen(fields):
        what = f"{' '.join(failures)} Specimens may carry an invented code."
        return undetermined(what, zone_region(evidence.mrz))
    return _judged(evidence.mrz, CODE_RATES, failures, "The codes of issuing state and nationality are listed by ICAO.")


def _earliest(iso: str) -> date:
    parts = [int(part) for part in iso.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)


def dates(evidence: Evidence) -> Finding:
    """Ask whether the dates of birth and expiry can belong to one holder."""
    if evidence.mrz is None:
        return no_zone(evidence)
    fields = evidence.mrz.parsed.fields
    if fields.birth_date is None or fields.expiry_date is None:
        return undetermined("A date in the zone is unknown or is no date of the calendar.", zone_region(evidence.mrz))
    birth, expiry = _earliest(fields.birth_date), _earliest(fields.expiry_date)
    failures = []
    if birth > evidence.today:
        failures.append("The date of birth lies in the future.")
    if expiry < birth:
        failures.append("The document expired before its holder was born.")
    if evidence.today.year - birth.year > 120:
        failures.append("The holder would be older than 120 years.")
    if expiry.year - evidence.today.year > 20:
        failures.append("The document would be valid for more than 20 years from today.")
    return _judged(evidence.mrz, DATE_RATES, failures, "The dates of birth and expiry are plausible together.")
