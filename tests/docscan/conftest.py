"""Real documents of the generator, read by the product as files are; each drawn, read and enrolled once a session.

Tests that share them are of one of ``tests.conftest.GROUPS``, so that one process makes them.
"""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents.enrolment import enrol
from docscan.documents.model import DocumentModel
from docscan.documents.samples import Sample
from docscan.inspection import read_lines, see
from docscan.settings import Settings
from docscan.tools import Tools, open_enrolment_tools

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
            lights, dpi = (LIGHTS, 250) if code == "UTO" else (("visible",), 220)
            made = make(Order(4711, number, code, kind, GENUINE), lights, device="reader", dpi=dpi)
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


@pytest.fixture(scope="session")
def others(makes: Makes, tools: Tools) -> DocumentModel:
    """Three passports of another state, enrolled."""
    return enrol(
        "xve-p-2018", makes.samples("XVE", Kind.TD3, range(3)), version=1, created=CREATED, models=tools.models
    )


@pytest.fixture(scope="session")
def utopian(makes: Makes, tools: Tools) -> DocumentModel:
    """Four passports of Utopia, enrolled under three lights."""
    samples = makes.samples("UTO", Kind.TD3, range(1, 5))
    return enrol("uto-p-2019", samples, version=1, created=CREATED, models=tools.models)
