"""Whether the printed data are all set as the issuer sets them: in type as bold, in ink as dark, as high."""

import math

import numpy as np

from docscan.checks.finding import NOT_ENROLLED, Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.checks.visual_zone import WORDS
from docscan.crops import shown_scale
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import exactly_on_page
from docscan.evidence import Evidence
from docscan.page_geometry import in_capture
from docscan.types import Region
from docscan.visual.alike import Deviation, Setting, Usual, deviations
from docscan.visual.baselines import BASELINE
from docscan.visual.strokes import STROKES
from docscan.zones import corners_mm

_COARSEST = 7.5  # pixels a millimetre, about 190 dpi; a stroke is two or three pixels wide there
# Natural logarithms of ratios by which genuine data differ for their letters and their captures, 1.48 times the median
# over all data of 357 genuine documents of calibration states.
_WIDTH, _DARKNESS = 0.05, 0.03
_PASSED = "The printed data are set alike: type as bold, ink no darker, and lines where genuine samples have them."


def usual_setting(model: DocumentModel) -> Setting:
    """Return how samples set their data."""
    found, spreads = {}, []
    for name, place in model.text.fields.items():
        means = [model.measured[part.format(name)].mean[0] for part in STROKES if part.format(name) in model.measured]
        if len(means) < len(STROKES):
            continue
        line = model.measured.get(BASELINE.format(name))
        if line is not None:  # its mean is a little uncertain too
            spreads.append(float(line.spread[0]) * math.sqrt(1 + 1 / line.samples))
        baseline = None if line is None else float(line.mean[0])
        found[name] = Usual(place, np.array(means, np.float64), baseline)
    return Setting(found, float(np.sqrt(np.mean(np.square(spreads)))) if spreads else 0.0)


def _parts(away: Deviation) -> dict[str, float]:
    """Return how far a datum stands out by its strokes, its ink and its place, in what genuine data differ by.

    Paler ink is no sign: glare makes it.
    """
    return {
        "width": abs(away.width) / _WIDTH,
        "darkness": max(0.0, away.darkness) / _DARKNESS,
        "displaced": away.displaced,
    }


def _sentence(name: str, away: Deviation) -> str:
    """Say how the datum that stands out differs, in that which tells most."""
    what, altered = f"Beside the other data the printed {WORDS.get(name, name)}", "it may have been altered."
    strokes, ink, place = _parts(away).values()
    if place > max(strokes, ink):
        apart = f"{abs(away.down_mm):.1f}"
        if away.down_mm > 0:
            return f"{what} stands {apart} mm lower than on genuine samples: {altered}"
        return f"{what} stands {apart} mm higher than on genuine samples: {altered}"
    if strokes >= ink:
        if away.width > 0:
            return f"{what} is in bolder type than on genuine samples: {altered}"
        return f"{what} is in finer type than on genuine samples: {altered}"
    return f"{what} is in darker ink than on genuine samples: {altered}"


def printed_alike(evidence: Evidence) -> Measurement | Finding:
    """Measure by how much the datum that stands out most is set otherwise than the others, against genuine samples."""
    model = evidence.model
    if model is None:
        return not_performed(NOT_ENROLLED)
    if not model.text.fields:
        return not_performed("Genuine samples of this kind show no printed data that could be compared.")
    usual = usual_setting(model)
    if not usual.data:
        return not_performed("The document model does not say how data are set: enrol it again.")
    if evidence.visual.missing:
        return undetermined(evidence.visual.missing)
    if shown_scale(evidence.page) < _COARSEST:
        return undetermined("The capture is too coarse to compare the type of the printed data: scan at 300 dpi.")
    found = deviations(evidence.page, evidence.visual.fields, usual, exactly_on_page(evidence.laid))
    if not found:
        return undetermined("Too few of the printed data were read to compare their type: compare it by eye.")
    parts = {name: _parts(one) for name, one in found.items()}
    name = max(parts, key=lambda name: sum(parts[name].values()))
    return Measurement(
        0.0,
        _PASSED,
        _sentence(name, found[name]),
        Region(name, in_capture(corners_mm(evidence.visual.fields[name].line.box), evidence.page.to_capture)),
        {part: math.log1p(max(one[part] for one in parts.values())) for part in parts[name]},
    )
