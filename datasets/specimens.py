"""One document from one number: drawn, perhaps forged, worn, captured under the lights asked for."""

from dataclasses import dataclass

import numpy as np

from datasets.capturing import Captured, Settings, encode, expose, settings
from datasets.design.drawing import draw
from datasets.design.features import wear
from datasets.design.states import SPLITS, STATES, State, state
from datasets.forging import applies, edit, forge
from datasets.holders import holder
from datasets.sheet import Kind, Sheet

GENUINE = "genuine"

# Shares of what passes a border; cards show either side.
KINDS = {Kind.TD3: 0.46, Kind.TD1_FRONT: 0.17, Kind.TD1_BACK: 0.17, Kind.TD2: 0.10, Kind.MRV_A: 0.10}

# Each part of a document has its own stream of random numbers: how a side is captured, worn or personalised cannot
# depend on whether, or how, it was forged.
_DESIGN, _HOLDER, _DRAWING, _FORGING, _WEAR, _SETTINGS, _CAPTURE, _EDITING = range(8)


@dataclass(frozen=True, slots=True)
class Order:
    """What to make; the same order makes the same document."""

    seed: int
    index: int
    code: str
    kind: Kind
    recipe: str

    def stream(self, part: int) -> np.random.Generator:
        """Return the random numbers of one part of the document."""
        return np.random.default_rng([self.seed, self.index, part])

    @property
    def split(self) -> str:
        """Return the split that the state belongs to; ``samples`` for Utopia, which is in none."""
        return next((name for name, codes in SPLITS.items() if self.code in codes), "samples")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A generated document with all that is known of it."""

    order: Order
    issuer: State
    sheet: Sheet
    settings: Settings
    captured: Captured


def order(seed: int, index: int, recipes: tuple[str, ...], codes: tuple[str, ...] = STATES[1:]) -> Order:
    """Decide what a document is: every other one is genuine, the rest share the recipes equally."""
    rng = np.random.default_rng([seed, index, _DESIGN])
    wanted = GENUINE if index % 2 == 0 or not recipes else recipes[index // 2 % len(recipes)]
    while True:  # not every recipe is for every side
        code = str(rng.choice(codes))
        kind = list(KINDS)[int(rng.choice(len(KINDS), p=list(KINDS.values())))]
        if wanted == GENUINE or applies(wanted, state(code), kind):
            return Order(seed, index, code, kind, wanted)


def make(wanted: Order, lights: tuple[str, ...], device: str | None = None, dpi: float | None = None) -> Specimen:
    """Make the document of an order.

    Parameters
    ----------
    lights
        Of "visible", "uv", "ir"; the visible one does not depend on which others are asked for.
    device, dpi
        Of the capture; drawn when not given.
    """
    issuer = state(wanted.code)
    person = holder(wanted.stream(_HOLDER))
    chosen = settings(wanted.stream(_SETTINGS), device, dpi)
    if wanted.recipe == GENUINE:
        sheet = draw(wanted.stream(_DRAWING), issuer, wanted.kind, person, lights=lights, view=chosen.view)
    else:
        sheet = forge(
            wanted.stream(_DRAWING), wanted.stream(_FORGING), wanted.recipe, issuer, wanted.kind, person,
            lights=lights, view=chosen.view,
        )  # fmt: skip
    wear(wanted.stream(_WEAR), sheet.surface, issuer.laminate)
    exposed = expose(wanted.stream(_CAPTURE), sheet.surface, chosen)
    if wanted.recipe != GENUINE:
        exposed = edit(wanted.stream(_EDITING), wanted.recipe, exposed, sheet)
    return Specimen(wanted, issuer, sheet, chosen, encode(exposed, chosen))
