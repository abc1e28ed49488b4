"""How well the network of a light tells forged pages of states that it never saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort

from datasets.forging.catalogue import RECIPES, shows
from datasets.specimens import GENUINE
from docscan.light_network import LightAnswer, ask
from docscan.types import Spectrum
from training.lights.data import Pages
from training.region.measures import auc


@dataclass(frozen=True, slots=True)
class Told:
    """Areas under the ROC curve, by what the check weighs, of all forgeries and of each kind, and by its two parts."""

    whole: float
    page: float
    place: float
    kinds: Mapping[str, float]


def told(session: ort.InferenceSession, pages: Pages, light: Spectrum) -> Told:
    """Measure, on the forgeries that show under the light."""
    recipes = [str(line["recipe"]) for line in pages.lines]
    kept = [row for row, name in enumerate(recipes) if name == GENUINE or shows(name, (light.value,))]
    names = np.array([recipes[row] for row in kept])
    seen = [ask(session, pages.page(light, row)) for row in kept]
    genuine = names == GENUINE

    def of(value: Callable[[LightAnswer], float], kind: str | None = None) -> float:
        values = np.array([value(one) for one in seen])
        return auc(values[genuine], values[~genuine if kind is None else names == kind])

    kinds = {kind: of(LightAnswer.logit, kind) for kind in RECIPES if (names == kind).any()}
    return Told(of(LightAnswer.logit), of(lambda one: one.page), of(LightAnswer.strongest), kinds)
