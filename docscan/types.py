"""The vocabulary of the house: what one room hands to the next.

Everything here is frozen and has no logic but small properties. Boxes are millimetres of the rectified page (x to the
right, y down, from its upper left corner). Where it is not so, the field says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Height x width x 3, RGB, 0 to 255."""

Polygon = tuple[tuple[float, float], ...]
"""Corners in pixels of the visible capture, clockwise from the upper left of what it encloses."""

Homography = NDArray[np.float64]
"""3 x 3, maps homogeneous column vectors."""


class Spectrum(StrEnum):
    """The light under which an image was taken (BSI TR-03135)."""

    VISIBLE = "visible"
    UV = "uv"  # 365 nm
    IR = "ir"  # 850-940 nm


IMAGE_PARTS = tuple(side + light for side in ("", "other_") for light in Spectrum)
"""What clients call a document's images: each by its light, those of a card's other side with ``other_`` before it."""


class Outcome(StrEnum):
    """Outcome of a check (after BSI TR-03135)."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"  # it ran and cannot say
    NOT_PERFORMED = "not_performed"  # its input was absent
    ABORTED = "aborted"  # it broke; the report still comes out


class Verdict(StrEnum):
    """What the officer is told. The software never says "forged": a person decides."""

    NO_CONCERN = "no_concern"
    REFER = "refer"
    INSUFFICIENT = "insufficient"


class MrzFormat(StrEnum):
    """Formats of the machine-readable zone (ICAO Doc 9303 parts 4 to 7)."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"

    @property
    def shape(self) -> tuple[int, int]:
        """Lines, and characters in a line."""
        return {"TD1": (3, 30), "TD2": (2, 36), "TD3": (2, 44), "MRV-A": (2, 44), "MRV-B": (2, 36)}[self.value]


class PageSize(StrEnum):
    """Nominal sizes of the page after ISO/IEC 7810 (Doc 9303 part 3, section 2)."""

    ID_1 = "ID-1"
    ID_2 = "ID-2"
    ID_3 = "ID-3"

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return {"ID-1": (85.6, 53.98), "ID-2": (105.0, 74.0), "ID-3": (125.0, 88.0)}[self.value]


@dataclass(frozen=True, slots=True)
class LightSource:
    """Where one image of a capture came from, as far as the file told."""

    spectrum: Spectrum
    file_format: str  # "JPEG", "PNG", …
    mode: str  # the file's own pixel layout, e.g. "CMYK", "I;16"
    orientation: int  # EXIF orientation that was undone, 1 to 8
    width: int  # pixels after orientation
    height: int
    file_dpi: float | None  # what the file claims; never trusted for a judgement
    jpeg_quality: float | None = None  # 1 to 100 on libjpeg's scale, about; None: another format, or no tables


@dataclass(frozen=True, slots=True)
class Capture:
    """One document seen by a camera or reader: one image per light."""

    visible: Image
    uv: Image | None = None
    ir: Image | None = None
    sources: tuple[LightSource, ...] = ()
    brightened: float = 1.0  # by how much ``visible`` was, for its page was in poor light

    def image(self, spectrum: Spectrum) -> Image | None:
        """Return the image under this light, if it was given."""
        return {Spectrum.VISIBLE: self.visible, Spectrum.UV: self.uv, Spectrum.IR: self.ir}[spectrum]


@dataclass(frozen=True, slots=True)
class Quality:
    """How much a capture can carry."""

    sharpness: float  # 0 (no edge resolved) to 1 (edges as sharp as the pixels allow)
    glare: float  # share of the page's area that is blown out, 0 to 1
    resolution_dpi: float  # of the document in the capture, measured on the page, not read from the file
    whole_page: bool
    usable: bool
    advice: tuple[str, ...] = ()  # what to do about it, in words
    coloured: bool = True  # False: shades of grey, as a scanner or a camera set to them leaves
    brightened: float = 1.0  # by how much the page was made brighter, for it was captured in poor light
    jpeg_quality: float | None = None  # of the file; None as in ``LightSource``


@dataclass(frozen=True, slots=True)
class Page:
    """The document's page, rectified to millimetres."""

    image: Image  # visible light; shape is millimetres times pixels_per_mm
    size: PageSize
    pixels_per_mm: float
    to_capture: Homography  # millimetres of the page -> pixels of the visible capture
    found: bool  # False: neither border nor MRZ tells the page's place, the whole image stands for it
    border_seen: bool  # False: nothing but the MRZ, or nothing at all, tells the page's place
    quality: Quality
    uv: Image | None = None  # same geometry as image
    ir: Image | None = None
    enlarged: float = 1.0  # how many times larger than it was software made the visible capture; 1: it did not

    def light(self, spectrum: Spectrum) -> Image | None:
        """Return the rectified image under this light, if it was given."""
        return {Spectrum.VISIBLE: self.image, Spectrum.UV: self.uv, Spectrum.IR: self.ir}[spectrum]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle on the rectified page, in millimetres."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the page; ``again`` is where the same print stands a second time, if a check says so."""

    name: str
    polygon: Polygon
    again: Polygon | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A character that its field does not admit, and what it was taken for."""

    line: int  # from 0
    column: int  # from 0
    field: str
    read: str
    used: str


@dataclass(frozen=True, slots=True)
class MrzFields:
    """The fields of an MRZ, fillers removed (ICAO Doc 9303 parts 3 to 7).

    Dates are ISO 8601; an unknown day or month is left out ("1974-08", "1974"), an unreadable or unknown
    date is None. ``sex`` is "F", "M" or "X" (Doc 9303 writes unspecified as "<" in the MRZ).
    """

    document_code: str
    issuing_state: str
    document_number: str
    surname: str
    given_names: str
    nationality: str
    birth_date: str | None
    sex: str | None
    expiry_date: str | None
    optional_data: str
    optional_data_2: str = ""  # TD1 has two
    names_truncated: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMrz:
    """An MRZ taken apart, with everything that is wrong with it."""

    format: MrzFormat
    lines: tuple[str, ...]  # as used: after the repairs
    fields: MrzFields
    check_digits: Mapping[str, bool]  # document_number, birth_date, expiry_date, optional_data, composite
    repairs: tuple[Repair, ...] = ()
    problems: tuple[str, ...] = ()  # breaches of Doc 9303 other than check digits, one sentence each
    conforming: bool = True  # False: an old national layout, recognised but not of Doc 9303

    @property
    def valid(self) -> bool:
        """Every check digit agrees and the syntax conforms: evidence, not proof."""
        return self.conforming and all(self.check_digits.values()) and not self.problems


@dataclass(frozen=True, slots=True)
class Zone:
    """What a reader saw where an MRZ seems to be, before any rule touched it."""

    lines: tuple[str, ...]
    character_confidence: tuple[tuple[float, ...], ...]  # one for each character, 0 to 1; empty: the reader gives none
    polygon: Polygon
    reader: str  # "docscan" or "passporteye"
    # For each character the others that the reader saw some evidence of, the likeliest first; empty: it gives none.
    alternatives: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A character that two readers saw differently; both as used, after repairs."""

    line: int  # from 0
    column: int  # from 0
    read: str  # by the reader that speaks
    other: str  # by the other one


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What the other reader made of the same zone."""

    zone: Zone
    parsed: ParsedMrz
    differences: tuple[Difference, ...]  # empty where it agrees, or where it took the zone for another format


@dataclass(frozen=True, slots=True)
class Mrz:
    """A zone together with its parse, and the other reader's opinion where one was asked for."""

    zone: Zone
    parsed: ParsedMrz
    second: SecondReading | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text that was read on the page outside the MRZ."""

    text: str
    confidence: tuple[float, ...]  # one for each character, 0 to 1
    box: Box
    # For each character, what of A-Z and 0-9 it may be, and how likely, 0 to 1; none where the reader does not say.
    shares: tuple[Mapping[str, float], ...] = ()

    def part(self, start: int, end: int) -> "TextLine":
        """Return the characters from one place to before another; the box stays that of the line."""
        return TextLine(self.text[start:end], self.confidence[start:end], self.box, self.shares[start:end])


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where the documents of one kind print a datum, learned from genuine samples."""

    box: Box  # around the value as printed, over all samples
    line_mm: float  # height of the line
    character_mm: float  # width of a character
    samples: int  # in how many it was read there


@dataclass(frozen=True, slots=True)
class TextLayout:
    """Where the documents of one kind have text, learned from genuine samples. No text is kept."""

    fields: Mapping[str, FieldPlace]  # by the names of MrzFields
    lines: tuple[Box, ...]  # lines that stand at the same place on most samples, labels and data


class Agreement(StrEnum):
    """How a datum of the visual zone stands to the MRZ's."""

    AGREES = "agrees"
    DIFFERS = "differs"  # and no reading error explains it
    UNCLEAR = "unclear"  # it differs, or cannot be compared, and a reading error may be why


@dataclass(frozen=True, slots=True)
class VisualField:
    """A datum of the visual zone beside the MRZ's."""

    name: str  # as in MrzFields
    mrz: str  # what the MRZ says, for a person
    line: TextLine
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class VisualZone:
    """What was read outside the MRZ; ``missing`` says in words why nothing was, None where it was looked for."""

    fields: Mapping[str, VisualField]  # those of MrzFields that were found
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found."""

    id: str
    outcome: Outcome
    explanation: str  # one sentence a border guard understands
    spectrum: Spectrum = Spectrum.VISIBLE
    score: float | None = None  # 0 looks genuine, 1 looks forged; None where a rule decides
    threshold: float | None = None
    log10_lr: float = 0.0  # forged against genuine
    region: Region | None = None

    @property
    def speaks_for_forgery(self) -> bool:
        """Whether it failed in a way that weighs for a forgery; an expired document's does not."""
        return self.outcome is Outcome.FAILED and self.log10_lr > 0


@dataclass(frozen=True, slots=True)
class Confidence:
    """The fused evidence."""

    forgery_probability: float
    prior: float
    log10_lr: float
    verbal: str  # ENFSI guideline for evaluative reporting (2015), verbal scale


@dataclass(frozen=True, slots=True)
class Document:
    """What the document says it is."""

    format: str | None
    code: str | None
    issuing_state: str | None
    model: str | None
    specimen: bool
    model_version: int | None = None  # None where no model matched


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A learned model in use."""

    name: str
    version: str
    sha256: str
    error_rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """The answer about one side of a card."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The answer about one document."""

    id: str
    created: datetime
    verdict: Verdict
    reason: str  # the one main reason, in a sentence
    confidence: Confidence
    document: Document
    mrz: Mrz | None
    visual: VisualZone
    checks: tuple[CheckResult, ...]
    quality: Quality
    models: tuple[ModelInfo, ...]
    timings_ms: Mapping[str, float]
    holder_removed: bool = False  # True: what tells who carried the document was taken out (docscan.privacy)
    this_side: SideAnswer | None = None  # where both sides of a card were inspected; ``verdict`` is then about both
    other_side: "Report | None" = None
