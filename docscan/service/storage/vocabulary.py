"""What records, decisions and the second line are called, as they go from the storage to whoever shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from docscan.errors import DocscanError
from docscan.rendering.pictures import Pictures
from docscan.rendering.tr03135.source import Finding
from docscan.types import Report, Verdict

__all__ = [
    "UNDECIDED",
    "Decided",
    "Finding",
    "ForgeryKind",
    "Found",
    "HolderNamedError",
    "Kept",
    "Noted",
    "Query",
    "Record",
    "Summary",
    "UnknownInspectionError",
]


class UnknownInspectionError(DocscanError):
    """No inspection has this id, or none has what was asked for."""

    status = 404
    title = "Not Found"

    def __init__(self, message: str = "There is no inspection of this id.") -> None:
        super().__init__(message)


class HolderNamedError(DocscanError):
    """A text that is kept for good says who carried the document."""

    status = 422
    title = "The text names the document's holder"

    def __init__(self) -> None:
        super().__init__("The text names the document's holder. It is kept for good: leave name and number out of it.")


class ForgeryKind(StrEnum):
    """What is forged, in the words of document examiners."""

    COUNTERFEIT = "counterfeit"  # a whole document, or a page of it, made in imitation
    PORTRAIT = "portrait"  # replaced or altered
    DATA = "data"  # printed data or machine-readable zone altered
    PAGE = "page"  # one page replaced
    STOLEN_BLANK = "stolen_blank"  # a genuine blank filled in by others
    PSEUDO = "pseudo"  # of an issuer or a kind that does not exist
    IMPOSTOR = "impostor"  # a genuine document of somebody else
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Summary:
    """An inspection in a list: nothing of the document's holder."""

    id: str
    created: datetime
    created_by: str  # Principal.id, as every ``by``
    post: str
    verdict: Verdict
    issuing_state: str | None
    document_code: str | None
    format: str | None
    model: str | None
    log10_lr: float
    finding: Finding | None  # the newest; None: nobody has decided
    handed_on: datetime | None  # to the second line; None: never
    assigned_to: str | None
    closed: datetime | None  # when the second line decided

    @property
    def queued(self) -> bool:
        """Whether it waits for the second line."""
        return self.handed_on is not None and self.closed is None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was taken."""

    at: datetime
    by: str
    line: int  # 1 or 2
    finding: Finding
    kind: ForgeryKind | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A comment."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that people did with an inspection."""

    summary: Summary
    decisions: tuple[Decided, ...]  # oldest first; the last one counts
    comments: tuple[Noted, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as far as it is kept: whole and with its pictures, or without its holder."""

    report: Report
    pictures: Pictures | None

    @property
    def other_side(self) -> "Kept":
        """The same of the card's other side, where both were inspected."""
        assert self.report.other_side is not None
        return Kept(self.report.other_side, None if self.pictures is None else self.pictures.other_side)


UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for; None: any."""

    since: datetime | None = None  # from this moment
    until: datetime | None = None  # before this one
    verdict: Verdict | None = None
    issuing_state: str | None = None
    finding: str | None = None  # of Finding, or UNDECIDED
    limit: int = 50
    cursor: str | None = None  # Found.next of the page before


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, newest first."""

    inspections: tuple[Summary, ...] = field(default=())
    next: str | None = None  # cursor of the next page; None: this is the last one
