"""What of a report a log entry is made of: plain data in, nothing of the holder's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

from docscan.documents.record import LONGEST_NAME, NAME
from docscan.rendering.tr03135.names import STRICTEST_FIRST
from docscan.types import MrzFormat, Outcome, Spectrum, Verdict

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CHECK_ID = r"[a-z0-9_]{1,40}\.[a-z0-9_]{1,40}"
KIND = r"[a-z][a-z0-9_.-]{0,39}"  # of a forgery; no room for a sentence about a person
_LONGEST_MS = 86_400_000.0  # a day


def _only(pattern: str) -> BeforeValidator:
    """Return a validator that leaves out what is not of a form: a misread zone may have anything in its place."""

    def keep(value: object) -> str | None:
        return value if isinstance(value, str) and re.fullmatch(pattern, value) else None

    return BeforeValidator(keep)


_Text = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,80}$")]
_Milliseconds = Annotated[FiniteFloat, Field(ge=0, le=_LONGEST_MS)]
_FORMATS = "|".join(format_.value for format_ in MrzFormat)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class Software(_Part):
    """The program that made the report."""

    version: _Text


class Document(_Part):
    """What the document says it is; what is not of the form that Doc 9303 gives it is left out."""

    format: Annotated[str | None, _only(_FORMATS)] = None
    code: Annotated[str | None, _only("[A-Z]{1,2}")] = None
    issuing_state: Annotated[str | None, _only("[A-Z]{1,3}")] = None
    model: Annotated[str | None, _only(f"(?=.{{1,{LONGEST_NAME}}}$){NAME}")] = None
    model_version: Annotated[int, Field(ge=1)] | None = None
    specimen: bool = False


class Check(_Part):
    """One check, without its sentence and its place."""

    id: Annotated[str, Field(pattern=f"^{CHECK_ID}$")]
    outcome: Outcome
    spectrum: Spectrum
    score: FiniteFloat | None = None
    threshold: FiniteFloat | None = None
    log10_lr: FiniteFloat | None = None


class LearnedModel(_Part):
    """A network in use."""

    name: _Text
    version: _Text
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Inspected(_Part):
    """A report of schema docscan.report/1, as far as a log entry needs it."""

    id: Annotated[str, Field(pattern=f"^{UUID}$")]
    created: AwareDatetime
    verdict: Verdict
    software: Software | None = None  # reports of before it was written do not say
    document: Document
    checks: tuple[Check, ...]
    models: tuple[LearnedModel, ...] = ()
    timings_ms: dict[str, _Milliseconds | None] = {}


class Finding(StrEnum):
    """What an officer found."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's decision about a document; never who decided."""

    finding: Finding
    time: datetime  # with its zone
    kind: str | None = None  # of forgery, a word as ``photo_substitution``; anything else is written as "other"


def inspected(report: Mapping[str, Any]) -> Inspected:
    """Take from a report's plain data what a log entry needs; of a card's two sides each check's stricter outcome.

    Raises
    ------
    ValueError
        It is no report of schema docscan.report/1.
    """
    seen = Inspected.model_validate(report)
    other = report.get("other_side")
    if other is None:
        return seen
    there = {check.id: check for check in inspected(other).checks}
    checks = tuple(min(check, there.get(check.id, check), key=_strictness) for check in seen.checks)
    return seen.model_copy(update={"checks": checks})


def _strictness(check: Check) -> int:
    return STRICTEST_FIRST.index(check.outcome)
