"""What administrators see: accounts, keys, the audit log; and everybody's own password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from docscan.service.access import accounts as people
from docscan.service.access import keys
from docscan.service.access.gate import allowed, recognised
from docscan.service.access.principal import Permission, Principal
from docscan.service.state import State
from docscan.service.storage.audit import Audit, Entry
from docscan.service.web.frame import page
from docscan.service.web.names import Names

router = APIRouter(include_in_schema=False)

_ENTRIES = 50


@router.get("/accounts")
def accounts(request: Request, principal: Annotated[Principal, allowed(Permission.ADMINISTER)]) -> HTMLResponse:
    """Show every account and every key."""
    with State.of(request).database.read() as session:
        context = {"accounts": people.listed(session), "keys": keys.listed(session)}
        return page(request, "accounts.html", context, principal=principal)


@router.get("/account")
def own_account(request: Request, principal: Annotated[Principal, recognised()]) -> HTMLResponse:
    """Let somebody change their password."""
    return page(request, "account.html", {}, principal=principal)


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry of the audit log as it is shown."""

    entry: Entry
    at: datetime
    inspection: bool  # whether its subject is one

    @staticmethod
    def of(entry: Entry) -> "_Row":
        at = datetime.fromisoformat(entry.at)
        return _Row(entry, at, entry.action.startswith("inspection."))


@router.get("/audit")
def audit(
    request: Request,
    principal: Annotated[Principal, allowed(Permission.AUDIT)],
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    subject: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Show who did what, newest first."""
    state = State.of(request)
    with state.database.read() as session:
        found = Audit.newest(session, limit=_ENTRIES + 1, before=before, subject=subject.strip() or None)
    rows = [_Row.of(entry) for entry in found[:_ENTRIES]]
    context = {
        "rows": rows,
        "subject": subject,
        "before": before,
        "next": rows[-1].entry.sequence if len(found) > _ENTRIES else None,
        "names": Names(state.database, [row.entry.actor for row in rows]),
    }
    return page(request, "audit.html", context, principal=principal)
