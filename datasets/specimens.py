"""One document from one number: drawn, perhaps forged, worn, captured under the lights asked for."""

from dataclasses import dataclass

import numpy as np

from datasets.capturing import Captured, Settings, encode, expose, settings
from datasets.design.drawing import draw
from datasets.design.features import wear
from datasets.design.states import PURPOSES, STATES, state
from datasets.forging import applies, edit, forge, present, shows
from datasets.holders import holder
from datasets.sheet import Kind, Sheet

GENUINE = "genuine"

# Shares of what passes a border; cards show either side.
KINDS = {Kind.TD3: 0.46, Kind.TD1_FRONT: 0.17, Kind.TD1_BACK: 0.17, Kind.TD2: 0.10, Kind.MRV_A: 0.10}

# Each part of a document has its own stream of random numbers: how a side is captured, worn or personalised cannot
# depend on whether, or how, it was forged.
_DESIGN, _HOLDER, _DRAWING, _FORGING, _WEAR, _SETTINGS, _CAPTURE, _EDITING, _PRESENTING = range(9)


@dataclass(frozen=True, slots=True)
class Order:
    """What to make; the same order makes the same document. ``device`` None: any."""

    seed: int
    index: int
    code: str
    kind: Kind
    recipe: str
    device: str | None = None

    def stream(self, part: int) -> np.random.Generator:
        """Return the random numbers of one part of the document."""
        return np.random.default_rng([self.seed, self.index, part])

    @property
    def split(self) -> str:
        """Return the split that the state belongs to; ``samples`` for Utopia, which is in none."""
        return next((name for name, codes in PURPOSES.items() if self.code in codes), "samples")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A generated document with all that is known of it."""

    order: Order
    sheet: Sheet
    settings: Settings
    captured: Captured


def order(
    seed: int,
    index: int,
    recipes: tuple[str, ...],
    device: str | None = None,
    states: tuple[str, ...] | None = None,
) -> Order:
    """Decide what a document is: of each two one is genuine and one forged; the recipes have equal shares.

    It is of one of ``states``; None: any that is in a set.

    Both are of one state and kind and, where the forgery shows under another light alone, from a page reader: not every
    recipe is for every side, so that else the kind of side or of device would tell what is forged.
    """
    pair = index // 2
    rng = np.random.default_rng([seed, pair, _DESIGN])
    wanted = recipes[pair % len(recipes)] if recipes else GENUINE
    device = "reader" if wanted != GENUINE and not shows(wanted, ("visible",)) else device
    while True:
        code = str(rng.choice(states or STATES[1:]))
        kind = list(KINDS)[int(rng.choice(len(KINDS), p=list(KINDS.values())))]
        if wanted == GENUINE or applies(wanted, state(code), kind):
            return Order(seed, index, code, kind, wanted if index % 2 else GENUINE, device)


def make(wanted: Order, lights: tuple[str, ...], device: str | None = None, dpi: float | None = None) -> Specimen:
    """Make the document of an order.

    Parameters
    ----------
    lights
        Of "visible", "uv", "ir"; the visible one does not depend on which others are asked for.
    device, dpi
        Of the capture; drawn when not given.
    """
    issuer, forged = state(wanted.code), wanted.recipe != GENUINE
    person = holder(wanted.stream(_HOLDER))
    only = None if "visible" in lights else "reader"  # no other device has the other lights
    chosen = settings(wanted.stream(_SETTINGS), device or wanted.device or only, dpi)
    drawing = wanted.stream(_DRAWING)
    if forged:
        sheet = forge(
            drawing,
            wanted.stream(_FORGING),
            wanted.recipe,
            issuer,
            wanted.kind,
            person,
            lights=lights,
            view=chosen.view,
        )
    else:
        sheet = draw(drawing, issuer, wanted.kind, person, lights=lights, view=chosen.view)
    wear(wanted.stream(_WEAR), sheet.surface, issuer.laminate)
    if forged:
        present(wanted.stream(_PRESENTING), wanted.recipe, sheet)
    exposed = expose(wanted.stream(_CAPTURE), sheet.surface, chosen, lights)
    if forged:
        exposed = edit(wanted.stream(_EDITING), wanted.recipe, exposed, sheet)
    return Specimen(wanted, sheet, chosen, encode(exposed, chosen))
