"""Accounts of people."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from docscan.service.access import cookies, login
from docscan.service.access.administration import Administration
from docscan.service.access.errors import ForbiddenError
from docscan.service.access.gate import address_of, allowed, recognised
from docscan.service.access.principal import Permission, Principal, Role
from docscan.service.problems import described
from docscan.service.routes.sessions import CurrentSession, shown
from docscan.service.state import State
from docscan.service.storage.tables import User

router = APIRouter(tags=["accounts"])

_Administrator = Annotated[Principal, allowed(Permission.ADMINISTER)]
_ID = "7d9f3c1e-5a84-4b0c-9a27-3f5d2f0c6b11"


class Account(BaseModel):
    """A person's account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "name": "m.muster",
                    "role": "officer",
                    "identity_provider": False,
                    "created": "2026-11-26T08:00:00Z",
                    "disabled": None,
                }
            ]
        }
    )

    id: str
    name: str
    role: Role
    identity_provider: bool = Field(description="whether this person logs in there, and has no password here")
    created: datetime
    disabled: datetime | None


class NewAccount(BaseModel):
    """An account to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "m.muster", "role": "officer", "password": "four words make one"}]},
    )

    name: str = Field(max_length=128)
    role: Role
    password: str = Field(max_length=1024)


class Change(BaseModel):
    """What is to be another; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"role": "examiner"}, {"disabled": True}]}
    )

    role: Role | None = None
    disabled: StrictBool | None = None


class NewPassword(BaseModel):
    """Another password."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"password": "four words make one"}]})

    password: str = Field(max_length=1024)


class OwnNewPassword(NewPassword):
    """Another password of one's own, and the one until now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"old": "three words made it", "password": "four words make one"}]}
    )

    old: str = Field(max_length=1024)


def _account(user: User) -> Account:
    return Account(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        identity_provider=user.oidc_issuer is not None,
        created=user.created,
        disabled=user.disabled,
    )


def _administration(request: Request, principal: Principal) -> Administration:
    return Administration(State.of(request).database, principal.id)


@router.get("/v1/accounts", summary="Every account")
def get_accounts(request: Request, principal: _Administrator) -> list[Account]:
    """Return every account, by name, also the disabled."""
    return [_account(user) for user in _administration(request, principal).all_accounts()]


@router.post("/v1/accounts", status_code=201, summary="Make an account", responses=described(400, 409, 413, 422))
def create_account(request: Request, response: Response, principal: _Administrator, new: NewAccount) -> Account:
    """Make an account with a first password, which its person changes."""
    user = _administration(request, principal).add_account(new.name, new.role, new.password, datetime.now(UTC))
    response.headers["Location"] = f"/v1/accounts/{user.id}"
    return _account(user)


@router.put(
    "/v1/accounts/me/password", summary="Change one's own password", responses=described(400, 403, 409, 413, 422)
)
def change_own_password(
    request: Request, response: Response, principal: Annotated[Principal, recognised()], new: OwnNewPassword
) -> CurrentSession:
    """Change one's own password: every session of this person ends, and this browser has a new one."""
    if principal.role is None:
        raise ForbiddenError("Only a person who is logged in has a password.")
    state = State.of(request)
    state.limits.count_login(address_of(request), principal.name)
    done = login.change_own_password(
        state.database,
        state.settings,
        principal.id.removeprefix("user:"),
        new.old,
        new.password,
        datetime.now(UTC),
    )
    cookies.give(request, response, done.opened.token)
    return shown(done)


@router.get("/v1/accounts/{user_id}", summary="One account", responses=described(404))
def get_account(request: Request, principal: _Administrator, user_id: str) -> Account:
    """Return one account."""
    return _account(_administration(request, principal).account(user_id))


@router.patch(
    "/v1/accounts/{user_id}", summary="Change a role, disable, enable", responses=described(400, 404, 409, 413, 422)
)
def change_account(request: Request, principal: _Administrator, user_id: str, change: Change) -> Account:
    """Change an account; its sessions end. The last administrator stays one."""
    user = _administration(request, principal).change(
        user_id, datetime.now(UTC), role=change.role, disabled=change.disabled
    )
    return _account(user)


@router.put(
    "/v1/accounts/{user_id}/password",
    status_code=204,
    summary="Set a password",
    responses=described(400, 404, 409, 413, 422),
)
def set_password(request: Request, principal: _Administrator, user_id: str, new: NewPassword) -> None:
    """Set another person's password, which they change; their sessions end."""
    _administration(request, principal).set_password(user_id, new.password)
