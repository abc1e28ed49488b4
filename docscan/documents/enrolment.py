"""Genuine samples of one kind of document in, a document model out; nothing is trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from docscan.checks.regions import MODEL
from docscan.documents.appearance import apart, appearance_of, cells_under, learned, reach_of
from docscan.documents.record import FEWEST, MOST
from docscan.documents.regions import RegionLook, common_spots, regions_of
from docscan.documents.store import checked_name
from docscan.errors import DocumentModelError
from docscan.mrz.specimens import is_specimen
from docscan.runtime import Models
from docscan.types import (
    Box,
    Capture,
    DocumentModel,
    FieldPlace,
    Mrz,
    Page,
    ReferenceRegion,
    Spectrum,
    Statistics,
)
from docscan.version import __version__
from docscan.zones import Spots, around

# Distance of a sample to the others from which it does not belong to them: 3 % of those of the calibration states.
_OUTLIER = 0.3
NO_FIELDS: Mapping[str, FieldPlace] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sample:
    """A genuine document as it was found in its file; ``file`` is for messages and goes into no model."""

    file: str
    capture: Capture
    page: Page
    mrz: Mrz | None


@dataclass(frozen=True, slots=True)
class _Usable:
    """A sample whose page was found and whose MRZ was read."""

    file: str
    capture: Capture
    page: Page
    mrz: Mrz


def enrol(
    name: str,
    samples: Sequence[Sample],
    *,
    version: int,
    created: datetime,
    models: Models,
    fields: Mapping[str, FieldPlace] = NO_FIELDS,
) -> DocumentModel:
    """Learn what a kind of document looks like.

    Parameters
    ----------
    name
        Of the kind, as "uto-p-2019"; no person's.
    samples
        3 to 20 genuine ones, of different holders.
    fields
        Where the samples print their data, by the names of ``MrzFields``.

    Raises
    ------
    UsageError
        The name will not do.
    DocumentModelError
        Too few or too many samples, one that was not read, or one unlike the others; the message names its file.
    """
    checked_name(name)
    if not FEWEST <= len(samples) <= MOST:
        raise DocumentModelError(
            f"A document model is learned from {FEWEST} to {MOST} genuine samples, not from {len(samples)}."
        )
    usable = [_usable(sample) for sample in samples]
    _require_one_kind(usable)
    _require_different_documents(usable)
    parsed, page_size = usable[0].mrz.parsed, usable[0].page.size
    seen = np.stack([appearance_of(sample.page, parsed.format) for sample in usable])
    spots = common_spots([(sample.capture, sample.page) for sample in usable], parsed.format)
    portrait = around(spots["portrait"]) if "portrait" in spots else Box(0, 0, 0, 0)
    hidden = cells_under(portrait, page_size, parsed.format)
    distances = apart(seen, hidden)
    _require_alike(usable, distances)
    looks = [regions_of(sample.capture, sample.page, parsed.format, spots, models) for sample in usable]
    return DocumentModel(
        name=name,
        version=version,
        created=created,
        docscan=__version__,
        samples=len(usable),
        page_size=page_size,
        format=parsed.format,
        document_code=parsed.fields.document_code,
        issuing_state=parsed.fields.issuing_state,
        fields=fields,
        regions={region: _reference(places, [look[region] for look in looks]) for region, places in spots.items()},
        network=models.entries[MODEL].sha256,
        appearance=learned(seen, hidden),
        reach=reach_of(distances),
    )


def _usable(sample: Sample) -> _Usable:
    if sample.mrz is None:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: no machine-readable zone was read on it, and it tells the kind."
        )
    fields = sample.mrz.parsed.fields
    if not (fields.issuing_state.isalpha() and fields.document_code.isalpha()):
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: its machine-readable zone names no issuing state and document code."
        )
    # As the region network has it: a picture that is the page, all of it, needs no border.
    if not sample.page.found and not sample.page.quality.whole_page:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: its page was not found. Lay it on a plain surface of another colour."
        )
    return _Usable(sample.file, sample.capture, sample.page, sample.mrz)


_KIND: Mapping[str, Callable[[_Usable], str]] = MappingProxyType(
    {
        "format": lambda sample: sample.mrz.parsed.format.value,
        "issuing state": lambda sample: sample.mrz.parsed.fields.issuing_state,
        "document code": lambda sample: sample.mrz.parsed.fields.document_code,
        "page size": lambda sample: sample.page.size.value,
    }
)


def _require_one_kind(samples: Sequence[_Usable]) -> None:
    """Refuse the first sample that is not of the kind that most are."""
    for what, told in _KIND.items():
        values = [told(sample) for sample in samples]
        usual = max(values, key=values.count)
        for sample, value in zip(samples, values, strict=True):
            if value != usual:
                raise DocumentModelError(
                    f"The samples are not of one kind: {sample.file} has the {what} {value}, most have {usual}."
                )


def _require_different_documents(samples: Sequence[_Usable]) -> None:
    """Refuse a document given twice: the mean of one holder's captures would be that holder's. Specimens have none."""
    known: dict[str, str] = {}
    for sample in samples:
        fields = sample.mrz.parsed.fields
        other = known.get(fields.document_number)
        if other is not None and not is_specimen(fields):
            raise DocumentModelError(
                f"{other} and {sample.file} show the same document; samples are of different holders, one each."
            )
        known[fields.document_number] = sample.file


def _require_alike(samples: Sequence[_Usable], distances: NDArray[np.float64]) -> None:
    """Refuse the sample that looks least like the others, where they would not take it for one of theirs."""
    worst = int(distances.argmax())
    if distances[worst] > _OUTLIER:
        raise DocumentModelError(
            f"{samples[worst].file} looks unlike the others ({distances[worst]:.2f}; {_OUTLIER} at most): it is of "
            "another design, or a page that was not found exactly. Leave it out or capture it again."
        )


def _reference(spots: Spots, looks: Sequence[RegionLook]) -> ReferenceRegion:
    embeddings = [look.embedding for look in looks if look.embedding is not None]
    lights = [light for light in Spectrum if all(light in look.colour for look in looks)]
    return ReferenceRegion(
        spots,
        around(spots),
        # Of fewer than can be a model's samples a mean would be that of single documents.
        {Spectrum.VISIBLE: _statistics(embeddings)} if len(embeddings) >= FEWEST else {},
        {light: _statistics([look.colour[light] for look in looks]) for light in lights},
    )


def _statistics(values: Sequence[NDArray[np.float32]]) -> Statistics:
    stacked = np.stack(values)
    return Statistics(stacked.mean(0), stacked.std(0, ddof=1), len(stacked))
