"""Cuts one document's crops and labels them: by the truth for training, as the product does for everything else."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.capture import ImageFile, load
from docscan.checks.regions import CELLS, view_of
from docscan.crops import CROP_PIXELS, about_page, cut, middle_scale, overview, shrunk
from docscan.mrz import own_reader
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.page import find_page, page_of_zone
from docscan.settings import Settings
from docscan.tools import Tools, open_mrz_tools
from docscan.types import Homography, Image, MrzFormat, Polygon
from docscan.zones import REGIONS, SEARCH_PIXELS_PER_MM, Spots, crop_spots, layout_of
from training.region.labels import FORMATS, SIZES, UNKNOWN, Truth, cells_of, truth_of

MOST_CROPS = 24
SPREAD_MM = 3.0  # by which training moves each crop

_LIMIT = 200_000_000  # bytes and pixels of a file of a set, which is no stranger's
_TODAY = date(2026, 11, 25)  # for the century of a date of birth; nothing here depends on it


Software = Callable[[Image, np.random.Generator], Image]
"""What works on a picture before it arrives; ``training.software`` has some."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Below which the network abstains, as the manifest names it."""

    lowest_pixels_per_mm: float = 7.8
    lowest_sharpness: float = 0.15
    most_flat: float = 0.15  # share of cells; of 2,761 generated captures none has more than 0.07


@dataclass(frozen=True, slots=True)
class Cut:
    """One document's crops.

    ``pixels`` is n x 176 x 176 x 3; ``cells`` and ``region`` are those of ``data.Crops``, for one document.
    """

    pixels: NDArray[np.uint8]
    cells: NDArray[np.int8]
    region: NDArray[np.int8]
    notes: Mapping[str, Any]


def misplaced(rng: np.random.Generator, to_capture: Homography) -> Homography:
    """Misplace the page as a page finder does: a little turn, scale and shift."""
    turn, scale = rng.normal(0, 0.004), 1 + rng.normal(0, 0.006)
    right, down = rng.normal(0, 0.4, 2)
    wrong = np.array(
        [[scale * np.cos(turn), -np.sin(turn), right], [np.sin(turn), scale * np.cos(turn), down], [0, 0, 1]]
    )
    return np.asarray(to_capture @ wrong, np.float64)


def _labelled(
    truth: Truth | None, seen: Homography, spots: Mapping[str, Spots]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return ``cells`` and ``region`` of crops cut where the page was seen; nothing is known without a truth."""
    cells = np.full((MOST_CROPS, 3, CELLS, CELLS), UNKNOWN, np.int8)
    region = np.full(MOST_CROPS, UNKNOWN, np.int8)
    places = [(name, place) for name, group in spots.items() for place in group]
    for slot, (name, (x, y)) in enumerate(places):
        region[slot] = REGIONS.index(name)
        if truth is not None:
            # The labels stay where they are; the crops lie where the page was taken to be.
            true = np.linalg.inv(truth.to_capture) @ seen @ np.array([x, y, 1.0])
            cells[slot] = cells_of(truth, float(true[0] / true[2]), float(true[1] / true[2]), CELLS)
    return cells, region


def opened(data: bytes) -> Image:
    """Return the picture in a file of a set."""
    return load(ImageFile("document", data), max_bytes=_LIMIT, max_pixels=_LIMIT).visible


def shown_again(line: Mapping[str, Any]) -> bool:
    """Tell whether a document of a set is shown again, after software worked on its picture: every other pair is."""
    return bool(line["index"] // 2 % 2)


def cut_by_truth(
    line: Mapping[str, Any],
    data: bytes,
    rng: np.random.Generator,
    spread_mm: float = SPREAD_MM,
    software: Software | None = None,
) -> Cut:
    """Cut a document of a set where the truth has the page, as page finders err; each crop moved at random.

    ``software`` works on the picture about the page before anything is cut.
    """
    cv2.setNumThreads(1)
    truth, image = truth_of(line), opened(data)
    size = SIZES[truth.kind]
    seen = to_image = misplaced(rng, truth.to_capture)
    if software is not None:
        image, to_image = about_page(image, seen, size)
        image = software(image, rng)
    scale = middle_scale(seen, size)
    view = overview(image, to_image, size, SEARCH_PIXELS_PER_MM)
    found = crop_spots(view, layout_of(size, FORMATS[truth.kind]))
    spots = {name: tuple(_moved(rng, place, spread_mm) for place in group) for name, group in found.items()}
    small, to_small = shrunk(image, to_image, size, scale)
    pixels = np.stack([cut(small, to_small, x, y) for group in spots.values() for x, y in group])
    cells, region = _labelled(truth, seen, spots)
    return Cut(pixels, cells, region, {"abstained": None, "scale": scale, "sharpness": None})


def _moved(rng: np.random.Generator, place: tuple[float, float], spread_mm: float) -> tuple[float, float]:
    right, down = rng.uniform(-spread_mm, spread_mm, 2)
    return place[0] + float(right), place[1] + float(down)


@cache
def _tools() -> Tools:
    return open_mrz_tools(Settings(threads=1))


def _zone(image: Image) -> tuple[Polygon, MrzFormat] | None:
    """Return the best MRZ's outline and format; by docscan's own reader: PassportEye takes a second."""
    found = []
    for zone in own_reader.read_zones(image, _tools().models):
        try:
            parsed = parse(zone.lines, today=_TODAY, alternatives=zone.alternatives)
        except MrzFormatError:
            continue
        found.append((sum(parsed.check_digits.values()), zone.polygon, parsed.format))
    best = max(found, key=lambda one: one[0], default=None)
    return None if best is None else best[1:]


def cut_as_product(data: bytes, limits: Limits, line: Mapping[str, Any] | None = None) -> Cut:
    """Cut a document as the product does, its page found by its MRZ or border.

    ``line`` is the document's of its set and gives the labels; None for a picture of which no more is known.
    """
    cv2.setNumThreads(1)
    capture = load(ImageFile("document", data), max_bytes=_LIMIT, max_pixels=_LIMIT)
    zone = _zone(capture.visible)
    page = find_page(capture) if zone is None else page_of_zone(capture, *zone)
    mrz_format = None if zone is None else zone[1]
    view = view_of(capture.visible, page, mrz_format, asdict(limits))
    notes = {
        "abstained": view.abstained,
        "scale": view.scale,
        "sharpness": page.quality.sharpness,
        "format": mrz_format,
    }
    if view.abstained is not None:
        nothing = np.zeros((0, CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
        return Cut(nothing, *_labelled(None, page.to_capture, {}), notes)
    truth = None if line is None else truth_of(line)
    return Cut(np.stack(view.crops), *_labelled(truth, page.to_capture, view.spots), notes)
