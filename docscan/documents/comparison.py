"""Lays a page on its document model's picture and compares their prints, and place by place their fine contrast."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from docscan.checks.regions import Answers, Looked
from docscan.documents.compared import Comparison, FaintLine, Places
from docscan.documents.coverings import BLEEDS, hidden_cells, too_much
from docscan.documents.laying import Laid
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import LEAST_SHARE, lies_exactly
from docscan.documents.places import cells_of, compared_by_place
from docscan.documents.prints import (
    SHARPEST,
    Fineness,
    by_region,
    differences,
    fineness_of,
    paleness,
    print_of,
    sharper,
)
from docscan.documents.texture import (
    Mask,
    areas_of,
    deviations,
    faintest_line,
    glare_of,
    known_of,
    seen_of,
    texture_numbers,
    texture_of,
)
from docscan.types import Page, Spectrum
from docscan.zones import Spots

_SHARPENED = (
    "The picture is far sharper than those of genuine samples, as software makes it, so nothing tells how the page was "
    "printed: switch sharpening off and capture it again."
)
_MANY = 0.4  # of the samples, from which it is their kind's print and no finger on one of them
_COVERED = "Something lies on the page, such as a finger, and hides print: take it away and capture the page again."


def spots_of(model: DocumentModel | None) -> Mapping[str, Spots] | None:
    """Return where a model's kind has its regions; None where nobody knows."""
    return None if model is None else {name: region.spots for name, region in model.regions.items()}


def model_areas(model: DocumentModel) -> dict[str, Mask]:
    """Return the areas of a model's page, see ``areas_of``."""
    portrait = model.regions["portrait"].box if "portrait" in model.regions else None
    return areas_of(model.page_size, model.format, portrait, model.data)


def _not_compared(reason: str) -> Comparison:
    return Comparison({}, {}, reason)


def compare(page: Page, model: DocumentModel | None, looked: Looked, laid: Laid | None, network: str) -> Comparison:
    """Compare a page with the genuine samples of its kind.

    Parameters
    ----------
    looked
        What the network said of the page where ``spots_of`` the model are.
    laid
        How the page lies on the model's picture; None where the model has none.
    network
        sha256 of the region network that said it.
    """
    if model is None:
        return _not_compared("No genuine samples of this kind of document are enrolled.")
    if laid is None or model.print is None or model.texture is None:
        return _not_compared("The document model holds nothing of its samples' print: enrol it again.")
    if model.network != network:
        return _not_compared("The document model was enrolled with another network: enrol it again.")
    if looked.abstained is not None:
        return _not_compared(looked.abstained)
    if laid.share < LEAST_SHARE:
        return _not_compared("The page could not be laid on the genuine samples': compare it with them by eye.")
    areas = model_areas(model)
    hidden = _hidden(page, model, laid, areas)
    covered = too_much(hidden, laid)
    if covered is not None:
        return Comparison({}, {}, _COVERED, hindered=True, covered=covered)
    answers = [looked.answers[name] for name in model.regions]
    fineness = fineness_of(page, laid.in_millimetres)
    seen = print_of(page, fineness, answers, model.print.known)
    apart = differences(seen, model.print)
    if sharper(apart, SHARPEST):
        return Comparison({}, {}, _SHARPENED, hindered=True)
    counts = {name: len(region.spots) for name, region in model.regions.items()}
    numbers, line = _by_place(fineness, model, laid, areas, hidden)
    return Comparison(
        apart | numbers,
        by_region(seen, model.print, counts),
        line=line if lies_exactly(laid) else None,
        places=_places(answers, model),
        paleness=paleness(seen, model.print),
    )


_Areas = Mapping[str, Mask]


def _hidden(page: Page, model: DocumentModel, laid: Laid, areas: _Areas) -> Mask:
    if not lies_exactly(laid):
        return np.zeros(areas["background"].shape, bool)
    own = (areas["data"] | areas["mrz"]) & ~_and_around(areas["portrait"])
    bleeds = model.measured.get(BLEEDS)  # None: the model is from before it was looked at
    return hidden_cells(
        page,
        laid,
        model.pictures[Spectrum.VISIBLE],
        own,
        bleeds=bleeds is not None and float(bleeds.mean[0]) > _MANY,
    )


def _and_around(cells: Mask) -> Mask:
    return np.asarray(cv2.dilate(cells.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _places(answers: Sequence[Answers], model: DocumentModel) -> Places | None:
    if model.cells is None:
        return None
    spots = tuple(spot for region in model.regions.values() for spot in region.spots)
    return compared_by_place(cells_of(answers), model.cells, spots, model.page_size)


def _by_place(
    fineness: Fineness, model: DocumentModel, laid: Laid, areas: _Areas, hidden: Mask
) -> tuple[dict[str, float], FaintLine | None]:
    assert model.texture is not None
    seen = seen_of(laid.in_millimetres, model.page_size)
    background = areas["background"] & seen
    apart = deviations(texture_of(fineness, model.page_size), model.texture, background)
    known = known_of(model.texture, background, model.pictures[Spectrum.VISIBLE].known) & ~_and_around(hidden)
    line = faintest_line(apart, known & ~glare_of(fineness, model.page_size), laid.in_millimetres)
    return texture_numbers(apart, known, areas), line
