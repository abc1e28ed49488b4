"""What went wrong, as a page: for people; programs get problems after RFC 9457."""

import json
from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from docscan.errors import DocscanError
from docscan.rendering.messages import message
from docscan.service.negotiation import prefers_html
from docscan.service.web.frame import page, places_of

_Handler = Callable[[Request, Exception], Awaitable[Response]]

_HEADINGS = {
    403: message("You may not do this."),
    404: message("There is nothing here."),
    429: message("The service is busy."),
    503: message("The service is busy."),
}
_OTHER = message("That did not work.")

# Their details are for programs.
_ENOUGH = (403, 404, 422)


def install(app: FastAPI) -> None:
    """Show errors as pages where a browser asks for one, over the handlers that the application has."""
    for kind in (DocscanError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _shown(cast(_Handler, app.exception_handlers[kind])))


def _shown(handler: _Handler) -> _Handler:
    async def show(request: Request, error: Exception) -> Response:
        answer = await handler(request, error)
        if answer.status_code < 400 or not _wants_page(request):
            return answer
        principal = getattr(request.state, "principal", None)
        if answer.status_code == 403 and request.url.path == "/" and (places := places_of(principal)):
            return RedirectResponse(places[0].address, 303)  # of whoever inspects no documents
        detail = "" if answer.status_code in _ENOUGH else json.loads(bytes(answer.body))["detail"]
        context = {"heading": _HEADINGS.get(answer.status_code, _OTHER), "detail": detail}
        return page(request, "problem.html", context, principal=principal, status=answer.status_code)

    return show


def _wants_page(request: Request) -> bool:
    ours = request.url.path.startswith(("/v1/", "/static/"))
    return not ours and prefers_html(request.headers.get("accept", ""))
