"""What stays under infrared light (about 850-940 nm).

Doc 9303 part 3, section 4.3: the MRZ's ink absorbs there (B900), so that it stays. Carbon, as laser engraving leaves
it, toner and pigment stay too; dyes and offset colours vanish. Which of them an issuer uses for its data and portraits
only genuine samples tell.

Whether the background's line work vanishes is no check: that of inkjet, toner and sublimation vanishes as well, and how
much of its contrast is left did not tell 182 counterfeits from 226 genuine documents.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.checks.finding import Finding, undetermined
from docscan.checks.measured import Measurement
from docscan.checks.mrz_rules import no_zone, zone_region
from docscan.checks.slots import hindered, no_samples
from docscan.checks.ultraviolet import portrait_region, portrait_under
from docscan.documents.laying import PIXELS_PER_MM
from docscan.evidence import Evidence
from docscan.light_values import grey, portrait_stays, quarters_stay
from docscan.mrz.certainty import sure_of
from docscan.mrz.layouts import Span
from docscan.page_geometry import homography, moved, rectangle, zone_corners
from docscan.types import Image, Mrz, Page, Spectrum

PORTRAIT = "ir.portrait"  # name of what samples are measured on

_CELL = (10, 26)  # pixels, width and height, to which a character's place is brought
_FAINT = 0.25  # contrast of an MRZ in visible light that is too little to compare
_VARIES = 0.06  # deviation between genuine documents of one kind, beside what the samples tell
# Deviations from which a portrait looks otherwise, and by which a quarter of it then looks as the samples': of 39
# forged portraits of calibration states that fail one has such a quarter, all four that failed under a finger had.
_UNLIKE, _ALIKE = 2.5, 1.4
_FEWEST = 0.25  # share of a zone's pairs of characters that must have been read surely
_STAYS = 0.5  # share of a zone's pairs of characters from which all of it is meant


def mrz_visible(evidence: Evidence) -> Measurement | Finding:
    """Measure how much of its ink the faintest pair of surely read characters of the MRZ loses: 0 nothing, 1 all."""
    found = hindered(evidence, Spectrum.IR)
    if found is not None:
        return found
    if evidence.mrz is None:
        return no_zone(evidence)
    region = zone_region(evidence.mrz)
    visible, infrared = (
        _contrasts(evidence.lights.seen[light], evidence.page, evidence.mrz)
        for light in (Spectrum.VISIBLE, Spectrum.IR)
    )
    if float(np.median(visible)) < _FAINT:
        return undetermined("The machine-readable zone is too faint in visible light to compare.", region)
    left, sure = infrared / np.maximum(visible, 0.15), _surely_read(evidence.mrz)
    both = sure[:, 1:] & sure[:, :-1]
    if float(both.mean()) < _FEWEST:
        return undetermined("Too little of the machine-readable zone was read surely to say whether it stays.", region)
    pairs = np.maximum(left[:, 1:], left[:, :-1])[both]
    some = "" if float((pairs < _STAYS).mean()) > _STAYS else "Some characters of "
    zone = f"{some}{'the' if some else 'The'} machine-readable zone"
    return Measurement(
        1 - float(pairs.min()),
        passed="The machine-readable zone stays visible under infrared light.",
        failed=f"{zone} {'fade or vanish' if some else 'fades or vanishes'} under infrared light; the prescribed ink "
        "stays.",
        region=region,
    )


def _surely_read(mrz: Mrz) -> NDArray[np.bool_]:
    """Return which characters were, lines x characters: where a finger lies on others, nothing could stay."""
    lines, characters = mrz.parsed.format.shape
    return np.array([sure_of(mrz, Span(line, 0, characters)) for line in range(lines)], np.bool_)


def _contrasts(image: Image, page: Page, mrz: Mrz) -> NDArray[np.float32]:
    """Return the contrast of each of the MRZ's characters, lines x characters."""
    lines, characters = mrz.parsed.format.shape
    to_page = np.asarray(np.linalg.inv(page.to_capture), np.float64)
    zone = moved(zone_corners(mrz.zone.polygon), to_page) * PIXELS_PER_MM
    width, height = _CELL
    size = characters * width, lines * height
    cut = cv2.warpPerspective(
        grey(image),
        homography(rectangle(*size), zone),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cells = cut.reshape(lines, height, characters, width).transpose(0, 2, 1, 3).reshape(lines, characters, -1)
    dark, light = np.percentile(cells, (8, 90), axis=2)
    return np.asarray((light - dark) / np.maximum(light, 20), np.float32)


def portrait(evidence: Evidence) -> Measurement | Finding:
    """Measure how much the portrait stays otherwise than the samples'."""
    box = portrait_under(Spectrum.IR, evidence)
    if isinstance(box, Finding):
        return box
    usual = evidence.usual.get(PORTRAIT)
    if usual is None:
        return no_samples()
    share, mean = portrait_stays(evidence.lights, box), float(usual.mean[0])
    does, others = ("stays", "fade") if share > mean else ("fades", "stay")
    deviation, region = math.hypot(float(usual.spread[0]), _VARIES), portrait_region(evidence, box)
    unlike = abs(share - mean) / deviation
    if unlike > _UNLIKE and min(abs(one - mean) for one in quarters_stay(evidence.lights, box)) < _ALIKE * deviation:
        return undetermined(
            "A part of the portrait looks under infrared light as on genuine documents of this kind and a part does "
            "not, as under a finger: compare it by eye.",
            region,
        )
    return Measurement(
        unlike,
        passed="The portrait looks under infrared light as those of genuine documents of this kind do.",
        failed=f"The portrait {does} under infrared light; those of genuine documents of this kind {others} more.",
        region=region,
    )
