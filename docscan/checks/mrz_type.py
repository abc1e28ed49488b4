"""How the MRZ's characters are set: their shapes, their pitch, and whether all of them keep their line.

Doc 9303 part 3 wants OCR-B, ten characters to the inch, and parts 4 to 7 lines 6.35 mm apart. Of 16 real specimens four
have lines 4.2 to 5.9 mm apart, and a page whose border was not seen has no millimetres: so the pitch is held against
genuine samples of the kind alone.
"""

import math

import numpy as np

from docscan.checks.finding import Finding, not_performed, undetermined
from docscan.checks.flatness import MUCH, not_flat
from docscan.checks.measured import Measurement
from docscan.checks.mrz_rules import no_zone, zone_region
from docscan.evidence import Evidence
from docscan.mrz.alignment import Misplaced, most_misplaced
from docscan.page_geometry import MRZ_PITCH
from docscan.types import Mrz, Region
from docscan.typesetting import Typesetting

# Names of what samples are measured on.
PITCH, DISTANCE, STRANGENESS, UNEVENNESS = "mrz.pitch", "mrz.line_distance", "mrz.glyphs", "mrz.alignment"

_FINEST = 10.0  # pixels a character that are needed: on coarser captures blur and JPEG blocks move characters
_MOSTLY = 0.5  # share of the characters that must be found for their shapes and their pitch to be judged
_NEARLY_ALL = 0.9  # share that must be found for their places to be judged
_READ = 0.9  # reader's confidence from which a character is what was read: another's shape would lie beside it
_UNSTEADY = 0.03  # pitches by which single characters vary where none can be judged
_PITCH_VARIES = 0.003  # deviation between genuine documents of a kind beside what the samples tell: a share
_NOT_STRANGE = 5e-4  # strangeness that is none
_CUTS_VARY = 0.01  # strangeness that an issuer's own cut of OCR-B may have, where no samples tell it
# Deviations of the run that stands beside the others' places the surest: what genuine samples of a kind have in the
# mean, at most, where they are set as evenly as the generator's.
_EVEN = 0.6
# By how many times zones are taken to vary more than the generator's where no samples tell. Printers set none so
# evenly: eleven real specimens that can be measured have a median of 1.6 deviations and at most 2.6, generated ones 0.5
# and, 199 of 200, 1.8. So few tell no limit; here it is 1.7 times the most of theirs.
_NO_SAMPLES = 1.5
_OTHER_SHAPES = 0.03  # strangeness from which characters lie too badly on OCR-B's shapes to measure their places


_ROUGH = "The machine-readable zone is not seen sharply enough to measure single characters."
_COARSE = "The capture shows the machine-readable zone too coarsely to measure single characters: move closer."


def _typeset(evidence: Evidence) -> tuple[Mrz, Typesetting] | Finding:
    """Return the zone and its characters where most of them were found, or why there is none."""
    if evidence.mrz is None:
        return no_zone(evidence)
    seen, region = evidence.typesetting, zone_region(evidence.mrz)
    if seen is None:
        return undetermined(_ROUGH, region)
    unclear = _unclear(seen, _MOSTLY)
    return (evidence.mrz, seen) if unclear is None else undetermined(unclear, region)


def _unclear(seen: Typesetting, least: float) -> str | None:
    """Return why a zone's characters cannot be measured; None where a share of them was found, finely enough."""
    if seen.found.mean() < least:
        return _ROUGH
    return _COARSE if seen.glyphs.pitch < _FINEST else None


def pitch(evidence: Evidence) -> Measurement | Finding:
    """Measure how the pitch differs from the samples', in standard deviations.

    Neither how the page lies on them nor the distance of the lines is a sure measure: a page may be bent, lines may be
    moved. What is wrong by both is wrong; the smaller of the two counts.
    """
    usual = evidence.usual
    if evidence.mrz is not None and (PITCH not in usual or DISTANCE not in usual):
        return not_performed("No genuine samples of this kind are enrolled, so there is no pitch to compare with.")
    found = _typeset(evidence)
    if isinstance(found, Finding):
        return found
    zone, seen = zone_region(found[0]), found[1]
    if seen.on_samples is None:
        return undetermined("The page could not be laid on the genuine samples': compare the pitch by eye.", zone)
    if (bent := not_flat(evidence, MUCH, zone)) is not None:
        return bent
    mean, distance = (float(usual[name].mean[0]) for name in (PITCH, DISTANCE))
    by_page = math.log(seen.on_samples.pitch / mean)
    by_lines = by_page - math.log(seen.on_samples.line_distance / distance)
    wrong = min(by_page, by_lines, key=abs) if by_page * by_lines > 0 else 0.0
    return Measurement(
        abs(wrong) / math.hypot(float(usual[PITCH].spread[0]) / mean, _PITCH_VARIES),
        "The characters of the machine-readable zone stand as far apart as those of genuine documents of this kind.",
        f"The characters of the machine-readable zone stand {mean * math.exp(wrong):.2f} mm apart; those of genuine "
        f"documents of this kind stand {mean:.2f} mm apart.",
        zone,
    )


def _where(run: Misplaced) -> str:
    number = f"character {run.first + 1}" if run.last == run.first + 1 else f"characters {run.first + 1} to {run.last}"
    return f"In line {run.line + 1} of the machine-readable zone {number}"


def _way(run: Misplaced) -> str:
    if abs(run.below) > abs(run.right):
        return "below" if run.below > 0 else "above"
    return "to the right of" if run.right > 0 else "to the left of"


def _around(run: Misplaced, seen: Typesetting) -> Region:
    """Return the region of a run's characters, as wide and high as a pitch about their middles."""
    middles = seen.glyphs.places[run.line, run.first : run.last]
    middles = middles[np.isfinite(middles).all(-1)]
    along = seen.glyphs.places[run.line][seen.found[run.line]]
    along = (along[-1] - along[0]) / float(np.hypot(*(along[-1] - along[0]))) * seen.glyphs.pitch / 2
    down = np.array([-along[1], along[0]])
    start, end = middles[0], middles[-1]
    corners = (start - along - down, end + along - down, end + along + down, start - along + down)
    return Region("mrz", tuple((float(x), float(y)) for x, y in corners))


def misplaced(mrz: Mrz, seen: Typesetting) -> Misplaced | str:
    """Find the run of characters that stands beside the others' places the surest, or say why none can be sought."""
    if (unclear := _unclear(seen, _NEARLY_ALL)) is not None:
        return unclear
    if seen.glyphs.strangeness > _OTHER_SHAPES:
        return "The machine-readable zone's characters lie too badly on the shapes of OCR-B to measure their places."
    known = seen.found & (np.array(mrz.zone.character_confidence) >= _READ)
    if known.mean() < _NEARLY_ALL or known.sum(1).min() < 2:
        return "Too few characters of the machine-readable zone were read surely."
    run = most_misplaced(seen.glyphs.stands, known, mrz.zone.lines)
    return run if run.noise <= _UNSTEADY else _ROUGH


def _unevenness(evidence: Evidence) -> float:
    """Return how many times less evenly zones of the page's kind are set than generated ones."""
    usual = evidence.usual.get(UNEVENNESS)
    return _NO_SAMPLES if usual is None else max(1.0, float(usual.mean[0]) / _EVEN)


def alignment(evidence: Evidence) -> Measurement | Finding:
    """Measure how surely a run of characters stands beside the places that the others keep, in standard deviations.

    How unevenly genuine samples of the kind are set is reckoned with.
    """
    mrz, seen = evidence.mrz, evidence.typesetting
    if mrz is None:
        return no_zone(evidence)
    if seen is None:
        return undetermined(_ROUGH, zone_region(mrz))
    if (bent := not_flat(evidence, MUCH, zone_region(mrz))) is not None:
        return bent
    run = misplaced(mrz, seen)
    if isinstance(run, str):
        return undetermined(run, zone_region(mrz))
    stand = "stands" if run.last == run.first + 1 else "stand"
    place, others = ("its place", "the other characters") if stand == "stands" else ("their places", "the others")
    return Measurement(
        run.deviations / _unevenness(evidence),
        "All characters of the machine-readable zone keep their line and their distances.",
        f"{_where(run)} {stand} {MRZ_PITCH * math.hypot(run.right, run.below):.2f} mm {_way(run)} {place}, as {others} "
        "show them.",
        _around(run, seen),
    )


def glyphs(evidence: Evidence) -> Measurement | Finding:
    """Measure how much the characters have, again and again, beside the shapes of OCR-B; logarithm to base 10.

    What genuine samples of the kind have beside them as well is not counted, nor that by which they differ.
    """
    found = _typeset(evidence)
    if isinstance(found, Finding):
        return found
    mrz, seen = found
    region = zone_region(mrz)
    if seen.askew:
        return undetermined(
            "The page is seen from the side or its border was not found well, so the shapes of the machine-readable "
            "zone's characters cannot be compared.",
            region,
        )
    if (bent := not_flat(evidence, MUCH, region)) is not None:
        return bent
    if not math.isfinite(seen.glyphs.strangeness):
        return undetermined("No two characters of the machine-readable zone are the same.", region)
    usual = evidence.usual.get(STRANGENESS)
    own = _CUTS_VARY if usual is None else max(0.0, float(usual.mean[0]))
    return Measurement(
        _logarithm(seen.glyphs.strangeness - own),
        "The characters of the machine-readable zone have the shapes of OCR-B, the prescribed face.",
        "The characters of the machine-readable zone do not have the shapes of OCR-B, the prescribed face.",
        region,
        usual=None if usual is None else _logarithm(float(usual.spread[0])),
    )


def _logarithm(strangeness: float) -> float:
    return math.log10(max(strangeness, _NOT_STRANGE))
