"""Logits of regions -> log10 likelihood ratios and thresholds, on states never trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from docscan.checks.regions import bound, pooled
from training.region.data import REGIONS, Crops

# Share of genuine regions of the calibration states that may lie above the threshold of a region.
REGION_BPCER = 0.005


@dataclass(frozen=True, slots=True)
class RegionLogits:
    """Pooled logits, one row a document, one column a region of ``REGIONS``.

    ``forged`` is 1 where most of the region's crops were forged, 0 where none was touched, -1 in between.
    """

    logits: NDArray[np.float64]
    forged: NDArray[np.int8]
    kinds: NDArray[np.int8]


def regions_of(crops: Crops, logits: NDArray[np.float32]) -> RegionLogits:
    """Pool crops to regions as the product does."""
    shape = (len(crops.kinds), len(REGIONS))
    values, forged = np.zeros(shape), np.full(shape, -1, np.int8)
    for document in range(shape[0]):
        for region in range(shape[1]):
            rows = (crops.document == document) & (crops.region == region)
            values[document, region] = pooled(logits[rows])
            labels = crops.forged[rows]
            forged[document, region] = 1 if (labels == 1).mean() > 0.5 else 0 if (labels == 0).all() else -1
    return RegionLogits(values, forged, crops.kinds)


def calibrate(seen: RegionLogits) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Fit slope and intercept of each region's log10 likelihood ratio, and its threshold.

    Logistic regression gives log odds at the set's own prior; taking the prior's log odds off leaves the
    likelihood ratio. Each region has its own fit, with a penalty that shrinks the slope, bounded by what so many
    documents support.
    """
    calibration, thresholds = {}, {}
    for index, name in enumerate(REGIONS):
        genuine, forged = (seen.logits[seen.forged[:, index] == label, index] for label in (0, 1))
        x = np.concatenate([genuine, forged])[:, None]
        y = np.concatenate([np.zeros(len(genuine)), np.ones(len(forged))])
        model = LogisticRegression(C=1.0).fit(x, y)
        prior = np.log(len(forged) / len(genuine))
        lowest, highest = bound(len(genuine), len(forged))
        calibration[name] = {
            "slope": float(model.coef_[0, 0] / np.log(10)),
            "intercept": float((model.intercept_[0] - prior) / np.log(10)),
            "lowest": lowest,
            "highest": highest,
        }
        thresholds[name] = float(np.quantile(genuine, 1 - REGION_BPCER, method="higher"))
    return calibration, thresholds
