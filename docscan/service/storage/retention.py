"""What is kept only for a time: deleting it then, proving that it is gone, and sealing it under another key."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from docscan.service.storage import idempotency
from docscan.service.storage.audit import SERVICE, Audit
from docscan.service.storage.blobs import MissingError
from docscan.service.storage.database import Database, StorageError
from docscan.service.storage.form import report_from_bytes
from docscan.service.storage.safe import Safe
from docscan.service.storage.tables import BatchItem, Inspection, Sealed
from docscan.service.storage.vault import is_ephemeral

PURGE_SECONDS = 60
"""How often the service purges."""

ORPHANS_EVERY = 10
"""Purges of the service after which files without a row are looked for: to find them, all files are listed."""

_GRACE = timedelta(minutes=10)  # in which a file that was written must have its row
# After which what should be gone shows that nobody purges.
_OVERDUE = timedelta(seconds=3 * PURGE_SECONDS)
_ABANDONED = _GRACE + ORPHANS_EVERY * timedelta(seconds=PURGE_SECONDS) + _OVERDUE
_AT_ONCE = 200  # rows in one transaction


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge deleted."""

    expired: int  # sealed files
    orphans: int  # files without a row


@dataclass(frozen=True, slots=True)
class Held:
    """Sealed files of one name that are kept."""

    name: str
    files: int
    bytes: int
    last_expires: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at every row and every file found."""

    inspections: int
    held: tuple[Held, ...]
    opened: int  # sealed files that open under a key held here
    unreadable: int  # sealed under the memory of a service, this one's not: running elsewhere, or ended
    without_row: int  # files being written, or left by a crash and soon to be purged
    faults: tuple[str, ...] = field(default=())  # sentences; empty: it is proven


class Retention:
    """Keeps to what the settings promise.

    Parameters
    ----------
    database, safe
        As those of :class:`docscan.service.storage.records.Records`.
    """

    def __init__(self, database: Database, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    def purge(self, *, actor: str = SERVICE, now: datetime | None = None, orphans: bool = True) -> Purged:
        """Delete what has expired, files that have no row, and idempotency keys that are forgotten.

        Parameters
        ----------
        orphans
            False passes over files without a row.

        Raises
        ------
        StorageError
            Not everything could be deleted.
        """
        now = now or datetime.now(UTC)
        expired = self._delete(actor, lambda: select(Sealed).where(Sealed.expires <= now))
        left = [path for path, modified in self._without_row() if modified < now - _GRACE] if orphans else []
        self._safe.remove(left)
        with self._database.begin() as session:
            idempotency.forget(session)
            if left:
                detail = {"files_without_row": len(left)}
                Audit.append(session, actor=actor, action="retention.purged", detail=detail)
        return Purged(expired, len(left))

    def forget_desk(self) -> int:
        """Delete what is sealed under this process's ephemeral key: the service has ended, and nobody can open it.

        Returns
        -------
        int
            Files deleted.

        Raises
        ------
        StorageError
            Not everything could be deleted.
        """
        key_id = self._safe.vault.ephemeral.id
        return self._delete(SERVICE, lambda: select(Sealed).where(Sealed.key_id == key_id))

    def _delete(self, actor: str, chosen: Callable[[], Select[Any]]) -> int:
        total = 0
        while True:
            with self._database.read() as session:
                rows = session.scalars(chosen().limit(_AT_ONCE)).all()
            if not rows:
                return total
            # The file first: a row without one is deleted next time, a file without a row would be kept for longer.
            self._safe.remove([row.path for row in rows])
            with self._database.begin() as session:
                paths = [row.path for row in rows]
                count = len(session.execute(delete(Sealed).where(Sealed.path.in_(paths)).returning(Sealed.id)).all())
                if count:
                    Audit.append(session, actor=actor, action="retention.purged", detail={"files": count})
            total += count

    def _without_row(self) -> list[tuple[str, datetime]]:
        files = [(listed.path, listed.modified) for listed in self._safe.blobs.every()]
        # After the files: what is written meanwhile is not in the list.
        with self._database.read() as session:
            known = set(session.scalars(select(Sealed.path)))
            known |= set(session.scalars(select(BatchItem.path).where(BatchItem.path.is_not(None))))
        return [(path, modified) for path, modified in files if path not in known]

    def rotate(self, *, actor: str) -> int:
        """Seal everything that is kept again, under the newest key.

        Returns
        -------
        int
            Files sealed again.

        Raises
        ------
        StorageError
            Some could not be opened: their key is lost, or they are damaged. The others were done.
        """
        newest = self._safe.vault.newest
        if newest is None:
            raise StorageError("There is no key to seal anything under: DOCSCAN_KEY_FILE and DOCSCAN_KEYS are empty.")
        with self._database.read() as session:
            rows = session.scalars(select(Sealed).where(Sealed.key_id != newest.id).order_by(Sealed.id)).all()
        kept = [row for row in rows if not is_ephemeral(row.key_id)]
        faults: Counter[str] = Counter()
        done = sum(self._sealed_again(row, faults) for row in kept)
        with self._database.begin() as session:
            detail = {"files": done, "failed": len(kept) - done, "key": newest.id}
            Audit.append(session, actor=actor, action="retention.rotated", detail=detail)
        if faults:
            told = "; ".join(f"{count} times: {fault}" for fault, count in faults.items())
            raise StorageError(f"{done} files were sealed again, {sum(faults.values())} were not. {told}")
        return done

    def _sealed_again(self, row: Sealed, faults: Counter[str]) -> bool:
        try:
            again = self._safe.put(self._safe.get(row.path), kept=True)
        except MissingError:
            return False  # purged meanwhile, or what prove complains of
        except StorageError as error:
            faults[str(error)] += 1
            return False
        with self._database.begin() as session:
            changed = session.execute(
                update(Sealed)
                .where(Sealed.id == row.id, Sealed.path == row.path)
                .values(path=again.path, key_id=again.key_id, size=again.size)
                .returning(Sealed.id)
            ).all()
        self._safe.remove([row.path if changed else again.path])
        return bool(changed)

    def prove(self, *, now: datetime | None = None) -> Proof:
        """Look at every row and every file, and say what is not as promised.

        Raises
        ------
        StorageError
            The database or the files cannot be read.
        """
        now = now or datetime.now(UTC)
        faults: list[str] = []
        orphans = self._without_row()
        old = sum(modified < now - _ABANDONED for _, modified in orphans)
        if old:
            faults.append(f"{old} files have no row; 'docscan retention purge' deletes them.")
        with self._database.read() as session:
            rows = session.scalars(select(Sealed).order_by(Sealed.id)).all()
        overdue = sum(row.expires <= now - _OVERDUE for row in rows)
        if overdue:
            faults.append(f"{overdue} sealed files have expired and are still there.")
        opened, unreadable, unopened = self._looked_into(rows)
        faults += unopened
        inspections, with_holder = self._records()
        if with_holder:
            faults.append(f"{with_holder} records in the database hold a document's data.")
        return Proof(inspections, _held(rows), opened, unreadable, len(orphans) - old, tuple(faults))

    def _looked_into(self, rows: Sequence[Sealed]) -> tuple[int, int, list[str]]:
        opened = unreadable = 0
        faults: Counter[str] = Counter()
        for row in rows:
            if is_ephemeral(row.key_id) and not self._safe.vault.holds(row.key_id):
                unreadable += 1
                continue
            try:
                self._safe.get(row.path)
                opened += 1
            except StorageError as error:
                if self._still_there(row):
                    faults[str(error)] += 1
        return opened, unreadable, [f"{count} times: {fault}" for fault, count in faults.items()]

    def _still_there(self, row: Sealed) -> bool:
        """Whether the row still names that file: it may have been purged or sealed again meanwhile."""
        with self._database.read() as session:
            return session.scalar(select(Sealed.id).where(Sealed.id == row.id, Sealed.path == row.path)) is not None

    def _records(self) -> tuple[int, int]:
        count = with_holder = 0
        for stored in self._reports():
            count += 1
            report = report_from_bytes(stored)
            mrz = report.mrz
            clean = report.holder_removed and not report.visual.fields and (mrz is None or not mrz.parsed.lines)
            with_holder += not clean
        return count, with_holder

    def _reports(self) -> Iterator[str]:
        last = ""
        while True:
            # Some at a time: what a transaction still reads, a database cannot tidy up.
            with self._database.read() as session:
                chosen = select(Inspection.id, Inspection.report).where(Inspection.id > last)
                rows = session.execute(chosen.order_by(Inspection.id).limit(_AT_ONCE)).all()
            if not rows:
                return
            yield from (row.report for row in rows)
            last = rows[-1].id


def _held(rows: Sequence[Sealed]) -> tuple[Held, ...]:
    names = sorted({row.name for row in rows})
    groups = [(name, [row for row in rows if row.name == name]) for name in names]
    return tuple(
        Held(name, len(group), sum(row.size for row in group), max(row.expires for row in group))
        for name, group in groups
    )
