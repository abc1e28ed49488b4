"""Sessions of browsers: a random token in a cookie, its hash in the database, an end in any case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from docscan.service.access import tokens
from docscan.service.access.principal import ROLES, Principal, Role
from docscan.service.storage import tables

_NOTED_EVERY = timedelta(minutes=1)  # seen is no finer


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just begun; nothing gives its token again."""

    token: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Found:
    """A session that has not ended, and whose it is."""

    session: tables.Session
    user: tables.User

    @property
    def principal(self) -> Principal:
        """Who asks."""
        role = Role(self.user.role)
        return Principal(f"user:{self.user.id}", self.user.name, ROLES[role], role, self.session.csrf)

    def is_noted(self, now: datetime) -> bool:
        """Tell whether ``seen`` is as fresh as it is kept."""
        return now - self.session.seen < _NOTED_EVERY


def begin(session: Session, user_id: str, now: datetime, longest: timedelta) -> Opened:
    """Begin a session, and clear away those that are over."""
    session.execute(delete(tables.Session).where(tables.Session.expires <= now))
    opened = Opened(tokens.fresh(), tokens.fresh())
    session.add(
        tables.Session(
            token_hash=tokens.digest(opened.token),
            user_id=user_id,
            csrf=opened.csrf,
            created=now,
            seen=now,
            expires=now + longest,
        )
    )
    session.flush()
    return opened


def find(session: Session, token: str, now: datetime, idle: timedelta) -> Found | None:
    """Return the session of a token, unless it or its person's account has ended."""
    held, user = tables.Session, tables.User
    wanted = (
        select(held, user)
        .join(user, user.id == held.user_id)
        .where(held.token_hash == tokens.digest(token), held.expires > now, held.seen > now - idle)
        .where(user.disabled.is_(None))
    )
    row = session.execute(wanted).one_or_none()
    return None if row is None else Found(*row)


def note_use(session: Session, token: str, now: datetime) -> None:
    """Write down that a session is used."""
    held = tables.Session
    session.execute(update(held).where(held.token_hash == tokens.digest(token)).values(seen=now))


def end(session: Session, token: str) -> None:
    """End a session."""
    session.execute(delete(tables.Session).where(tables.Session.token_hash == tokens.digest(token)))


def end_all(session: Session, user_id: str) -> None:
    """End every session of a person."""
    session.execute(delete(tables.Session).where(tables.Session.user_id == user_id))
