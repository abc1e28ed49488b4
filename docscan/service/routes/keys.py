"""API keys of scanners and programs."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from docscan.service.access.administration import Administration
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.problems import described
from docscan.service.routes.forms import Moment
from docscan.service.state import State
from docscan.service.storage.tables import ApiKey

router = APIRouter(tags=["keys"])

_Administrator = Annotated[Principal, allowed(Permission.ADMINISTER)]
_EXAMPLE: dict[str, Any] = {
    "id": "0f5d3a9c1b7e2468",
    "name": "page reader 1",
    "scopes": ["inspect"],
    "created": "2026-11-26T08:00:00Z",
    "expires": "2027-11-26T08:00:00Z",
    "revoked": None,
    "last_used": None,
}


class Key(BaseModel):
    """A key, without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    name: str
    scopes: list[str] = Field(description="the permissions that it has")
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None = Field(description="to a minute")


class MadeKey(Key):
    """A key just made, with its secret, which is never shown again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_EXAMPLE, "key": "dsk_0f5d3a9c1b7e2468_kq2mD0nZ4u7w3lq0wVXyT2Jm1o4mQGJp8oVh0S2xkY8"}]
        }
    )

    key: str


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "page reader 1", "scopes": ["inspect"], "expires": "2027-11-26T08:00:00Z"}]
        },
    )

    name: str = Field(min_length=1, max_length=128)
    scopes: set[Permission] = Field(min_length=1, json_schema_extra={"uniqueItems": False})
    expires: Moment | None = None


def _key(key: ApiKey) -> Key:
    return Key(
        id=key.id,
        name=key.name,
        scopes=key.scopes.split(),
        created=key.created,
        expires=key.expires,
        revoked=key.revoked,
        last_used=key.last_used,
    )


@router.get("/v1/keys", summary="Every key")
def get_keys(request: Request, principal: _Administrator) -> list[Key]:
    """Return every key, oldest first, also those that are no longer good."""
    return [_key(key) for key in Administration(State.of(request).database, principal.id).all_keys()]


@router.post("/v1/keys", status_code=201, summary="Make a key", responses=described(400, 413, 422))
def create_key(request: Request, response: Response, principal: _Administrator, new: NewKey) -> MadeKey:
    """Make a key; its text is in this answer alone."""
    administration = Administration(State.of(request).database, principal.id)
    made = administration.add_key(new.name, new.scopes, new.expires, datetime.now(UTC))
    response.headers["Location"] = f"/v1/keys/{made.key.id}"
    return MadeKey(**_key(made.key).model_dump(), key=made.text)


@router.delete("/v1/keys/{key_id}", status_code=204, summary="Revoke a key", responses=described(404))
def revoke_key(request: Request, principal: _Administrator, key_id: str) -> None:
    """Make a key worthless at once; it stays in the list."""
    Administration(State.of(request).database, principal.id).revoke_key(key_id, datetime.now(UTC))
