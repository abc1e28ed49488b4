"""How well the network tells forged pages of states that it never saw."""

import numpy as np
import onnxruntime as ort

from datasets.forging.catalogue import RECIPES
from docscan.daylight_network import ask
from training.daylight.data import Pages
from training.pages.told import Told, told_of


def told(session: ort.InferenceSession, pages: Pages) -> Told:
    """Measure on all documents."""
    names = np.array([str(line["recipe"]) for line in pages.lines])
    seen = [ask(session, pages.page(row)) for row in range(len(pages))]
    return told_of(seen, names, RECIPES)
