"""Whether a part of the printed data was copied to another place of the page with an image editor.

Samples are not needed: what a sensor adds is never the same twice, nor is the background behind a letter.
"""

from docscan.checks.finding import Finding, undetermined
from docscan.checks.measured import Measurement
from docscan.copies import Twins
from docscan.evidence import Evidence
from docscan.page_geometry import in_capture
from docscan.types import Region
from docscan.zones import corners_mm

_USUAL = 7.0  # likeness that the likest letters of one in seven genuine pages have: what is below says nothing
COPIES = "viz.copies"  # name under which samples keep how like copies their two likest places are

_PASSED = (
    "No print of the page stands elsewhere on it again with the same background and the same grain of the picture."
)


def copied(evidence: Evidence) -> Measurement | Finding:
    """Measure how like copies the two likest places of the printed data are."""
    if evidence.region_abstained:
        return undetermined(evidence.region_abstained)
    twins = evidence.twins
    if twins is None:
        return Measurement(likeness_of(None), passed=_PASSED, failed=_PASSED)
    one, other = (in_capture(corners_mm(box), evidence.page.to_capture) for box in (twins.one, twins.other))
    region = Region("copied", one, again=other)
    return Measurement(
        likeness_of(twins), passed=_PASSED, failed=_failed(twins), region=region, usual=evidence.reached(COPIES)
    )


def likeness_of(twins: Twins | None) -> float:
    """Return how like copies two places are, and what says nothing where they are less than that or there are none."""
    return _USUAL if twins is None else max(_USUAL, twins.likeness)


def _failed(twins: Twins) -> str:
    across, down = twins.other.x - twins.one.x, twins.other.y - twins.one.y
    if down < 0:
        return (
            f"This print stands on the page again, {across:.0f} mm to the right and {-down:.0f} mm higher, with the "
            "same background and the picture's same grain: an image editor copied one to the other."
        )
    return (
        f"This print stands on the page again, {across:.0f} mm to the right and {down:.0f} mm lower, with the same "
        "background and the picture's same grain: an image editor copied one to the other."
    )
