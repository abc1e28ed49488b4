"""How high the printed data stand: the line that a datum's letters stand on.

An issuer prints all data in one pass, so they may all stand a little high or low, but none beside the others. A datum
that was printed later seldom comes to stand where the first one stood.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docscan.page_geometry import moved
from docscan.types import Homography
from docscan.visual.ink import PIXELS_PER_MM, LineInk

BASELINE = "viz.{}.baseline"
"""Name, in a document model, of where samples have a datum's baseline, millimetres from the page's upper edge."""

_LOWER = 0.9  # quantile of a letter's columns that tells its lower end
_DEVIATIONS = 1.4826  # of a normal distribution, in median absolute deviations


@dataclass(frozen=True, slots=True)
class Baseline:
    """Of one datum: how far below the page's upper edge its letters stand on samples, and how sure that is, both mm."""

    down_mm: float
    error_mm: float


def baseline_of(line: LineInk, on_page: Homography) -> Baseline | None:
    """Measure where a line's letters stand; None where few of the text's are seen one by one.

    Parameters
    ----------
    on_page
        From millimetres of the samples' common frame, in which the answer is, to millimetres of the page.
    """
    if not line.shows_text:
        return None
    ends = [(left + wide / 2, _lower_end(line, (left, top, wide, high))) for left, top, wide, high in line.letters]
    on_samples = moved(
        (np.array(ends) + 0.5) / PIXELS_PER_MM + line.corner_mm, np.asarray(np.linalg.inv(on_page), np.float64)
    )[:, 1]
    middle = float(np.median(on_samples))
    return Baseline(middle, deviation_of(on_samples - middle) / math.sqrt(len(ends)))


def deviation_of(away: Sequence[float] | NDArray[np.float64]) -> float:
    """Return the standard deviation of some differences that half of them tell: a few outliers do not move it."""
    return _DEVIATIONS * float(np.median(np.abs(away)))


def _lower_end(line: LineInk, letter: tuple[int, int, int, int]) -> float:
    """Return where a letter's ink ends below, to a part of a pixel."""
    left, top, wide, high = letter
    part = line.ink[top : top + high + 1, left : left + wide]
    inked = part[:high] > line.level
    columns = np.flatnonzero(inked.any(0))
    last = high - 1 - inked[::-1, columns].argmax(0)
    below = np.minimum(last + 1, len(part) - 1)
    before, after = part[last, columns], part[below, columns]
    ends = last + (before - line.level) / np.maximum(before - after, 1e-6)
    ends = np.sort(np.minimum(ends, last + 1))
    return top + float(ends[round(_LOWER * (len(ends) - 1))])
