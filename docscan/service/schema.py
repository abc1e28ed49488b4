"""The report as the interface's description types it: ``docscan.report/1``, field for field what ``to_dict`` writes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from docscan.types import Agreement, MrzFormat, Outcome, Spectrum, Verdict

# A value that could not be measured is null: JSON has no NaN.
Number = float | None
Share = Annotated[float, Field(ge=0, le=1)] | None
Point = Annotated[list[Number], Field(min_length=2, max_length=2)]
Polygon = Annotated[list[Point], Field(description="Corners in pixels of the visible image, clockwise.")]
Day = Annotated[
    str | None,
    Field(
        description="ISO 8601; an unknown day or month is left out, an unreadable date is null.", examples=["1974-08"]
    ),
]


class Part(BaseModel):
    """Of a report: nothing else is in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Confidence(Part):
    """The fused evidence."""

    forgery_probability: Share = Field(description="Calibrated, at the stated prior.")
    prior: float
    log10_lr: Number = Field(description="log10 likelihood ratio, forged against genuine.")
    verbal: str = Field(description="ENFSI guideline for evaluative reporting (2015), verbal scale.")


class Document(Part):
    """What the document says it is."""

    format: MrzFormat | None
    code: str | None = Field(description="Document code (ICAO Doc 9303).")
    issuing_state: str | None
    model: str | None = Field(description="The document model that it was compared with.")
    model_version: int | None
    specimen: bool


class MrzFields(Part):
    """The fields of a machine-readable zone, fillers removed."""

    document_code: str
    issuing_state: str
    document_number: str
    surname: str
    given_names: str
    nationality: str
    birth_date: Day
    sex: Literal["F", "M", "X"] | None
    expiry_date: Day
    optional_data: str
    optional_data_2: str
    names_truncated: bool


class Repair(Part):
    """A character that its field does not admit, and what it was taken for."""

    line: int = Field(ge=0)
    column: int = Field(ge=0)
    field: str
    read: str
    used: str


class Difference(Part):
    """A character that two readers saw differently."""

    line: int = Field(ge=0)
    column: int = Field(ge=0)
    read: str
    other: str


class SecondReading(Part):
    """What the other reader made of the same zone."""

    reader: str
    format: MrzFormat
    lines: list[str]
    valid: bool
    differences: list[Difference]


class Mrz(Part):
    """The machine-readable zone."""

    format: MrzFormat
    lines: list[str]
    raw_lines: list[str] = Field(description="As read, before repairs.")
    fields: MrzFields
    check_digits: dict[str, bool]
    valid: bool
    conforming: bool
    repairs: list[Repair]
    problems: list[str]
    reader: Literal["docscan", "passporteye"]
    character_confidence: list[list[Share]]
    polygon: Polygon
    second_reading: SecondReading | None


class VisualField(Part):
    """A datum that is printed on the page, beside the machine-readable zone's."""

    text: str
    mrz: str
    agreement: Agreement
    character_confidence: list[Share]
    box_mm: Annotated[list[Number], Field(min_length=4, max_length=4)] = Field(
        description="x, y, width, height in millimetres of the page, from its upper left corner."
    )


class Visual(Part):
    """What was read outside the machine-readable zone."""

    fields: dict[str, VisualField]
    missing: str | None = Field(description="Why nothing was read; null where it was looked for.")


class Region(Part):
    """A named part of the page."""

    name: str
    polygon: Polygon


class Check(Part):
    """What one check found; every check that the software knows is listed, with those that were not performed."""

    id: str = Field(pattern=r"^[a-z]+\.[a-z_0-9]+$")
    outcome: Outcome
    spectrum: Spectrum
    score: Share = Field(description="0 looks genuine, 1 looks forged; null where a rule decides.")
    threshold: Share
    log10_lr: Number
    region: Region | None
    explanation: str = Field(description="One sentence that a border guard understands.")


class Quality(Part):
    """How much the capture can carry."""

    sharpness: Number
    glare: Share
    resolution_dpi: Number
    whole_page: bool
    coloured: bool = Field(description="false: shades of grey, which do not show how a document was printed.")
    brightened: Number = Field(description="By how many times the page was made brighter to inspect it; 1: it was not.")
    usable: bool
    advice: list[str]


class Model(Part):
    """A learned model in use."""

    name: str
    version: str
    sha256: str
    error_rates: dict[str, Number] = Field(description="As measured on documents of states that it never saw.")


class Software(Part):
    """What made a report."""

    name: Literal["docscan"]
    version: str


class SideAnswer(Part):
    """The answer about one side of a card."""

    verdict: Verdict
    reason: str


class Report(Part):
    """The answer about one document."""

    schema_: Literal["docscan.report/1"] = Field(alias="schema")
    id: UUID
    created: datetime
    verdict: Verdict = Field(
        description="no_concern: nothing speaks for a forgery; refer: a person must look; insufficient: the capture "
        "cannot carry a judgement, or what failed does not suffice to refer."
    )
    reason: str
    confidence: Confidence
    document: Document
    mrz: Mrz | None
    visual: Visual
    checks: list[Check]
    quality: Quality
    models: list[Model]
    software: Software
    timings_ms: dict[str, Number]
    holder_removed: bool = Field(description="Whether what tells who carried the document was taken out.")
    this_side: SideAnswer | None = Field(
        description="Where both sides of a card were sent: the answer about this one alone. Verdict, reason and "
        "confidence above are then those of the graver side."
    )
    other_side: "Report | None" = Field(description="The card's other side, where it was sent too.")


class Problem(BaseModel):
    """An error (RFC 9457), as ``application/problem+json``."""

    type: Literal["about:blank"]
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="A sentence for a person.")
    request_id: str = Field(description="As in the header X-Request-ID; the log's lines of this request carry it.")


class Status(Part):
    """Of the service."""

    status: Literal["ok", "ready"]
