"""The database: SQLite in a file by default, PostgreSQL by URL; brought up to date as it is opened."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from docscan.errors import DocscanError, UsageError

_BUSY_SECONDS = 30  # that a writer waits for another
_READS = {"docscan_reads": True}  # execution option of transactions that only read
_POSTGRES_LOCK = 0x646F6373  # "docs": one process migrates, the others wait


class StorageError(DocscanError):
    """The database or the sealed files cannot be used."""

    status = 503
    title = "The storage cannot be used"


class Database:
    """A pool of connections to a database of the present schema.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql://…``.

    Raises
    ------
    UsageError
        The URL is none of these.
    StorageError
        The database does not answer, or is of a newer docscan.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(_parsed(url))
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(**_READS), expire_on_commit=False)
        self._migrate()

    @property
    def alone(self) -> bool:
        """Whether one service alone uses this database: a server's may have several."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction; it is committed at the end of the block, or rolled back by an exception.

        Raises
        ------
        StorageError
            The database does not answer. Where this comes from the end of the block, it may have committed.
        """
        with _transaction(self._sessions) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads, and so waits for no writer.

        Raises
        ------
        StorageError
            The database does not answer.
        """
        with _transaction(self._readers) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(files("docscan.service.storage") / "migrations"))
        try:
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except DBAPIError as error:
            # The driver's message can hold the URL's password.
            raise StorageError(
                f"The database {self.engine.url.render_as_string(hide_password=True)} cannot be used "
                f"({type(error.orig).__name__})."
            ) from error


@contextmanager
def _transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    try:
        with sessions.begin() as session:
            yield session
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        reason = type(error.orig if isinstance(error, DBAPIError) else error).__name__
        raise StorageError(f"The database cannot be used at the moment ({reason}).") from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("The setting DOCSCAN_DATABASE is not a database's URL.") from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed
    raise UsageError("The setting DOCSCAN_DATABASE names neither sqlite:///FILE nor postgresql://….")


def _engine(url: URL) -> Engine:
    # An error's text never quotes what was to be stored.
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    file = Path(str(url.database))
    private_folder(file.parent)
    with _made(file):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same mode
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, that its owner alone may enter.

    Raises
    ------
    UsageError
        It cannot be made.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with _made(path):
            path.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.")


@contextmanager
def _made(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be made: {error.strerror}.") from error


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401  # a DBAPI connection
    # SQLAlchemy begins transactions itself (its page on pysqlite, "Serializable isolation").
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a loss of power too
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401
    # The lock of a writer from the start: a reader that becomes a writer halfway would fail, not wait.
    reads = _READS.items() <= connection.get_execution_options().items()
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
