"""Inspections in the shape of BSI TR-03135's logging, for the statistics of several posts."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from docscan.errors import UsageError
from docscan.rendering.json import to_dict
from docscan.rendering.tr03135.writing import schema, to_xml, to_xml_chunks
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.problems import described
from docscan.service.routes.forms import InspectionId, Moment
from docscan.service.state import State
from docscan.service.storage import exporting
from docscan.service.storage.audit import Audit
from docscan.service.storage.exporting import Exported

router = APIRouter()

_XML = "application/xml"


def _xml(what: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": what, "content": {_XML: {"schema": {"type": "string"}}}}}


@router.get(
    "/v1/reporting/tr03135.xsd",
    summary="The schema of the exports",
    dependencies=[allowed(Permission.STATISTICS)],
    response_class=Response,
    responses=_xml("XML Schema 1.0."),
)
def get_schema() -> Response:
    """Return what every export holds to."""
    return Response(schema(), media_type=_XML)


@router.get(
    "/v1/reporting/tr03135.xml",
    summary="Inspections as XML after TR-03135",
    response_class=StreamingResponse,
    responses={**_xml("All inspections of that time, oldest first."), **described(400, 422)},
)
def export(
    request: Request,
    principal: Annotated[Principal, allowed(Permission.STATISTICS)],
    since: Annotated[Moment, Query(description="From this moment or day on; UTC without a zone.")],
    until: Annotated[Moment, Query(description="Before this moment or day.")],
) -> Response:
    """Export checks, outcomes, lights, document models and decisions; nothing of holders, and not who decided."""
    if since >= until:
        raise UsageError("since is not before until.")
    state = State.of(request)
    detail = {"since": since.isoformat(), "until": until.isoformat()}
    with state.database.begin() as session:
        Audit.append(session, actor=principal.id, action="inspections.exported", subject="tr03135", detail=detail)
    plain = _plain(exporting.between(state.database, since, until))
    headers = {"Content-Disposition": f'attachment; filename="tr03135-{since:%Y%m%d}-{until:%Y%m%d}.xml"'}
    return StreamingResponse(to_xml_chunks(plain, post=state.settings.post), media_type=_XML, headers=headers)


@router.get(
    "/v1/reporting/tr03135/{report_id}.xml",
    summary="One inspection as XML after TR-03135",
    response_class=Response,
    responses={**_xml("The inspection."), **described(404)},
)
def export_one(
    request: Request, principal: Annotated[Principal, allowed(Permission.STATISTICS)], report_id: InspectionId
) -> Response:
    """Export one inspection, as above."""
    state = State.of(request)
    report, decision = exporting.one(state.database, report_id)
    with state.database.begin() as session:
        Audit.append(session, actor=principal.id, action="inspection.exported", subject=report_id)
    return Response(to_xml(to_dict(report), post=state.settings.post, decision=decision), media_type=_XML)


def _plain(exported: Iterator[Exported]) -> Iterator[tuple[dict[str, Any], Any]]:
    return ((to_dict(report), decision) for report, decision in exported)
