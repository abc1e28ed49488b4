"""How well a network that answers for whole pages tells forged ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.specimens import GENUINE
from docscan.page_answer import PageAnswer
from training.region.measures import auc


@dataclass(frozen=True, slots=True)
class Told:
    """Areas under the ROC curve, by what the check weighs, of all forgeries and of each kind, and by its two parts."""

    whole: float
    page: float
    place: float
    kinds: Mapping[str, float]


def told_of(seen: Sequence[PageAnswer], recipes: NDArray[Any], kinds: Iterable[str]) -> Told:
    """Measure answers for documents of some recipes, each kind against all genuine ones."""
    genuine = recipes == GENUINE

    def of(value: Callable[[PageAnswer], float], kind: str | None = None) -> float:
        values = np.array([value(one) for one in seen])
        return auc(values[genuine], values[~genuine if kind is None else recipes == kind])

    by_kind = {kind: of(PageAnswer.logit, kind) for kind in kinds if (recipes == kind).any()}
    return Told(of(PageAnswer.logit), of(lambda one: one.page), of(PageAnswer.strongest), by_kind)
