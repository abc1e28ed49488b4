"""Whether some genuine samples can make a document model; the first that cannot is named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from docscan.documents.record import FEWEST, MOST
from docscan.errors import DocumentModelError
from docscan.mrz.specimens import is_specimen
from docscan.quality import squeezed, too_dark
from docscan.types import Capture, Mrz, MrzFields, MrzFormat, Page, PageSize, TextLine

# Distance of a sample to the others from which it does not belong to them: 2 % of those that the reach was chosen on.
_OUTLIER = 0.2


@dataclass(frozen=True, slots=True)
class Sample:
    """A genuine document as it was found in its file; ``file`` is for messages and goes into no model."""

    file: str
    capture: Capture
    page: Page
    mrz: Mrz | None
    lines: tuple[TextLine, ...] = ()  # all that was read on the page
    among_others: bool = False  # whether the file shows the MRZs of other documents too
    mrz_elsewhere: Mrz | None = None  # on the same card's other side, where this one has none; None: it was not given


@dataclass(frozen=True, slots=True)
class Usable:
    """A sample whose page was found and whose MRZ was read, unless its side has none."""

    file: str
    capture: Capture
    page: Page
    mrz: Mrz | None
    lines: tuple[TextLine, ...]
    mrz_elsewhere: Mrz | None = None

    @property
    def mrz_format(self) -> MrzFormat | None:
        """Of its MRZ."""
        return self.mrz.parsed.format if self.mrz else None

    @property
    def mrz_of_document(self) -> Mrz | None:
        """Return the MRZ, whichever side it stands on."""
        return self.mrz or self.mrz_elsewhere

    @property
    def fields(self) -> MrzFields | None:
        """Of its document's MRZ."""
        return self.mrz_of_document.parsed.fields if self.mrz_of_document else None


def usable_samples(samples: Sequence[Sample], *, without_mrz: bool = False) -> list[Usable]:
    """Return samples that are enough, were read, and are different documents of one kind.

    Parameters
    ----------
    without_mrz
        Whether they are of a side that has no MRZ, a card's front; else an MRZ that was not read would pass for none.

    Raises
    ------
    DocumentModelError
        They are not; the message names the file and says why.
    """
    if not FEWEST <= len(samples) <= MOST:
        raise DocumentModelError(
            f"A document model is learned from {FEWEST} to {MOST} genuine samples, not from {len(samples)}."
        )
    usable = [_of_front(sample) if without_mrz else _usable(sample) for sample in samples]
    _require_one_kind(usable)
    _require_different_documents(usable)
    return usable


def _usable(sample: Sample) -> Usable:
    if sample.mrz is None:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: no machine-readable zone was read on it, and it tells the kind. A side "
            "that has none, a card's front, is enrolled with --no-mrz."
        )
    fields = sample.mrz.parsed.fields
    if not (fields.issuing_state.isalpha() and fields.document_code.isalpha()):
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: its machine-readable zone names no issuing state and document code."
        )
    # As the region network has it: a picture that is the page, all of it, needs no border.
    return _captured_well(sample, found=sample.page.found or sample.page.quality.whole_page)


def _of_front(sample: Sample) -> Usable:
    """Take a sample of a card's side without an MRZ, whose place nothing but its border tells."""
    if sample.mrz is not None:
        raise DocumentModelError(
            f"{sample.file} shows a machine-readable zone and is no sample of a side without one: leave --no-mrz away."
        )
    usable = _captured_well(sample, found=sample.page.found)
    if sample.page.size is not PageSize.ID_1:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: of sides without a machine-readable zone only a card's (ID-1) can be "
            "enrolled."
        )
    return usable


def _captured_well(sample: Sample, *, found: bool) -> Usable:
    if sample.among_others:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: it shows more than one document. Capture each by itself."
        )
    if not found:
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: its page was not found. Lay it on a plain surface of another colour."
        )
    if not sample.page.quality.coloured:
        raise DocumentModelError(f"{sample.file} cannot be a sample: it is in shades of grey. Capture it in colour.")
    if squeezed(sample.page.quality):
        raise DocumentModelError(
            f"{sample.file} cannot be a sample: its file is compressed too strongly. Save it with less compression."
        )
    if too_dark(sample.page.quality):
        raise DocumentModelError(f"{sample.file} cannot be a sample: it is too dark. Give more light.")
    return Usable(sample.file, sample.capture, sample.page, sample.mrz, sample.lines, sample.mrz_elsewhere)


_KIND: Mapping[str, Callable[[Usable], str | None]] = MappingProxyType(
    {
        "format": lambda sample: sample.mrz_format,
        "issuing state": lambda sample: sample.fields.issuing_state if sample.fields else None,
        "document code": lambda sample: sample.fields.document_code if sample.fields else None,
        "page size": lambda sample: sample.page.size,
    }
)


def _require_one_kind(samples: Sequence[Usable]) -> None:
    """Refuse the first sample that is not of the kind that most are."""
    for what, told in _KIND.items():
        values = [told(sample) for sample in samples]
        usual = max(values, key=values.count)
        for sample, value in zip(samples, values, strict=True):
            if value != usual:
                raise DocumentModelError(
                    f"The samples are not of one kind: {sample.file} has the {what} {value}, most have {usual}."
                )


def _require_different_documents(samples: Sequence[Usable]) -> None:
    """Refuse a document given twice: the mean of one holder's captures would be that holder's. Specimens have none."""
    for index, sample in enumerate(samples):
        other = next((other for other in samples[:index] if _same_document(other, sample)), None)
        if other is not None:
            raise DocumentModelError(
                f"{other.file} and {sample.file} show the same document; samples are of different holders, one each."
            )


def _same_document(one: Usable, other: Usable) -> bool:
    if one.fields is None or other.fields is None:
        numbers, others = _numbers(one), _numbers(other)
        # Most of them: readers err, and two documents may be of one day.
        return len(numbers & others) > min(len(numbers), len(others)) / 2
    return one.fields.document_number == other.fields.document_number and not is_specimen(other.fields)


def _numbers(sample: Usable) -> set[str]:
    """Return what is printed on a sample that has digits, as a document's number and its dates."""
    return {line.text for line in sample.lines if any(character.isdigit() for character in line.text)}


def require_alike(samples: Sequence[Usable], distances: NDArray[np.float64]) -> None:
    """Refuse the sample that looks least like the others, where they would not take it for one of theirs.

    Parameters
    ----------
    distances
        How far each sample is from all others, n.

    Raises
    ------
    DocumentModelError
        One is too far; the message names its file.
    """
    worst = int(distances.argmax())
    if distances[worst] > _OUTLIER:
        raise DocumentModelError(
            f"{samples[worst].file} looks unlike the others ({distances[worst]:.2f}; {_OUTLIER} at most): it is of "
            "another design, or a page that was not found exactly. Leave it out or capture it again."
        )
