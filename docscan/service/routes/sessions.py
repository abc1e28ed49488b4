"""Sessions: logging in, who one is, logging out; and the first account of all."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from docscan.service.access import cookies, login
from docscan.service.access.csrf import require_own_page
from docscan.service.access.gate import address_of, recognised
from docscan.service.access.principal import ROLES, Permission, Principal, Role
from docscan.service.problems import described
from docscan.service.state import State

router = APIRouter(tags=["sessions"])


class Credentials(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "m.muster", "password": "four words make one"}]}
    )

    name: str = Field(max_length=128)
    password: str = Field(max_length=1024)


class FirstAccount(Credentials):
    """The first administrator, and the code that ``docscan serve`` printed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "the code", "name": "m.muster", "password": "four words make one"}]}
    )

    token: str = Field(max_length=128)


class CurrentSession(BaseModel):
    """Who asks, and what a browser's unsafe requests carry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "m.muster",
                    "role": "officer",
                    "permissions": ["decide", "inspect", "read"],
                    "csrf": "v3m0kJ8rZQ0u3o8lq0wVXyT2Jm1o4mQGJp8oVh0S2xk",
                }
            ]
        }
    )

    name: str
    role: Role | None = Field(description="null: a key, or this machine while no account exists")
    permissions: list[Permission]
    csrf: str | None = Field(description="the value of X-CSRF-Token; null: none is needed")


def shown(done: login.LoggedIn) -> CurrentSession:
    """Return what a browser is told of its new session."""
    role = Role(done.user.role)
    return CurrentSession(name=done.user.name, role=role, permissions=sorted(ROLES[role]), csrf=done.opened.csrf)


@router.post(
    "/v1/sessions",
    status_code=201,
    summary="Log in",
    dependencies=[Depends(require_own_page), Depends(cookies.require_private)],
    responses=described(400, 401, 403, 413, 422, 429),
)
def create_session(request: Request, response: Response, credentials: Credentials) -> CurrentSession:
    """Let a person in, and set the cookie of their session."""
    state = State.of(request)
    state.limits.count_login(address_of(request), credentials.name)
    done = login.log_in(state.database, state.settings, credentials.name, credentials.password, datetime.now(UTC))
    state.limits.forget_login(credentials.name)
    cookies.give(request, response, done.opened.token)
    return shown(done)


@router.get("/v1/sessions/current", summary="Who asks")
def get_session(principal: Annotated[Principal, recognised()]) -> CurrentSession:
    """Say who asks, and what they may."""
    return CurrentSession(
        name=principal.name, role=principal.role, permissions=sorted(principal.permissions), csrf=principal.csrf
    )


@router.delete("/v1/sessions/current", status_code=204, summary="Log out")
def delete_session(request: Request, response: Response, principal: Annotated[Principal, recognised()]) -> None:
    """End the session of the cookie; for whoever has none there is nothing to end."""
    token = cookies.token_of(request)
    if token is not None and principal.csrf is not None:
        login.log_out(State.of(request).database, token, principal.id)
    cookies.take(request, response)


@router.post(
    "/v1/setup",
    status_code=201,
    summary="Make the first account",
    dependencies=[Depends(require_own_page), Depends(cookies.require_private)],
    responses=described(400, 403, 409, 413, 422, 429),
)
def set_up(request: Request, response: Response, first: FirstAccount) -> CurrentSession:
    """Make the first administrator, with the code that ``docscan serve`` printed, and let them in."""
    state = State.of(request)
    state.limits.count_login(address_of(request))
    done = login.set_up(state.database, state.settings, first.token, first.name, first.password, datetime.now(UTC))
    cookies.give(request, response, done.opened.token)
    return shown(done)
