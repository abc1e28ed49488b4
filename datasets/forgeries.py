"""Forgery recipes: what a workshop does to a genuine page, with the parameters it chose.

Under visible light both show to a loupe: the re-printed part is made of inkjet or toner dots where the genuine one
has solid line work or continuous tone, and a pasted portrait has an edge.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from datasets.portrait import portrait
from datasets.printing import PROCESSES
from datasets.raster import Float, px, window
from datasets.td3 import Drawing, place_portrait

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Forgery:
    """What was done: recipe, parameters, and the boxes (millimetres) it touched."""

    recipe: str
    parameters: dict[str, str | float]
    boxes: tuple[Box, ...]


def _edge_shadow(surface: Float, box: Box, rng: np.random.Generator) -> None:
    """Darken the page along two edges of something pasted on it, in place."""
    rows, columns = window(box)
    depth = rng.uniform(0.1, 0.45)
    width = max(2, px(rng.uniform(0.08, 0.3)))
    surface[rows.stop : rows.stop + width, columns] *= 1 - depth
    surface[rows, columns.stop : columns.stop + width] *= 1 - depth


def portrait_replaced(rng: np.random.Generator, drawing: Drawing) -> Forgery:
    """Replace the portrait: printed by another process and pasted over, or spliced in digitally and printed anew."""
    x, y, width, height = drawing.state.portrait
    misfit = rng.normal(0, 0.25, 2)
    box = (x + float(misfit[0]), y + float(misfit[1]), width, height)
    process = str(rng.choice(["inkjet", "inkjet", "toner"]))
    mounting = str(rng.choice(["pasted", "printed_in_place"]))
    place_portrait(rng, drawing.surface, box, portrait(rng), process)
    if mounting == "pasted":
        _edge_shadow(drawing.surface, box, rng)
    return Forgery("portrait_replaced", {"process": process, "mounting": mounting}, (box,))


_REPRINTED: dict[str, Box] = {"page": (0, 0, 125, 88), "lower": (0, 44, 125, 44), "upper": (0, 0, 125, 66)}


def reprinted(rng: np.random.Generator, drawing: Drawing) -> Forgery:
    """Re-print a region, or the whole page, by inkjet from a scan of a genuine page."""
    region = str(rng.choice(["page", "page", "portrait", "viz", "lower", "upper"]))
    box = _REPRINTED.get(region) or drawing.zones[region]
    area = drawing.surface[window(box)]
    scan_dpi = float(rng.choice([300, 400, 600]))
    height, width = area.shape[:2]
    small = (max(1, int(width * scan_dpi / 600)), max(1, int(height * scan_dpi / 600)))
    scan = cv2.resize(cv2.GaussianBlur(area, (0, 0), rng.uniform(0.4, 0.9)), small, interpolation=cv2.INTER_AREA)
    picture = cv2.resize(scan, (width, height), interpolation=cv2.INTER_CUBIC)
    area[:] = PROCESSES["inkjet"](rng, np.clip(picture, 0, 1))
    return Forgery("reprinted", {"region": region, "scan_dpi": scan_dpi}, (box,))


RECIPES: dict[str, Callable[[np.random.Generator, Drawing], Forgery]] = {
    "portrait_replaced": portrait_replaced,
    "reprinted": reprinted,
}
