"""Both databases that the service knows, for real: SQLite in a file, PostgreSQL started for the tests."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from docscan.service.storage.database import Database


def _program(name: str) -> str:
    found = [shutil.which(name), *map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))]
    for path in filter(None, found):
        return path
    pytest.fail(f"PostgreSQL's {name} is not installed: apt-get install postgresql")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of the tests' own, on loopback, without a database's name."""
    folder = tmp_path_factory.mktemp("postgres")
    # initdb refuses root: the system's own account for the server then.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    user = "postgres" if as_user else getpass.getuser()
    if as_user:
        for place in (folder, *folder.parents[:3]):
            place.chmod(0o755)
        shutil.chown(folder, "postgres")
    port = _free_port()
    data, log = folder / "data", folder / "log"
    subprocess.run([*as_user, _program("initdb"), "-A", "trust", "-D", data], check=True, stdout=subprocess.DEVNULL)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    control = [*as_user, _program("pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w"]
    subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL)
    yield f"postgresql://{user}@127.0.0.1:{port}"
    subprocess.run([*control, "stop", "-m", "immediate"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'docscan.db'}"
    server = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()
