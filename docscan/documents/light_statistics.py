"""What single numbers the checks of ultraviolet and infrared compare are like on genuine samples of a kind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from docscan.checks.infrared import PORTRAIT as IR_PORTRAIT
from docscan.checks.ultraviolet import FIBRES
from docscan.checks.ultraviolet import PORTRAIT as UV_PORTRAIT
from docscan.documents.model import Statistics
from docscan.light_network import usual
from docscan.light_values import fibres, portrait_glow, portrait_stays
from docscan.lights import Expected, Lights
from docscan.types import Spectrum


def light_statistics(samples: Sequence[Lights], fewest: int) -> dict[str, Statistics]:
    """Measure samples and return mean and spread by name, of what at least ``fewest`` of them show.

    Parameters
    ----------
    samples
        Each with the samples' common pictures laid on it, where there are any.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for lights in samples:
        for name, value in _values(lights).items():
            found[name].append(value)
    return statistics_of(found, fewest)


def statistics_of(found: Mapping[str, Sequence[float]], fewest: int) -> dict[str, Statistics]:
    """Return mean and spread of numbers by name, where there are at least ``fewest``."""
    return {name: _statistics(values) for name, values in sorted(found.items()) if len(values) >= fewest}


def _values(lights: Lights) -> dict[str, float]:
    values: dict[str, float] = {}
    if Spectrum.UV in lights.seen and Spectrum.UV not in lights.wrong:
        values |= _under_uv(lights, lights.expected.get(Spectrum.UV))
    if Spectrum.IR in lights.seen and Spectrum.IR not in lights.wrong and lights.portrait is not None:
        values[IR_PORTRAIT] = portrait_stays(lights, lights.portrait)
    if (answer := lights.answers.get(Spectrum.IR)) is not None:
        values[usual(answer, Spectrum.IR)] = answer.logit()
    return values


def _under_uv(lights: Lights, expected: Expected | None) -> dict[str, float]:
    values: dict[str, float] = {}
    if lights.portrait is not None:
        values[UV_PORTRAIT] = portrait_glow(lights, lights.portrait)
    if expected is not None:
        count, area = fibres(lights.seen[Spectrum.UV], expected)
        values[FIBRES] = count / max(area, 1.0)  # a square centimetre
    return values


def _statistics(values: Sequence[float]) -> Statistics:
    return Statistics(
        np.array([np.mean(values)], np.float32), np.array([np.std(values, ddof=1)], np.float32), len(values)
    )
