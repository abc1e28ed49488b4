"""Logging in through the identity provider: two addresses that a browser is sent to."""

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from docscan.service.access import cookies, provisioning, tokens
from docscan.service.access.errors import RefusedError
from docscan.service.access.gate import address_of, local_path
from docscan.service.access.oidc import Provider, ProviderError, Started
from docscan.service.problems import described
from docscan.service.state import State

router = APIRouter(tags=["sessions"])

_TO_LOGIN: dict[int | str, dict[str, Any]] = {
    303: {"description": "Back to the login page, whose address says what went wrong."}
}

# Another site sent the browser here, so it would not send the strict cookie along to where a redirect points; from
# this page of docscan's own it does.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>docscan</title>
<meta http-equiv="refresh" content="0; url={next}"></head>
<body><p><a href="{next}">Continue</a></p></body></html>
"""


def _provider(request: Request) -> Provider:
    settings = State.of(request).settings
    if not settings.oidc_issuer:
        raise HTTPException(404)
    return Provider(settings)


def _redirect_uri(request: Request) -> str:
    return str(request.url_for("finish_login"))


@router.get(
    "/login/oidc",
    status_code=303,
    summary="Log in through the identity provider",
    dependencies=[Depends(cookies.require_private)],
    responses={303: {"description": "To the identity provider."}, **described(403, 404, 422)},
)
def start_login(request: Request, next: str = "/") -> Response:  # noqa: A002  # the parameter's name
    """Send the browser to the identity provider; ``next`` is the path to go to afterwards."""
    provider = _provider(request)
    started = Started.anew(local_path(next))
    try:
        response = RedirectResponse(provider.address(started, _redirect_uri(request)), 303)
    except ProviderError:
        return _back("provider")
    cookies.give_started(request, response, started.to_cookie())
    return response


@router.get(
    "/login/oidc/callback",
    summary="Where the identity provider sends the browser back to",
    dependencies=[Depends(cookies.require_private)],
    response_class=HTMLResponse,
    responses={**_TO_LOGIN, **described(403, 404, 422, 429)},
)
def finish_login(request: Request, state: str = "", code: str = "") -> Response:
    """Let in whom the provider names, and go on to where they wanted."""
    provider = _provider(request)
    at = State.of(request)
    at.limits.count_login(address_of(request))
    started = Started.from_cookie(cookies.started_of(request) or "")
    if started is None or not code or not tokens.same(started.state, state):
        return _back("refused")
    try:
        identity = provider.identity(started, code, _redirect_uri(request))
        done = provisioning.log_in(at.database, at.settings, identity, datetime.now(UTC))
    except ProviderError:
        return _back("provider")
    except RefusedError:
        return _back("refused")
    next_ = escape(local_path(unquote(started.next)))
    response = HTMLResponse(_PAGE.format(next=next_))
    cookies.take_started(request, response)
    cookies.give(request, response, done.opened.token)
    return response


def _back(problem: str) -> Response:
    return RedirectResponse(f"/login?problem={problem}", 303)
