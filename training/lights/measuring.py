"""How well the network of a light tells forged pages of states that it never saw."""

import numpy as np
import onnxruntime as ort

from datasets.forging.catalogue import RECIPES, shows
from datasets.specimens import GENUINE
from docscan.light_network import ask
from docscan.types import Spectrum
from training.lights.data import Pages
from training.pages.told import Told, told_of


def told(session: ort.InferenceSession, pages: Pages, light: Spectrum) -> Told:
    """Measure, on the forgeries that show under the light."""
    recipes = [str(line["recipe"]) for line in pages.lines]
    kept = [row for row, name in enumerate(recipes) if name == GENUINE or shows(name, (light.value,))]
    seen = [ask(session, pages.page(light, row)) for row in kept]
    return told_of(seen, np.array([recipes[row] for row in kept]), RECIPES)
