"""Enrols generated samples as an office would: one that cannot be a sample is left out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from docscan.documents.enrolment import enrol
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel
from docscan.documents.packing import pack, unpack
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError
from docscan.inspection import Seen, Tools, read_lines


def knowing(tools: Tools, model: DocumentModel | None) -> Tools:
    """Return tools whose library is one document model, or none."""
    return replace(tools, library=library_of([model] if model else []))


def model_of(seen: Iterable[Seen], tools: Tools) -> DocumentModel | None:
    """Return the document model of some genuine documents; None where too few of them can be samples."""
    samples = [
        Sample(f"sample {index}", one.capture, one.page, one.mrz, read_lines(one, tools))
        for index, one in enumerate(seen)
    ]
    while samples:
        try:
            model = enrol("a-model", samples, version=1, created=datetime.now(UTC), models=tools.models)
            return unpack(pack(model), "that was just enrolled")  # as an office's comes from its files
        except DocumentModelError as error:
            refused = next((sample for sample in samples if sample.file in str(error)), None)
            if refused is None:
                return None
            samples.remove(refused)
    return None
