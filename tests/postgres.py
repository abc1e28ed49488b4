"""A PostgreSQL server of the tests' own, on loopback."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest


def _program(name: str) -> str:
    found = [shutil.which(name), *map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))]
    for path in filter(None, found):
        return path
    pytest.fail(f"PostgreSQL's {name} is not installed: apt-get install postgresql")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """Run a server; its URL has no database's name."""
    # Not among pytest's own folders: another run of it takes away everybody else's right to enter them.
    with tempfile.TemporaryDirectory(prefix="docscan-postgres-") as name:
        folder = Path(name)
        # initdb refuses root: the system's own account for the server then.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        user = "postgres" if as_user else getpass.getuser()
        if as_user:
            shutil.chown(folder, "postgres")
        port = free_port()
        data, log = folder / "data", folder / "log"
        subprocess.run([*as_user, _program("initdb"), "-A", "trust", "-D", data], check=True, stdout=subprocess.DEVNULL)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        control = [*as_user, _program("pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w"]
        subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql://{user}@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "stop", "-m", "immediate"], check=True, stdout=subprocess.DEVNULL)


def empty_database(server: str) -> str:
    """The URL of a new database on a server."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
