"""What the routes of inspections take and give, as the interface describes it."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Header, Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from docscan.service.storage.vocabulary import Finding, ForgeryKind, UnknownInspectionError
from docscan.types import Verdict

MOST_TEXT = 4000  # characters of a comment

_ID = "0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11"
_WHO = "user:5f0c5f8e-3d9b-4a51-8f0e-2f3d5b1c9a77"


def _known_form(report_id: Annotated[str, Path(description="The inspection's id.", examples=[_ID])]) -> str:
    try:
        return str(UUID(report_id))
    except ValueError as error:
        raise UnknownInspectionError from error


InspectionId = Annotated[str, Depends(_known_form)]
"""The id in a path; what is no id is not found."""


# Something to read, and no control characters but tabs and ends of lines.
_READABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*[^\s\x00-\x1f][^\x00-\x08\x0b\x0c\x0e-\x1f]*$"


def _storable(text: str) -> str:
    if any(ord(character) < 32 and character not in "\r\n\t" for character in text):
        raise ValueError("it holds control characters")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TEXT),
    AfterValidator(_storable),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": _READABLE}),
    Field(
        description="Words of whoever decides. They are kept for good: never name the document's holder.",
        examples=["The edge of the portrait can be felt; the glue shines under the lamp."],
    ),
]


def _in_utc(moment: datetime) -> datetime:
    """Bring to UTC; a moment without a zone is UTC."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("it lies outside the calendar") from error


def _no_number(value: object) -> object:
    """Refuse seconds since 1970, which pydantic would take: they look like a year that was mistyped."""
    if isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("it is a number; write 2026-11-26 or 2026-11-26T09:30:00Z")
    return value


Moment = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_in_utc)]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[ -~]+$",
        description=(
            "A value of the client's own, new for each document. The same request sent again with it, within 24 hours, "
            "gets the first answer again and the header Idempotency-Replayed; with other images it gets 422, and 409 "
            "while the first is being worked on (draft-ietf-httpapi-idempotency-key-header)."
        ),
        examples=['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ),
]


class _Form(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid", frozen=True)


class SummaryForm(_Form):
    """An inspection in a list: nothing of the document's holder."""

    id: str = Field(examples=[_ID])
    created: datetime
    created_by: str = Field(description="Who had it inspected.", examples=[_WHO])
    post: str = Field(description="The post, as its settings name it.", examples=["airport-2"])
    verdict: Verdict
    issuing_state: str | None = Field(description="As the machine-readable zone says.", examples=["UTO"])
    document_code: str | None = Field(examples=["P"])
    format: str | None = Field(examples=["TD3"])
    model: str | None = Field(description="The document model that matched.", examples=["uto-p-2019"])
    log10_lr: float = Field(description="Fused log10 likelihood ratio, forged against genuine.", examples=[3.1])
    finding: Finding | None = Field(description="The newest decision; null: nobody has decided.")
    handed_on: datetime | None = Field(description="When it was handed to the second line.")
    assigned_to: str | None = Field(description="The examiner who has taken it on.", examples=[_WHO])
    closed: datetime | None = Field(description="When the second line decided it.")


class FoundForm(_Form):
    """A page of what was found, newest first."""

    inspections: list[SummaryForm]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class DecidedForm(_Form):
    """A decision as it was taken; none is ever changed."""

    at: datetime
    by: str = Field(examples=[_WHO])
    line: int = Field(description="1: at the desk; 2: by the second line.", ge=1, le=2)
    finding: Finding
    kind: ForgeryKind | None
    comment: str | None


class NotedForm(_Form):
    """A comment."""

    at: datetime
    by: str = Field(examples=[_WHO])
    text: str


class RecordForm(_Form):
    """Everything that people did with an inspection."""

    summary: SummaryForm
    decisions: list[DecidedForm] = Field(description="Oldest first; the last one counts.")
    comments: list[NotedForm] = Field(description="Oldest first.")


class DecisionForm(_Form):
    """What a person found."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"properties": {"finding": {"const": "forged"}, "kind": {"type": "string"}}, "required": ["kind"]},
                {"properties": {"finding": {"enum": ["genuine", "unclear"]}, "kind": {"type": "null"}}},
            ]
        }
    )

    finding: Finding
    kind: ForgeryKind | None = Field(None, description="What is forged; with the finding forged alone.")
    comment: Text | None = None

    @model_validator(mode="after")
    def _kind_of_forged(self) -> "DecisionForm":
        if (self.finding is Finding.FORGED) != (self.kind is not None):
            raise ValueError("the finding forged needs a kind, and no other one has one")
        return self


class CommentForm(_Form):
    """A comment as it is sent."""

    text: Text


class AssignmentForm(_Form):
    """Who takes an inspection of the queue on."""

    to: Literal["me"] | None = Field(description="me: whoever asks; null: nobody any more.")


class QueueForm(_Form):
    """What waits for the second line."""

    inspections: list[SummaryForm] = Field(description="That which waits longest first.")


class AuditEntryForm(_Form):
    """An entry of the audit log."""

    sequence: int = Field(examples=[41])
    at: str = Field(examples=["2026-11-26T09:30:00.000000Z"])
    actor: str = Field(examples=[_WHO])
    action: str = Field(examples=["inspection.viewed"])
    subject: str = Field(description="The id of what it was done to.", examples=[_ID])
    detail: str = Field(description="Canonical JSON; never personal.", examples=["{}"])
    previous: str = Field(description="Hash of the entry before.", examples=["0" * 64])
    hash: str = Field(description="SHA-256 of all of this.", examples=["ab" * 32])


class AuditForm(_Form):
    """A page of the audit log, newest first."""

    entries: list[AuditEntryForm]
    next: int | None = Field(description="Give it as before to have the next page; null: this is the last.")
