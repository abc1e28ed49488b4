"""The shortcut test: classifiers that may look at anything but the forgery must be at chance.

A network that separates forged from genuine by size, file length, JPEG tables, mean colour, noise or border learns the
pipeline that made the set, not the forgery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from docscan.processes import pool

LEAST, MOST = 0.45, 0.55
_BORDER = 8  # pixels

Features = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a shortcut tells forged from genuine, with the standard error of an AUC at chance."""

    auc: float
    error: float

    @property
    def leaks(self) -> bool:
        """Whether the AUC is outside the bounds."""
        return not LEAST <= self.auc <= MOST

    @property
    def surely_leaks(self) -> bool:
        """Whether it is outside by more than chance explains: for sets so small that chance alone passes the bounds."""
        return abs(self.auc - 0.5) > max(MOST - 0.5, 3 * self.error)


def _tables(image: Image.Image) -> list[float]:
    """Return what a JPEG's tables tell: their sums and first entries, the sampling, whether it is progressive."""
    tables = getattr(image, "quantization", None) or {}
    layers = getattr(image, "layer", None) or []
    values: list[float] = [float(len(tables))]
    for number in (0, 1):
        table = list(tables.get(number, [0]))
        values += [float(sum(table)), float(table[0]), float(table[-1])]
    sampling = float(layers[0][1] * 10 + layers[0][2]) if layers else 0.0
    return [*values, sampling, float(bool(image.info.get("progressive")))]


def features(path: Path) -> Features:
    """Return an image's features, by shortcut."""
    with Image.open(path) as image:
        tables = _tables(image)
        pixels = np.asarray(image.convert("RGB"), np.uint8)
    height, width = pixels.shape[:2]
    length = path.stat().st_size
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rough = np.abs(cv2.Laplacian(grey, cv2.CV_16S))
    rest = cv2.subtract(grey, cv2.GaussianBlur(grey, (0, 0), 1.5), dtype=cv2.CV_16S)
    edges = (pixels[:_BORDER], pixels[-_BORDER:], pixels[:, :_BORDER], pixels[:, -_BORDER:])
    border = [float(value) for edge in edges for value in (*edge.mean((0, 1)), edge.std())]
    return {
        "size": [float(height), float(width), width / height],
        "file length": [float(length), length / (height * width)],
        "JPEG tables": tables,
        "mean colour": [float(value) for part in cv2.meanStdDev(pixels) for value in part.ravel()],
        "global noise": [float(np.median(rough)), float(rough.mean()), float(rest.std())],
        "border": border,
    }


def _auc(values: NDArray[np.float64], forged: NDArray[np.bool_], pairs: NDArray[np.int64]) -> float:
    """Cross-validate a classifier; both of a pair, of one state and kind, stay together."""
    model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.08, max_leaf_nodes=8, random_state=0)
    folds = GroupKFold(min(5, len(set(pairs.tolist()))))
    chance = cross_val_predict(model, values, forged, groups=pairs, cv=folds, method="predict_proba")[:, 1]
    return float(roc_auc_score(forged, chance))


def scores(folder: Path, lines: Sequence[Mapping[str, Any]], workers: int = 2) -> dict[str, Score]:
    """Return for each shortcut how well it does, and all of them together.

    Parameters
    ----------
    folder
        Of the set.
    lines
        Of documents with a visible image, as ``datasets.generate.read`` returns them.
    """
    paths = [folder / str(line["images"]["visible"]) for line in lines]
    with pool(workers) as processes:
        seen = list(processes.map(features, paths, chunksize=20))
    forged = np.array([line["recipe"] != "genuine" for line in lines])
    pairs = np.array([int(line["index"]) // 2 for line in lines])
    error = float(np.sqrt((len(lines) + 1) / (12 * max(1, forged.sum() * (~forged).sum()))))
    columns = {name: np.array([one[name] for one in seen]) for name in seen[0]}
    columns["all together"] = np.hstack(list(columns.values()))
    return {name: Score(_auc(values, forged, pairs), error) for name, values in columns.items()}
