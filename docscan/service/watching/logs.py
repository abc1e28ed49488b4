"""The log: one line of JSON an event on standard error, docscan's own and that of libraries alike.

No line holds a name, a number, an image, a file's name, a query string or an exception's message. What other libraries
say can hold any of these, once its values are put in: of what they say stands where, and of a few the sentence without
its values.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog

from docscan.service import request_ids


@dataclass(slots=True)
class Caller:
    """Who asks; known once a gate has recognised them."""

    principal: str | None = None  # Principal.id


# A thing to write into, for gates may run in a thread whose own context ends with them.
_caller: ContextVar[Caller | None] = ContextVar("docscan_caller", default=None)

events = logging.getLogger("docscan.service")

# Their sentences are constants, or have a place for each value.
_PLAIN = ("uvicorn", "alembic")

_LAST_FRAME = -1


class _Lines(logging.Formatter):
    def __init__(self, form: str) -> None:
        super().__init__()
        if form == "json":
            self._render: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
        else:
            self._render = structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)

    def format(self, record: logging.LogRecord) -> str:
        caller = _caller.get()
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": request_ids.current(),
            "principal": caller.principal if caller else None,
            **_said(record),
        }
        return str(self._render(None, "", {name: value for name, value in line.items() if value is not None}))


def _said(record: logging.LogRecord) -> dict[str, Any]:
    if isinstance(record.msg, dict):
        said = dict(record.msg)
    elif _is_of(record.name, "docscan"):
        said = {"event": record.getMessage()}
    elif any(_is_of(record.name, name) for name in _PLAIN):
        said = {"event": str(record.msg)}
    else:
        said = {"event": "said by a library", "place": f"{record.pathname}:{record.lineno}"}
    if record.exc_info and record.exc_info[0] is not None:
        said |= {"exception": record.exc_info[0].__name__, "place": _place(record.exc_info[2])}
    return said


def _is_of(name: str, family: str) -> bool:
    return name == family or name.startswith(f"{family}.")


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{frames[_LAST_FRAME].filename}:{frames[_LAST_FRAME].lineno}" if frames else "unknown place"


def start(form: str) -> None:
    """Write the log of this process to standard error from now on, as ``json`` or as ``text`` for a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    events.setLevel(logging.INFO)
    logging.captureWarnings(True)  # else Python writes them itself, values and all


@contextmanager
def calling() -> Iterator[None]:
    """Have the lines of this block, a request, say who asks."""
    token = _caller.set(Caller())
    try:
        yield
    finally:
        _caller.reset(token)


def recognised(principal: str) -> None:
    """Remember who asks, by Principal.id, for the lines of this request."""
    caller = _caller.get()
    if caller is not None:
        caller.principal = principal


def event(name: str, **fields: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
    """Log something that happened.

    Parameters
    ----------
    name
        What; a constant.
    fields
        Nothing that came from a client or a document.
    """
    events.info({"event": name, **fields})
