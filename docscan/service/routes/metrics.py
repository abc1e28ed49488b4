"""Numbers for Prometheus."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission
from docscan.service.state import State
from docscan.service.watching.exposition import exposition

router = APIRouter()


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    dependencies=[allowed(Permission.METRICS)],
    response_class=Response,
    responses={200: {"description": "Prometheus' text format, or OpenMetrics.", "content": {"text/plain": {}}}},
)
def get_metrics(request: Request) -> Response:
    """Return how long inspections take, what they find, what waits, and how captures are; no personal data."""
    text, media_type = exposition(request.headers.get("accept", ""), State.of(request).stored)
    return Response(text, headers={"Content-Type": media_type})
