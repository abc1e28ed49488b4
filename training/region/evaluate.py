"""Error rates on held-out states (ISO/IEC 30107-3), and the test for shortcuts."""

import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import binomtest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from datasets.documents import KINDS, plan, specimen
from docscan.checks.regions import calibrated
from training.region.calibrate import RegionLogits
from training.region.data import REGIONS


@dataclass(frozen=True, slots=True)
class Rate:
    """An error rate with its count and 95 % confidence interval (Wilson)."""

    errors: int
    trials: int

    @property
    def value(self) -> float:
        """Errors over trials."""
        return self.errors / self.trials

    def __str__(self) -> str:
        """Return the rate with its count and interval, in per cent."""
        low, high = binomtest(self.errors, self.trials).proportion_ci(method="wilson")
        interval = f"95 % CI {100 * low:.1f} to {100 * high:.1f} %"
        return f"{100 * self.value:.1f} % ({self.errors} of {self.trials}; {interval})"


def document_log10_lr(seen: RegionLogits, calibration: dict[str, dict[str, float]]) -> NDArray[np.float64]:
    """Return each document's log10 likelihood ratio from its printing: that of its most suspicious region."""
    ratios = [
        [calibrated(float(logit), calibration[name]) for name, logit in zip(REGIONS, row, strict=True)]
        for row in seen.logits
    ]
    return np.asarray(ratios).max(1)


def error_rates(
    seen: RegionLogits, calibration: dict[str, dict[str, float]], refer_at: float
) -> tuple[dict[str, Rate], float]:
    """Return BPCER and APCER of each forgery kind when documents are referred from ``refer_at``, and the AUC."""
    ratios = document_log10_lr(seen, calibration)
    referred = ratios >= refer_at
    rates = {}
    for index, kind in enumerate(KINDS):
        members = referred[seen.kinds == index]
        errors = members.sum() if kind == "genuine" else (~members).sum()
        rates["bpcer" if kind == "genuine" else f"apcer_{kind}"] = Rate(int(errors), len(members))
    return rates, float(roc_auc_score(seen.kinds > 0, ratios))


def _shortcut_features(job: tuple[int, str, str]) -> list[float]:
    """Return a capture's size, JPEG tables, mean colour and noise level: nothing of how its page was printed."""
    photo = specimen(*job).photo
    picture = Image.open(io.BytesIO(photo.encoded))
    tables = [float(np.mean(table)) for table in (getattr(picture, "quantization", None) or {}).values()]
    rim = photo.image[:8].astype(np.float32)  # above the page: the capture's own colour and noise
    noise = float(np.abs(np.diff(rim.mean(2), axis=1)).mean())
    return [*photo.image.shape[:2], *[*tables, 0.0, 0.0][:2], *rim.mean((0, 1)), noise]


def shortcut_auc(documents: int = 160, seed: int = 77) -> float:
    """Return the cross-validated AUC of a classifier that sees only what must not matter; 0.5 is chance."""
    jobs = plan("training", documents, seed)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        rows = list(pool.map(_shortcut_features, jobs, chunksize=4))
    forged = np.array([kind != "genuine" for *_, kind in jobs])
    forest = RandomForestClassifier(300, min_samples_leaf=3, random_state=1)
    scores = cross_val_predict(forest, np.array(rows), forged, cv=8, method="predict_proba")[:, 1]
    return float(roc_auc_score(forged, scores))
