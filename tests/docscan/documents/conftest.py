"""A document model of random numbers; fronts of cards, read once for all tests of them."""

from dataclasses import replace

import numpy as np
import pytest

from datasets.sheet import Kind
from docscan.documents.appearance import SIZE
from docscan.documents.model import (
    EDGE_PLACES,
    GRAIN_SIZE,
    OVD_LINES,
    OVD_SIDE,
    DocumentModel,
    GhostImage,
    OvdPlace,
    PhotoZone,
    ReferencePicture,
    ReferenceRegion,
    Statistics,
)
from docscan.documents.samples import Sample
from docscan.inspection import Seen, read_side
from docscan.page import upside_down
from docscan.tools import Tools
from docscan.types import Box, FieldPlace, MrzFormat, PageSize, Spectrum, TextLayout
from tests.docscan.conftest import CREATED, Makes

STATE = "XVA"
ENROLLED = range(1, 4)


def small_model(name: str = "uto-p-2019", version: int = 1, seed: int = 0) -> DocumentModel:
    """A model of random numbers, for whoever only stores it."""
    rng = np.random.default_rng(seed)

    def statistics(size: int) -> Statistics:
        return Statistics(rng.normal(size=size).astype(np.float32), rng.random(size).astype(np.float32), 5)

    box = Box(4.0, 10.5, 16.0, 16.0)
    region = ReferenceRegion(
        ((4.0, 10.5),),
        box,
        {Spectrum.VISIBLE: statistics(64)},
        {Spectrum.VISIBLE: statistics(6), Spectrum.UV: statistics(6)},
    )
    picture = rng.integers(0, 256, (176, 250, 3), np.uint8)
    return DocumentModel(
        name=name,
        version=version,
        created=CREATED,
        docscan="0.1.0",
        samples=5,
        page_size=PageSize.ID_3,
        format=MrzFormat.TD3,
        document_code="P",
        issuing_state="UTO",
        text=TextLayout({"surname": FieldPlace(replace(box, height=3.5), 3.1, 1.9, 4)}, (box, replace(box, y=30.0))),
        regions={"portrait": region},
        network="ab" * 32,
        appearance=statistics(SIZE),
        reach=0.15,
        pictures={Spectrum.VISIBLE: ReferencePicture.of(picture, picture[..., 0] > 128, 2.0)},
        photo=PhotoZone(
            box,
            rng.random((4, 2, EDGE_PLACES)).astype(np.float32),
            rng.random(GRAIN_SIZE).astype(np.float32),
            GhostImage(
                box, replace(box, x=90.0), *(rng.random(size).astype(np.float32) for size in ((56, 44), (2, 84, 66)))
            ),
        ),
        ovd=OvdPlace(
            replace(box, width=12.0, height=12.0),
            rng.random((OVD_SIDE, OVD_SIDE)) > 0.5,
            statistics(1),
            rng.normal(size=(OVD_LINES, OVD_LINES)).astype(np.float32),
        ),
        cells=rng.normal(size=(1, 9, 11, 11)).astype(np.float16),
        measured={"uv.fibres": statistics(1), "ir.portrait": statistics(1)},
    )


@pytest.fixture(scope="session")
def card_fronts(makes: Makes, tools: Tools) -> list[Sample]:
    """Three fronts as an office has them: one of them lies upside down."""
    found = []
    for number in ENROLLED:
        one = makes.sample(STATE, Kind.TD1_FRONT, number)
        page = upside_down(one.page) if number == 2 else one.page
        seen, lines = read_side(Seen(one.capture, one.mrz, page), tools, without_mrz=True)
        found.append(replace(one, page=seen.page, lines=lines))
    return found
