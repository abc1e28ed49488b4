"""``Idempotency-Key``: a POST sent again gets the first answer again (draft-ietf-httpapi-idempotency-key-header).

A key's row is written in the transaction of what it stands for, so that both are there or neither, whatever dies when.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any, cast

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from docscan.errors import DocscanError
from docscan.service.access.principal import Principal
from docscan.service.storage.tables import IdempotencyKey

KEPT = timedelta(hours=24)
"""How long a key is known."""


class KeyReusedError(DocscanError):
    """The key came with another body before."""

    status = 422
    title = "The idempotency key was used before"


class InProgressError(DocscanError):
    """The first request of this key is still being worked on."""

    status = 409
    title = "The same request is being worked on"
    retry_after = 2  # seconds


class TakenError(Exception):
    """Another process answered a request of this key meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as a request brings it."""

    key_hash: str  # of who asks, what, and the key
    fingerprint: str  # of what was sent


def claim_of(principal: Principal, route: str, key: str, parts: Mapping[str, IO[bytes]]) -> Claim:
    """Read what was sent, for comparison with what is sent again.

    Parameters
    ----------
    route
        Method and path.
    parts
        The files of the body by name; read from their beginning, and left at their end.
    """
    fingerprint = hashlib.sha256()
    for name in sorted(parts):
        parts[name].seek(0)
        digest = hashlib.file_digest(cast(Any, parts[name]), "sha256").hexdigest()  # typeshed wants another protocol
        fingerprint.update(f"{name} {digest}\n".encode())
    asked = "\n".join((principal.id, route, key))
    return Claim(hashlib.sha256(asked.encode()).hexdigest(), fingerprint.hexdigest())


def answered(session: Session, claim: Claim) -> str | None:
    """Return the id of what this key stands for; None where it is new or forgotten.

    Raises
    ------
    KeyReusedError
        It came with another body.
    """
    row = session.get(IdempotencyKey, claim.key_hash)
    if row is None or row.created < datetime.now(UTC) - KEPT:
        return None
    if row.fingerprint != claim.fingerprint:
        raise KeyReusedError("This Idempotency-Key came with other images before; send a new key for a new document.")
    return row.resource_id


def take(session: Session, claim: Claim, resource_id: str) -> None:
    """Let a key stand for what this transaction makes.

    Raises
    ------
    TakenError
        Another transaction was first.
    """
    forget(session, claim.key_hash)
    key = IdempotencyKey(
        key_hash=claim.key_hash, fingerprint=claim.fingerprint, resource_id=resource_id, created=datetime.now(UTC)
    )
    session.add(key)
    try:
        session.flush()
    except IntegrityError as error:
        raise TakenError from error


def forget(session: Session, key_hash: str | None = None) -> None:
    """Delete keys that are too old, this one or all."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created < datetime.now(UTC) - KEPT)
    session.execute(old if key_hash is None else old.where(IdempotencyKey.key_hash == key_hash))


class InFlight:
    """The keys whose requests this process is working on."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, claim: Claim | None) -> Iterator[None]:
        """Hold a key while its request is worked on; nothing to hold without one.

        Raises
        ------
        InProgressError
            It is held already.
        """
        if claim is None:
            yield
            return
        with self._lock:
            if claim.key_hash in self._held:
                raise InProgressError("A request with this Idempotency-Key is being worked on; ask again in a moment.")
            self._held.add(claim.key_hash)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(claim.key_hash)
