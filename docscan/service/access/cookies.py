"""The cookies that docscan sets."""

from fastapi import Request, Response

from docscan.service.access.errors import ForbiddenError
from docscan.service.access.openness import LOOPBACK

# A browser takes a cookie of the first name from https alone, and from no neighbouring host (RFC 6265bis, 4.1.3).
_SECURE, _PLAIN = "__Host-docscan", "docscan"


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
    return request.cookies.get(_name(request))


def give(request: Request, response: Response, token: str) -> None:
    """Give a browser its session; it forgets it when it is closed, and the service in any case."""
    response.set_cookie(_name(request), token, path="/", secure=_secure(request), httponly=True, samesite="strict")


def take(request: Request, response: Response) -> None:
    """Take a browser's session."""
    response.delete_cookie(_name(request), path="/", secure=_secure(request), httponly=True, samesite="strict")


def _secure(request: Request) -> bool:
    return request.url.scheme == "https" or not is_private(request)


def _name(request: Request) -> str:
    return _SECURE if _secure(request) else _PLAIN
