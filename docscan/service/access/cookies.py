"""The cookies that docscan sets."""

from typing import Literal

from fastapi import Request, Response

from docscan.service.access.errors import ForbiddenError
from docscan.service.access.openness import LOOPBACK

_SESSION = "docscan"
_STARTED = "docscan-login"
_STARTED_SECONDS = 600

# A browser takes a cookie of such a name from https alone, and from no neighbouring host (RFC 6265bis, 4.1.3).
_HOST = "__Host-"


def is_private(request: Request) -> bool:
    """Tell whether nobody on the way can read: https, or this machine alone."""
    return request.url.scheme == "https" or request.url.hostname in LOOPBACK


def require_private(request: Request) -> None:
    """Refuse a secret that travels in the open.

    Raises
    ------
    ForbiddenError
        The connection is plain http from elsewhere.
    """
    if not is_private(request):
        raise ForbiddenError(
            "Passwords and sessions travel by https alone: give docscan a certificate (DOCSCAN_TLS_CERTIFICATE), or "
            "name the proxy that has one (DOCSCAN_PROXIES)."
        )


def token_of(request: Request) -> str | None:
    """Return the session's token that a browser sent."""
    return request.cookies.get(_name(request, _SESSION))


def give(request: Request, response: Response, token: str) -> None:
    """Give a browser its session; it forgets it when it is closed, and the service in any case."""
    _set(request, response, _SESSION, token, "strict")


def take(request: Request, response: Response) -> None:
    """Take a browser's session."""
    _set(request, response, _SESSION, "", "strict", seconds=0)


def started_of(request: Request) -> str | None:
    """Return the login through the identity provider that this browser is in the middle of."""
    return request.cookies.get(_name(request, _STARTED))


def give_started(request: Request, response: Response, text: str) -> None:
    """Have a browser keep that login until it comes back, which is another site's request: hence lax."""
    _set(request, response, _STARTED, text, "lax", seconds=_STARTED_SECONDS)


def take_started(request: Request, response: Response) -> None:
    """Take it again: it is good once."""
    _set(request, response, _STARTED, "", "lax", seconds=0)


def _set(
    request: Request,
    response: Response,
    name: str,
    value: str,
    site: Literal["strict", "lax"],
    seconds: int | None = None,
) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite=site,
    )


def _secure(request: Request) -> bool:
    return request.url.scheme == "https" or not is_private(request)


def _name(request: Request, name: str) -> str:
    return f"{_HOST}{name}" if _secure(request) else name
