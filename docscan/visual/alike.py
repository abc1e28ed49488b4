"""Whether the printed data of a page are all set alike, against genuine samples of its kind.

A number may be set in bold on all of them, and stand a little low: so what samples show is taken off first, and then
what all data of the page have in common, for that is the capture's, or the printer's of that day.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from docscan.types import Agreement, FieldPlace, Homography, Page, TextLine, VisualField
from docscan.visual.baselines import Baseline, baseline_of, deviation_of
from docscan.visual.ink import LineInk, line_ink
from docscan.visual.strokes import strokes_of

# A word's mean differs by the letters that it is of, the less the more there are: from 8 on, less than by all else. On
# 357 genuine documents of calibration states and 87 with a datum set anew 28 of these stand beyond 199 of 200 of those,
# 24 where short words count as much as long ones.
_VARIED = 8
_FEWEST = 3  # data beside each other, so that one may stand out
_UNEVEN_MM = 0.03  # by which a baseline varies, in the median of all genuine data
_ASTRAY = 0.5  # of a line's height: letters that stand so far beside the datum's place are a label's, or a stamp's

Vector = NDArray[np.float64]
Value = TypeVar("Value", float, Vector)
Lines = Mapping[str, LineInk]
"""By datum."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Of one datum on genuine samples: its place, the mean of ``Strokes.logarithms``, and where its baseline is."""

    place: FieldPlace
    logarithms: Vector
    baseline_mm: float | None = None  # None: the document model is from before it was looked at


@dataclass(frozen=True, slots=True)
class Setting:
    """How samples set their data; ``uneven_mm``: by how much a datum's baseline stands beside the others' on them."""

    data: Mapping[str, Usual]
    uneven_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Deviation:
    """By how much a datum is set otherwise than the page's others, once what samples show is taken off.

    ``width`` of the strokes (above 0 they are bolder) and ``darkness`` of the ink: natural logarithms of ratios, less
    for short words. ``down_mm``: how much lower the datum stands; ``displaced``: the same without sign, in standard
    deviations of genuine documents and of this page.
    """

    width: float = 0.0
    darkness: float = 0.0
    down_mm: float = 0.0
    displaced: float = 0.0


def beside_others(values: Mapping[str, Value]) -> dict[str, Value]:
    """Take off each number or vector the median of all others; nothing where they are too few to tell."""
    if len(values) < _FEWEST:
        return {}
    found = {}
    for name, own in values.items():
        others: Any = np.median([value for other, value in values.items() if other != name], 0)
        found[name] = own - others
    return found


def inks_of(page: Page, lines: Mapping[str, TextLine], places: Mapping[str, FieldPlace]) -> dict[str, LineInk]:
    """Return the ink of those data of a page whose places are known, by datum."""
    inks = {name: line_ink(page, lines[name], place.line_mm) for name, place in places.items() if name in lines}
    return {name: ink for name, ink in inks.items() if ink is not None}


def baselines_of(lines: Lines, on_page: Homography) -> dict[str, Baseline]:
    """Return where those data stand whose letters tell, in the samples' common frame; ``on_page`` leads to the page."""
    seen = {name: baseline_of(line, on_page) for name, line in lines.items()}
    return {name: one for name, one in seen.items() if one is not None}


def deviations(
    page: Page, fields: Mapping[str, VisualField], usual: Setting, on_page: Homography | None
) -> dict[str, Deviation]:
    """Return by how much each datum is set otherwise than the others; none where too few can be compared.

    What was not surely read is left out.

    Parameters
    ----------
    on_page
        From millimetres of the samples' common frame to millimetres of the page; None where the page does not lie on
        them exactly: then nothing is said of baselines.
    """
    places = {name: known.place for name, known in usual.data.items()}
    sure = {name: field.line for name, field in fields.items() if field.agreement is not Agreement.UNCLEAR}
    lines = inks_of(page, sure, places)
    seen = {} if on_page is None else baselines_of(lines, on_page)
    others = {name for name, own in _beside(seen, usual).items() if abs(own) > _ASTRAY * usual.data[name].place.line_mm}
    strokes = _by_strokes({name: line for name, line in lines.items() if name not in others}, usual)
    baselines = _by_baselines({name: one for name, one in seen.items() if name not in others}, usual)
    return {
        name: Deviation(*strokes.get(name, (0.0, 0.0)), *baselines.get(name, (0.0, 0.0)))
        for name in sorted(strokes.keys() | baselines.keys())
    }


def _by_strokes(lines: Lines, usual: Setting) -> dict[str, tuple[float, float]]:
    """Return ``width`` and ``darkness`` by datum."""
    away, sure = {}, {}
    for name, line in lines.items():
        seen = strokes_of(line)
        if seen is not None:
            away[name] = seen.logarithms() - usual.data[name].logarithms
            sure[name] = math.sqrt(seen.letters / (seen.letters + _VARIED))
    return {name: (sure[name] * float(own[0]), sure[name] * float(own[1])) for name, own in beside_others(away).items()}


def _beside(seen: Mapping[str, Baseline], usual: Setting) -> dict[str, float]:
    """Return by how many millimetres each datum stands lower than the others, once samples' baselines are taken off."""
    known = {name: usual.data[name].baseline_mm for name in seen}
    return beside_others({name: seen[name].down_mm - line for name, line in known.items() if line is not None})


def _by_baselines(seen: Mapping[str, Baseline], usual: Setting) -> dict[str, tuple[float, float]]:
    """Return ``down_mm`` and ``displaced`` by datum."""
    beside, found = _beside(seen, usual), {}
    for name, own in beside.items():
        others = deviation_of([value for other, value in beside.items() if other != name])
        found[name] = own, abs(own) / math.hypot(_UNEVEN_MM, usual.uneven_mm, others, seen[name].error_mm)
    return found
