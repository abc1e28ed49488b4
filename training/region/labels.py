"""What each cell of a crop is: how it was printed, whether and how it was altered; by the truth of a generated set."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.design.states import making_of, state
from datasets.forging.catalogue import RECIPES, shows
from datasets.sheet import Kind, Making
from datasets.specimens import GENUINE
from docscan.checks.regions import ALTERATIONS, CELL_PIXELS, PROCESSES
from docscan.crops import CROP_PIXELS_PER_MM
from docscan.page_geometry import Corners, moved
from docscan.types import Box, MrzFormat, PageSize

UNKNOWN = -1  # no loss is taken there
FORGED_SHARE = 0.3  # of a cell's area that an alteration must cover
# About an alteration nobody knows: shadows, glue and feathered edges reach out of its outline, and an editor
# interpolates more than it changes.
NEAR_MM = 1.3
_RIM_MM = 0.6  # on either side of a knife's cut

OUTSIDE_SHARE = 0.9  # of a cell that a print must cover to be all that is in it

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
LEARNED = tuple(name for name in RECIPES if shows(name, ("visible",)) and name not in UNSEEN)  # from print by daylight

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
    doubtful: tuple[Box, ...]  # neither forged nor genuine, unless also in ``forged``
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
        if done["recipe"] not in UNSEEN:
            for number, polygon in enumerate(done["polygons"]):
                yield _box(polygon, to_page), _printed_by(done["parameters"], number)


def _printed_by(parameters: Mapping[str, Any], number: int) -> int:
    """Return the process that left an alteration's part of a number; the visual zone's is the first where both are."""
    name = _PROCESS.get(parameters.get("process", ""))
    if name is None:
        zone = "viz_tool" if "viz_tool" in parameters and number == 0 else "mrz_tool"
        name = _TOOL.get(parameters.get(zone, ""))
    return UNKNOWN if name is None else PROCESSES.index(name)


def _grown(box: Box, margin: float) -> Box:
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)


def _rim(box: Box) -> tuple[Box, ...]:
    """Return the four strips about a box's outline."""
    outer = _grown(box, _RIM_MM)
    right, bottom = outer.x + outer.width, outer.y + outer.height
    return (
        Box(outer.x, outer.y, outer.width, 2 * _RIM_MM),
        Box(outer.x, bottom - 2 * _RIM_MM, outer.width, 2 * _RIM_MM),
        Box(outer.x, outer.y, 2 * _RIM_MM, outer.height),
        Box(right - 2 * _RIM_MM, outer.y, 2 * _RIM_MM, outer.height),
    )


def _touched(
    line: Mapping[str, Any], making: Making, to_page: NDArray[np.float64], lights: tuple[str, ...]
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Return the forged boxes, and those of which nobody can say."""
    forged: list[Box] = []
    doubtful: list[Box] = []
    for done in line["alterations"]:
        boxes = [_box(polygon, to_page) for polygon in done["polygons"]]
        doubtful += [_grown(box, NEAR_MM) for box in boxes]
        if done["recipe"] in UNSEEN or not set(done["lights"]) & set(lights):
            continue
        if done["recipe"] == "portrait_laminate_cut" and done["parameters"]["process"] == making.portrait_process:
            # The forger had the issuer's printer: nothing but the cut tells.
            forged += _rim(boxes[0])
        else:
            forged += boxes
    return tuple(forged), tuple(doubtful)


def truth_of(line: Mapping[str, Any], lights: tuple[str, ...] = ("visible",)) -> Truth:
    """Read a line of a set; what shows under none of the lights is doubtful, not forged."""
    kind = Kind(line["kind"])
    lift = np.array([[1, 0, 0], [0, 1, -_VISA_LIFT if kind is Kind.MRV_A else 0], [0, 0, 1]], np.float64)
    to_capture = np.array(line["millimetres_to_pixels"], np.float64) @ lift
    to_page = np.asarray(np.linalg.inv(to_capture), np.float64)
    size = kind.size_mm
    page = Box(0, _VISA_LIFT if kind is Kind.MRV_A else 0, *size)
    making = making_of(state(line["state"]), kind)
    whole = tuple(_whole_page(line, page))
    process = whole or ((page, PROCESSES.index("offset")), *_parts(line, making, to_page))
    forged, doubtful = _touched(line, making, to_page, lights)
    return Truth(
        index=int(line["index"]),
        split=line["split"],
        kind=kind,
        recipe=line["recipe"],
        files=line["images"],
        to_capture=to_capture,
        process=process,
        forged=forged,
        doubtful=doubtful,
        alteration=ALTERATIONS.index(_ALTERATION.get(line["recipe"], "none")),
    )


def _shares(box: Box, x: float, y: float, cells: int) -> NDArray[np.float64]:
    """Return the share of each cell's area that a box covers; the cells start at ``x``, ``y``."""

    def along(start: float, low: float, high: float) -> NDArray[np.float64]:
        edges = start + _CELL_MM * np.arange(cells + 1)
        shares = np.maximum(0, np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)) / _CELL_MM
        return np.asarray(shares, np.float64)

    down, across = along(y, box.y, box.y + box.height), along(x, box.x, box.x + box.width)
    return np.asarray(np.outer(down, across), np.float64)


def cells_of(truth: Truth, x: float, y: float, cells: int) -> NDArray[np.int8]:
    """Label the cells of a crop whose upper left corner stands at ``x``, ``y`` millimetres of the page.

    Returns
    -------
    NDArray
        3 x cells x cells: forged (0, 1), process, alteration; ``UNKNOWN`` where a cell is neither one nor the other.
    """
    forged, doubtful = (_covered(boxes, x, y, cells) for boxes in (truth.forged, truth.doubtful))
    outside = _shares(truth.page, x, y, cells) < OUTSIDE_SHARE
    labels = np.full((3, cells, cells), UNKNOWN, np.int8)
    # The desk beside a page is nothing to worry about, whatever lies on it.
    labels[0][(doubtful <= 0) | (_shares(truth.page, x, y, cells) <= 0)] = 0
    labels[0][(forged > FORGED_SHARE) & ~outside] = 1
    for box, process in truth.process:
        share = _shares(box, x, y, cells)
        labels[1][(share > 0) & (share < OUTSIDE_SHARE)] = UNKNOWN
        labels[1][share >= OUTSIDE_SHARE] = process
    labels[1][outside] = UNKNOWN
    labels[2][labels[0] == 0] = 0
    labels[2][labels[0] == 1] = truth.alteration
    return labels


def _covered(boxes: tuple[Box, ...], x: float, y: float, cells: int) -> NDArray[np.float64]:
    """Return the largest share of each cell that one of some boxes covers."""
    covered = np.zeros((cells, cells))
    for box in boxes:
        covered = np.maximum(covered, _shares(box, x, y, cells))
    return covered


def tellable(lines: Iterable[Mapping[str, Any]], lights: tuple[str, ...] = ("visible",)) -> list[Mapping[str, Any]]:
    """Return the lines of documents that one can tell by the lights, with the genuine ones that belong to them.

    A forgery that shows under another light alone goes out with its genuine companion: both are from page readers, so
    that the companion alone would make the device tell what is genuine.
    """
    kept = [line for line in lines if "error" not in line]
    hidden = {
        int(line["index"]) // 2 for line in kept if line["recipe"] != GENUINE and not shows(line["recipe"], lights)
    }
    return [line for line in kept if int(line["index"]) // 2 not in hidden and set(lights) <= set(line["images"])]
