"""Inspections: sending a document, having its report again."""

from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from docscan.inspection import Tools, inspect
from docscan.rendering.html import stylesheet_digest, to_html
from docscan.rendering.json import to_dict
from docscan.rendering.pictures import Pictures, draw
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission
from docscan.service.openapi import report_response
from docscan.service.problems import described
from docscan.service.state import State
from docscan.service.store import Kept
from docscan.service.uploads import REQUEST_BODY, read, received
from docscan.types import Report

router = APIRouter()

# The report is one file with its style inside, named by its hash, and pictures inside.
_REPORT_POLICY = (
    f"default-src 'none'; style-src '{stylesheet_digest()}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@router.post(
    "/v1/inspections",
    status_code=201,
    summary="Inspect a document",
    dependencies=[allowed(Permission.INSPECT)],
    response_class=JSONResponse,
    responses={
        201: {
            **report_response("The report; Location says where it can be had again."),
            "headers": {"Location": {"description": "Of the report.", "schema": {"type": "string"}}},
        },
        **described(400, 408, 413, 415, 422, 503),
    },
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def create_inspection(request: Request) -> Response:
    """Inspect one document: its image under visible light, ultraviolet and infrared light where taken."""
    state = State.of(request)
    settings = state.settings
    with state.workers.place() as place:
        async with received(request, max_bytes=settings.max_bytes, seconds=settings.body_seconds) as files:
            # The files are read by the thread whose turn it is, so waiting ones stay on disk.
            report, pictures = await place.run(partial(_inspect, files, state.tools))
    state.store.put(report, pictures)
    response = _answer(request, Kept(report, pictures))
    response.status_code = 201
    response.headers["Location"] = f"/v1/inspections/{report.id}"
    return response


def _inspect(files: Mapping[str, UploadFile], tools: Tools) -> tuple[Report, Pictures]:
    images = {light: read(file, light) for light, file in files.items()}
    inspection = inspect(images["visible"], uv=images.get("uv"), ir=images.get("ir"), tools=tools)
    report, references = inspection.report, inspection.references
    return report, draw(report, inspection.capture, inspection.page, inspection.heat, references)


@router.get(
    "/v1/inspections/{report_id}",
    summary="A report again",
    dependencies=[allowed(Permission.READ)],
    response_class=JSONResponse,
    responses={
        200: report_response("The report, as JSON or as HTML."),
        **described(404),
    },
)
async def get_inspection(request: Request, report_id: str) -> Response:
    """Return a report while it is held in memory; ``Accept: text/html`` gives the page."""
    kept = State.of(request).store.get(report_id)
    if kept is None:
        raise HTTPException(404, "There is no report of this id; the service may have forgotten it.")
    return _answer(request, kept)


def _answer(request: Request, kept: Kept) -> Response:
    if _prefers_html(request.headers.get("accept", "")):
        headers = {"Content-Security-Policy": _REPORT_POLICY, "Vary": "Accept"}
        return HTMLResponse(to_html(kept.report, kept.pictures), headers=headers)
    return JSONResponse(to_dict(kept.report), headers={"Vary": "Accept"})


def _prefers_html(accept: str) -> bool:
    """Tell whether an Accept header weighs HTML over JSON (RFC 9110, section 12.5.1)."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            weights[media] = float(quality)
        except ValueError:
            weights[media] = 0.0
    return weights.get("text/html", 0.0) > weights.get("application/json", 0.0)
