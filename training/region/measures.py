"""Measures of a detector that gives log10 likelihood ratios, forged against genuine.

Error rates after ISO/IEC 30107-3: an attack (forged) that is taken for genuine counts in APCER, a bona fide (genuine)
that is referred in BPCER. Cllr after Brümmer and du Preez, Application-independent
evaluation of speaker detection (2006).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

Ratios = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """An error rate with its count and 95 % confidence interval (Wilson)."""

    errors: int
    trials: int

    @property
    def value(self) -> float:
        """Errors over trials; nan of none."""
        return self.errors / self.trials if self.trials else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end; nothing is known of none."""
        if self.trials == 0:
            return 0.0, 1.0
        low, high = binomtest(self.errors, self.trials).proportion_ci(method="wilson")
        return float(low), float(high)

    def __str__(self) -> str:
        """Return the rate with its count and interval, in per cent."""
        if self.trials == 0:
            return "none of these"
        low, high = self.interval
        interval = f"95 % CI {100 * low:.1f} to {100 * high:.1f} %"
        return f"{100 * self.value:.1f} % ({self.errors} of {self.trials}; {interval})"


def _together(genuine: Ratios, forged: Ratios) -> tuple[Ratios, Ratios, Ratios]:
    """Return all values, their labels (1: forged), and weights by which both classes weigh the same."""
    counts = [len(genuine), len(forged)]
    labels, weights = np.repeat([0.0, 1.0], counts), np.repeat([0.5 / count for count in counts], counts)
    return np.concatenate([genuine, forged]), labels, weights


def auc(genuine: Ratios, forged: Ratios) -> float:
    """Return the area under the ROC curve."""
    values, labels, _ = _together(genuine, forged)
    return float(roc_auc_score(labels, values))


def det(genuine: Ratios, forged: Ratios) -> tuple[Ratios, Ratios]:
    """Return APCER and BPCER at every threshold, from the most cautious to the most lenient."""
    thresholds = np.unique(np.concatenate([genuine, forged, [np.inf]]))
    apcer = np.searchsorted(np.sort(forged), thresholds, side="left") / len(forged)
    bpcer = 1 - np.searchsorted(np.sort(genuine), thresholds, side="left") / len(genuine)
    return apcer, bpcer


def equal_error_rate(genuine: Ratios, forged: Ratios) -> float:
    """Return where APCER and BPCER meet."""
    apcer, bpcer = det(genuine, forged)
    nearest = int(np.abs(apcer - bpcer).argmin())
    return float((apcer[nearest] + bpcer[nearest]) / 2)


def bpcer_at(genuine: Ratios, forged: Ratios, apcer: float) -> float:
    """Return the lowest BPCER at which APCER is not above a bound."""
    missed, referred = det(genuine, forged)
    return float(referred[missed <= apcer].min())


def _cost(genuine: Ratios, forged: Ratios) -> float:
    """Return the mean of both classes' logarithmic costs, in bits, of ratios given as natural logarithms."""
    return float((np.logaddexp(0, genuine).mean() + np.logaddexp(0, -forged).mean()) / (2 * np.log(2)))


def cllr(genuine: Ratios, forged: Ratios) -> float:
    """Return the cost of log likelihood ratios: 0 tells all, 1 says nothing."""
    return _cost(genuine * np.log(10), forged * np.log(10))


def cllr_min(genuine: Ratios, forged: Ratios) -> float:
    """Return the Cllr that the best calibration of the same order would have (pool adjacent violators)."""
    values, labels, weights = _together(genuine, forged)
    steps = IsotonicRegression(y_min=1e-9, y_max=1 - 1e-9).fit(values, labels, sample_weight=weights)
    posterior = steps.predict(values)
    odds = np.log(posterior / (1 - posterior))
    return _cost(odds[labels == 0], odds[labels == 1])


def reliability(genuine: Ratios, forged: Ratios, bins: int = 10) -> list[tuple[float, float, float]]:
    """Return, for bins of the stated probability at even odds: what was stated, what was so, and the bin's weight."""
    values, labels, weights = _together(genuine, forged)
    stated = 1 / (1 + 10**-values)
    where = np.minimum((stated * bins).astype(int), bins - 1)
    rows = []
    for number in range(bins):
        chosen = where == number
        if chosen.any():
            weight = float(weights[chosen].sum())
            rows.append(
                (
                    float(np.average(stated[chosen], weights=weights[chosen])),
                    float(np.average(labels[chosen], weights=weights[chosen])),
                    weight,
                )
            )
    return rows


def ece(genuine: Ratios, forged: Ratios) -> float:
    """Return the expected calibration error at even odds: how far, on average, what was stated is from what was so."""
    return float(sum(weight * abs(said - was) for said, was, weight in reliability(genuine, forged)))
