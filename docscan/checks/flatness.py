"""Pages that do not lie flat: a booklet that is held open, or a lens that bends straight lines."""

from docscan.checks.finding import Finding, undetermined
from docscan.evidence import Evidence
from docscan.types import Region

# How far the zone's lines may be bowed, in pitches. Of 480 generated documents of calibration states, which lie flat,
# none has more than 0.05. Where a script bent genuine ones, ghost images looked like another portrait's, and edges were
# seen about portraits, from 0.1 on; shapes, pitches and places of the zone were wrong from 0.21 on through a lens that
# bends far more than any in use, and in curled pages from 0.36 on: at 0.31 a curled zone alone is still measured right.
LEAST, MUCH = 0.08, 0.33


def not_flat(evidence: Evidence, most: float, region: Region | None) -> Finding | None:
    """Return why nothing is measured where the zone's lines are bowed by more than ``most`` pitches; else None."""
    if evidence.typesetting is None or evidence.typesetting.bow <= most:
        return None
    return undetermined(
        "The page does not lie flat, so this cannot be measured: press it flat and capture it again.", region
    )
