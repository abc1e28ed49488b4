"""The region network on a page: crops of each region, one call, calibrated scores and a map of where it doubts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from docscan.crops import CROP_MM, CROP_PIXELS, cut, middle_scale, overview, shrunk
from docscan.errors import ModelError
from docscan.page_answer import outlined, standing_out
from docscan.page_geometry import in_capture
from docscan.print_scores import HeatMap, RegionScore
from docscan.quality import squeezed, too_dark
from docscan.runtime import Models
from docscan.types import Capture, Image, MrzFormat, Page, PageSize, Region
from docscan.zones import REGIONS, SEARCH_PIXELS_PER_MM, Spots, around, corners_mm, crop_spots, layout_of

MODEL = "region"
APPRAISAL = "region_appraisal"

# What the network's channels mean.
PROCESSES = ("offset", "intaglio", "laser_engraving", "dye_diffusion", "inkjet", "toner", "display")
ALTERATIONS = ("none", "splice", "copy_move", "re_rendered", "inpainted", "overprinted")

DOUBT = "viz.print.{}"  # name under which samples keep what the network says of a region of theirs

# Regions of many data: what stands out of them tells which. A portrait is replaced as a whole.
_PARTED = ("viz", "mrz")

CELL_PIXELS = 16  # of a crop's pixels, across and down; the network answers for each cell
CELL_MM = CELL_PIXELS * CROP_MM / CROP_PIXELS
CELLS = CROP_PIXELS // CELL_PIXELS  # of a crop, across and down

_FLAT = 0.6  # grey levels, the deviation within a cell below which neither paper nor a sensor left a trace
# Cells of a crop, a quarter of it, that its region is judged by: an alteration and what is about it cover as many,
# noise seldom does. Five did worse, by Cllr on halves of the calibration states.
STRONGEST = 30
_SUSPICIOUS = 10  # cells of a region that say how it was printed and altered
_FINE, _COARSE = 12.0, 8.0  # pixels a millimetre of captures that show all that a crop can, and of about the coarsest


def prepared(crops: Sequence[Image]) -> NDArray[np.float32]:
    """Return crops as the network wants them: n x 3 x 176 x 176, -1 to 1."""
    return np.asarray(cv2.dnn.blobFromImages(crops, 1 / 127.5, mean=(127.5, 127.5, 127.5)), np.float32)


def probability(ratio: float) -> float:
    """Return how likely a forgery is at even odds, of a log10 likelihood ratio."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, ratio * math.log(10)))))


def strongest(cells: NDArray[np.floating[Any]]) -> float:
    """Return what a region's calibration weighs: the mean of the strongest cells of any of its crops.

    The answer for a whole crop is left out: on captures unlike those that the network learned from it errs all over the
    page, where no cell stands out and the map shows nothing.

    Parameters
    ----------
    cells
        n x c x c: logits of the cells of n crops.
    """
    return float(mean_strongest(cells).max())


def mean_strongest(cells: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Return the mean of the strongest cells of each crop: n, of n x c x c."""
    return np.asarray(np.sort(cells.reshape(len(cells), -1), axis=1)[:, -STRONGEST:].mean(1))


def coarseness(scale: float) -> float:
    """Return how far a capture of so many pixels a millimetre is from showing all that a crop can: 0 to 1."""
    return max(0.0, min(1.0, (_FINE - scale) / (_FINE - _COARSE)))


def added(calibration: Mapping[str, Any], scale: float) -> float:
    """Return by how much genuine regions look more like forgeries at so many pixels a millimetre than fine ones do."""
    return float(calibration.get("coarse", 0.0)) * coarseness(scale)


def calibrated(value: float, calibration: Mapping[str, Any], scale: float) -> float:
    """Turn a value into a log10 likelihood ratio, bounded by what the calibration set supports.

    What the coarseness of a capture of ``scale`` pixels a millimetre adds is taken off.
    """
    ratio = calibration["weight"] * (value - added(calibration, scale)) + calibration["intercept"]
    return float(max(calibration["lowest"], min(calibration["highest"], ratio)))


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking: scores by region name and the map, or why the network abstained, in words.

    ``answers`` are the network's, region by region, for the crops at ``spots``.
    """

    scores: Mapping[str, RegionScore]
    heat: HeatMap | None
    abstained: str | None
    answers: Mapping[str, "Answers"] = field(default_factory=dict)
    spots: Mapping[str, Spots] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network says of n crops of c x c cells; logits.

    ``forged`` is n x c x c, ``process`` n x 7 x c x c, ``alteration`` n x 6 x c x c, ``crop`` n, ``embedding`` n x 64.
    """

    forged: NDArray[np.float32]
    process: NDArray[np.float32]
    alteration: NDArray[np.float32]
    crop: NDArray[np.float32]
    embedding: NDArray[np.float32]


OUTPUTS = tuple(field.name for field in fields(Answers))
SIGNS = 1 + len(PROCESSES) + len(ALTERATIONS)  # that the network gives of each cell


def abstains(page: Page, mrz_format: MrzFormat | None, scale: float, parameters: Mapping[str, Any]) -> str | None:
    """Return why the network had better not look, in words, or None.

    Parameters
    ----------
    mrz_format
        Of the MRZ that was read. Without one and without a border nothing but the picture's shape would tell the page's
        size, and a card scanned with a margin passes for a passport.
    scale
        The capture's pixels a millimetre.
    """
    if not page.found and (mrz_format is None or not page.quality.whole_page):
        return (
            "The page was not found in the image, so nobody knows where to judge its print: lay it on a plain surface "
            "of another colour."
        )
    if not page.quality.coloured:
        return (
            "The picture is in shades of grey, which do not show how the page was printed: capture the document in "
            "colour."
        )
    if squeezed(page.quality):
        return (
            f"The file is compressed so strongly (JPEG quality {page.quality.jpeg_quality:.0f}) that it does not show "
            "how the page was printed: save the capture with less compression."
        )
    if too_dark(page.quality):
        return "The picture is too dark to judge how the page was printed: give more light and capture it again."
    lowest = float(parameters["lowest_pixels_per_mm"])
    if scale < lowest:
        return (
            f"The capture shows {scale * 25.4:.0f} dpi; to judge how the page was printed, {lowest * 25.4:.0f} dpi or "
            "more are needed: move closer or scan at 300 dpi."
        )
    shown = scale / page.enlarged
    if shown < lowest:
        return (
            f"Software enlarged the picture {page.enlarged:.1f} times, and it shows no more than {shown * 25.4:.0f} "
            f"dpi; to judge how the page was printed, {lowest * 25.4:.0f} dpi or more are needed: capture the document "
            "itself."
        )
    if page.quality.sharpness < float(parameters["lowest_sharpness"]):
        return "The capture is too blurred to judge how the page was printed: hold still, or clean the glass."
    return None


def fitting(models: Models) -> Models:
    """Return models whose calibrations are of those that are there.

    Raises
    ------
    ModelError
        What the answers amount to was calibrated with another network than is there.
    """
    entries = models.entries
    wanted = entries[MODEL].parameters.get("appraisal") if MODEL in entries else None
    if wanted is not None and (APPRAISAL not in entries or entries[APPRAISAL].sha256 != wanted):
        raise ModelError(
            f"The calibrations of model {MODEL} are of a {APPRAISAL} with sha256 {wanted[:12]}… that is not there: put "
            "models and manifest of one training into the folder of the models."
        )
    return models


def looks_at(page: Page, mrz_format: MrzFormat | None, models: Models) -> bool:
    """Tell whether the network would look at a page; only its crops, which are not cut yet, may still keep it back."""
    scale = middle_scale(page.to_capture, page.size)
    return abstains(page, mrz_format, scale, models.entries[MODEL].parameters) is None


def flat_share(crops: Sequence[Image]) -> float:
    """Return the share of all crops' cells that are of one colour throughout."""
    grey = cv2.transform(np.concatenate(crops, dtype=np.float32), np.full((1, 3), 1 / 3))
    size = (grey.shape[1] // CELL_PIXELS, grey.shape[0] // CELL_PIXELS)
    mean, squares = (cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (grey, grey * grey))
    return float((squares - mean * mean < _FLAT**2).mean())


def grainless(crops: Sequence[Image], parameters: Mapping[str, Any]) -> str | None:
    """Return why crops had better not be judged, in words, or None: no camera leaves so much without grain."""
    if flat_share(crops) <= float(parameters["most_flat"]):
        return None
    return (
        "Much of the picture is of one colour without any grain, as no paper, camera or scanner leaves it: it was "
        "drawn, edited or over-exposed, so nothing tells how the page was printed. Capture the document itself."
    )


def ask(session: ort.InferenceSession, crops: Sequence[Image]) -> Answers:
    """Show the network all crops of a document in one call."""
    return Answers(*session.run(list(OUTPUTS), {"crops": prepared(crops)}))


def signs(answers: Answers) -> NDArray[np.float32]:
    """Return what the network says of each cell, n x SIGNS x c x c: logits of forged, processes and alterations."""
    return np.concatenate([answers.forged[:, None], answers.process, answers.alteration], axis=1)


def appraised(session: ort.InferenceSession, answers: Answers, region: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the cells' logits of ``forged``, n x c x c, as a second network sees them that has all crops before it.

    What an altered place looks like beside its neighbours, and what the network says of all the page, tell a forgery
    from a design or a capture on which the first one errs.

    Parameters
    ----------
    answers
        Of all crops of a page.
    region
        Of each crop the index into ``REGIONS``: n.
    """
    return np.asarray(session.run(None, {"answers": signs(answers), "region": region[None]})[0], np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """What the network is to see of a page: crops in the order of the spots; or why it had better not, in words.

    ``scale`` is the capture's pixels a millimetre.
    """

    scale: float
    spots: Mapping[str, Spots]
    crops: Sequence[Image]
    abstained: str | None


def view_of(
    capture: Image,
    page: Page,
    mrz_format: MrzFormat | None,
    parameters: Mapping[str, Any],
    spots: Mapping[str, Spots] | None = None,
) -> View:
    """Choose where to look, unless ``spots`` tells, and cut the crops; none where the network abstains."""
    scale = middle_scale(page.to_capture, page.size)
    reason = abstains(page, mrz_format, scale, parameters)
    if reason is not None:
        return View(scale, {}, (), reason)
    if spots is None:
        layout = layout_of(page.size, mrz_format)
        spots = crop_spots(overview(capture, page.to_capture, page.size, SEARCH_PIXELS_PER_MM), layout)
    image, to_capture = shrunk(capture, page.to_capture, page.size, scale)
    crops = [cut(image, to_capture, x, y) for places in spots.values() for x, y in places]
    reason = grainless(crops, parameters)
    return View(scale, spots, crops, None) if reason is None else View(scale, {}, (), reason)


def part_of(answers: Answers, spots: Mapping[str, Spots]) -> dict[str, Answers]:
    """Take the answers apart by region, in the order in which ``view_of`` cut."""
    parts, start = {}, 0
    for name, places in spots.items():
        rows = slice(start, start + len(places))
        parts[name] = Answers(*(getattr(answers, output)[rows] for output in OUTPUTS))
        start += len(places)
    return parts


def _likely(logits: NDArray[np.float32], where: NDArray[np.bool_], names: Sequence[str]) -> str | None:
    """Return the class that most of some cells belong to, where one has more than half; logits are n x k x c x c."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = (weights / weights.sum(axis=1, keepdims=True)).transpose(0, 2, 3, 1)[where].mean(0)
    best = int(shares.argmax())
    return names[best] if shares[best] > 0.5 else None


def _ratio(name: str, view: View, part: Answers, parameters: Mapping[str, Any]) -> float:
    return calibrated(strongest(part.forged), parameters["calibration"][name], view.scale)


def _scored(
    name: str, view: View, part: Answers, laid: NDArray[np.float32], page: Page, parameters: Mapping[str, Any]
) -> RegionScore:
    ratio = _ratio(name, view, part, parameters)
    suspicious = part.forged >= np.sort(part.forged, axis=None)[-min(part.forged.size, _SUSPICIOUS)]
    return RegionScore(
        Region(name, in_capture(corners_mm(around(view.spots[name])), page.to_capture)),
        probability(ratio),
        probability(float(parameters["thresholds"][name])),
        ratio,
        _likely(part.process, suspicious, PROCESSES),
        _likely(part.alteration, suspicious, ALTERATIONS),
        _place(name, laid, page),
    )


def doubts(answers: Answers, view: View, models: Models) -> dict[str, float]:
    """Return the log10 likelihood ratio of each region, by name, of the answers for all crops of a view."""
    parameters = models.entries[MODEL].parameters
    parts = _amounts(answers, view.spots, models)
    return {name: _ratio(name, view, part, parameters) for name, part in parts.items()}


def cells_shape(size: PageSize) -> tuple[int, int]:
    """Return rows and columns of a page's cells, those included that crops may show beyond its edge."""
    width, height = size.millimetres
    return math.ceil(height / CELL_MM) + CELLS, math.ceil(width / CELL_MM) + CELLS


def cells_at(spot: tuple[float, float]) -> tuple[slice, slice]:
    """Return the rows and columns of a page's cells that the crop at a spot shows, to the nearest whole cell."""
    column, row = (max(0, round(place / CELL_MM)) for place in spot)
    return slice(row, row + CELLS), slice(column, column + CELLS)


def _laid(size: PageSize, spots: Spots, cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lay the cells of crops, n x c x c, on the page; NaN where none is; where two overlap, the stronger counts."""
    canvas = np.full(cells_shape(size), np.nan, np.float32)
    for spot, logits in zip(spots, cells, strict=True):
        part = canvas[cells_at(spot)]
        np.fmax(part, logits, out=part)
    return canvas[:-CELLS, :-CELLS]


def _heat(laid: Iterable[NDArray[np.float32]]) -> HeatMap:
    """Return the map of the doubts of all regions."""
    return HeatMap(1 / (1 + np.exp(-np.fmax.reduce(list(laid)))), CELL_MM)


def _place(name: str, laid: NDArray[np.float32], page: Page) -> Region | None:
    """Return where the cells of a region stand out, and a cell about it."""
    found = standing_out(laid, apart=2) if name in _PARTED else None
    return None if found is None else outlined(name, found, CELL_MM, page, about=1)


def look(
    capture: Capture,
    page: Page,
    mrz_format: MrzFormat | None,
    models: Models,
    spots: Mapping[str, Spots] | None = None,
) -> Looked:
    """Look at every region of a page with the network, in one call.

    Parameters
    ----------
    spots
        Where the document model has the regions; None: they are looked for.
    """
    parameters = models.entries[MODEL].parameters
    view = view_of(capture.visible, page, mrz_format, parameters, spots)
    if view.abstained is not None:
        return Looked({}, None, view.abstained)
    answers = ask(models.sessions[MODEL], view.crops)
    parts = _amounts(answers, view.spots, models)
    laid = {
        name: _laid(page.size, view.spots[name], part.forged - _half(name, view.scale, parameters))
        for name, part in parts.items()
    }
    scores = {name: _scored(name, view, part, laid[name], page, parameters) for name, part in parts.items()}
    return Looked(scores, _heat(laid.values()), None, part_of(answers, view.spots), view.spots)


def _half(name: str, scale: float, parameters: Mapping[str, Any]) -> float:
    """Return the logit of a region's cells that counts as one half on the map."""
    return float(parameters["heat_zero"]) + added(parameters["calibration"][name], scale)


def _amounts(answers: Answers, spots: Mapping[str, Spots], models: Models) -> dict[str, Answers]:
    """Return the answers by region, with the cells' logits that the calibrations are of."""
    if "appraisal" not in models.entries[MODEL].parameters:
        return part_of(answers, spots)
    region = [REGIONS.index(name) for name, places in spots.items() for _ in places]
    amounts = appraised(models.sessions[APPRAISAL], answers, np.array(region, np.int64))
    return part_of(replace(answers, forged=amounts), spots)


def bound(count_genuine: int, count_forged: int) -> tuple[float, float]:
    """Return the lowest and highest log10 likelihood ratio that a calibration set of this size supports.

    With no error in n trials the rate may still be about 1 / n; no ratio may claim more.
    """
    return -math.log10(max(count_forged, 1)), math.log10(max(count_genuine, 1))
