"""Both databases that the service knows, for real: SQLite in a file, PostgreSQL started for the tests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import pytest

from docscan.rendering.pictures import Picture, Pictures
from docscan.service.access.principal import LOCAL, Principal
from docscan.service.storage.audit import Audit
from docscan.service.storage.database import Database
from docscan.service.storage.opening import Storage
from docscan.service.storage.records import Records
from docscan.service.storage.retention import Retention
from docscan.service.storage.vault import new_key
from docscan.settings import Settings
from docscan.types import Report
from tests.docscan.rendering.conftest import report
from tests.postgres import empty_database, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server of the tests' own, on loopback, without a database's name."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'docscan.db'}"
    return empty_database(request.getfixturevalue("postgres"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


IMAGES = MappingProxyType({"visible": b"an image of ERIKSSON", "uv": b"another"})


@dataclass(frozen=True)
class Room:
    """A storage of the tests' own, and its settings to open it again with."""

    settings: Settings
    storage: Storage

    @property
    def records(self) -> Records:
        return self.storage.records

    @property
    def retention(self) -> Retention:
        return self.storage.retention

    @property
    def folder(self) -> Path:
        return Path(self.settings.blobs_url)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def add(self, principal: Principal = LOCAL, images: Mapping[str, bytes] = IMAGES, **changes: object) -> Report:
        """Keep an inspection of the examples' passport."""
        added = replace(report(), **{"id": str(uuid4()), "created": datetime.now(UTC), **changes})  # type: ignore[arg-type]
        pictures = Pictures(Picture(b"a picture of ERIKSSON", 10, 10), {})
        self.records.add(added, pictures, images, principal)
        return added

    def actions(self) -> list[tuple[str, str, str]]:
        """Who did what on what, oldest first."""
        with self.storage.database.begin() as session:
            entries = Audit.newest(session, limit=1000)
        return [(entry.actor, entry.action, entry.subject) for entry in reversed(entries)]


MakeRoom = Callable[..., Room]


@pytest.fixture
def make_room(database_url: str, tmp_path: Path) -> Iterator[MakeRoom]:
    """Open the storage of one database, again and again, with settings of the test's choice."""
    opened: list[Storage] = []

    def make(**changes: object) -> Room:
        given = {"data": tmp_path / "data", "database": database_url, **changes}
        settings = Settings.model_validate(given)
        opened.append(Storage.open(settings))
        return Room(settings, opened[-1])

    yield make
    for storage in opened:
        storage.close()


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    """Without retention."""
    return make_room()


@pytest.fixture
def keeping(make_room: MakeRoom) -> Room:
    """With retention."""
    return make_room(retention_days=30, keys=new_key())
