"""How a region was printed and whether it was altered, as the region network saw it."""

from collections.abc import Callable

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.types import Evidence, Outcome

_WORDS = {
    "portrait": "portrait",
    "viz": "printed personal data",
    "mrz": "machine-readable zone",
    "background": "background pattern",
}


def region(name: str) -> Callable[[Evidence], Finding]:
    """Return the check of one region of the page."""

    def check(evidence: Evidence) -> Finding:
        if evidence.region_abstained:
            return undetermined(evidence.region_abstained)
        if name not in evidence.region_scores:
            return not_performed(f"The {_WORDS[name]} is not in view.")
        seen = evidence.region_scores[name]
        failed = seen.forged >= seen.threshold
        explanation = (
            f"The {_WORDS[name]} looks re-printed or replaced: its print differs from what the issuer's process leaves."
            if failed
            else f"The print of the {_WORDS[name]} looks like the issuer's process."
        )
        return Finding(
            Outcome.FAILED if failed else Outcome.PASSED,
            explanation,
            seen.log10_lr,
            score=seen.forged,
            threshold=seen.threshold,
            region=seen.region,
        )

    return check
