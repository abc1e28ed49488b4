"""What people do with an inspection: decide, comment, hand it to the second line, take it on there."""

from typing import Annotated

from fastapi import APIRouter, Request

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.problems import described
from docscan.service.routes.forms import (
    AssignmentForm,
    CommentForm,
    DecisionForm,
    InspectionId,
    QueueForm,
    RecordForm,
    SummaryForm,
)
from docscan.service.state import State

router = APIRouter()

Decides = Annotated[Principal, allowed(Permission.DECIDE)]
Queues = Annotated[Principal, allowed(Permission.QUEUE)]


@router.get(
    "/v1/inspections/{report_id}/record",
    summary="What people did with an inspection",
    dependencies=[allowed(Permission.READ)],
    responses=described(404),
)
def get_record(request: Request, report_id: InspectionId) -> RecordForm:
    """Return decisions, comments and where the inspection stands; nothing of the document's holder."""
    return _record(request, report_id)


@router.post(
    "/v1/inspections/{report_id}/decision",
    status_code=201,
    summary="Decide",
    responses=described(404, 409, 422),
)
def decide(request: Request, principal: Decides, report_id: InspectionId, decision: DecisionForm) -> RecordForm:
    """State what the document was found to be; the newest decision counts, and none is ever changed.

    At the desk, forged and unclear also hand the inspection to the second line. What was handed on is the second
    line's to decide, and its decision takes the inspection out of the queue. With retention on, decided documents
    are labelled samples for retraining.
    """
    records = State.of(request).records
    records.decide(report_id, principal, decision.finding, decision.kind, decision.comment)
    return _record(request, report_id)


@router.post(
    "/v1/inspections/{report_id}/comments",
    status_code=201,
    summary="Comment",
    responses=described(404, 422),
)
def comment(request: Request, principal: Decides, report_id: InspectionId, comment: CommentForm) -> RecordForm:
    """Note something on an inspection."""
    State.of(request).records.comment(report_id, principal, comment.text)
    return _record(request, report_id)


@router.post(
    "/v1/inspections/{report_id}/handover",
    summary="Hand to the second line",
    responses=described(404, 409),
)
def hand_on(request: Request, principal: Decides, report_id: InspectionId) -> RecordForm:
    """Put an inspection into the second line's queue, also one that the second line decided before."""
    State.of(request).records.hand_on(report_id, principal)
    return _record(request, report_id)


@router.post(
    "/v1/inspections/{report_id}/assignment",
    summary="Take on or release",
    responses=described(404, 409, 422),
)
def assign(request: Request, principal: Queues, report_id: InspectionId, assignment: AssignmentForm) -> RecordForm:
    """Take an inspection of the queue on, or release it; another examiner's must be released first."""
    State.of(request).records.assign(report_id, principal, to=principal.id if assignment.to == "me" else None)
    return _record(request, report_id)


@router.get("/v1/queue", summary="The second line's queue", dependencies=[allowed(Permission.QUEUE)])
def get_queue(request: Request) -> QueueForm:
    """List what waits for the second line, that which waits longest first."""
    waiting = State.of(request).records.queue()
    return QueueForm(inspections=[SummaryForm.model_validate(summary) for summary in waiting])


def _record(request: Request, report_id: str) -> RecordForm:
    return RecordForm.model_validate(State.of(request).records.record(report_id))
