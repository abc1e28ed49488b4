"""Batches: documents that wait as sealed files until a process has nothing else to do, whatever dies meanwhile.

An item is waiting until one transaction has both its inspection and that it is done. Which process works on it is a
lease: when the process dies, the lease runs out and another one takes it; of two that worked on it, one is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from docscan.errors import DocscanError
from docscan.processes import DIED
from docscan.service.access.principal import Principal
from docscan.service.storage import idempotency
from docscan.service.storage.audit import Audit
from docscan.service.storage.database import Database
from docscan.service.storage.idempotency import Claim, TakenError
from docscan.service.storage.safe import Deposit, Safe
from docscan.service.storage.tables import Batch, BatchItem, Inspection
from docscan.service.storage.vault import is_ephemeral
from docscan.types import Verdict

_LEASE = timedelta(minutes=2)  # an inspection takes seconds
_ATTEMPTS = 2
_ORPHANED = timedelta(days=1)  # a service elsewhere that shares the database may still hold an item's key

LOST = "The service ended before it came to this document, and its key with it; send it again."


class UnknownBatchError(DocscanError):
    """No batch has this id."""

    status = 404
    title = "Not Found"

    def __init__(self) -> None:
        super().__init__("There is no batch of this id.")


class State(StrEnum):
    """How far a document of a batch is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a batch."""

    number: int  # from 1, in the order sent
    state: State
    inspection_id: str | None
    verdict: Verdict | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch, and how far it is."""

    id: str
    created: datetime
    created_by: str
    ended: datetime | None
    states: Counter[State]
    verdicts: Counter[Verdict]
    items: tuple[Item, ...]  # none where only the counts were asked for


@dataclass(frozen=True, slots=True)
class Taken:
    """A document that is this process's to inspect, for the time of its lease."""

    batch_id: str
    number: int
    path: str
    created_by: str


class Batches:
    """The batches of a service.

    Parameters
    ----------
    database
        Has how far they are.
    safe
        Has the images that wait.
    """

    def __init__(self, database: Database, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    def waiting(self) -> int:
        """Return how many documents wait."""
        with self._database.read() as session:
            counted = select(func.count()).select_from(BatchItem).where(BatchItem.state == State.WAITING)
            return session.scalar(counted) or 0

    def answered(self, claim: Claim) -> str | None:
        """Return the id of the batch that this idempotency key stands for; None where it is new.

        Raises
        ------
        KeyReusedError
            It came with other files.
        """
        with self._database.read() as session:
            return idempotency.answered(session, claim)

    def add(self, images: Iterable[bytes], principal: Principal, claim: Claim | None = None) -> str:
        """Keep a new batch; when this returns it may be acknowledged.

        Images are sealed under the newest persistent key where there is one, and then outlive the service; else under
        the ephemeral one.

        Returns
        -------
        str
            Its id.

        Raises
        ------
        TakenError
            Another process answered a request of the same key meanwhile; nothing was kept.
        StorageError
            Nothing was kept.
        """
        batch = Batch(id=str(uuid4()), created=datetime.now(UTC), created_by=principal.id)
        deposits = self._safe.put_all(images, kept=self._safe.vault.newest is not None)
        with self._safe.recording(deposits), self._database.begin() as session:
            if claim is not None:
                idempotency.take(session, claim, batch.id)
            session.add(batch)
            session.flush()  # before what refers to it
            session.add_all(_waiting(batch.id, number, deposit) for number, deposit in enumerate(deposits, 1))
            detail = {"documents": len(deposits)}
            Audit.append(session, actor=principal.id, action="batch.created", subject=batch.id, detail=detail)
        return batch.id

    def get(self, batch_id: str) -> Progress:
        """Return how far a batch is, document by document.

        Raises
        ------
        UnknownBatchError
            There is no such batch.
        """
        with self._database.read() as session:
            batch = session.get(Batch, batch_id)
            if batch is None:
                raise UnknownBatchError
            rows = session.execute(
                select(BatchItem, Inspection.verdict)
                .outerjoin(Inspection, Inspection.id == BatchItem.inspection_id)
                .where(BatchItem.batch_id == batch_id)
                .order_by(BatchItem.number)
            ).all()
            return _progress(batch, [_item(row, verdict) for row, verdict in rows])

    def newest(self, limit: int) -> tuple[Progress, ...]:
        """Return the newest batches with their counts alone."""
        with self._database.read() as session:
            batches = session.scalars(select(Batch).order_by(Batch.created.desc(), Batch.id).limit(limit)).all()
            rows = session.execute(
                select(BatchItem.batch_id, BatchItem.state, Inspection.verdict, func.count())
                .outerjoin(Inspection, Inspection.id == BatchItem.inspection_id)
                .where(BatchItem.batch_id.in_([batch.id for batch in batches]))
                .group_by(BatchItem.batch_id, BatchItem.state, Inspection.verdict)
            ).all()
        states: dict[str, Counter[State]] = {batch.id: Counter() for batch in batches}
        verdicts: dict[str, Counter[Verdict]] = {batch.id: Counter() for batch in batches}
        for batch_id, state, verdict, count in rows:
            states[batch_id][State(state)] += count
            if verdict is not None:
                verdicts[batch_id][Verdict(verdict)] += count
        return tuple(
            Progress(batch.id, batch.created, batch.created_by, batch.ended, states[batch.id], verdicts[batch.id], ())
            for batch in batches
        )

    def take(self, now: datetime | None = None) -> Taken | None:
        """Take the document that waits longest, of those whose image can be opened here; None where there is none."""
        now = now or datetime.now(UTC)
        with self._database.begin() as session:
            row = session.scalar(
                select(BatchItem)
                .join(Batch)
                .where(
                    BatchItem.state == State.WAITING,
                    BatchItem.key_id.in_(self._safe.vault.ids()),
                    or_(BatchItem.taken_until.is_(None), BatchItem.taken_until < now),
                )
                .order_by(Batch.created, Batch.id, BatchItem.number)
                .limit(1)
                .with_for_update(of=BatchItem, skip_locked=True)
            )
            if row is None or row.path is None:
                return None
            row.taken_until = now + _LEASE
            row.attempts += 1
            batch = session.get_one(Batch, row.batch_id)
            taken, hopeless = Taken(row.batch_id, row.number, row.path, batch.created_by), row.attempts > _ATTEMPTS
        if not hopeless:
            return taken
        self.fail(taken, DIED)
        return self.take(now)

    def image(self, taken: Taken) -> bytes:
        """Return a taken document's image.

        Raises
        ------
        StorageError
            It cannot be read or opened.
        """
        return self._safe.get(taken.path)

    def done(self, taken: Taken, inspection_id: str) -> Callable[[Session], None]:
        """Return what marks a document as done, in the transaction that keeps its inspection.

        It raises TakenError where another process was faster; then nothing is to be kept.
        """
        return lambda session: _ended(session, taken, State.DONE, inspection_id=inspection_id)

    def forget(self, taken: Taken) -> None:
        """Delete the image of a document that is done."""
        self._safe.remove([taken.path])

    def fail(self, taken: Taken, error: str) -> None:
        """Say why a document was not inspected, and delete its image."""
        try:
            with self._database.begin() as session:
                _ended(session, taken, State.FAILED, error=error)
        except TakenError:
            return
        self.forget(taken)

    def release(self, taken: Taken) -> None:
        """Give a document back: it could not be worked on, through no fault of its own."""
        with self._database.begin() as session:
            session.execute(
                update(BatchItem)
                .where(BatchItem.batch_id == taken.batch_id, BatchItem.number == taken.number)
                .values(taken_until=None, attempts=BatchItem.attempts - 1)
            )

    def release_all(self) -> None:
        """Give back what a service that was killed had taken; called as one begins, before it takes any.

        Where another service may run beside this one, its leases are its own, and a dead one's run out.
        """
        if not self._database.alone:
            return
        with self._database.begin() as session:
            session.execute(update(BatchItem).where(BatchItem.state == State.WAITING).values(taken_until=None))

    def give_up(self, now: datetime | None = None) -> int:
        """Let documents fail whose key died with the service that took them.

        Where another service may hold the key, they have a day.

        Returns
        -------
        int
            Documents given up.
        """
        before = (now or datetime.now(UTC)) - (timedelta() if self._database.alone else _ORPHANED)
        with self._database.read() as session:
            rows = session.execute(
                select(BatchItem, Batch.created_by)
                .join(Batch)
                .where(
                    BatchItem.state == State.WAITING,
                    BatchItem.key_id.not_in(self._safe.vault.ids()),
                    Batch.created <= before,
                )
            ).all()
            lost = [
                Taken(row.batch_id, row.number, row.path or "", created_by)
                for row, created_by in rows
                if is_ephemeral(row.key_id)
            ]
        for taken in lost:
            self.fail(taken, LOST)
        return len(lost)


def _waiting(batch_id: str, number: int, deposit: Deposit) -> BatchItem:
    return BatchItem(
        batch_id=batch_id,
        number=number,
        state=State.WAITING,
        path=deposit.path,
        key_id=deposit.key_id,
        attempts=0,
    )


def _ended(
    session: Session, taken: Taken, state: State, *, inspection_id: str | None = None, error: str | None = None
) -> None:
    # The batch's row is locked before the item's: of two that end its last items, the second sees what the first did.
    batch = session.get_one(Batch, taken.batch_id, with_for_update=True)
    changed = session.scalar(
        update(BatchItem)
        .where(BatchItem.batch_id == taken.batch_id, BatchItem.number == taken.number, BatchItem.state == State.WAITING)
        .values(state=state, path=None, taken_until=None, inspection_id=inspection_id, error=error)
        .returning(BatchItem.number)
    )
    if changed is None:
        raise TakenError
    left = select(BatchItem.number).where(BatchItem.batch_id == taken.batch_id, BatchItem.state == State.WAITING)
    if session.scalar(left.limit(1)) is None:
        batch.ended = datetime.now(UTC)


def _item(row: BatchItem, verdict: str | None) -> Item:
    return Item(
        row.number, State(row.state), row.inspection_id, None if verdict is None else Verdict(verdict), row.error
    )


def _progress(batch: Batch, items: Sequence[Item]) -> Progress:
    return Progress(
        id=batch.id,
        created=batch.created,
        created_by=batch.created_by,
        ended=batch.ended,
        states=Counter(item.state for item in items),
        verdicts=Counter(item.verdict for item in items if item.verdict is not None),
        items=tuple(items),
    )
