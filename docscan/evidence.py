"""What the checks of one document may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from docscan.copies import Twins
from docscan.documents.compared import Comparison
from docscan.documents.laying import Laid
from docscan.documents.model import DocumentModel, Statistics
from docscan.lights import Lights
from docscan.page_answer import PageAnswer
from docscan.print_scores import RegionScore
from docscan.runtime import Calibration
from docscan.types import Capture, Mrz, MrzFormat, Page, VisualZone
from docscan.typesetting import Typesetting


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the checks may look at."""

    capture: Capture
    page: Page
    mrz: Mrz | None
    mrz_reader_missing: str | None  # why no reader ran, in words; None: a reader ran
    region_scores: Mapping[str, RegionScore]  # by region name; empty where the network abstained
    region_abstained: str | None  # why the network abstained, in words
    region_network: str  # its sha256
    visual: VisualZone
    model: DocumentModel | None  # of the page's kind; None: none matched
    comparison: Comparison
    calibrations: Mapping[str, Calibration]  # of measured checks, by id
    today: date
    lights: Lights = field(default_factory=Lights)  # the page under ultraviolet and infrared
    typesetting: Typesetting | None = None  # of the MRZ; None: no zone, or its characters are not surely known
    all_of_page: PageAnswer | None = None  # what the network says of it by daylight; None: it was not asked
    twins: Twins | None = None  # places of it that show the same print; None: no two do, or it cannot be judged
    grid: float | None = None  # how strongly it shows a display's pixels; None: it cannot be told
    laid: Laid | None = None  # how the page lies on the model's picture; None: no model, or it has none
    both_sides: bool = False  # whether the card's other side is inspected too
    mrz_elsewhere: Mrz | None = None  # on the card's other side; None: it was not inspected too, or this side has one

    @property
    def front_missing(self) -> bool:
        """Whether this is a card's back alone: a TD1's MRZ is not on the side of the portrait (Doc 9303 part 5)."""
        return not self.both_sides and self.mrz is not None and self.mrz.parsed.format is MrzFormat.TD1

    @property
    def mrz_of_document(self) -> Mrz | None:
        """Return the MRZ, whichever side it stands on."""
        return self.mrz or self.mrz_elsewhere

    @property
    def usual(self) -> Mapping[str, Statistics]:
        """What single numbers are like on genuine samples of the page's kind; empty where no model matched."""
        return self.model.measured if self.model is not None else {}

    def reached(self, name: str) -> float | None:
        """Return what samples reach of a number; None where they do not tell it, or no model matched."""
        samples = self.usual.get(name)
        return None if samples is None else samples.reached()
