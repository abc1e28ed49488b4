"""Whether checks answer as they did in the evaluation."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission
from docscan.service.problems import described
from docscan.service.state import State
from docscan.service.watching.drift import by_week

router = APIRouter()


@router.get(
    "/v1/drift",
    summary="Weeks beside the evaluation",
    dependencies=[allowed(Permission.STATISTICS)],
    responses=described(404, 422),
)
def get_drift(request: Request, weeks: Annotated[int, Query(ge=1, le=53)] = 12) -> dict[str, Any]:
    """Compare the last weeks' scores, outcomes and captures with those of the evaluation, the present week first."""
    state = State.of(request)
    reference = state.stored.reference
    if reference is None:
        raise HTTPException(404, "The models in use have no reference_scores.json: there is nothing to compare with.")
    with state.database.read() as session:
        compared = by_week(session, reference, weeks)
    return {
        "reference": {
            "made_from": reference.made_from,
            "documents": reference.documents,
            "created": reference.created,
            "same_models": reference.is_of(state.tools),
        },
        "weeks": [{**asdict(week), "level": week.level} for week in compared],
    }
