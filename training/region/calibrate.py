"""What the network says of regions -> log10 likelihood ratios, and their fusion; on states never trained on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from docscan.checks.regions import bound, calibrated
from docscan.scoring import fused
from docscan.zones import REGIONS
from training.region.scoring import Scored

# Share of genuine regions of the calibration states that may lie above the threshold of a region.
REGION_BPCER = 0.005
_PENALTY = 1e-3

Calibration = dict[str, Any]


def fit(genuine: NDArray[np.float64], forged: NDArray[np.float64]) -> tuple[list[float], float]:
    """Fit weights, none negative, and an intercept so that the weighted sum is a log10 likelihood ratio.

    Logistic regression with both classes weighing the same, whose log odds are then the log likelihood ratio. A
    negative weight would let a stronger sign of forgery speak for a genuine document.
    """
    centre = np.concatenate([genuine, forged]).mean(0)
    low, high = genuine - centre, forged - centre

    def cost(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, intercept = parameters[:-1], parameters[-1]
        g, f = low @ weights + intercept, high @ weights + intercept
        value = np.logaddexp(0, g).mean() + np.logaddexp(0, -f).mean() + _PENALTY * (weights**2).sum()
        up, down = 1 / (1 + np.exp(-g)) / len(g), -1 / (1 + np.exp(f)) / len(f)
        slope = low.T @ up + high.T @ down + 2 * _PENALTY * weights
        return float(value), np.append(slope, up.sum() + down.sum())

    count = genuine.shape[1]
    start, bounds = np.append(np.full(count, 0.1), 0.0), [(0, None)] * count + [(None, None)]
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights, intercept = found.x[:-1], found.x[-1] - centre @ found.x[:-1]
    return [float(value / np.log(10)) for value in weights], float(intercept / np.log(10))


def _calibration(genuine: NDArray[np.float64], forged: NDArray[np.float64]) -> Calibration:
    if len(genuine) == 0 or len(forged) == 0:
        raise ValueError("calibrating takes genuine and forged documents of every region: the set is too small")
    weights, intercept = fit(genuine, forged)
    lowest, highest = bound(len(genuine), len(forged))
    return {"weights": weights, "intercept": intercept, "lowest": lowest, "highest": highest}


def calibrate_regions(seen: Sequence[Scored]) -> tuple[dict[str, Calibration], dict[str, float]]:
    """Fit each region's log10 likelihood ratio, and its threshold.

    A region is forged where the forgery lies in it, and genuine on genuine documents; a forged document's other regions
    are neither. Forgeries that print cannot tell are left out: what they would add is noise.
    """
    calibration, thresholds = {}, {}
    for name in REGIONS:
        rows = [item for item in seen if name in item.regions]
        genuine = np.array([item.regions[name] for item in rows if item.genuine])
        forged = np.array([item.regions[name] for item in rows if item.touched.get(name)])
        calibration[name] = _calibration(genuine, forged)
        ratios = [calibrated(row, calibration[name]) for row in genuine]
        thresholds[name] = max(0.0, float(np.quantile(ratios, 1 - REGION_BPCER, method="higher")))
    return calibration, thresholds


def region_ratios(item: Scored, calibration: Mapping[str, Calibration]) -> dict[str, float]:
    """Return the log10 likelihood ratio of each region of a document."""
    return {name: calibrated(values, calibration[name]) for name, values in item.regions.items()}


def calibrate_fusion(seen: Sequence[Scored], calibration: Mapping[str, Calibration]) -> Calibration:
    """Fit how the regions' ratios, which depend on each other, add up to the document's."""
    rows = [item for item in seen if item.abstained is None and item.told_by_print]
    ratios = [region_ratios(item, calibration) for item in rows]
    values = np.array([[row.get(name, 0.0) for name in REGIONS] for row in ratios])
    genuine = np.array([item.genuine for item in rows])
    fusion = _calibration(values[genuine], values[~genuine])
    fusion["weights"] = {f"print.{name}": weight for name, weight in zip(REGIONS, fusion["weights"], strict=True)}
    return fusion


def document_ratio(item: Scored, calibration: Mapping[str, Calibration], fusion: Calibration) -> float:
    """Return a document's log10 likelihood ratio by its print, as the product fuses it."""
    ratios = {f"print.{name}": ratio for name, ratio in region_ratios(item, calibration).items()}
    return fused(ratios, fusion)
