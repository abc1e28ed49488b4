"""What stands before every route: who asks, and whether they may."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.exceptions import HTTPException

from docscan.service.access import cookies, csrf, keys, openness, sessions
from docscan.service.access.principal import LOCAL, Permission, Principal
from docscan.service.negotiation import prefers_html
from docscan.service.problems import described
from docscan.service.state import State
from docscan.service.watching import logs

# For the interface's description; what is sent is read by _recognise.
_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key, dsk_….")
_COOKIE = APIKeyCookie(
    name="__Host-docscan",
    auto_error=False,
    scheme_name="session",
    description="A person's session; named docscan where this machine's browser speaks plain http to it.",
)

# By which a proxy says that it passes on another's request.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a request brings to be recognised by."""

    key: str | None
    token: str | None
    forwarded: bool

    @staticmethod
    def by(request: Request) -> "_Shown":
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return _Shown(
            key.strip() if scheme.lower() == "bearer" else None,
            cookies.token_of(request),
            any(name in request.headers for name in _FORWARDED),
        )


def _recognise(state: State, shown: _Shown) -> Principal | None:
    now = datetime.now(UTC)
    if shown.key is not None:
        return _by_key(state, shown.key, now)
    if shown.token is not None:
        found = _by_session(state, shown.token, now)
        if found is not None:
            return found
    with state.database.read() as session:
        at_the_machine = openness.is_open(state.settings, session) and not shown.forwarded
    return LOCAL if at_the_machine else None


def _by_key(state: State, text: str, now: datetime) -> Principal | None:
    with state.database.read() as session:
        key = keys.recognised(session, text, now)
    if key is None:
        return None
    if not keys.is_noted(key, now):
        with state.database.begin() as session:
            keys.note_use(session, key.id, now)
    return keys.principal_of(key)


def _by_session(state: State, token: str, now: datetime) -> Principal | None:
    with state.database.read() as session:
        found = sessions.find(session, token, now, timedelta(minutes=state.settings.session_idle_minutes))
    if found is None:
        return None
    if not found.is_noted(now):
        with state.database.begin() as session:
            sessions.note_use(session, token, now)
    return found.principal


async def principal_of(request: Request) -> Principal:
    """Recognise who asks; once a request.

    Raises
    ------
    HTTPException
        401, or the way to the login page for a browser that asks for a page.
    TooManyError
        Whoever it is asks too often.
    ForbiddenError
        A browser's request comes from another page.
    """
    known = getattr(request.state, "principal", None)
    if isinstance(known, Principal):
        return known
    state = State.of(request)
    principal = await run_in_threadpool(_recognise, state, _Shown.by(request))
    if principal is None:
        state.limits.count_request(f"address:{address_of(request)}")
        raise _unrecognised(request)
    if principal is not LOCAL:
        state.limits.count_request(principal.id)
    await _require_own(request, principal)
    request.state.principal = principal
    logs.recognised(principal.id)
    return principal


def address_of(request: Request) -> str:
    """Return the address of whoever asks, as far as it is known."""
    return request.client.host if request.client else "unknown"


async def _require_own(request: Request, principal: Principal) -> None:
    if csrf.is_safe(request) or (principal.csrf is None and principal is not LOCAL):
        return
    csrf.require_own_page(request)
    if principal.csrf is not None:
        await csrf.require_token(request, principal.csrf)


def _unrecognised(request: Request) -> HTTPException:
    if request.method == "GET" and prefers_html(request.headers.get("accept", "")):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return HTTPException(303, "Log in first.", {"Location": f"/login?next={quote(here, safe='/')}"})
    return HTTPException(
        401, "This needs a login or an API key that is good.", {"WWW-Authenticate": 'Bearer realm="docscan"'}
    )


def local_path(text: str) -> str:
    """Return where to go after a login: a path of this service, or its first page where the text is anything else."""
    plain = text.isprintable() and "\\" not in text and " " not in text
    return text if plain and text.startswith("/") and not text.startswith("//") else "/"


class Gate:
    """The dependency of a route; ``permission`` is what it asks for, None that somebody is recognised at all."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    async def __call__(
        self,
        request: Request,
        bearer: Annotated[object, Security(_BEARER)],
        cookie: Annotated[object, Security(_COOKIE)],
    ) -> Principal:
        """Let through, or raise."""
        del bearer, cookie
        principal = await principal_of(request)
        if self.permission is not None and not principal.may(self.permission):
            raise HTTPException(403, f"This needs the permission to {self.permission}, which you do not have.")
        return principal


def allowed(permission: Permission) -> Any:  # noqa: ANN401  # as fastapi.Depends declares it
    """Return the dependency that lets through whoever holds this permission, and gives the route the principal.

    Use as ``dependencies=[allowed(...)]`` or ``principal: Annotated[Principal, allowed(...)]``.
    """
    return Depends(Gate(permission))


def recognised() -> Any:  # noqa: ANN401  # as fastapi.Depends declares it
    """Return the dependency that lets through whoever is recognised, whatever they may."""
    return Depends(Gate(None))


def gate_of(route: APIRoute) -> Gate | None:
    """Return what stands before a route."""
    return next((each.call for each in route.dependant.dependencies if isinstance(each.call, Gate)), None)


def describe(router: APIRouter) -> None:
    """Say of every route with a gate, in the interface's description, how the gate refuses."""
    for route in router.routes:
        if isinstance(route, APIRoute) and gate_of(route):
            route.responses = {**described(401, 403, 429), **route.responses}
