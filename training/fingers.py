"""Fingers and gloves far over a page, as hands hold documents that nobody lays down.

The generator's thumbs, from which models learn and by which checks are calibrated, reach 10 mm at most and are skin.
"""

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page import find_page
from docscan.page_geometry import moved
from docscan.types import Capture, Page
from training.software import Picture

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "light skin": (120, 150, 200),
        "dark skin": (50, 70, 110),
        "a black glove": (30, 28, 28),
        "a blue glove": (190, 110, 40),
        "a glove as white as paper": (235, 238, 240),
    }
)
"""Blue, green, red, where most light falls on it."""

IN_LIGHTS: Mapping[str, Mapping[str, tuple[int, int, int]]] = MappingProxyType(
    {
        "light skin": {"visible": COLOURS["light skin"], "uv": (60, 25, 30), "ir": (190, 190, 190)},
        "dark skin": {"visible": COLOURS["dark skin"], "uv": (40, 18, 20), "ir": (150, 150, 150)},
        "a black glove": {"visible": COLOURS["a black glove"], "uv": (25, 12, 12), "ir": (60, 60, 60)},
        "a blue glove": {"visible": COLOURS["a blue glove"], "uv": (110, 60, 50), "ir": (170, 170, 170)},
    }
)
"""The same under each light, as a camera may see it: skin glows faintly and reflects infrared, whatever its colour."""

_REACH_MM, _HALF_WIDTH_MM = (12.0, 26.0), (7.0, 9.0)
_LEAN = 0.4  # radians to either side
_BEYOND_MM = 25.0  # of a finger that lies beside the page
_SOFT_MM, _ROUND_MM, _SHADOW_MM = 0.08, 2.5, 1.2  # blur of its outline, of its shading, of its shadow
_DARKEST, _SHADOW, _GRAIN = 0.55, 0.2, 0.015

_Points = NDArray[np.float64]


def held(picture: Picture, colour: tuple[int, int, int], rng: np.random.Generator, page: Page | None = None) -> Picture:
    """Lay a finger over an edge of the page that a picture shows.

    Parameters
    ----------
    colour
        One of ``COLOURS``.
    rng
        Decides where, how far and how much it leans, whatever its colour.
    page
        In the picture; None: it is looked for.
    """
    page = page or page_in(picture)
    scale = _pixels_per_mm(page)
    outline = np.rint(moved(_outline(page.size.millimetres, rng), page.to_capture) * 16).astype(np.int32)
    mask = cv2.fillPoly(np.zeros(picture.shape[:2], np.float32), [outline], 1.0, cv2.LINE_AA, shift=4)
    soft, rounded, shadow = (
        cv2.GaussianBlur(mask, (0, 0), max(0.8, part * scale)) for part in (_SOFT_MM, _ROUND_MM, _SHADOW_MM)
    )
    light = _DARKEST + (1 - _DARKEST) * rounded + rng.normal(0, _GRAIN, mask.shape)
    beside = picture * (1 - _SHADOW * shadow)[..., None]
    covered = beside + soft[..., None] * (np.array(colour) * light[..., None] - beside)
    return np.clip(covered, 0, 255).astype(np.uint8)


def page_in(picture: Picture) -> Page:
    """Find the page in a picture."""
    return find_page(Capture(np.ascontiguousarray(picture[..., ::-1])))


def _pixels_per_mm(page: Page) -> float:
    """Return how many pixels of the capture a millimetre in the middle of the page is."""
    middle = np.array(page.size.millimetres) / 2
    left, right = moved(middle + np.array([[-5, 0], [5, 0]]), page.to_capture)
    return float(np.linalg.norm(right - left)) / 10


def _outline(size: tuple[float, float], rng: np.random.Generator) -> _Points:
    """Return the outline of a finger that comes in over one edge of a page, millimetres of the page: n x 2."""
    width, height = size
    side, along, lean = rng.integers(4), rng.uniform(0.1, 0.9), rng.uniform(-_LEAN, _LEAN)
    reach, half = rng.uniform(*_REACH_MM), rng.uniform(*_HALF_WIDTH_MM)
    edge, inwards = (
        ((along * width, 0.0), np.pi / 2),
        ((along * width, height), -np.pi / 2),
        ((0.0, along * height), 0.0),
        ((width, along * height), np.pi),
    )[side]
    ahead = np.array([np.cos(inwards + lean), np.sin(inwards + lean)])
    across = np.array([-ahead[1], ahead[0]])
    turns = np.linspace(-np.pi / 2, np.pi / 2, 40)[:, None]
    tip = edge + (reach - half) * ahead + half * (np.sin(turns) * across + np.cos(turns) * ahead)
    return np.concatenate([tip, [edge - _BEYOND_MM * ahead + half * across, edge - _BEYOND_MM * ahead - half * across]])
