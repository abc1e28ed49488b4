"""Accounts of people whom an identity provider knows: made at their first login, their role as it says each time."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from docscan.errors import UsageError
from docscan.service.access import accounts, login, sessions
from docscan.service.access.errors import RefusedError
from docscan.service.access.oidc import Identity
from docscan.service.access.trail import PROVIDER, note
from docscan.service.storage.database import Database
from docscan.service.storage.tables import User
from docscan.settings import Settings


def log_in(database: Database, settings: Settings, identity: Identity, now: datetime) -> login.LoggedIn:
    """Let in whom the provider named.

    Raises
    ------
    RefusedError
        They have no role here, or were disabled here.
    """
    with database.begin() as session:
        accounts.alone(session)
        user = _known(session, identity)
        if identity.role is not None and (user is None or user.disabled is None):
            user = _as_named(session, user, identity, now)
            return login.let_in(session, settings, user, now, how="provider")
        if user is not None:
            sessions.end_all(session, user.id)
    login.note_refusal(database)
    raise RefusedError("The identity provider gives you no role here, or your account is disabled.")


def _known(session: Session, identity: Identity) -> User | None:
    # By subject alone: a name can be given to another person, and is never taken for an account that has a password.
    wanted = select(User).where(User.oidc_issuer == identity.issuer, User.oidc_subject == identity.subject)
    return session.scalars(wanted).one_or_none()


def _as_named(session: Session, user: User | None, identity: Identity, now: datetime) -> User:
    assert identity.role is not None
    if user is None:
        user = accounts.create(session, _free_name(session, identity), identity.role, None, now)
        user.oidc_issuer, user.oidc_subject = identity.issuer, identity.subject
        note(session, actor=PROVIDER, action="account.created", subject=f"user:{user.id}", role=identity.role)
    elif user.role != identity.role:
        user.role = identity.role
        sessions.end_all(session, user.id)
        note(session, actor=PROVIDER, action="account.role_changed", subject=f"user:{user.id}", role=identity.role)
    return user


def _free_name(session: Session, identity: Identity) -> str:
    try:
        name = accounts.checked_name(identity.name)
    except UsageError:
        name = "person"
    host = urlsplit(identity.issuer).hostname
    tried = [name, f"{name}@{host}"[:64], *(f"{name}.{number}"[:64] for number in range(2, 100))]
    return next(each for each in tried if accounts.by_name(session, each) is None)
