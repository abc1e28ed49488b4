"""Whether checks answer, week by week, as they did in the evaluation."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from docscan.rendering.messages import message
from docscan.rendering.words import Sign
from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.state import State
from docscan.service.watching.drift import Level, by_week
from docscan.service.web.frame import page

router = APIRouter(include_in_schema=False)

_WEEKS = 8

LEVELS = {
    Level.TOO_FEW: Sign("○", message("too few documents"), "dim"),
    Level.STABLE: Sign("✓", message("stable"), "green"),
    Level.WATCH: Sign("?", message("to be watched"), "yellow"),
    Level.DRIFTED: Sign("!", message("drifted"), "red"),
}
MEASURES = {
    "sharpness": message("Sharpness"),
    "glare": message("Glare"),
    "resolution_dpi": message("Resolution"),
}


@router.get("/drift")
def drift(request: Request, principal: Annotated[Principal, allowed(Permission.STATISTICS)]) -> HTMLResponse:
    """Show the last weeks beside the evaluation."""
    state = State.of(request)
    reference = state.stored.reference
    with state.database.read() as session:
        weeks = () if reference is None else by_week(session, reference, _WEEKS)
    context = {"weeks": weeks, "reference": reference, "levels": LEVELS, "measures": MEASURES}
    return page(request, "drift.html", context, principal=principal)
