"""The audit log: who looked at, decided and did what; hash-chained, only ever added to.

Each entry's hash covers it and the hash before, so that nothing can be altered, put in or taken out in the middle
unnoticed. Entries cut off the end leave a chain that is whole: against that, note the head now and then elsewhere, and
have it looked for (``docscan audit verify --anchor``).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from docscan.service.storage.database import Database
from docscan.service.storage.tables import AuditEntry

BEGINNING = "0" * 64
"""What stands for the hash before the first entry's."""

CONSOLE = "console"
"""The actor of commands given on the machine itself."""

SERVICE = "service"
"""The actor of what the service does by itself."""

_POSTGRES_LOCK = 0x61756474  # "audt": one transaction adds to the chain, the others wait
_AT_ONCE = 2000  # entries in one transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the chain."""

    sequence: int  # from 1, without a gap
    at: str  # RFC 3339, UTC
    actor: str
    action: str
    subject: str
    detail: str  # canonical JSON
    previous: str
    hash: str

    def computed_hash(self) -> str:
        """Return the hash that the entry should have."""
        content = asdict(self)
        del content["hash"]
        return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of reading the whole chain."""

    entries: int  # read, up to the broken one
    head: str  # hash of the last one in order
    broken_at: int | None = None  # the entry's number
    reason: str | None = None  # what is wrong there, for a person
    anchor_at: int | None = None  # the number of the entry with the hash that was asked for


def canonical(content: Mapping[str, Any]) -> str:
    """Return JSON that is the same for the same content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


class Audit:
    """The log, in the caller's transaction."""

    @staticmethod
    def append(
        session: Session, *, actor: str, action: str, subject: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add an entry; it is there when the caller's transaction is.

        Append last: until the transaction ends, no other one can.

        Parameters
        ----------
        actor
            ``Principal.id``, ``CONSOLE`` or ``SERVICE``.
        action
            Noun and participle, as ``inspection.viewed``.
        subject
            The id of what it was done to.
        detail
            Plain data, never personal.
        """
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})"))
        # On SQLite every transaction is the only writer from its start.
        head = session.execute(
            select(AuditEntry.sequence, AuditEntry.hash).order_by(AuditEntry.sequence.desc()).limit(1)
        ).one_or_none()
        sequence, previous = (0, BEGINNING) if head is None else (head.sequence, head.hash)
        entry = Entry(
            sequence=sequence + 1,
            at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            actor=actor,
            action=action,
            subject=subject,
            detail=canonical(detail or {}),
            previous=previous,
            hash="",
        )
        session.add(AuditEntry(**{**asdict(entry), "hash": entry.computed_hash()}))
        session.flush()

    @staticmethod
    def verify(database: Database, anchor: str | None = None) -> Verification:
        """Read the whole chain.

        Parameters
        ----------
        anchor
            A hash that was the head once, to be found in the chain.
        """
        count, head, anchor_at = 0, BEGINNING, None
        for entry in _every(database):
            reason = _fault(entry, count + 1, head)
            if reason is not None:
                return Verification(count, head, entry.sequence, reason, anchor_at)
            count, head = entry.sequence, entry.hash
            anchor_at = count if anchor == head else anchor_at
        return Verification(count, head, anchor_at=anchor_at)

    @staticmethod
    def newest(
        session: Session,
        *,
        limit: int,
        before: int | None = None,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> Sequence[Entry]:
        """Return entries, newest first.

        Parameters
        ----------
        before
            Those of a smaller sequence alone.
        actor, action, subject
            Those of this one alone.
        """
        query = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntry.sequence < before)
        wanted = ((AuditEntry.actor, actor), (AuditEntry.action, action), (AuditEntry.subject, subject))
        for column, value in wanted:
            if value is not None:
                query = query.where(column == value)
        return [_entry(row) for row in session.scalars(query)]


def _fault(entry: Entry, expected: int, head: str) -> str | None:
    if entry.sequence != expected:
        return f"entry {expected} is missing"
    if entry.previous != head:
        return "it does not follow the entry before it"
    return None if entry.computed_hash() == entry.hash else "its content is not what was written"


def _every(database: Database) -> Iterator[Entry]:
    last: int | None = None
    while True:
        # Some at a time: what a transaction still reads, a database cannot tidy up.
        with database.read() as session:
            query = select(AuditEntry).order_by(AuditEntry.sequence).limit(_AT_ONCE)
            rows = session.scalars(query if last is None else query.where(AuditEntry.sequence > last)).all()
        if not rows:
            return
        for row in rows:
            yield _entry(row)
        last = rows[-1].sequence


def _entry(row: AuditEntry) -> Entry:
    return Entry(row.sequence, row.at, row.actor, row.action, row.subject, row.detail, row.previous, row.hash)
