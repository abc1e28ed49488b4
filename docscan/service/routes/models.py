"""The models in use."""

from fastapi import APIRouter, Request

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission
from docscan.service.schema import Model
from docscan.service.state import State

router = APIRouter()


@router.get("/v1/models", summary="The models in use", dependencies=[allowed(Permission.READ)])
async def get_models(request: Request) -> list[Model]:
    """Name every learned model in use, with its version, sha256 and measured error rates."""
    return [
        Model(name=info.name, version=info.version, sha256=info.sha256, error_rates=dict(info.error_rates))
        for info in State.of(request).tools.models.infos()
    ]
