"""Simple rules on the ultraviolet (365 nm) and infrared (about 850-940 nm) images.

Doc 9303 part 2, appendix A: security paper is UV dull; part 3, section 4: the MRZ is printed in ink that absorbs
in the near infrared (B900), so that it stays when other inks vanish.
"""

import cv2
import numpy as np

from docscan.checks.finding import Finding, RuleRates, not_performed, undetermined
from docscan.checks.mrz_rules import no_zone, zone_region
from docscan.evidence import Evidence
from docscan.types import Image, Polygon, Spectrum

# Blue of the page's median pixel under UV, of 255. Office paper carries brighteners and glows; security paper does not.
DULL_PAPER = 110
BRIGHT_PAPER = 170

# Contrast of the MRZ under infrared, as a share of its contrast in visible light.
INK_STAYS = 0.5
INK_VANISHES = 0.2

# Assumptions, not measurements: no forged or genuine documents under these lights were available yet.
PAPER_RATES = RuleRates(fails_when_forged=0.30, fails_when_genuine=0.02)
INK_RATES = RuleRates(fails_when_forged=0.30, fails_when_genuine=0.02)


def dull_paper(evidence: Evidence) -> Finding:
    """Ask whether the paper glows under ultraviolet light."""
    image = evidence.page.light(Spectrum.UV)
    if image is None:
        return not_performed("No image under ultraviolet light was given.")
    blue = float(np.median(image[..., 2]))
    if DULL_PAPER < blue < BRIGHT_PAPER:
        return undetermined("The paper glows somewhat under ultraviolet light: compare it with a genuine document.")
    if blue >= BRIGHT_PAPER:
        return PAPER_RATES.finding(True, "The paper glows under ultraviolet light; security paper stays dark.")
    return PAPER_RATES.finding(False, "The paper stays dark under ultraviolet light, as security paper does.")


def contrast(image: Image, polygon: Polygon) -> float:
    """Return the spread between ink and paper inside a polygon of the image, in grey levels."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(np.array(polygon)).astype(np.int32), 255)
    values = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[mask > 0]
    if values.size == 0:
        return 0.0
    dark, light = np.percentile(values, (5, 90))
    return float(light - dark)


def mrz_visible(evidence: Evidence) -> Finding:
    """Ask whether the MRZ's ink stays visible under infrared light."""
    image = evidence.capture.image(Spectrum.IR)
    if image is None:
        return not_performed("No image under infrared light was given.")
    if evidence.mrz is None:
        return no_zone(evidence)
    region = zone_region(evidence.mrz)
    height, width = evidence.capture.visible.shape[:2]
    if image.shape[:2] != (height, width):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    visible = contrast(evidence.capture.visible, evidence.mrz.zone.polygon)
    if visible < 30:
        return undetermined("The machine-readable zone is too faint in visible light to compare.", region)
    share = contrast(image, evidence.mrz.zone.polygon) / visible
    if INK_VANISHES < share < INK_STAYS:
        return undetermined("The machine-readable zone is fainter under infrared light; compare by eye.", region)
    if share <= INK_VANISHES:
        return INK_RATES.finding(
            True,
            "The machine-readable zone vanishes under infrared light; its prescribed ink would stay.",
            region,
        )
    return INK_RATES.finding(False, "The machine-readable zone stays visible under infrared light.", region)
