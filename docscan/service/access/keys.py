"""API keys of scanners and programs: ``dsk_ID_SECRET``, sent as ``Authorization: Bearer``."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from docscan.errors import UsageError
from docscan.service.access import tokens
from docscan.service.access.errors import NotFoundError
from docscan.service.access.principal import Permission, Principal
from docscan.service.storage.tables import ApiKey

_PREFIX = "dsk"  # by which scanners of leaked secrets know them
_ID_BYTES = 8
_LONGEST_NAME = 128
_NOTED_EVERY = timedelta(minutes=1)  # last_used is no finer


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; nothing gives its text again."""

    key: ApiKey
    text: str


def create(
    session: Session, name: str, scopes: Collection[Permission], expires: datetime | None, now: datetime
) -> NewKey:
    """Make a key.

    Raises
    ------
    UsageError
        It would permit nothing, has no name, or has expired already.
    """
    name = name.strip()
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable()):
        raise UsageError(f"A key has a name of up to {_LONGEST_NAME} letters: the scanner or program that it is for.")
    if not scopes:
        raise UsageError("A key permits something: give it a scope.")
    if expires is not None and expires <= now:
        raise UsageError("The key would have expired already.")
    secret = tokens.fresh()
    key = ApiKey(
        id=secrets.token_hex(_ID_BYTES),
        name=name,
        secret_hash=tokens.digest(secret),
        scopes=" ".join(sorted(scopes)),
        created=now,
        expires=expires,
        revoked=None,
        last_used=None,
    )
    session.add(key)
    session.flush()
    return NewKey(key, f"{_PREFIX}_{key.id}_{secret}")


def listed(session: Session) -> Sequence[ApiKey]:
    """Return every key, also those that are no longer good, oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.created, ApiKey.id)).all()


def revoke(session: Session, key_id: str, now: datetime) -> ApiKey:
    """Make a key worthless at once; one that is revoked already stays so.

    Raises
    ------
    NotFoundError
        There is no key of this id.
    """
    key = session.get(ApiKey, key_id) if key_id.isprintable() else None
    if key is None:
        raise NotFoundError("There is no key of this id.")
    key.revoked = key.revoked or now
    return key


def recognised(session: Session, text: str, now: datetime) -> ApiKey | None:
    """Return the key that this text is, while it is good."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != _PREFIX or not secret or not key_id.isprintable():
        return None
    key = session.get(ApiKey, key_id)
    if key is None or not tokens.same(key.secret_hash, tokens.digest(secret)):
        return None
    good = key.revoked is None and (key.expires is None or now < key.expires)
    return key if good else None


def principal_of(key: ApiKey) -> Principal:
    """Return who a key is, and what it may."""
    # A scope of another version of docscan permits nothing.
    scopes = frozenset(scope for scope in Permission if scope in key.scopes.split())
    return Principal(f"key:{key.id}", key.name, scopes)


def is_noted(key: ApiKey, now: datetime) -> bool:
    """Tell whether ``last_used`` is as fresh as it is kept."""
    return key.last_used is not None and now - key.last_used < _NOTED_EVERY


def note_use(session: Session, key_id: str, now: datetime) -> None:
    """Write down that a key is used."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used=now))
