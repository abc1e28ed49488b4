"""Decisions, comments and the second line's queue.

The officer at the desk holds the document, so nothing enters the queue by the software's verdict alone: a person hands
it on, or decides ``forged`` or ``unclear``, which a first line does not settle by itself and which hands it on too.
From then on the second line decides; its decision closes the matter, until somebody hands it on again.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from docscan.service.access.errors import ConflictError
from docscan.service.access.principal import Permission, Principal
from docscan.service.storage.audit import Audit
from docscan.service.storage.tables import Comment, Decision, Inspection
from docscan.service.storage.vocabulary import Finding, ForgeryKind, UnknownInspectionError


def locked(session: Session, inspection_id: str) -> Inspection:
    """Return an inspection that nobody else changes until the transaction ends.

    Raises
    ------
    UnknownInspectionError
        There is none of this id.
    """
    row = session.scalars(select(Inspection).where(Inspection.id == inspection_id).with_for_update()).one_or_none()
    if row is None:
        raise UnknownInspectionError
    return row


def decide(
    session: Session,
    inspection_id: str,
    principal: Principal,
    finding: Finding,
    kind: ForgeryKind | None = None,
    comment: str | None = None,
) -> None:
    """State what a document was found to be.

    Raises
    ------
    UnknownInspectionError
        There is no such inspection.
    ConflictError
        It is the second line's to decide, or another examiner's.
    """
    row = locked(session, inspection_id)
    second = row.handed_on is not None
    if second:
        _require_second_line(row, principal)
    now = datetime.now(UTC)
    decision = Decision(
        inspection_id=row.id,
        at=now,
        by=principal.id,
        line=2 if second else 1,
        finding=finding.value,
        kind=None if kind is None else kind.value,
        comment=comment,
    )
    session.add(decision)
    if second:
        row.closed, row.assigned_to = now, None
    elif finding is not Finding.GENUINE:
        row.handed_on = now
    detail = {"finding": decision.finding, "kind": decision.kind, "line": decision.line}
    Audit.append(session, actor=principal.id, action="inspection.decided", subject=row.id, detail=detail)


def _require_second_line(row: Inspection, principal: Principal) -> None:
    if not principal.may(Permission.QUEUE):
        raise ConflictError("This inspection was handed to the second line, which decides it.")
    if row.assigned_to not in (None, principal.id):
        raise ConflictError("Another examiner has taken this inspection on; it must be released first.")


def comment(session: Session, inspection_id: str, principal: Principal, text: str) -> None:
    """Note something on an inspection.

    Raises
    ------
    UnknownInspectionError
        There is no such inspection.
    """
    row = locked(session, inspection_id)
    session.add(Comment(inspection_id=row.id, at=datetime.now(UTC), by=principal.id, text=text))
    Audit.append(session, actor=principal.id, action="inspection.commented", subject=row.id)


def hand_on(session: Session, inspection_id: str, principal: Principal) -> None:
    """Put an inspection into the second line's queue, also one that it closed before.

    Raises
    ------
    UnknownInspectionError
        There is no such inspection.
    ConflictError
        It is in the queue already.
    """
    row = locked(session, inspection_id)
    if row.handed_on is not None and row.closed is None:
        raise ConflictError("This inspection is in the second line's queue already.")
    row.handed_on, row.closed, row.assigned_to = datetime.now(UTC), None, None
    Audit.append(session, actor=principal.id, action="inspection.handed_on", subject=row.id)


def assign(session: Session, inspection_id: str, principal: Principal, *, to: str | None) -> None:
    """Take an inspection of the queue on, or release it, whoever had taken it on.

    Parameters
    ----------
    to
        A ``Principal.id``; None releases.

    Raises
    ------
    UnknownInspectionError
        There is no such inspection.
    ConflictError
        It is not in the queue, or another examiner has it.
    """
    row = locked(session, inspection_id)
    if row.handed_on is None or row.closed is not None:
        raise ConflictError("This inspection is not in the second line's queue.")
    if to is not None and row.assigned_to not in (None, to):
        raise ConflictError("Another examiner has taken this inspection on; it must be released first.")
    row.assigned_to = to
    action = "inspection.released" if to is None else "inspection.assigned"
    detail = {} if to is None else {"to": to}
    Audit.append(session, actor=principal.id, action=action, subject=row.id, detail=detail)
