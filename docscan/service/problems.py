"""Errors as RFC 9457 ``application/problem+json``."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from docscan.errors import DocscanError
from docscan.service import request_ids

_log = logging.getLogger("docscan.service")

_RETRY_SECONDS = 5  # what is broken for everybody may be mended then

MEDIA_TYPE = "application/problem+json"


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI ``responses`` of a route for these statuses; docscan.service.openapi completes them."""
    return {status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {}}} for status in statuses}


def problem(
    status: int, detail: str, title: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return an error response; ``detail`` is a sentence for a person, ``request_id`` finds its lines in the log."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_ids.current(),
    }
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def unexpected(error: Exception, where: str) -> JSONResponse:
    """Log where something broke, without its message (which may quote a document), and answer 500."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    place = f"{frame[0].filename}:{frame[0].lineno}" if frame else "unknown place"
    _log.error("%s broke: %s at %s %s", where, type(error).__name__, place, request_ids.current())
    return problem(500, "Something broke inside docscan; its log says where.")


async def _docscan_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DocscanError)
    seconds = error.retry_after or (_RETRY_SECONDS if error.status == 503 else None)
    headers = None if seconds is None else {"Retry-After": str(seconds)}
    return problem(error.status, str(error), error.title, headers)


async def _http_error(routers: Sequence[APIRouter], request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {
        404: "There is nothing at this address.",
        405: f"This address does not answer {request.method}.",
    }
    plain = error.detail == HTTPStatus(error.status_code).phrase
    detail = details.get(error.status_code, error.detail) if plain else error.detail
    headers = {"Allow": _methods(routers, request.url.path)} if error.status_code == 405 else error.headers
    return problem(error.status_code, detail, headers=headers)


def _methods(routers: Sequence[APIRouter], path: str) -> str:
    """Return the methods of an address: routes are several there, and starlette names those of one."""
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    return ", ".join(
        sorted({method for route in routes if route.path_regex.match(path) for method in route.methods or ()})
    )


async def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Place and reason, never the value: it may be personal.
    faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return problem(422, f"The request is not as the interface describes it: {faults}.")


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Answer every error of the application, which includes these routers, with a problem."""
    app.add_exception_handler(DocscanError, _docscan_error)
    app.add_exception_handler(HTTPException, partial(_http_error, routers))
    app.add_exception_handler(RequestValidationError, _validation_error)
