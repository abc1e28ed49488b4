"""That a request of a browser comes from docscan's own pages, not from another page that the person has open."""

from urllib.parse import urlsplit

from fastapi import Request

from docscan.service.access import tokens
from docscan.service.access.errors import ForbiddenError

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110, section 9.2.1


def is_safe(request: Request) -> bool:
    """Tell whether a request asks for no change."""
    return request.method in _SAFE


def require_own_page(request: Request) -> None:
    """Refuse what a browser says another page sent; a program, which says nothing, passes.

    Raises
    ------
    ForbiddenError
        Another page sent it.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        own = site in ("same-origin", "none")
    else:  # a browser from before 2023, or a program
        own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not own:
        raise ForbiddenError("This request comes from another web page; docscan takes those of its own.")


async def require_token(request: Request, expected: str) -> None:
    """Refuse a change that does not carry the session's own token.

    Raises
    ------
    ForbiddenError
        The header ``X-CSRF-Token``, or the field ``csrf_token`` of a form, is missing or another session's.
    """
    given = request.headers.get(HEADER)
    if given is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        field = (await request.form()).get(FIELD)
        given = field if isinstance(field, str) else None
    if given is None or not tokens.same(given, expected):
        raise ForbiddenError(f"This request lacks its session's token ({HEADER}); load the page again.")
