"""Finding inspections again: newest first, page by page, without losing the place when new ones arrive."""

import base64
import binascii
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select, tuple_
from sqlalchemy.orm import Session, defer

from docscan.errors import UsageError
from docscan.service.storage.tables import Decision, Inspection
from docscan.service.storage.vocabulary import UNDECIDED, Finding, Found, Query, Summary
from docscan.types import Verdict

_MOST_QUEUED = 500  # shown at once


def newest_finding() -> ScalarSelect[str]:
    """Return the subquery of the decision that counts for an inspection."""
    decisions = select(Decision.finding).where(Decision.inspection_id == Inspection.id).correlate(Inspection)
    return decisions.order_by(Decision.id.desc()).limit(1).scalar_subquery()


def summary_of(session: Session, inspection_id: str) -> Summary | None:
    """Return an inspection as lists show it; None where there is none of this id."""
    found = _summaries(session, [Inspection.id == inspection_id], [Inspection.id], 1)
    return found[0] if found else None


def search(session: Session, query: Query) -> Found:
    """Return a page of the inspections that fit.

    Raises
    ------
    UsageError
        The cursor is none of this service's.
    """
    order = (Inspection.created.desc(), Inspection.id.desc())
    found = _summaries(session, _conditions(query), order, query.limit + 1)
    page = found[: query.limit]
    return Found(page, _cursor(page[-1]) if len(found) > query.limit else None)


def queue(session: Session) -> tuple[Summary, ...]:
    """Return what waits for the second line, that which waits longest first."""
    waiting = (Inspection.handed_on.is_not(None), Inspection.closed.is_(None))
    return _summaries(session, waiting, (Inspection.handed_on, Inspection.id), _MOST_QUEUED)


def _summaries(
    session: Session, conditions: Iterable[ColumnElement[bool]], order: Iterable[Any], limit: int
) -> tuple[Summary, ...]:
    query = (
        select(Inspection, newest_finding())
        .options(defer(Inspection.report))  # long, and no list shows it
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    )
    return tuple(_summary(inspection, finding) for inspection, finding in session.execute(query))


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.since is not None:
        conditions.append(Inspection.created >= query.since)
    if query.until is not None:
        conditions.append(Inspection.created < query.until)
    if query.verdict is not None:
        conditions.append(Inspection.verdict == query.verdict.value)
    if query.issuing_state is not None:
        conditions.append(Inspection.issuing_state == query.issuing_state)
    if query.finding is not None:
        newest = newest_finding()
        conditions.append(newest.is_(None) if query.finding == UNDECIDED else newest == query.finding)
    if query.cursor is not None:
        conditions.append(tuple_(Inspection.created, Inspection.id) < tuple_(*_place(query.cursor)))
    return conditions


def _cursor(last: Summary) -> str:
    return base64.urlsafe_b64encode(f"{last.created.isoformat()} {last.id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        moment, _, inspection_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        created = datetime.fromisoformat(moment).astimezone(UTC)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise UsageError("The cursor is not one that a search of this service gave.") from error
    if not inspection_id.isascii() or not inspection_id.isprintable():
        raise UsageError("The cursor is not one that a search of this service gave.")
    return created, inspection_id


def _summary(inspection: Inspection, finding: str | None) -> Summary:
    return Summary(
        id=inspection.id,
        created=inspection.created,
        created_by=inspection.created_by,
        post=inspection.post,
        verdict=Verdict(inspection.verdict),
        issuing_state=inspection.issuing_state,
        document_code=inspection.document_code,
        format=inspection.format,
        model=inspection.model,
        log10_lr=inspection.log10_lr,
        finding=None if finding is None else Finding(finding),
        handed_on=inspection.handed_on,
        assigned_to=inspection.assigned_to,
        closed=inspection.closed,
    )
