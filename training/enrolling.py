"""Enrols generated samples as an office would: one that cannot be a sample is left out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat

from docscan.documents.enrolment import enrol
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel
from docscan.documents.packing import pack, unpack
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError
from docscan.inspection import Seen, read_side
from docscan.tools import Tools
from docscan.types import Mrz


def knowing(tools: Tools, model: DocumentModel | None) -> Tools:
    """Return tools whose library is one document model, or none."""
    return replace(tools, library=library_of([model] if model else []))


def model_of(
    seen: Iterable[Seen], tools: Tools, *, without_mrz: bool = False, elsewhere: Iterable[Mrz | None] = repeat(None)
) -> DocumentModel | None:
    """Return the document model of some genuine documents; None where too few of them can be samples.

    Parameters
    ----------
    without_mrz
        Whether they are of a card's side that has no MRZ.
    elsewhere
        The MRZ on the other side of each of these cards, where that is captured too.
    """
    samples = [
        replace(_sample(f"sample {index}", one, tools, without_mrz=without_mrz), mrz_elsewhere=mrz)
        for index, (one, mrz) in enumerate(zip(seen, elsewhere, strict=False))
    ]
    while samples:
        try:
            created = datetime.now(UTC)
            model = enrol("a-model", samples, version=1, created=created, models=tools.models, without_mrz=without_mrz)
            return unpack(pack(model), "that was just enrolled")  # as an office's comes from its files
        except DocumentModelError as error:
            refused = next((sample for sample in samples if sample.file in str(error)), None)
            if refused is None:
                return None
            samples.remove(refused)
    return None


def _sample(name: str, seen: Seen, tools: Tools, *, without_mrz: bool) -> Sample:
    seen, lines = read_side(seen, tools, without_mrz=without_mrz)
    return Sample(name, seen.capture, seen.page, seen.mrz, lines)
