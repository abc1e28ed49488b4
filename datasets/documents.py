"""One document from one seed: drawn, perhaps forged, worn, captured."""

from dataclasses import dataclass

import numpy as np

from datasets.captures import Photo, photograph
from datasets.forgeries import RECIPES, Forgery
from datasets.holders import holder
from datasets.printing import wear
from datasets.states import SPLITS, state
from datasets.td3 import Drawing, draw_genuine

KINDS = ("genuine", *RECIPES)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A generated document with all that is known of it."""

    drawing: Drawing
    forgery: Forgery | None
    photo: Photo

    @property
    def kind(self) -> str:
        """``genuine`` or the forgery's recipe."""
        return self.forgery.recipe if self.forgery else "genuine"


def specimen(seed: int, code: str, kind: str, *, device: str | None = None, scale: float | None = None) -> Specimen:
    """Generate the document of a seed.

    The capture's own generator is seeded apart from the drawing's: how a page is captured cannot depend on
    whether, or how, it was forged.
    """
    rng, capture_rng = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    drawing = draw_genuine(rng, state(code), holder(rng))
    forgery = RECIPES[kind](rng, drawing) if kind != "genuine" else None
    worn = wear(capture_rng, drawing.surface, drawing.state.laminate)
    return Specimen(drawing, forgery, photograph(capture_rng, worn, device, scale))


def plan(split: str, count: int, seed: int) -> list[tuple[int, str, str]]:
    """Return seed, state and kind of each document of a split: half of them genuine, recipes in equal shares."""
    rng = np.random.default_rng([seed, list(SPLITS).index(split)])
    seeds = rng.integers(1 << 40, size=count)
    forged = list(RECIPES)
    kinds = ["genuine" if index % 2 == 0 else forged[index // 2 % len(forged)] for index in range(count)]
    codes = rng.choice(SPLITS[split], count)
    return [(int(number), str(code), kind) for number, code, kind in zip(seeds, codes, kinds, strict=True)]
