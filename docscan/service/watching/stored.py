"""Numbers that lie in the database: read when Prometheus asks, the same from every process."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from docscan.service.storage.database import Database
from docscan.service.storage.tables import BatchItem, Inspection, Sealed
from docscan.service.watching.drift import WeekDrift, last_seven_days
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
        except SQLAlchemyError:
            found = []
        yield _gauge("docscan_database_up", "Whether the database answers.", float(bool(found)))
        yield from found

    def _read(self) -> list[GaugeMetricFamily]:
        with self._database.begin() as session:
            found = [*_second_line(session), *_batches(session), *_sealed(session)]
        drift = self._last_drift()
        return found if drift is None else [*found, *_drift(drift)]

    def _last_drift(self) -> WeekDrift | None:
        if self.reference is None:
            return None
        with self._lock:
            if time.monotonic() - self._looked >= _DRIFT_SECONDS:
                with self._database.begin() as session:
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
    checks = GaugeMetricFamily(
        "docscan_drift_psi",
        "Population stability index of a check's scores in the last seven days against the evaluation.",
        labels=("check",),
    )
    levels = GaugeMetricFamily(
        "docscan_drift_level",
        "What it says of a check: 1 stable, 2 watch, 3 drifted; 0 too few documents to tell.",
        labels=("check",),
    )
    order = list(type(week.level))
    for check in week.checks:
        levels.add_metric((check.check,), order.index(check.scores.level))
        if check.scores.psi is not None:
            checks.add_metric((check.check,), check.scores.psi)
    quality = GaugeMetricFamily("docscan_drift_quality_psi", "The same of a measure of captures.", labels=("measure",))
    for measure in week.quality:
        if measure.values.psi is not None:
            quality.add_metric((measure.measure,), measure.values.psi)
    yield from (checks, levels, quality)
