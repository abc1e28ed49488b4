"""Whether the picture is one of a document, or of a display that shows one (ISO/IEC 30107-3: presentation attack)."""

from docscan.checks.finding import Finding, undetermined
from docscan.checks.measured import Measurement
from docscan.evidence import Evidence

_PASSED = "No grid of a screen's pixels is seen on the page."
_FAILED = (
    "A fine coloured grid lies over the page, as a screen's pixels leave it: make sure that no screen was captured."
)


def pixels(evidence: Evidence) -> Measurement | Finding:
    """Measure how strongly the page shows a display's pixel grid; samples are not needed."""
    if evidence.region_abstained:
        return undetermined(evidence.region_abstained)
    if evidence.grid is None:
        return undetermined("Too little of the page is seen to look for the pixels of a screen.")
    return Measurement(evidence.grid, passed=_PASSED, failed=_FAILED)
