"""What the document says of itself: facts for the officer that do not speak for a forgery by themselves."""

from docscan.checks.finding import Finding, undetermined
from docscan.checks.mrz_rules import no_zone, zone_region
from docscan.evidence import Evidence
from docscan.mrz.certainty import may_be_in_part, may_be_misread
from docscan.mrz.specimens import is_specimen
from docscan.types import Outcome


def specimen(evidence: Evidence) -> Finding:
    """Say when a document is a specimen, which nobody may travel on."""
    if evidence.mrz is None:
        return no_zone(evidence)
    region = zone_region(evidence.mrz)
    if is_specimen(evidence.mrz.parsed.fields):
        return Finding(Outcome.FAILED, "This is a specimen: nobody may travel on it.", region=region)
    return Finding(Outcome.PASSED, "Nothing in the machine-readable zone calls this a specimen.", region=region)


def expiry(evidence: Evidence) -> Finding:
    """Compare the date of expiry with today's."""
    if evidence.mrz is None:
        return no_zone(evidence)
    region = zone_region(evidence.mrz)
    if may_be_in_part(evidence.mrz.parsed):
        return undetermined(
            "The date of expiry may be a reading error: no check digit agrees, so a part of the zone may be hidden. "
            "Look at it by eye.",
            region,
        )
    expires = evidence.mrz.parsed.fields.expiry_date
    if expires is None or len(expires) < len("YYYY-MM-DD"):
        return undetermined("The date of expiry is not known to the day.", region)
    if may_be_misread(evidence.mrz, "expiry_date"):
        return undetermined(
            "The date of expiry may be a reading error: a check digit fails, and the reader was not sure. Look at it "
            "by eye.",
            region,
        )
    if expires < evidence.today.isoformat():
        return Finding(Outcome.FAILED, f"The document expired on {expires}.", region=region)
    return Finding(Outcome.PASSED, f"The document is valid until {expires}.", region=region)
