"""Which document model a page is of, or none: one matrix product over the whole library."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docscan.documents.appearance import SIZE, appearance_of, weights_of
from docscan.documents.laying import Laid
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import LEAST_SHARE, laid_on_samples, lies_exactly
from docscan.documents.store import load, newest
from docscan.types import Page, ParsedMrz

# Of the reach, where no MRZ leaves but few models: a page may be near to one of a thousand by chance.
_WITHOUT_MRZ = 0.7
# Share of the samples' patches that a page out of their reach must show: designs with waves alike lie on each other
# roughly. Of 720 calibration captures, each beside another state's design, 15 did, none with so many; of 88 that lay on
# their own samples, out of reach, 83.
_MANY_FOUND = 0.35


@dataclass(frozen=True, slots=True)
class Library:
    """Document models with what matching needs of all of them at once.

    A model's distance to an appearance x is the sum of w (x - m)², its weights and its mean: w x² - 2 w m x + w m².
    ``terms`` has w and -2 w m side by side, n x 2 ``SIZE``, and ``constants`` the last term, n.
    """

    models: tuple[DocumentModel, ...]
    terms: NDArray[np.float32]
    constants: NDArray[np.float32]

    @staticmethod
    def empty() -> "Library":
        """Return the library in which nothing matches."""
        return library_of(())

    @property
    def has_sides_without_mrz(self) -> bool:
        """Whether any model is of a side that has no MRZ."""
        return any(model.format is None for model in self.models)

    def distances(self, appearance: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the distance of an appearance to each model, as a share of the model's reach: n."""
        reaches = np.array([model.reach for model in self.models], np.float32)
        squared = np.concatenate([appearance * appearance, appearance])
        return np.asarray((self.terms @ squared + self.constants) / reaches, np.float32)


def library_of(models: Iterable[DocumentModel]) -> Library:
    """Make a library of models."""
    known = tuple(models)
    means = np.array([model.appearance.mean for model in known], np.float32).reshape(-1, SIZE)
    weights = np.array([weights_of(model.appearance) for model in known], np.float32).reshape(-1, SIZE)
    weighted = weights * means
    return Library(known, np.concatenate([weights, -2 * weighted], axis=1), (weighted * means).sum(1))


def open_library(folder: Path) -> Library:
    """Load the newest version of every model of a folder, verified; an absent folder is an empty library.

    Raises
    ------
    DocumentModelError
        A model is broken or altered.
    """
    return library_of(load(entry).model for entry in newest(folder))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The model that a page looks most like from afar of those that it may be of."""

    model: DocumentModel
    within_reach: bool  # near enough for the page to be of its kind


def nearest_model(page: Page, mrz: ParsedMrz | None, library: Library) -> Nearest | None:
    """Return the model that a page looks most like; None where it can be of none.

    Only models of the page's size are asked and, where an MRZ was read, of its format, issuing state and document code.
    Without one a page may lie upside down, or a TD2 be taken for a passport: then nothing matches. With one it is of no
    side that has none.
    """
    asked = [index for index, model in enumerate(library.models) if _admits(model, page, mrz)]
    if not asked:
        return None
    distances = library.distances(appearance_of(page, mrz.format if mrz else None))[asked]
    nearest = int(distances.argmin())
    within = float(distances[nearest]) <= (_WITHOUT_MRZ if mrz is None else 1)
    return Nearest(library.models[asked[nearest]], within)


@dataclass(frozen=True, slots=True)
class Match:
    """Which model a page is of.

    ``likeliest`` is the model that the page looks most like of those that it may be of, ``laid`` how it lies on that
    model's picture, None where there is none, and ``known`` whether it is of its kind.
    """

    likeliest: DocumentModel | None
    laid: Laid | None
    known: bool

    @property
    def model(self) -> DocumentModel | None:
        """The model that the page is of; None where it is of none, rather than force one."""
        return self.likeliest if self.known else None

    @property
    def has_no_mrz(self) -> bool:
        """Whether the page is of a kind of side that has none."""
        return self.model is not None and self.model.format is None

    @property
    def laid_on_own(self) -> Laid | None:
        """How the page lies on the samples of its kind; None where it is of none, or its model has no picture."""
        return self.laid if self.known else None


def _is_theirs(nearest: Nearest, laid: Laid | None) -> bool:
    """Tell whether a page is of the samples' kind; ``laid``: how it lies on them, None where they have no picture."""
    if laid is None:
        return nearest.within_reach
    # A capture that is unlike the samples, or a counterfeit of them, is of their kind where it lies on them.
    return laid.share >= LEAST_SHARE if nearest.within_reach else lies_exactly(laid) and laid.share >= _MANY_FOUND


def match(page: Page, mrz: ParsedMrz | None, library: Library) -> Match:
    """Return which document model a page is of: it lies on the samples and looks like them, from afar or closely."""
    nearest = nearest_model(page, mrz, library)
    if nearest is None:
        return Match(None, None, known=False)
    laid = laid_on_samples(page, nearest.model.pictures)
    return Match(nearest.model, laid, _is_theirs(nearest, laid))


def _admits(model: DocumentModel, page: Page, mrz: ParsedMrz | None) -> bool:
    if model.page_size is not page.size:
        return False
    if mrz is None:  # it may have one that was not read
        return True
    fields = mrz.fields
    said = mrz.format, fields.document_code, fields.issuing_state
    return said == (model.format, model.document_code, model.issuing_state)
