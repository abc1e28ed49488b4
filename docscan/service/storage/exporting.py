"""Reports in a row, oldest first, for exports: read page by page, so that neither memory nor a transaction grows."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_

from docscan.rendering.tr03135.source import Decision as Decided
from docscan.rendering.tr03135.source import Finding
from docscan.service.storage.database import Database
from docscan.service.storage.form import report_from_bytes
from docscan.service.storage.tables import Decision, Inspection
from docscan.service.storage.vocabulary import UnknownInspectionError
from docscan.types import Report

_PAGE = 200

Exported = tuple[Report, Decided | None]
"""A report without its holder, and the decision that counts."""


def one(database: Database, inspection_id: str) -> Exported:
    """Return one inspection.

    Raises
    ------
    UnknownInspectionError
        There is none of this id.
    """
    found = next(_read(database, [Inspection.id == inspection_id]), None)
    if found is None:
        raise UnknownInspectionError
    return found[1]


def between(database: Database, since: datetime, until: datetime) -> Iterator[Exported]:
    """Yield every inspection from one moment until before another, oldest first."""
    within = [Inspection.created >= since, Inspection.created < until]
    place: tuple[datetime, str] | None = None
    while True:
        after = [] if place is None else [tuple_(Inspection.created, Inspection.id) > tuple_(*place)]
        page = list(_read(database, [*within, *after]))
        yield from (exported for _, exported in page)
        if len(page) < _PAGE:
            return
        place = page[-1][0]


def _read(database: Database, conditions: list[ColumnElement[bool]]) -> Iterator[tuple[tuple[datetime, str], Exported]]:
    wanted = select(Inspection).where(*conditions).order_by(Inspection.created, Inspection.id).limit(_PAGE)
    with database.read() as session:
        inspections = session.scalars(wanted).all()
        ids = [inspection.id for inspection in inspections]
        taken = session.scalars(select(Decision).where(Decision.inspection_id.in_(ids)).order_by(Decision.id))
        newest = {row.inspection_id: Decided(Finding(row.finding), row.at, row.kind) for row in taken}
        for inspection in inspections:
            report = report_from_bytes(inspection.report)
            yield (inspection.created, inspection.id), (report, newest.get(inspection.id))
