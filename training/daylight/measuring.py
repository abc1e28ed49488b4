"""How the network answers for states that it never saw: how well it tells forged pages, and in which ranges."""

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from datasets.forging.catalogue import RECIPES
from docscan.daylight_network import BESIDE, HEIGHT, WIDTH, ask
from docscan.page_answer import prepared
from training.daylight.data import DELIVERED, Pages
from training.pages.told import Told, told_of

_RANGES = 41  # pages; an odd number, since genuine and forged ones take turns


def told(session: ort.InferenceSession, pages: Pages, picture: int = DELIVERED) -> Told:
    """Measure on all documents, on one of the pictures of each."""
    names = np.array([str(line["recipe"]) for line in pages.lines])
    seen = [ask(session, pages.page(row, picture)) for row in range(len(pages))]
    return told_of(seen, names, RECIPES)


def ranges(pages: Pages) -> list[NDArray[np.float32]]:
    """Return some pages as the network takes them, spread over all: for the ranges of its activations in int8."""
    rows = np.unique(np.linspace(0, len(pages) - 1, _RANGES).astype(int))
    return [prepared(pages.page(row), (HEIGHT, WIDTH), BESIDE) for row in rows]
