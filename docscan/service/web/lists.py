"""Lists of inspections: what waits for the second line, and everything that was ever inspected here."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.params import Query as QueryParameters
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, field_validator

from docscan.service.access.gate import allowed
from docscan.service.access.principal import Permission, Principal
from docscan.service.state import State
from docscan.service.storage.vocabulary import UNDECIDED, Finding, Query, Summary
from docscan.service.web.frame import page
from docscan.service.web.names import Names
from docscan.types import Verdict

router = APIRouter(include_in_schema=False)

_ROWS = 25


class Search(BaseModel):
    """What the form of the history asks for; an empty field asks for nothing."""

    model_config = ConfigDict(frozen=True)

    since: date | None = None
    until: date | None = None  # the whole day is meant
    verdict: Verdict | None = None
    issuing_state: str | None = None
    finding: Finding | str | None = None
    cursor: str | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _empty(cls, value: object) -> object:
        return value.strip() or None if isinstance(value, str) else value

    def query(self) -> Query:
        """Return it as the storage takes it: days are those of this machine's clock."""
        return Query(
            since=_midnight(self.since),
            until=None if self.until is None else _midnight(self.until + timedelta(days=1)),
            verdict=self.verdict,
            issuing_state=self.issuing_state.upper() if self.issuing_state else None,
            finding=self.finding,
            limit=_ROWS,
            cursor=self.cursor,
        )

    def address(self, cursor: str | None) -> str:
        """Return the address of another page of the same search."""
        chosen = self.model_dump(mode="json", exclude={"cursor"}, exclude_none=True)
        return "/history?" + urlencode({**chosen, **({"cursor": cursor} if cursor else {})})


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time()).astimezone()


@router.get("/history")
def history(
    request: Request,
    search: Annotated[Search, QueryParameters()],
    principal: Annotated[Principal, allowed(Permission.READ)],
) -> HTMLResponse:
    """Find inspections again."""
    found = State.of(request).records.search(search.query())
    context = {
        "search": search,
        "inspections": found.inspections,
        "names": _names(request, found.inspections),
        "older": search.address(found.next) if found.next else None,
        "newest": search.address(None) if search.cursor else None,
        "undecided": UNDECIDED,
    }
    return page(request, "history.html", context, principal=principal)


@router.get("/queue")
def queue(request: Request, principal: Annotated[Principal, allowed(Permission.QUEUE)]) -> HTMLResponse:
    """Show what waits for the second line."""
    waiting = State.of(request).records.queue()
    context = {"inspections": waiting, "names": _names(request, waiting)}
    return page(request, "queue.html", context, principal=principal)


def _names(request: Request, inspections: tuple[Summary, ...]) -> Names:
    ids = [each for one in inspections for each in (one.created_by, one.assigned_to)]
    return Names(State.of(request).database, ids)
