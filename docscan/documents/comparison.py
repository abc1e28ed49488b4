"""Lays a page on its document model's picture and compares their prints."""

from collections.abc import Mapping

from docscan.checks.regions import Looked
from docscan.documents.laying import Laid
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import LEAST_SHARE
from docscan.documents.prints import by_region, differences, print_of
from docscan.types import Comparison, Page
from docscan.zones import Spots


def spots_of(model: DocumentModel | None) -> Mapping[str, Spots] | None:
    """Return where a model's kind has its regions; None where nobody knows."""
    return None if model is None else {name: region.spots for name, region in model.regions.items()}


def _not_compared(reason: str) -> Comparison:
    return Comparison({}, {}, reason)


def compare(page: Page, model: DocumentModel | None, looked: Looked, laid: Laid | None) -> Comparison:
    """Compare a page with the genuine samples of its kind.

    Parameters
    ----------
    looked
        What the network said of the page where ``spots_of`` the model are.
    laid
        How the page lies on the model's picture; None where the model has none.
    """
    if model is None:
        return _not_compared("No genuine samples of this kind of document are enrolled.")
    if laid is None or model.print is None:
        return _not_compared("The document model holds nothing of its samples' print: enrol it again.")
    if looked.abstained is not None:
        return _not_compared(looked.abstained)
    if laid.share < LEAST_SHARE:
        return _not_compared("The page could not be laid on the genuine samples': compare it with them by eye.")
    answers = [looked.answers[name] for name in model.regions]
    seen = print_of(page, laid.in_millimetres, answers, model.print.known)
    counts = {name: len(region.spots) for name, region in model.regions.items()}
    return Comparison(differences(seen, model.print), by_region(seen, model.print, counts))
