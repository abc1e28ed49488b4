"""The vocabulary of the generator: a side of a document, how it was made, and what was done to it.

Boxes are x, y, width, height in millimetres from the side's upper left corner.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from datasets.holders import Holder
from datasets.physics.inks import Ink, Substrate
from datasets.physics.surface import Box, Float, Surface


class Kind(StrEnum):
    """A side of a document (ICAO Doc 9303 parts 4 to 7)."""

    TD3 = "TD3"  # a passport's data page
    TD1_FRONT = "TD1-front"  # a card's side with the portrait; no MRZ
    TD1_BACK = "TD1-back"  # a card's side with the MRZ
    TD2 = "TD2"
    MRV_A = "MRV-A"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return {"TD3": (125.0, 88.0), "TD2": (105.0, 74.0), "MRV-A": (120.0, 80.0)}.get(self.value, (85.6, 53.98))

    @property
    def box(self) -> Box:
        """The whole side."""
        return (0.0, 0.0, *self.size_mm)


@dataclass(frozen=True, slots=True)
class Making:
    """How a side is produced: what its issuer chose, or a counterfeiter.

    The issuer's own choices come from ``datasets.design.states.making_of``; a counterfeit is drawn with others.
    """

    substrate: Substrate
    portrait_process: str  # of datasets.physics.processes.PROCESSES
    text_ink: Ink
    mrz_ink: Ink
    mrz_font: str = "OCRB.otf"  # of datasets/fonts, or a font that matplotlib ships
    mrz_pitch: float = 2.54  # millimetres, Doc 9303 part 3, section 4.3
    line_art: str = "vector"  # or the process by which a counterfeiter reproduces the whole artwork
    microtext: str = "sharp"  # "blurred", "missing"
    intaglio: str = "raised"  # "flat": imitated in offset
    fibres: str = "fluorescent"  # "printed": drawn, dark under ultraviolet; "missing"
    uv_pattern: str = "fluorescent"  # "painted": by hand with a fluorescent pen; "missing"
    ovd: str = "diffractive"  # "copied": a printed picture of it; "missing"
    perforation: str = "drilled"  # "printed"
    ghost: str = "same"  # "missing"


@dataclass(frozen=True, slots=True)
class Field:
    """A printed datum."""

    text: str
    box: Box


@dataclass(slots=True)
class Sheet:
    """A side as drawn, with all that is known of it.

    ``regions`` are named as the product's: portrait, viz, mrz, background; besides ghost, ovd, microtext,
    perforation, uv_pattern where the side has them. ``face`` is the portrait as it was before printing (560 x 440 x 3).
    """

    surface: Surface
    state: str
    kind: Kind
    making: Making
    holder: Holder
    fields: dict[str, Field]
    mrz: tuple[str, ...]
    regions: dict[str, Box]
    face: Float
    alterations: list["Alteration"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Alteration:
    """What was done to a side, with the parameters chosen, where, and under which lights it shows."""

    recipe: str
    parameters: dict[str, str | float]
    boxes: tuple[Box, ...]
    lights: tuple[str, ...]  # "visible", "uv", "ir"
