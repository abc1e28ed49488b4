"""What each cell of a crop is: how it was printed, whether and how it was altered; from the truth of a generated set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.design.states import making_of, state
from datasets.forging.catalogue import RECIPES
from datasets.sheet import Kind, Making
from docscan.checks.regions import ALTERATIONS, CELL_PIXELS, PROCESSES
from docscan.crops import CROP_PIXELS_PER_MM
from docscan.page_geometry import Corners, moved
from docscan.types import Box, MrzFormat, PageSize

UNKNOWN = -1  # no loss is taken there
FORGED_SHARE, UNTOUCHED_SHARE = 0.3, 0.0  # of a cell's area; between the two it is unknown

_CELL_MM = CELL_PIXELS / CROP_PIXELS_PER_MM
_PROCESS = {
    "inkjet": "inkjet",
    "toner": "toner",
    "sublimation": "dye_diffusion",
    "laser_engraving": "laser_engraving",
    "offset_screen": "offset",
    "display": "display",
}
# What the tool of a text alteration leaves; a ribbon's print is solid, as many issuers' is.
_TOOL = {"inkjet, pigment": "inkjet", "inkjet, dye": "inkjet", "laser printer": "toner"}
# A recipe that is not here imitates a feature or a whole page: nothing was altered afterwards.
_ALTERATION = {
    "portrait_pasted": "overprinted",
    "portrait_reprinted": "overprinted",
    "portrait_laminate_cut": "overprinted",
    "viz_altered": "overprinted",
    "mrz_altered": "overprinted",
    "mrz_altered_wrong_check_digits": "overprinted",
    "viz_and_mrz_altered": "overprinted",
    "viz_and_mrz_altered_wrong_check_digits": "overprinted",
    "digital_copy_move": "copy_move",
    "digital_splice": "splice",
    "digital_inpainting": "inpainted",
    "digital_text": "re_rendered",
}
# Nothing in the print tells them: an issuer's own print of a morph, and a line of which only a reference knows that it
# should be there. To ask for them would teach noise.
UNSEEN = frozenset({"portrait_morphed", "microtext_missing"})

FORMATS: Mapping[Kind, MrzFormat | None] = {
    Kind.TD3: MrzFormat.TD3,
    Kind.TD2: MrzFormat.TD2,
    Kind.MRV_A: MrzFormat.MRV_A,
    Kind.TD1_BACK: MrzFormat.TD1,
    Kind.TD1_FRONT: None,
}
SIZES: Mapping[Kind, PageSize] = {
    Kind.TD3: PageSize.ID_3,
    Kind.TD2: PageSize.ID_2,
    Kind.MRV_A: PageSize.ID_3,
    Kind.TD1_BACK: PageSize.ID_1,
    Kind.TD1_FRONT: PageSize.ID_1,
}
_VISA_LIFT = 8.0  # millimetres that an ID-3 page reaches above a visa of format A


@dataclass(frozen=True, slots=True)
class Truth:
    """A document of a set, in millimetres of the page as the product sees it.

    ``process`` and ``alteration`` are indices into ``PROCESSES`` and ``ALTERATIONS``, painted in their order: later
    ones lie over earlier ones.
    """

    index: int
    split: str
    kind: Kind
    recipe: str
    files: Mapping[str, str]  # by light
    to_capture: NDArray[np.float64]
    process: tuple[tuple[Box, int], ...]
    forged: tuple[Box, ...]
    alteration: int

    @property
    def page(self) -> Box:
        """The document on the page."""
        size = self.kind.size_mm
        return Box(0, _VISA_LIFT if self.kind is Kind.MRV_A else 0, *size)


def _box(polygon: list[list[float]], to_page: NDArray[np.float64]) -> Box:
    corners: Corners = moved(np.array(polygon, np.float64), to_page)
    (left, top), (right, bottom) = corners.min(0), corners.max(0)
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def _whole_page(line: Mapping[str, Any], page: Box) -> Iterator[tuple[Box, int]]:
    for done in line["alterations"]:
        recipe, parameters = done["recipe"], done["parameters"]
        if recipe == "screen_recapture":
            yield page, PROCESSES.index("display")
        elif recipe == "print_and_scan" or RECIPES[recipe].group in ("inkjet", "toner", "sublimation"):
            yield page, PROCESSES.index(_PROCESS[parameters["process"]])


def _parts(line: Mapping[str, Any], making: Making, to_page: NDArray[np.float64]) -> Iterator[tuple[Box, int]]:
    """Yield how the issuer printed each part of a side, and what was printed over it."""
    regions = {name: _box(polygon, to_page) for name, polygon in line["regions"].items()}
    engraved = making.text_ink.name == "carbonised polymer"
    for item in line["fields"].values():
        yield _box(item["polygon"], to_page), PROCESSES.index("laser_engraving") if engraved else UNKNOWN
    if "mrz" in regions:
        yield regions["mrz"], PROCESSES.index("laser_engraving") if engraved else UNKNOWN
    for name, process in (("intaglio", "intaglio"), ("portrait", _PROCESS[making.portrait_process])):
        if name in regions:
            yield regions[name], PROCESSES.index(process)
    for name in ("ghost", "ovd", "stamp", "perforation"):
        if name in regions:
            yield regions[name], UNKNOWN
    for done in line["alterations"]:
        parameters = done["parameters"]
        name = _PROCESS.get(parameters.get("process", ""))
        for polygon in done["polygons"]:
            tool = parameters.get("viz_tool", parameters.get("mrz_tool", ""))
            process = PROCESSES.index(name) if name else PROCESSES.index(_TOOL[tool]) if tool in _TOOL else UNKNOWN
            if done["recipe"] != "portrait_morphed":
                yield _box(polygon, to_page), process


def truth_of(line: Mapping[str, Any], lights: tuple[str, ...] = ("visible",)) -> Truth:
    """Read a line of a set; a forgery that shows under none of the lights is told as none."""
    kind = Kind(line["kind"])
    lift = np.array([[1, 0, 0], [0, 1, -_VISA_LIFT if kind is Kind.MRV_A else 0], [0, 0, 1]], np.float64)
    to_capture = np.array(line["millimetres_to_pixels"], np.float64) @ lift
    to_page = np.asarray(np.linalg.inv(to_capture), np.float64)
    size = kind.size_mm
    page = Box(0, _VISA_LIFT if kind is Kind.MRV_A else 0, *size)
    making = making_of(state(line["state"]), kind)
    whole = tuple(_whole_page(line, page))
    process = whole or ((page, PROCESSES.index("offset")), *_parts(line, making, to_page))
    shown = [done for done in line["alterations"] if set(done["lights"]) & set(lights)]
    forged = tuple(_box(polygon, to_page) for done in shown for polygon in done["polygons"])
    return Truth(
        index=int(line["index"]),
        split=line["split"],
        kind=kind,
        recipe=line["recipe"],
        files=line["images"],
        to_capture=to_capture,
        process=process,
        forged=() if line["recipe"] in UNSEEN else forged,
        alteration=ALTERATIONS.index(_ALTERATION.get(line["recipe"], "none")),
    )


def _shares(box: Box, x: float, y: float, cells: int) -> NDArray[np.float64]:
    """Return the share of each cell's area that a box covers; the cells start at ``x``, ``y``."""

    def along(start: float, low: float, high: float) -> NDArray[np.float64]:
        edges = start + _CELL_MM * np.arange(cells + 1)
        return np.maximum(0, np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)) / _CELL_MM

    return np.outer(along(y, box.y, box.y + box.height), along(x, box.x, box.x + box.width))


def cells_of(truth: Truth, x: float, y: float, cells: int) -> NDArray[np.int8]:
    """Label the cells of a crop whose upper left corner stands at ``x``, ``y`` millimetres of the page.

    Returns
    -------
    NDArray
        3 x cells x cells: forged (0, 1), process, alteration; ``UNKNOWN`` where a cell is neither one nor the other.
    """
    forged = np.zeros((cells, cells))
    for box in truth.forged:
        forged = np.maximum(forged, _shares(box, x, y, cells))
    labels = np.full((3, cells, cells), UNKNOWN, np.int8)
    labels[0][forged <= UNTOUCHED_SHARE] = 0
    labels[0][forged > FORGED_SHARE] = 1
    for box, process in truth.process:
        share = _shares(box, x, y, cells)
        labels[1][(share > 0) & (share < 0.9)] = UNKNOWN
        labels[1][share >= 0.9] = process
    labels[2][labels[0] == 0] = 0
    labels[2][labels[0] == 1] = truth.alteration
    outside = _shares(truth.page, x, y, cells) < 0.9
    labels[1][outside] = UNKNOWN
    if truth.recipe in UNSEEN:
        labels[0] = UNKNOWN
    return labels
