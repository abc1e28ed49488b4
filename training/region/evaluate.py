"""Measures the region network on states it never saw: error rates after ISO/IEC 30107-3, costs, what degrades it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.region.calibrate import Calibration, document_ratio
from training.region.measures import (
    Rate,
    Ratios,
    auc,
    bpcer_at,
    cllr,
    cllr_min,
    det,
    ece,
    equal_error_rate,
    reliability,
)
from training.region.scoring import Scored

APCERS = (0.01, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Measured:
    """How well one group of documents is told apart."""

    name: str
    bpcer: Rate  # at the threshold in use
    apcer: Rate
    auc: float
    eer: float
    bpcer_at: tuple[float, ...]  # at ``APCERS``
    abstained: Rate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the report says; ratios are of the documents on which the network did not abstain."""

    genuine: Ratios
    forged: Ratios
    whole: Measured
    kinds: tuple[Measured, ...]  # each forgery kind against all genuine documents
    unseen: tuple[Measured, ...]  # likewise the kinds that print cannot tell, which count in nothing else
    conditions: Mapping[str, tuple[Measured, ...]]  # by what varies: device, resolution, blur, JPEG quality, side
    cllr: float
    cllr_min: float
    ece: float
    reliability: tuple[tuple[float, float, float], ...]
    det: tuple[Ratios, Ratios]
    refer_at: float
    real: tuple[tuple[str, float | None, float], ...]  # specimen, ratio or None where abstained, pixels a millimetre


def _bands(value: float, edges: Sequence[float], unit: str) -> str:
    low = max((edge for edge in edges if edge <= value), default=None)
    high = min((edge for edge in edges if edge > value), default=None)
    if low is None:
        return f"below {high:g}{unit}"
    return f"{low:g}{unit} and more" if high is None else f"{low:g} to {high:g}{unit}"


def _quality(line: Mapping[str, Any]) -> str:
    capture = line["capture"]
    if capture["encoder"] == "png":
        return "PNG"
    return _bands(float(capture["quality"]), (60, 75, 85, 95), "")


CONDITIONS: Mapping[str, Callable[[Scored], str]] = {
    "device": lambda item: str(item.line["capture"]["device"]),
    "side": lambda item: str(item.line["kind"]),
    "resolution": lambda item: _bands(item.pixels_per_mm, (8, 10, 12, 14, 18), " px/mm"),
    "blur": lambda item: _bands(float(item.line["capture"]["blur"]), (0.4, 0.7, 1.0), " px"),
    "JPEG quality": lambda item: _quality(item.line),
    "state": lambda item: str(item.line["state"]),
}


def _measured(name: str, rows: Sequence[Scored], ratios: Mapping[str, float], refer_at: float) -> Measured:
    genuine, forged = (
        np.array([ratios[item.name] for item in rows if item.abstained is None and item.genuine is wanted])
        for wanted in (True, False)
    )
    told = len(genuine) and len(forged)
    return Measured(
        name,
        Rate(int((genuine >= refer_at).sum()), len(genuine)),
        Rate(int((forged < refer_at).sum()), len(forged)),
        auc(genuine, forged) if told else float("nan"),
        equal_error_rate(genuine, forged) if told else float("nan"),
        tuple(bpcer_at(genuine, forged, bound) if told else float("nan") for bound in APCERS),
        Rate(sum(item.abstained is not None for item in rows), len(rows)),
    )


def _order(name: str) -> tuple[float, str]:
    """Sort bands by their lower end, and names by the alphabet."""
    first = name.removeprefix("below ").split(" ")[0]
    number = float(first) if first.replace(".", "").isdigit() else 0.0
    return number - name.startswith("below"), name


def _by_kind(seen: Sequence[Scored], ratios: Mapping[str, float], refer_at: float) -> tuple[Measured, ...]:
    """Measure each forgery kind against all genuine documents, the worst first."""
    recipes = sorted({str(item.line["recipe"]) for item in seen if not item.genuine})
    rows = [
        _measured(recipe, [item for item in seen if item.genuine or item.line["recipe"] == recipe], ratios, refer_at)
        for recipe in recipes
    ]
    return tuple(sorted(rows, key=lambda kind: -kind.apcer.value))


def evaluate(
    seen: Sequence[Scored],
    real: Sequence[Scored],
    calibration: Mapping[str, Calibration],
    fusion: Calibration,
    refer_at: float,
) -> Evaluation:
    """Measure scored documents of the test states, and the genuine specimens."""
    ratios = {item.name: document_ratio(item, calibration, fusion) for item in (*seen, *real) if item.abstained is None}
    told = [item for item in seen if item.told_by_print]
    answered = [item for item in told if item.abstained is None]
    genuine, forged = (
        np.array([ratios[item.name] for item in answered if item.genuine is wanted]) for wanted in (True, False)
    )
    kinds = _by_kind(told, ratios, refer_at)
    unseen = _by_kind([item for item in seen if item.genuine or not item.told_by_print], ratios, refer_at)
    conditions = {}
    for what, band in CONDITIONS.items():
        groups: dict[str, list[Scored]] = {}
        for item in told:
            groups.setdefault(band(item), []).append(item)
        conditions[what] = tuple(_measured(name, groups[name], ratios, refer_at) for name in sorted(groups, key=_order))
    return Evaluation(
        genuine,
        forged,
        _measured("all", told, ratios, refer_at),
        kinds,
        unseen,
        conditions,
        cllr(genuine, forged),
        cllr_min(genuine, forged),
        ece(genuine, forged),
        tuple(reliability(genuine, forged)),
        det(genuine, forged),
        refer_at,
        tuple((str(item.line["state"]), ratios.get(item.name), item.pixels_per_mm) for item in real),
    )
