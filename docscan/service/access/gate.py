"""What stands before every route: who asks, and whether they may."""

from typing import Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from docscan.service.access.principal import LOCAL, Permission, Principal
from docscan.service.watching import logs


def principal_of(request: Request) -> Principal:
    """Recognise who asks."""
    del request
    return LOCAL


def allowed(permission: Permission) -> Any:  # noqa: ANN401  # as fastapi.Depends declares it
    """Return the dependency that lets through whoever holds this permission, and gives the route the principal.

    Use as ``dependencies=[allowed(...)]`` or ``principal: Annotated[Principal, allowed(...)]``.
    """

    def gate(request: Request) -> Principal:
        principal = principal_of(request)
        logs.recognised(principal.id)
        if not principal.may(permission):
            raise HTTPException(403, f"This needs the permission to {permission}, which you do not have.")
        return principal

    return Depends(gate)
