"""The way in: logging in, the first account, and which language the pages speak."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from docscan.rendering.messages import message
from docscan.service.access import cookies
from docscan.service.access.gate import local_path
from docscan.service.access.openness import account_exists
from docscan.service.state import State
from docscan.service.web.frame import page
from docscan.service.web.languages import COOKIE, languages

router = APIRouter(include_in_schema=False)

# Why an identity provider's login ended here (docscan.service.routes.login).
_PROBLEMS = {
    "provider": message("The identity provider does not answer as it should."),
    "refused": message("You were not let in: ask your administrator."),
}

_REMEMBERED = timedelta(days=400)  # browsers keep no cookie longer (RFC 6265bis, section 5.5)


@router.get("/login")
def login(request: Request, next: str = "/", problem: str = "") -> HTMLResponse:  # noqa: A002  # the address has it
    """Ask who somebody is."""
    state = State.of(request)
    with state.database.read() as session:
        first = not account_exists(session) and not state.settings.oidc_issuer
    context = {
        "next": local_path(next),
        "provider": bool(state.settings.oidc_issuer),
        "first": first,
        "problem": _PROBLEMS.get(problem),
    }
    return page(request, "login.html", context, principal=None)


@router.get("/setup")
def setup(request: Request) -> HTMLResponse:
    """Ask for the first account, while there is none."""
    with State.of(request).database.read() as session:
        done = account_exists(session)
    return page(request, "setup.html", {"done": done}, principal=None)


@router.get("/language/{tag}")
def choose_language(request: Request, tag: str, next: str = "/") -> RedirectResponse:  # noqa: A002
    """Remember the language that somebody chose, and go back."""
    answer = RedirectResponse(local_path(next), 303)
    if tag in languages():
        answer.set_cookie(
            COOKIE,
            tag,
            max_age=int(_REMEMBERED.total_seconds()),
            secure=not cookies.is_private(request) or request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
    return answer
