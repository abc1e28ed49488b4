"""Numbers that lie in the database: read when Prometheus asks, the same from every process."""

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from docscan.service.storage.database import Database, StorageError
from docscan.service.storage.tables import BatchItem, Inspection, Sealed
from docscan.service.watching.drift import Comparison, Level, WeekDrift, last_seven_days
from docscan.service.watching.reference import ReferenceScores

_DRIFT_SECONDS = 600  # between two looks at a week's documents, which take longer than all others


class Stored:
    """The database's numbers.

    Parameters
    ----------
    database
        Where they lie.
    reference
        What drift is measured against; None: it is not.
    """

    def __init__(self, database: Database, reference: ReferenceScores | None) -> None:
        self.reference = reference
        self._database = database
        self._drift: WeekDrift | None = None
        self._looked = -float(_DRIFT_SECONDS)
        self._lock = threading.Lock()

    def families(self) -> Iterator[GaugeMetricFamily]:
        """Yield every number; those of a database that does not answer are left out, and that is a number too."""
        try:
            found = self._read()
        except (StorageError, SQLAlchemyError):
            found = []
        yield _gauge("docscan_database_up", "Whether the database answers.", float(bool(found)))
        yield from found

    def _read(self) -> list[GaugeMetricFamily]:
        with self._database.read() as session:
            found = [*_second_line(session), *_batches(session), *_sealed(session)]
        drift = self._last_drift()
        return found if drift is None else [*found, *_drift(drift)]

    def _last_drift(self) -> WeekDrift | None:
        if self.reference is None:
            return None
        with self._lock:
            if time.monotonic() - self._looked >= _DRIFT_SECONDS:
                with self._database.read() as session:
                    self._drift = last_seven_days(session, self.reference)
                self._looked = time.monotonic()
            return self._drift


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_, value=value)


def _second_line(session: Session) -> Iterator[GaugeMetricFamily]:
    waiting = select(func.count(), func.count(Inspection.assigned_to), func.min(Inspection.handed_on)).where(
        Inspection.handed_on.is_not(None), Inspection.closed.is_(None)
    )
    number, assigned, oldest = session.execute(waiting).one()
    yield _gauge("docscan_second_line_open", "Inspections handed to the second line and not decided.", number)
    yield _gauge("docscan_second_line_assigned", "Those of them that somebody took.", assigned)
    age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    yield _gauge("docscan_second_line_oldest_seconds", "How long the oldest of them waits; 0: there is none.", age)


def _batches(session: Session) -> Iterator[GaugeMetricFamily]:
    waiting = session.scalar(select(func.count()).select_from(BatchItem).where(BatchItem.state == "waiting"))
    yield _gauge("docscan_batch_documents_waiting", "Documents of batches that are not inspected yet.", waiting or 0)


def _sealed(session: Session) -> Iterator[GaugeMetricFamily]:
    number, size = session.execute(select(func.count(), func.sum(Sealed.size))).one()
    now = datetime.now(UTC)
    expired = session.scalar(select(func.count()).select_from(Sealed).where(Sealed.expires < now))
    yield _gauge("docscan_sealed_files", "Sealed files kept.", number)
    yield _gauge("docscan_sealed_bytes", "Their size.", size or 0)
    yield _gauge("docscan_sealed_expired_files", "Of them those past their time; must be 0.", expired or 0)


def _drift(week: WeekDrift) -> Iterator[GaugeMetricFamily]:
    yield _gauge("docscan_drift_documents", "Documents of the last seven days that drift is told from.", week.documents)
    yield from _compared("docscan_drift", "check", ((check.check, check.scores) for check in week.checks))
    yield from _compared("docscan_drift_quality", "measure", ((one.measure, one.values) for one in week.quality))


def _compared(prefix: str, label: str, found: Iterable[tuple[str, Comparison]]) -> Iterator[GaugeMetricFamily]:
    """Yield the index of each distribution, where there are enough documents, and what it says."""
    index = GaugeMetricFamily(
        f"{prefix}_psi",
        f"Population stability index of each {label} in the last seven days against the evaluation.",
        labels=(label,),
    )
    level = GaugeMetricFamily(
        f"{prefix}_level",
        "What the index says: 1 stable, 2 watch, 3 drifted; 0 too few documents to tell.",
        labels=(label,),
    )
    for name, compared in found:
        level.add_metric((name,), list(Level).index(compared.level))
        if compared.psi is not None:
            index.add_metric((name,), compared.psi)
    yield from (index, level)
