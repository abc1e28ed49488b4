"""Inspections: sending a document, having its report again, finding it among others."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from docscan.rendering.html import stylesheet_digest, to_html
from docscan.rendering.json import to_dict
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.crops import crop
from docscan.service.inspecting import Work, inspect_and_keep
from docscan.service.negotiation import prefers_html
from docscan.service.openapi import acknowledging, report_response
from docscan.service.problems import described
from docscan.service.routes.forms import FoundForm, IdempotencyKey, InspectionId, Moment
from docscan.service.state import State
from docscan.service.storage import vocabulary
from docscan.service.storage.idempotency import TakenError, claim_of
from docscan.service.storage.vocabulary import UNDECIDED, Finding, Kept
from docscan.service.uploads import REQUEST_BODY, read, received
from docscan.service.web.languages import language_of
from docscan.service.workers import Place
from docscan.types import Spectrum, Verdict

router = APIRouter()

# The report is one file with its style inside, named by its hash, and pictures inside.
_REPORT_POLICY = (
    f"default-src 'none'; style-src '{stylesheet_digest()}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)

_FINDINGS = [*(finding.value for finding in Finding), UNDECIDED]


@router.post(
    "/v1/inspections",
    status_code=201,
    summary="Inspect a document",
    response_class=JSONResponse,
    responses={
        201: {
            **report_response("The report; Location says where it can be had again."),
            "headers": acknowledging("Of the report.", "true: this is the answer that the same request got before."),
        },
        **described(400, 408, 409, 413, 415, 422, 503),
    },
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def create_inspection(
    request: Request,
    principal: Annotated[Principal, allowed(Permission.INSPECT)],
    key: IdempotencyKey = None,
) -> Response:
    """Inspect one document: its image under visible light, ultraviolet and infrared light where taken.

    Of a card both sides may be sent: what the one prints is then compared with the machine-readable zone of the other,
    and verdict, reason and confidence are about both.

    When the answer is 201 the inspection is on the disk: it is there after a crash too.
    """
    state = State.of(request)
    settings = state.settings
    with ExitStack() as stack:
        place = stack.enter_context(state.workers.place())
        async with received(request, max_bytes=settings.max_bytes) as files:
            claim = None
            if key is not None:
                parts = {light: file.file for light, file in files.items()}
                claim = await run_in_threadpool(claim_of, principal, "POST /v1/inspections", key, parts)
            stack.enter_context(state.in_flight.hold(claim))
            work = Work(state.tools, state.records, principal, claim)
            kept, replayed = await _first_answer(place, files, work)
    response = _answer(request, kept)
    response.status_code = 201
    response.headers["Location"] = f"/v1/inspections/{kept.report.id}"
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


async def _first_answer(place: Place, files: Mapping[str, UploadFile], work: Work) -> tuple[Kept, bool]:
    """Return what the request gets, and whether it got that before."""
    if work.claim is None:
        return await place.run(partial(_inspect, files, work)), False
    answered = partial(work.records.answered, work.claim, work.principal)
    if (kept := await run_in_threadpool(answered)) is not None:
        return kept, True
    try:
        # The files are read by the thread whose turn it is, so waiting ones stay on disk.
        return await place.run(partial(_inspect, files, work)), False
    except TakenError:  # another worker process was faster
        kept = await run_in_threadpool(answered)
        assert kept is not None
        return kept, True


def _inspect(files: Mapping[str, UploadFile], work: Work) -> Kept:
    return inspect_and_keep({light: read(file, light) for light, file in files.items()}, work)


@router.get(
    "/v1/inspections",
    summary="Find inspections",
    dependencies=[allowed(Permission.READ)],
    responses=described(400, 422),
)
def find_inspections(
    request: Request,
    since: Annotated[Moment | None, Query(description="From this moment or day on; UTC without a zone.")] = None,
    until: Annotated[Moment | None, Query(description="Before this moment or day.")] = None,
    verdict: Verdict | None = None,
    issuing_state: Annotated[
        str | None, Query(pattern="^[A-Z]{1,3}$", description="ICAO code.", examples=["UTO"])
    ] = None,
    finding: Annotated[
        str | None,
        Query(
            pattern=f"^({'|'.join(_FINDINGS)})$",
            description=f"The newest decision; {UNDECIDED}: nobody has decided.",
            json_schema_extra={"enum": _FINDINGS},
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="next of the page before.")] = None,
) -> FoundForm:
    """List the inspections that fit, newest first, without their holders."""
    query = vocabulary.Query(since, until, verdict, issuing_state, finding, limit, cursor)
    return FoundForm.model_validate(State.of(request).records.search(query))


@router.get(
    "/v1/inspections/{report_id}",
    summary="A report again",
    response_class=JSONResponse,
    responses={
        200: report_response("The report, as JSON or as HTML."),
        **described(404),
    },
)
def get_inspection(
    request: Request, principal: Annotated[Principal, allowed(Permission.READ)], report_id: InspectionId
) -> Response:
    """Return a report; ``Accept: text/html`` gives the page.

    It is whole, and has its pictures, while these are kept; after that it is without the document's holder
    (``holder_removed``). The audit log has who looked.
    """
    return _answer(request, State.of(request).records.get(report_id, principal))


@router.get(
    "/v1/inspections/{report_id}/regions/{name}.png",
    summary="A region enlarged",
    response_class=Response,
    responses={
        200: {"description": "The region as PNG.", "content": {"image/png": {}}},
        **described(404, 422),
    },
)
def get_region(
    request: Request,
    principal: Annotated[Principal, allowed(Permission.READ)],
    report_id: InspectionId,
    name: Annotated[str, Path(description="As the report names it.", examples=["portrait"])],
    spectrum: Annotated[
        Spectrum | None, Query(description="The light; without it that of the check which weighs most there.")
    ] = None,
    side: Annotated[
        Literal["this", "other"], Query(description="other: of a card's other side, as ``other_side`` names it.")
    ] = "this",
) -> Response:
    """Return a region that the report names, with a little around it, while pictures are kept."""
    kept = State.of(request).records.region(report_id, name, principal, other_side=side == "other")
    if kept.pictures is None:
        raise HTTPException(404, "The pictures of this inspection are no longer held.")
    png = crop(kept.report, kept.pictures, name, spectrum)
    if png is None:
        raise HTTPException(404, "The report has no picture of such a region.")
    return Response(png, media_type="image/png")


def _answer(request: Request, kept: Kept) -> Response:
    if prefers_html(request.headers.get("accept", "")):
        headers = {"Content-Security-Policy": _REPORT_POLICY, "Vary": "Accept, Accept-Language, Cookie"}
        return HTMLResponse(to_html(kept.report, kept.pictures, language_of(request)), headers=headers)
    return JSONResponse(to_dict(kept.report), headers={"Vary": "Accept"})
