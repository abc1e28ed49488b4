"""What accounts, keys and logins leave in the audit log."""

from sqlalchemy.orm import Session

from docscan.service.storage.audit import Audit

NOBODY = "nobody"
"""The actor of what somebody unrecognised tried."""

PROVIDER = "provider"
"""The actor of what the identity provider changed."""


def note(session: Session, *, actor: str, action: str, subject: str = "", **detail: str) -> None:
    """Append to the audit log, in the caller's transaction; details are never personal."""
    Audit.append(session, actor=actor, action=action, subject=subject, detail=detail)
