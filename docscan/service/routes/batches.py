"""Batches: many documents sent together, inspected while the desk has nothing to do."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from docscan.errors import TooLargeError
from docscan.service import archives
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.multipart import Limits, received_form
from docscan.service.openapi import acknowledging
from docscan.service.problems import described
from docscan.service.routes.batch_forms import (
    REQUEST_BODY,
    BatchesForm,
    BatchForm,
    BatchId,
    BatchWithItemsForm,
    counts_of,
    with_items,
)
from docscan.service.routes.forms import IdempotencyKey
from docscan.service.state import State
from docscan.service.storage.idempotency import Claim, TakenError, claim_of
from docscan.service.workers import BusyError
from docscan.settings import Settings

router = APIRouter()

# Each is an open file while it is received.
_MOST_PARTS = 200

_EXPECTED = "Send images as multipart/form-data in parts named visible, or one zip in a part named zip."


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a request brought; one file where it is a zip."""

    files: list[UploadFile]
    zipped: bool


@router.post(
    "/v1/batches",
    status_code=202,
    summary="Send a batch",
    responses={
        202: {
            "description": "The batch; Location says where its progress is.",
            "headers": acknowledging("Of the batch.", "true: the same request was accepted before."),
        },
        **described(400, 408, 409, 413, 415, 422, 503),
    },
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def create_batch(
    request: Request,
    response: Response,
    principal: Annotated[Principal, allowed(Permission.INSPECT)],
    key: IdempotencyKey = None,
) -> BatchWithItemsForm:
    """Send many documents: images in parts named ``visible`` (200 at most), or one zip in a part named ``zip``.

    They are inspected while the desk has nothing to do, in the order sent. When the answer is 202 they are on the disk,
    sealed; with a key in ``DOCSCAN_KEY_FILE`` or ``DOCSCAN_KEYS`` they outlive the service.
    """
    state = State.of(request)
    with ExitStack() as stack:
        stack.enter_context(state.receiving.hold())
        if await run_in_threadpool(state.batches.waiting) >= state.settings.batch_waiting:
            raise BusyError("As many documents of batches wait as the service takes on; try again later.")
        async with _received(request, state.settings) as sent:
            claim = None
            if key is not None:
                parts = {f"{number:06d}": file.file for number, file in enumerate(sent.files)}
                claim = await run_in_threadpool(claim_of, principal, "POST /v1/batches", key, parts)
            stack.enter_context(state.in_flight.hold(claim))
            batch_id, replayed = await run_in_threadpool(_keep, state, sent, principal, claim)
    state.batching.notice()
    response.headers["Location"] = f"/v1/batches/{batch_id}"
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return with_items(await run_in_threadpool(state.batches.get, batch_id))


@router.get(
    "/v1/batches", summary="The newest batches", dependencies=[allowed(Permission.READ)], responses=described(422)
)
def get_batches(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> BatchesForm:
    """List batches, newest first, and how far they are."""
    newest = State.of(request).batches.newest(limit)
    return BatchesForm(batches=[BatchForm(**counts_of(progress)) for progress in newest])


@router.get(
    "/v1/batches/{batch_id}",
    summary="How far a batch is",
    dependencies=[allowed(Permission.READ)],
    responses=described(404),
)
def get_batch(request: Request, batch_id: BatchId) -> BatchWithItemsForm:
    """Return a batch document by document: the address of its report and its verdict, or why there is none."""
    return with_items(State.of(request).batches.get(batch_id))


@asynccontextmanager
async def _received(request: Request, settings: Settings) -> AsyncIterator[_Sent]:
    limits = Limits(
        content_bytes=settings.batch_bytes,
        parts=_MOST_PARTS,
        expected=_EXPECTED,
        too_large=TooLargeError(f"The batch is too large: {settings.batch_bytes:,} bytes are the most."),
    )
    async with received_form(request, limits) as form:
        yield _checked(form, settings)


def _checked(form: FormData, settings: Settings) -> _Sent:
    names = {name for name, _ in form.multi_items()}
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    if names not in ({"visible"}, {"zip"}) or len(files) != len(form.multi_items()):
        raise HTTPException(422, _EXPECTED)
    if names == {"zip"} and len(files) > 1:
        raise HTTPException(422, "The part zip stands twice.")
    if names == {"visible"}:
        if len(files) > settings.batch_documents:
            raise TooLargeError(f"A batch may have {settings.batch_documents:,} documents.")
        if any((file.size or 0) > settings.max_bytes for file in files):
            raise TooLargeError(f"An image may have {settings.max_bytes:,} bytes at most.")
    return _Sent(files, zipped=names == {"zip"})


def _keep(state: State, sent: _Sent, principal: Principal, claim: Claim | None) -> tuple[str, bool]:
    """Return the id of the batch, and whether the request was accepted before."""
    answered = partial(state.batches.answered, claim) if claim is not None else lambda: None
    if (known := answered()) is not None:
        return known, True
    try:
        return state.batches.add(_images(sent, state.settings), principal, claim), False
    except TakenError:  # another worker process was faster
        known = answered()
        assert known is not None
        return known, True


def _images(sent: _Sent, settings: Settings) -> Iterator[bytes]:
    """Yield the images one by one: no more than one is in memory."""
    if sent.zipped:
        limits = archives.Limits(settings.batch_documents, settings.max_bytes, settings.batch_bytes)
        yield from archives.documents_of(sent.files[0].file, limits)
    else:
        for upload in sent.files:
            upload.file.seek(0)
            yield upload.file.read()
