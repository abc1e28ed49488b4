"""Real documents of the generator, read by the product as files are; each drawn and read once a session."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents.appearance import SIZE
from docscan.documents.enrolment import enrol
from docscan.documents.model import (
    EDGE_PLACES,
    GRAIN_SIZE,
    DocumentModel,
    GhostImage,
    PhotoZone,
    ReferencePicture,
    ReferenceRegion,
    Statistics,
)
from docscan.documents.samples import Sample
from docscan.inspection import Tools, open_enrolment_tools, read_lines, see
from docscan.settings import Settings
from docscan.types import Box, FieldPlace, MrzFormat, PageSize, Spectrum, TextLayout

CREATED = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
LIGHTS = ("visible", "uv", "ir")


@pytest.fixture(scope="session")
def tools() -> Tools:
    return open_enrolment_tools(Settings(threads=1))


class Makes:
    """Documents by state, kind and number, as samples and as files."""

    def __init__(self, tools: Tools, folder: Path) -> None:
        self._tools, self._folder, self._seen = tools, folder, dict[tuple[str, Kind, int], Sample]()

    def path(self, code: str, kind: Kind, number: int, light: str = "visible") -> Path:
        path = self._folder / f"{code}-{kind}-{number}-{light}.png"
        if not path.exists():
            lights = LIGHTS if code == "UTO" else ("visible",)
            made = make(Order(4711, number, code, kind, GENUINE), lights, device="reader", dpi=220)
            for name, (data, _) in made.captured.files.items():
                (self._folder / f"{code}-{kind}-{number}-{name}.png").write_bytes(data)
        return path

    def sample(self, code: str, kind: Kind, number: int) -> Sample:
        key = code, kind, number
        if key not in self._seen:
            lights = LIGHTS if code == "UTO" else ("visible",)
            files = {light: self.path(*key, light) for light in lights}
            images = {light: ImageFile(path.name, path.read_bytes()) for light, path in files.items()}
            seen = see(**images, tools=self._tools)  # type: ignore[arg-type]
            lines = read_lines(seen, self._tools)
            self._seen[key] = Sample(files["visible"].name, seen.capture, seen.page, seen.mrz, lines)
        return self._seen[key]

    def samples(self, code: str, kind: Kind, numbers: range = range(5)) -> list[Sample]:
        return [self.sample(code, kind, number) for number in numbers]


@pytest.fixture(scope="session")
def makes(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Makes:
    cv2.setNumThreads(1)
    return Makes(tools, tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="session")
def passports(makes: Makes, tools: Tools) -> DocumentModel:
    """Five passports of one state, enrolled."""
    return enrol("xva-p-2020", makes.samples("XVA", Kind.TD3), version=1, created=CREATED, models=tools.models)


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
        measured={"uv.fibres": statistics(1), "ir.portrait": statistics(1)},
    )
