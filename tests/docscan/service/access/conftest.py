"""People and keys that the service knows, and browsers that are logged in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from docscan.service.access import accounts, keys, passwords, sessions
from docscan.service.access.principal import Permission, Role
from docscan.service.state import State
from docscan.service.storage.database import Database
from tests.docscan.service.storage.conftest import database, database_url, postgres

__all__ = ["database", "database_url", "postgres"]

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once: it is slow on purpose."""
    return passwords.hashed(PASSWORD)


@dataclass(frozen=True)
class People:
    """Makes accounts, sessions and keys in the database of an application."""

    database: Database
    password_hash: str

    def add(self, name: str, role: Role = Role.OFFICER, *, disabled: bool = False) -> str:
        """Make an account and return its id."""
        with self.database.begin() as session:
            user = accounts.create(session, name, role, self.password_hash, datetime.now(UTC))
            user.disabled = datetime.now(UTC) if disabled else None
            return user.id

    def session(self, user_id: str, *, begun: timedelta = timedelta(), longest: float = 12) -> sessions.Opened:
        """Begin a session that long ago, for that many hours."""
        with self.database.begin() as session:
            return sessions.begin(session, user_id, datetime.now(UTC) - begun, timedelta(hours=longest))

    def key(self, *scopes: Permission, expires: timedelta | None = None, revoked: bool = False) -> str:
        """Make a key and return its text."""
        now = datetime.now(UTC)
        with self.database.begin() as session:
            made = keys.create(session, "scanner 1", scopes, None, now)
            made.key.expires = None if expires is None else now + expires
            if revoked:
                keys.revoke(session, made.key.id, now)
            return made.text


def state_of(client: TestClient) -> State:
    return cast(State, cast(FastAPI, client.app).state.docscan)


@pytest.fixture
def people(client: TestClient, password_hash: str) -> People:
    """Of the application behind ``client``."""
    return People(state_of(client).database, password_hash)


@pytest.fixture
def browser(client: TestClient, people: People) -> Callable[..., TestClient]:
    """Make the client a browser in which somebody of that role is logged in."""

    def log_in(role: Role = Role.OFFICER, name: str = "somebody") -> TestClient:
        opened = people.session(people.add(name, role))
        client.cookies.set("docscan", opened.token)
        client.headers["X-CSRF-Token"] = opened.csrf
        return client

    return log_in
