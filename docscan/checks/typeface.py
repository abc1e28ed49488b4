"""Whether the printed data are all set as the issuer sets them: in type as bold, in ink as dark."""

import math

import numpy as np

from docscan.checks.finding import NOT_ENROLLED, Finding, not_performed, undetermined
from docscan.checks.measured import Measurement
from docscan.checks.visual_zone import WORDS
from docscan.crops import shown_scale
from docscan.documents.model import DocumentModel
from docscan.evidence import Evidence
from docscan.page_geometry import in_capture
from docscan.types import Region
from docscan.visual.strokes import STROKES, Deviation, Usual, deviations
from docscan.zones import corners_mm

_COARSEST = 7.5  # pixels a millimetre, about 190 dpi; a stroke is two or three pixels wide there
# Natural logarithms of ratios by which genuine data differ for their letters and their captures: 1.48 times the median
# over all data of 357 genuine documents of calibration states.
_WIDTH, _DARKNESS = 0.05, 0.03
_PASSED = "The printed data are set alike: type as bold, and ink as dark, as on genuine samples."


def usual_strokes(model: DocumentModel) -> dict[str, Usual]:
    """Return how samples set their data, by datum."""
    found = {}
    for name, place in model.text.fields.items():
        means = [model.measured[part.format(name)].mean[0] for part in STROKES if part.format(name) in model.measured]
        if len(means) == len(STROKES):
            found[name] = Usual(place.line_mm, np.array(means, np.float64))
    return found


def _sentence(name: str, away: Deviation) -> str:
    """Say how the datum that stands out differs, in that which tells more."""
    what, altered = f"Beside the other data the printed {WORDS.get(name, name)}", "it may have been altered."
    if abs(away.width) / _WIDTH >= abs(away.darkness) / _DARKNESS:
        if away.width > 0:
            return f"{what} is in bolder type than on genuine samples: {altered}"
        return f"{what} is in finer type than on genuine samples: {altered}"
    if away.darkness > 0:
        return f"{what} is in darker ink than on genuine samples: {altered}"
    return f"{what} is in paler ink than on genuine samples: {altered}"


def printed_alike(evidence: Evidence) -> Measurement | Finding:
    """Measure by how much the datum that stands out most is set otherwise than the others, against genuine samples."""
    model = evidence.model
    if model is None:
        return not_performed(NOT_ENROLLED)
    if not model.text.fields:
        return not_performed("Genuine samples of this kind show no printed data that could be compared.")
    usual = usual_strokes(model)
    if not usual:
        return not_performed("The document model does not say how data are set: enrol it again.")
    if evidence.visual.missing:
        return undetermined(evidence.visual.missing)
    if shown_scale(evidence.page) < _COARSEST:
        return undetermined("The capture is too coarse to compare the type of the printed data: scan at 300 dpi.")
    found = deviations(evidence.page, evidence.visual.fields, usual)
    if not found:
        return undetermined("Too few of the printed data were read to compare their type: compare it by eye.")
    width, darkness = (max(abs(getattr(one, part)) for one in found.values()) for part in ("width", "darkness"))
    name = max(found, key=lambda name: abs(found[name].width) / _WIDTH + abs(found[name].darkness) / _DARKNESS)
    return Measurement(
        0.0,
        _PASSED,
        _sentence(name, found[name]),
        Region(name, in_capture(corners_mm(evidence.visual.fields[name].line.box), evidence.page.to_capture)),
        {"width": math.log(_WIDTH + width), "darkness": math.log(_DARKNESS + darkness)},
    )
