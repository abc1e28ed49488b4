"""What the page shows under ultraviolet light (365 nm): paper, pattern, fibres, what glows at the portrait.

Doc 9303 part 2, appendix A: security paper is UV dull, inks and fibres fluoresce. BSI TR-03135 and the makers of
readers list the same checks. Glue, photographic paper and scraped fibres glow where issuers leave nothing that does.
"""

import math

import cv2
import numpy as np

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.checks.slots import hindered, no_samples, nothing_expected
from docscan.documents.laying import PIXELS_PER_MM
from docscan.evidence import Evidence
from docscan.light_values import fibres as count_fibres
from docscan.light_values import linear, paper_glow, pattern_agrees, portrait_glow
from docscan.mrz.certainty import may_be_in_part
from docscan.page_geometry import in_capture
from docscan.types import Box, Image, Region, Spectrum
from docscan.zones import corners_mm

# Names of what samples are measured on; models from before fibres were counted by colour have none of that name.
FIBRES, PORTRAIT = "uv.fibres_by_colour", "uv.portrait"

_FEWEST_FIBRES = 5.0  # expected on what can be searched: of fewer, none may be chance
_WEAK = 0.3  # strength of a pattern, against the samples', below which it is as good as missing
# Deviation of a portrait's glow between genuine documents, beside what the samples tell; without samples, how much
# brighter than the paper about it a portrait is at most.
_GLOW_VARIES, _GLOWS = 0.1, 0.04


def dull_paper(evidence: Evidence) -> Measurement | Finding:
    """Measure how much the paper glows, against the brightest thing on the page."""
    found = hindered(evidence, Spectrum.UV)
    if found is not None:
        return found
    return Measurement(
        paper_glow(evidence.lights.seen[Spectrum.UV]),
        passed="The paper stays dark under ultraviolet light, as security paper does.",
        failed="The paper glows under ultraviolet light; security paper stays dark.",
    )


def portrait_region(evidence: Evidence, portrait: Box) -> Region:
    """Return the portrait as a region of the report."""
    return Region("portrait", in_capture(corners_mm(portrait), evidence.page.to_capture))


def portrait_under(light: Spectrum, evidence: Evidence) -> Box | Finding:
    """Return about where the portrait stands, or why nothing can be said of it under a light."""
    found = hindered(evidence, light)
    if found is not None:
        return found
    if evidence.lights.portrait is None:
        return not_performed("There is no portrait on this side of the document.")
    # A zone of which a part is hidden passes for another format's, and the page for one of another size.
    if evidence.mrz is not None and may_be_in_part(evidence.mrz.parsed):
        return undetermined(
            "A part of the machine-readable zone may be hidden, so it does not tell where the portrait is: show all of "
            "the page."
        )
    return evidence.lights.portrait


def patches(evidence: Evidence) -> Measurement | Finding:
    """Measure whether the portrait's surface glows otherwise than the samples', or more than the paper about it."""
    portrait = portrait_under(Spectrum.UV, evidence)
    if isinstance(portrait, Finding):
        return portrait
    glow = portrait_glow(evidence.lights, portrait)
    usual = evidence.usual.get(PORTRAIT)
    if usual is None:
        value = glow / _GLOWS
    else:
        value = abs(glow - float(usual.mean[0])) / math.hypot(float(usual.spread[0]), _GLOW_VARIES)
    return Measurement(
        value,
        passed="The portrait does not stand out from the page under ultraviolet light.",
        failed="The portrait's surface glows otherwise than the page's under ultraviolet light, as a photograph pasted "
        "on or a place scraped off does.",
        region=portrait_region(evidence, portrait),
    )


def portrait_edges(evidence: Evidence) -> Measurement | Finding:
    """Measure whether straight lines glow about the portrait, on its weakest side but one."""
    portrait = portrait_under(Spectrum.UV, evidence)
    if isinstance(portrait, Finding):
        return portrait
    expected = evidence.lights.expected.get(Spectrum.UV)
    image = _blue(evidence.lights.seen[Spectrum.UV])
    if expected is not None:
        image = image - _blue(expected.image)
    sides = sorted(_sides(cv2.GaussianBlur(image, (0, 0), 0.6), portrait))
    return Measurement(
        100 * sides[1],
        passed="No lines of glue show about the portrait under ultraviolet light.",
        failed="Straight lines glow about the portrait under ultraviolet light, as glue in a cut laminate does.",
        region=portrait_region(evidence, portrait),
    )


def _blue(image: Image) -> np.ndarray:
    return np.sqrt(linear(image[..., 2]))


def _sides(light: np.ndarray, about: Box) -> list[float]:
    """Return how bright the best straight line is at each side of a portrait that is somewhere in a box."""
    x, y, right, bottom = about.x, about.y, about.x + about.width, about.y + about.height
    turned = np.ascontiguousarray(light.T)
    upright, level = (y + 9, bottom - 13), (x + 7, right - 10)
    return [
        _brightest_line(light, (x - 1.7, x + 6), upright),
        _brightest_line(light, (right - 9, right + 4), upright),
        _brightest_line(turned, (y - 8, y + 6), level),
        _brightest_line(turned, (bottom - 11, bottom + 2), level),
    ]


_APART = 3  # pixels between a line and what it must be brighter than, on both sides


def _brightest_line(light: np.ndarray, across: tuple[float, float], along: tuple[float, float]) -> float:
    """Return how much brighter than both its sides the best nearly upright line is; limits in millimetres.

    It must be bright over most of its length: lines of a pattern cross it, and fibres lie on it, in few places.
    """
    height, width = light.shape
    first, last = max(0, round(across[0] * PIXELS_PER_MM)), min(width, round(across[1] * PIXELS_PER_MM))
    top, bottom = max(0, round(along[0] * PIXELS_PER_MM)), min(height, round(along[1] * PIXELS_PER_MM))
    padded = np.pad(light[top:bottom], ((0, 0), (_APART, _APART)), mode="edge")
    before, at, after = (padded[:, first + shift : last + shift] for shift in (0, _APART, 2 * _APART))
    ridge = at - np.maximum(before, after)
    places, steps = np.arange(ridge.shape[1]), np.linspace(-0.5, 0.5, len(ridge))
    found = []
    for slope in np.arange(-3, 4):
        moved = np.clip(places + np.rint(slope * steps).astype(int)[:, None], 0, len(places) - 1)
        line = np.take_along_axis(ridge, moved, axis=1)
        found.append(np.partition(line, int(0.3 * len(line)), axis=0)[int(0.3 * len(line))].max())
    return float(max(found))


def pattern(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlike the samples' the fluorescent pattern is: 0 the same, 1 nothing of it."""
    found = hindered(evidence, Spectrum.UV)
    if found is not None:
        return found
    expected = evidence.lights.expected.get(Spectrum.UV)
    if expected is None:
        return nothing_expected(evidence, Spectrum.UV)
    agreement = pattern_agrees(evidence.lights.seen[Spectrum.UV], expected)
    if agreement is None:
        return not_performed("Genuine documents of this kind show no fluorescent pattern that could be compared.")
    alike, strength = agreement
    weak = strength < _WEAK
    return Measurement(
        1 - alike,
        passed="The fluorescent pattern is that of genuine documents of this kind.",
        failed="The fluorescent pattern of genuine documents of this kind is missing under ultraviolet light."
        if weak
        else "The fluorescent pattern differs from that of genuine documents of this kind, in place or in drawing.",
    )


def fibres(evidence: Evidence) -> Measurement | Finding:
    """Measure how unlikely so few fibres are, where the samples have many: -log10 of the chance (Poisson)."""
    found = hindered(evidence, Spectrum.UV)
    if found is not None:
        return found
    usual = evidence.usual.get(FIBRES)
    expected = evidence.lights.expected.get(Spectrum.UV)
    if usual is None:
        return no_samples()
    if expected is None:
        return nothing_expected(evidence, Spectrum.UV)
    count, area = count_fibres(evidence.lights.seen[Spectrum.UV], expected)
    mean = float(usual.mean[0]) * area
    if mean < _FEWEST_FIBRES:
        return undetermined(
            "Genuine documents of this kind have too few fluorescent fibres, where they can be counted."
        )
    chance = sum(math.exp(many * math.log(mean) - mean - math.lgamma(many + 1)) for many in range(count + 1))
    return Measurement(
        -math.log10(max(chance, 1e-12)),
        passed="There are as many fluorescent fibres as in genuine documents of this kind.",
        failed=f"There are fewer fluorescent fibres than in genuine documents of this kind: {count} instead of about "
        f"{mean:.0f} where they were counted.",
    )
