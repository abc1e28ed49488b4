"""What the network says of regions -> log10 likelihood ratios, and their fusion; on states never trained on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from docscan.checks.regions import bound, calibrated, coarseness
from docscan.scoring import fused
from docscan.zones import REGIONS
from training.region.measures import cllr
from training.region.scoring import Scored

# Share of genuine regions of the calibration states that may lie above the threshold of a region.
REGION_BPCER = 0.005
_PENALTY = 1e-3

Calibration = dict[str, Any]


def fit(genuine: NDArray[np.float64], forged: NDArray[np.float64]) -> tuple[float, float]:
    """Fit a weight, not negative, and an intercept so that a value becomes a log10 likelihood ratio.

    Logistic regression with both classes weighing the same, whose log odds are then the log likelihood ratio. A
    negative weight would let a stronger sign of forgery speak for a genuine document.
    """
    centre = float(np.concatenate([genuine, forged]).mean())
    low, high = genuine - centre, forged - centre

    def cost(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weight, intercept = parameters
        g, f = low * weight + intercept, high * weight + intercept
        value = np.logaddexp(0, g).mean() + np.logaddexp(0, -f).mean() + _PENALTY * weight**2
        up, down = 1 / (1 + np.exp(-g)) / len(g), -1 / (1 + np.exp(f)) / len(f)
        slope = low @ up + high @ down + 2 * _PENALTY * weight
        return float(value), np.array([slope, up.sum() + down.sum()])

    found = minimize(cost, np.array([0.1, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)])
    weight, intercept = found.x
    return float(weight / np.log(10)), float((intercept - centre * weight) / np.log(10))


def _seen(name: str, items: Sequence[Scored]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what documents' regions of a name came to, and how coarse their captures are."""
    values = np.array([item.regions[name] for item in items], np.float64)
    return values, np.array([coarseness(item.pixels_per_mm) for item in items], np.float64)


def _documents(items: Sequence[Scored]) -> int:
    """Return how many documents there are: several pictures of one support no more than one of them."""
    return len({item.name for item in items})


def _calibration(name: str, genuine: Sequence[Scored], forged: Sequence[Scored]) -> Calibration:
    if not genuine or not forged:
        raise ValueError("calibrating takes genuine and forged documents of every region: the set is too small")
    (low, low_coarse), (high, high_coarse) = (_seen(name, items) for items in (genuine, forged))
    coarse = float(np.polyfit(low_coarse, low, 1)[0]) if np.ptp(low_coarse) > 0 else 0.0
    weight, intercept = fit(low - coarse * low_coarse, high - coarse * high_coarse)
    lowest, highest = bound(_documents(genuine), _documents(forged))
    return {"weight": weight, "intercept": intercept, "coarse": coarse, "lowest": lowest, "highest": highest}


def calibrate_regions(seen: Sequence[Scored]) -> tuple[dict[str, Calibration], dict[str, float]]:
    """Fit each region's log10 likelihood ratio, and its threshold.

    A region is forged where the forgery lies in it, and genuine on genuine documents; a forged document's other regions
    are neither. Forgeries that print cannot tell are left out: what they would add is noise. ``coarse`` is by how much
    genuine regions of the coarsest captures lie above those of fine ones (least squares).
    """
    calibration, thresholds = {}, {}
    for name in REGIONS:
        rows = [item for item in seen if name in item.regions]
        genuine = [item for item in rows if item.genuine]
        calibration[name] = _calibration(name, genuine, [item for item in rows if item.touched.get(name)])
        ratios = [calibrated(item.regions[name], calibration[name], item.pixels_per_mm) for item in genuine]
        thresholds[name] = max(0.0, float(np.quantile(ratios, 1 - REGION_BPCER, method="higher")))
    return calibration, thresholds


def region_ratios(item: Scored, calibration: Mapping[str, Calibration]) -> dict[str, float]:
    """Return the log10 likelihood ratio of each region of a document."""
    scale = item.pixels_per_mm
    return {name: calibrated(value, calibration[name], scale) for name, value in item.regions.items()}


def _patterns(forged: Sequence[Scored]) -> list[dict[str, Any]]:
    """Return which regions forgeries touch together, and how many do; each region alone counts once more."""
    counts = Counter((name,) for name in REGIONS)
    counts.update(tuple(name for name in REGIONS if item.touched.get(name)) for item in forged)
    counts.pop((), None)  # the forged part is in no crop
    total = counts.total()
    return [
        {"checks": [f"print.{name}" for name in names], "share": count / total}
        for names, count in sorted(counts.items())
    ]


def calibrate_fusion(seen: Sequence[Scored], calibration: Mapping[str, Calibration]) -> Calibration:
    """Fit how the regions' ratios, which depend on each other, make up the document's (``scoring.fused``).

    The dependence, the weight and the intercept are those of the least Cllr.
    """
    rows = [item for item in seen if item.abstained is None and item.told_by_print]
    ratios = [_named(region_ratios(item, calibration)) for item in rows]
    genuine = np.array([item.genuine for item in rows])
    forged = [item for item in rows if not item.genuine]
    patterns = _patterns(forged)
    lowest, highest = bound(_documents([item for item in rows if item.genuine]), _documents(forged))

    def fusion(parameters: NDArray[np.float64]) -> Calibration:
        dependence, weight, intercept = (float(value) for value in parameters)
        return {
            "patterns": patterns,
            "dependence": dependence,
            "weight": weight,
            "intercept": intercept,
            "lowest": lowest,
            "highest": highest,
        }

    def cost(parameters: NDArray[np.float64]) -> float:
        fitted = fusion(parameters)
        values = np.array([fused(row, fitted) for row in ratios])
        return cllr(values[genuine], values[~genuine])

    bounds = [(0.0, 1.0), (0.0, 3.0), (-2.0, 2.0)]
    return fusion(minimize(cost, np.array([0.5, 1.0, 0.0]), method="Nelder-Mead", bounds=bounds).x)


def _named(ratios: Mapping[str, float]) -> dict[str, float]:
    """Return regions' ratios by the ids of their checks."""
    return {f"print.{name}": ratio for name, ratio in ratios.items()}


def document_ratio(item: Scored, calibration: Mapping[str, Calibration], fusion: Calibration) -> float:
    """Return a document's log10 likelihood ratio by its print, as the product fuses it."""
    return fused(_named(region_ratios(item, calibration)), fusion)
