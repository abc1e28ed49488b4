import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from docscan.errors import UsageError
from docscan.service.storage.database import Database, StorageError
from docscan.service.storage.tables import AuditEntry, Base, Batch


def test_the_migrations_make_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_changes_nothing(database: Database, database_url: str) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    with database.begin() as session:
        session.add(Batch(id="b", created=moment, created_by="local"))
    again = Database(database_url)
    with again.begin() as session:
        batch = session.scalars(select(Batch)).one()
    again.close()
    assert batch.created == moment
    assert batch.created.tzinfo == UTC


def test_the_file_of_sqlite_is_private(tmp_path: Path) -> None:
    file = tmp_path / "data" / "docscan.db"
    opened = Database(f"sqlite:///{file}")
    with opened.begin() as session:
        session.add(Batch(id="b", created=datetime.now(UTC), created_by="local"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    opened.close()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3  # its write-ahead log and shared memory too


def test_an_exception_rolls_back(database: Database) -> None:
    def half_done() -> None:
        with database.begin() as session:
            session.add(Batch(id="b", created=datetime.now(UTC), created_by="local"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with database.begin() as session:
        assert session.scalars(select(Batch)).all() == []


def test_many_open_an_empty_database_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Database, [database_url] * 4))
    for database in opened:
        database.close()


def test_writers_wait_for_one_another(database: Database) -> None:
    def write(number: int) -> None:
        with database.begin() as session:
            session.add(
                AuditEntry(
                    sequence=number, at="", actor="", action="", subject="", detail="", previous="", hash=str(number)
                )
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    with database.begin() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 100


@pytest.mark.parametrize("url", ["mysql://x/y", "nothing", "sqlite://"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Database(url)


def test_a_database_that_does_not_answer_is_said_without_its_password() -> None:
    with pytest.raises(StorageError) as refused:
        Database("postgresql://someone:secret@127.0.0.1:1/docscan")
    assert "secret" not in str(refused.value)
