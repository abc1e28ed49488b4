"""Whether the service lives and takes documents: for supervisors and proxies, without credentials."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docscan.service.problems import described, problem
from docscan.service.schema import Status
from docscan.service.state import State

router = APIRouter()


@router.get("/healthz", summary="The process answers")
async def healthz() -> Status:
    """Answer as long as the process lives."""
    return Status(status="ok")


@router.get("/readyz", summary="The service takes documents", response_model=Status, responses=described(503))
async def readyz(request: Request) -> Response | Status:
    """Answer 200 when the models are loaded and the next document would be taken, else 503."""
    if State.of(request).workers.full:
        return problem(503, "As many inspections wait as the service takes on.", headers={"Retry-After": "5"})
    return Status(status="ready")
