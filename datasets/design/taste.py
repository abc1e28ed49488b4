"""What a state does alike on all its documents, where Doc 9303 leaves it the choice."""

from dataclasses import dataclass, replace

import numpy as np

from datasets.design.states import State
from datasets.sheet import Kind


@dataclass(frozen=True, slots=True)
class Taste:
    """What a state does alike on all its documents."""

    portrait_right: bool
    label_below: bool
    centred: bool
    titles_in_line: bool
    ovd_on_portrait: bool
    ovd_high: bool
    signature_beside: bool
    perforated_high: bool
    national_right: bool
    split: float  # of a row of two
    order: float  # 0 to 1: which order of rows
    fill: float  # 0 to 1: how large its rows are


def taste_of(issuer: State, kind: Kind) -> Taste:
    """Return a state's taste, as far as a kind of side leaves it the choice."""
    rng = np.random.default_rng([issuer.seed, 7])
    shares = (0.3, 0.15, 0.35, 0.5, 0.6, 0.4, 0.3, 0.5, 0.6)
    choices = (bool(rng.random() < share) for share in shares)
    taste = Taste(*choices, split=float(rng.uniform(0.44, 0.54)), order=float(rng.random()), fill=float(rng.random()))
    # On data pages and visas zone V is on the left (Doc 9303 part 4, section 4.2; part 7); cards differ.
    return taste if kind in (Kind.TD1_FRONT, Kind.TD2) else replace(taste, portrait_right=False)
