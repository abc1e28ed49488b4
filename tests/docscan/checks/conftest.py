from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from docscan.documents.compared import Comparison
from docscan.documents.model import DocumentModel
from docscan.evidence import Evidence
from docscan.mrz.icao9303 import parse
from docscan.tools import Tools
from docscan.types import Capture, Mrz, Page, PageSize, Quality, VisualZone, Zone
from tests.docscan.checks.desk import Desk
from tests.docscan.conftest import Makes

TODAY = date(2026, 11, 24)
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F3204153ZE184226B<<<<<18")

SCALE = 8.0
# Where Doc 9303 part 4 has the zone on an ID-3 page, in pixels at 8 a millimetre.
ZONE = tuple((x * SCALE, y * SCALE) for x, y in ((6, 71), (117.8, 71), (117.8, 80), (6, 80)))


@pytest.fixture(scope="session")
def evidence() -> Callable[..., Evidence]:
    """Make evidence: a passport read without doubt on an empty page, with whatever is said otherwise."""

    def make(
        lines: tuple[str, ...] | None = PASSPORT,
        *,
        confidence: float | None = 0.99,
        polygon: object = ZONE,
        **other: object,
    ) -> Evidence:
        image = np.full((704, 1000, 3), 200, np.uint8)
        quality = Quality(0.6, 0.0, 203, whole_page=True, usable=True)
        page = Page(
            image, PageSize.ID_3, SCALE, np.diag([SCALE, SCALE, 1.0]), found=True, border_seen=True, quality=quality
        )
        mrz = None
        if lines is not None:
            sure = () if confidence is None else tuple((confidence,) * len(line) for line in lines)
            mrz = Mrz(Zone(lines, sure, polygon, "docscan"), parse(lines, today=TODAY))  # type: ignore[arg-type]
        values = {
            "capture": Capture(image),
            "page": page,
            "mrz": mrz,
            "mrz_reader_missing": None,
            "region_scores": {},
            "region_abstained": None,
            "region_network": "",
            "visual": VisualZone({}, "Nothing was read."),
            "model": None,
            "comparison": Comparison({}, {}, "No document model."),
            "calibrations": {},
            "today": TODAY,
        }
        return Evidence(**(values | other))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def desk(tools: Tools, makes: Makes, utopian: DocumentModel, evidence: Callable[..., Evidence]) -> Desk:
    return Desk(tools, makes, utopian, evidence)
