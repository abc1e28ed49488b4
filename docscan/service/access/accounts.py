"""Accounts of people: who there is, in which role, with which password."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from docscan.errors import UsageError
from docscan.service.access import sessions
from docscan.service.access.errors import ConflictError, NotFoundError
from docscan.service.access.principal import Role
from docscan.service.storage.tables import User

_POSTGRES_LOCK = 0x61636374  # "acct"

_NAME = re.compile(r"[\w.@+-]{1,64}")


def alone(session: Session) -> None:
    """Let no other transaction that calls this go on until this one ends; called before anything is read.

    So nobody makes a second first account, two administrators do not remove each other, and no session begins with a
    password that is just being changed.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})"))
    # On SQLite every transaction that writes is the only one.


def checked_name(typed: str) -> str:
    """Return a login name as it is kept: capitals count as small letters.

    Raises
    ------
    UsageError
        It is no login name.
    """
    name = normal_name(typed)
    if not _NAME.fullmatch(name):
        raise UsageError("A login name has 1 to 64 letters, digits and . _ @ + -, without blanks.")
    return name


def normal_name(typed: str) -> str:
    """Return the one form of a login name, however it was typed."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def create(session: Session, name: str, role: Role, password_hash: str | None, now: datetime) -> User:
    """Make an account.

    Raises
    ------
    UsageError, ConflictError
        The name is none, or is taken.
    """
    name = checked_name(name)
    if by_name(session, name) is not None:
        raise ConflictError("There is an account of this name.")
    user = User(
        id=str(uuid4()),
        name=name,
        role=role,
        password_hash=password_hash,
        oidc_issuer=None,
        oidc_subject=None,
        created=now,
        disabled=None,
    )
    session.add(user)
    session.flush()
    return user


def listed(session: Session) -> Sequence[User]:
    """Return every account, also the disabled, by name."""
    return session.scalars(select(User).order_by(User.name)).all()


def by_name(session: Session, name: str) -> User | None:
    """Return the account of a login name."""
    name = normal_name(name)
    if not _NAME.fullmatch(name):  # and PostgreSQL takes not every text
        return None
    return session.scalars(select(User).where(User.name == name)).one_or_none()


def named(session: Session, name: str) -> User:
    """Return the account of a login name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    user = by_name(session, name)
    if user is None:
        raise NotFoundError("There is no account of this name.")
    return user


def get(session: Session, user_id: str) -> User:
    """Return the account of an id.

    Raises
    ------
    NotFoundError
        There is none.
    """
    user = session.get(User, user_id) if user_id.isprintable() else None
    if user is None:
        raise NotFoundError("There is no account of this id.")
    return user


def set_role(session: Session, user: User, role: Role) -> None:
    """Give a person another role; their sessions end.

    Raises
    ------
    ConflictError
        Nobody would administer accounts any more.
    """
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    user.role = role
    sessions.end_all(session, user.id)


def disable(session: Session, user: User, now: datetime) -> None:
    """Let a person in no more; their sessions end. What they did stays theirs, so accounts are never deleted.

    Raises
    ------
    ConflictError
        Nobody would administer accounts any more.
    """
    _keep_an_administrator(session, user)
    user.disabled = user.disabled or now
    sessions.end_all(session, user.id)


def enable(user: User) -> None:
    """Let a person in again."""
    user.disabled = None


def set_password(session: Session, user: User, password_hash: str) -> None:
    """Give a person another password; their sessions end.

    Raises
    ------
    ConflictError
        The identity provider knows this person's password, not docscan.
    """
    if user.oidc_issuer is not None:
        raise ConflictError("This person logs in through the identity provider; their password is changed there.")
    user.password_hash = password_hash
    sessions.end_all(session, user.id)


def _keep_an_administrator(session: Session, user: User) -> None:
    if user.role != Role.ADMINISTRATOR or user.disabled is not None:
        return
    others = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.disabled.is_(None), User.id != user.id)
    if not session.scalar(others):
        raise ConflictError("This is the last administrator; make another one first.")
