"""The desk: a document in, its verdict, and what the officer decides, on one page."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from docscan.rendering.html import to_parts
from docscan.rendering.words import VERDICTS
from docscan.service.access.gate import allowed
from docscan.service.access.principal import LOCAL, Permission, Principal
from docscan.service.routes.forms import InspectionId
from docscan.service.state import State
from docscan.service.storage import vocabulary
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey
from docscan.service.storage.vocabulary import Record
from docscan.service.web.frame import page
from docscan.service.web.languages import language_of
from docscan.service.web.names import Names

router = APIRouter(include_in_schema=False)

_ARRIVALS = timedelta(minutes=10)  # what came earlier is for the history


@router.get("/")
def desk(request: Request, principal: Annotated[Principal, allowed(Permission.INSPECT)]) -> HTMLResponse:
    """Return the page of the person who holds the document."""
    return page(request, "desk.html", _tools(request, principal) | {"case": None}, principal=principal)


@router.get("/inspections/{report_id}")
def inspection(
    request: Request, inspection_id: InspectionId, principal: Annotated[Principal, allowed(Permission.READ)]
) -> HTMLResponse:
    """Return the same page with an inspection on it."""
    records, language = State.of(request).records, language_of(request)
    kept = records.get(inspection_id, principal)
    parts = to_parts(kept.report, kept.pictures, language)
    case = {"report": kept.report, "parts": parts, "word": language.gettext(VERDICTS[kept.report.verdict].word)}
    context = _tools(request, principal) | _decisions(request, inspection_id) | {"case": case}
    return page(request, "desk.html", context, principal=principal)


@router.get("/inspections/{report_id}/decisions")
def decisions(
    request: Request, inspection_id: InspectionId, principal: Annotated[Principal, allowed(Permission.READ)]
) -> HTMLResponse:
    """Return what people did with an inspection: the part of its page that changes."""
    return page(request, "decide.html", _decisions(request, inspection_id), principal=principal)


@router.get("/arrivals", dependencies=[allowed(Permission.READ)])
def arrivals(request: Request, by: Annotated[str, Query(max_length=64)]) -> dict[str, Any]:
    """Return what a scanner sent in the last minutes, newest first, and when it was last heard of."""
    state = State.of(request)
    found = state.records.search(vocabulary.Query(since=datetime.now(UTC) - _ARRIVALS))
    seen = next((key.last_used for key in _scanners(state.database) if f"key:{key.id}" == by), None)
    heard = None if seen is None else {"at": seen.isoformat(), "clock": language_of(request).clock(seen)}
    return {
        "inspections": [each.id for each in found.inspections if each.created_by == by],
        "heard": heard,
        "now": datetime.now(UTC).isoformat(),
    }


def _tools(request: Request, principal: Principal) -> dict[str, object]:
    state = State.of(request)
    scanners = [(f"key:{key.id}", key.name) for key in _scanners(state.database)]
    if principal.id == LOCAL.id:
        scanners.append((LOCAL.id, ""))
    return {"max_bytes": state.settings.max_bytes, "scanners": scanners}


def _scanners(database: Database) -> list[ApiKey]:
    """Return the keys with which documents can be sent."""
    with database.read() as session:
        keys = session.scalars(select(ApiKey).where(ApiKey.revoked.is_(None)).order_by(ApiKey.name)).all()
        return [key for key in keys if Permission.INSPECT in key.scopes.split()]


def _decisions(request: Request, inspection_id: str) -> dict[str, object]:
    state = State.of(request)
    record = state.records.record(inspection_id)
    names = Names(state.database, _people(record))
    return {"record": record, "events": _events(record), "names": names}


def _people(record: Record) -> list[str | None]:
    return [record.summary.created_by, record.summary.assigned_to, *(event.by for event in _events(record))]


def _events(record: Record) -> list[vocabulary.Decided | vocabulary.Noted]:
    """Return decisions and comments in the order of time."""
    return sorted([*record.decisions, *record.comments], key=lambda event: event.at)
