"""Where the MRZ stands on the page and how wide its characters are (ICAO Doc 9303 part 3, section 4; parts 4 to 7)."""

import math
from dataclasses import dataclass

import numpy as np

from docscan.checks.finding import Finding, RuleRates, undetermined
from docscan.checks.flatness import MUCH, not_flat
from docscan.checks.mrz_rules import no_zone, zone_region
from docscan.evidence import Evidence
from docscan.page_geometry import MRZ_PITCH, moved
from docscan.types import PageSize

# Doc 9303 prints to a tenth of a millimetre. These tolerances are the measurement's: a border found a millimetre
# off and a reader's box drawn a character too wide move the numbers by as much.
PITCH_TOLERANCE = 0.06  # share of MRZ_PITCH
EDGE_TOLERANCE = 4.0  # millimetres

# Parts 4 to 7 allow a zone to stand a millimetre from its nominal place: two documents of a kind may lie two apart.
SAMPLES_TOLERANCE = 2.0  # millimetres
LEFT, MIDDLE = "mrz.left", "mrz.middle"  # names of where samples have it

# The zone reaches from the page's lower edge up to here, on every size (parts 4 to 7), in millimetres.
ZONE_HEIGHT = 23.2 + 1.0

# An assumption, not a measurement, and kept weak: page finding is the larger source of error.
RATES = RuleRates(fails_when_forged=0.10, fails_when_genuine=0.03)


@dataclass(frozen=True, slots=True)
class ZonePlace:
    """The zone on the page, in millimetres; ``tilt`` in degrees against the page's lower edge."""

    left: float
    right: float
    top: float
    bottom: float
    pitch: float
    tilt: float


def place(evidence: Evidence) -> ZonePlace | None:
    """Measure the zone on the rectified page; None without an MRZ."""
    if evidence.mrz is None:
        return None
    to_page = np.asarray(np.linalg.inv(evidence.page.to_capture), np.float64)
    corners = moved(np.array(evidence.mrz.zone.polygon, np.float64), to_page)
    upper_left, upper_right, lower_right, lower_left = corners
    along = (upper_right - upper_left + lower_right - lower_left) / 2
    left, top = corners.min(0)
    right, bottom = corners.max(0)
    width = evidence.mrz.parsed.format.shape[1]
    return ZonePlace(
        left=float(left),
        right=float(right),
        top=float(top),
        bottom=float(bottom),
        pitch=float(np.hypot(*along)) / width,
        tilt=float(np.degrees(np.arctan2(along[1], along[0]))),
    )


def _faults(seen: ZonePlace, size: PageSize) -> list[str]:
    width, height = size.millimetres
    faults = []
    if abs(seen.pitch / MRZ_PITCH - 1) > PITCH_TOLERANCE:
        faults.append(f"Its characters stand {seen.pitch:.2f} mm apart instead of {MRZ_PITCH} mm.")
    if seen.top < height - ZONE_HEIGHT - EDGE_TOLERANCE:
        faults.append("It begins too far above the page's lower edge.")
    if seen.bottom > height - 1 or seen.left < 1 or seen.right > width - 1:
        faults.append("It reaches over the page's edge.")
    if abs(seen.tilt) > 2:
        faults.append(f"It is tilted by {abs(seen.tilt):.1f} degrees against the page.")
    return faults


def _beside_samples(evidence: Evidence) -> float | None:
    """Return how far the zone stands from where genuine samples have it, in millimetres; None where none tell."""
    usual = evidence.usual
    seen = evidence.typesetting.on_samples if evidence.typesetting is not None else None
    if seen is None or LEFT not in usual or MIDDLE not in usual:
        return None
    return math.hypot(seen.left - float(usual[LEFT].mean[0]), seen.middle - float(usual[MIDDLE].mean[0]))


def geometry(evidence: Evidence) -> Finding:
    """Compare the place and pitch of the MRZ with Doc 9303's, and its place with that of genuine samples."""
    seen = place(evidence)
    if seen is None or evidence.mrz is None:
        return no_zone(evidence)
    region, beside = zone_region(evidence.mrz), _beside_samples(evidence)
    if (bent := not_flat(evidence, MUCH, region)) is not None:
        return bent
    if beside is not None and beside > SAMPLES_TOLERANCE:
        return RATES.finding(
            True,
            f"The machine-readable zone stands {beside:.1f} mm from where genuine documents of this kind have it.",
            region,
        )
    if not evidence.page.border_seen:
        return undetermined(
            "The page's border was not seen, so the place of the machine-readable zone cannot be measured.",
            region,
        )
    faults = _faults(seen, evidence.page.size)
    if not faults:
        return RATES.finding(False, "The machine-readable zone stands where it should, at the right pitch.", region)
    if not evidence.mrz.zone.character_confidence:
        # A reader without confidences outlines the zone only roughly.
        return undetermined(f"The zone's outline is too rough to measure. {' '.join(faults)}", region)
    if not evidence.page.quality.whole_page:
        # Of a page that is cut off a side was not seen: what lies askew then is the border that was guessed.
        return undetermined(
            "A part of the page lies outside the image, so the place of the machine-readable zone cannot be measured.",
            region,
        )
    return RATES.finding(True, f"The machine-readable zone is out of place. {' '.join(faults)}", region)
