"""Logging in with a name and a password, and out; slow on purpose, so it runs in a thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from docscan.service.access import accounts, openness, passwords, sessions
from docscan.service.access.errors import ConflictError, ForbiddenError, RefusedError
from docscan.service.access.principal import Role
from docscan.service.access.tokens import same
from docscan.service.access.trail import NOBODY, note
from docscan.service.storage.database import Database
from docscan.service.storage.tables import User
from docscan.settings import Settings


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Somebody who was let in, and their session."""

    user: User
    opened: sessions.Opened


def log_in(database: Database, settings: Settings, name: str, password: str, now: datetime) -> LoggedIn:
    """Let a person in.

    Raises
    ------
    RefusedError
        Name and password are not those of an account that is enabled; which of it was wrong is not said.
    """
    with database.read() as session:
        known = accounts.by_name(session, name)
    kept = known.password_hash if known else None
    if not passwords.agrees(kept, password) or known is None or kept is None:
        note_refusal(database)
        raise RefusedError(_REFUSED)
    renewed = passwords.hashed(password) if passwords.outdated(kept) else kept
    with database.begin() as session:
        accounts.alone(session)
        user = accounts.get(session, known.id)
        if user.disabled is None and user.password_hash == kept:
            user.password_hash = renewed
            return let_in(session, settings, user, now, how="password")
    note_refusal(database)
    raise RefusedError(_REFUSED)


def let_in(session: Session, settings: Settings, user: User, now: datetime, *, how: str) -> LoggedIn:
    """Begin the session of somebody who was recognised."""
    opened = sessions.begin(session, user.id, now, timedelta(hours=settings.session_hours))
    note(session, actor=f"user:{user.id}", action="session.begun", subject=f"user:{user.id}", how=how)
    return LoggedIn(user, opened)


def log_out(database: Database, token: str, actor: str) -> None:
    """End a session."""
    with database.begin() as session:
        sessions.end(session, token)
        note(session, actor=actor, action="session.ended", subject=actor)


def change_own_password(
    database: Database, settings: Settings, user_id: str, old: str, new: str, now: datetime
) -> LoggedIn:
    """Give oneself another password: every session ends, and the one that asked begins anew.

    Raises
    ------
    RefusedError
        The old password is wrong.
    UsageError, ConflictError
        The new one cannot be used; it is the identity provider's to change.
    """
    with database.read() as session:
        known = accounts.get(session, user_id)
    if not passwords.agrees(known.password_hash, old):
        raise ForbiddenError("The old password is not right.")
    fresh = passwords.hashed(passwords.checked(new, known.name))
    with database.begin() as session:
        accounts.alone(session)
        user = accounts.get(session, user_id)
        accounts.set_password(session, user, fresh)
        note(session, actor=f"user:{user.id}", action="account.password_changed", subject=f"user:{user.id}")
        return let_in(session, settings, user, now, how="password")


def set_up(database: Database, settings: Settings, token: str, name: str, password: str, now: datetime) -> LoggedIn:
    """Make the first administrator, with the token that ``docscan serve`` printed, and let them in.

    Raises
    ------
    ForbiddenError
        The token is another.
    ConflictError
        There is an account already.
    UsageError
        Name or password cannot be used.
    """
    expected = settings.setup_token.get_secret_value()
    if not expected or not same(expected, token):
        raise ForbiddenError("This is not the code that docscan printed as it started.")
    name = accounts.checked_name(name)
    fresh = passwords.hashed(passwords.checked(password, name))
    with database.begin() as session:
        accounts.alone(session)
        if openness.account_exists(session):
            raise ConflictError("There are accounts already; an administrator makes others.")
        user = accounts.create(session, name, Role.ADMINISTRATOR, fresh, now)
        note(session, actor=f"user:{user.id}", action="account.created", subject=f"user:{user.id}", role=user.role)
        return let_in(session, settings, user, now, how="set-up")


_REFUSED = "The name or the password is not right, or the account is disabled."


def note_refusal(database: Database) -> None:
    """Write down that somebody was not let in; not the name that they tried, which may be a password."""
    with database.begin() as session:
        note(session, actor=NOBODY, action="session.refused")
