"""The audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission
from docscan.service.problems import described
from docscan.service.routes.forms import AuditEntryForm, AuditForm
from docscan.service.state import State
from docscan.service.storage.audit import Audit

router = APIRouter()

Named = Annotated[str | None, Query(max_length=64, pattern="^[ -~]*$")]


@router.get(
    "/v1/audit",
    summary="Who did what",
    dependencies=[allowed(Permission.AUDIT)],
    responses=described(422),
)
def get_audit(
    request: Request,
    actor: Named = None,
    action: Named = None,
    subject: Named = None,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="next of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditForm:
    """List entries, newest first; ``docscan audit verify`` proves that none was altered."""
    with State.of(request).database.read() as session:
        entries = Audit.newest(session, limit=limit + 1, before=before, actor=actor, action=action, subject=subject)
    page = [AuditEntryForm.model_validate(entry) for entry in entries[:limit]]
    return AuditForm(entries=page, next=page[-1].sequence if len(entries) > limit else None)
