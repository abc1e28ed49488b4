"""A name for each request, in its answer and in every line of the log that it causes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

HEADER = "X-Request-ID"

# What proxies make: hexadecimal digits (nginx) and UUIDs (Caddy). No wider, for it goes into the log: no name of a
# person and no number of a document looks like this.
PATTERN = r"^[0-9a-fA-F][0-9a-fA-F-]{14,62}[0-9a-fA-F]$"

_SANE = re.compile(PATTERN.replace("$", r"\Z"))
_current: ContextVar[str | None] = ContextVar("docscan_request_id", default=None)


def current() -> str | None:
    """Return the id of the request that is being answered; None outside of one."""
    return _current.get()


@contextmanager
def identified(proposed: str | None) -> Iterator[str]:
    """Give the requests of this block an id: the one proposed, where it is sane, else a new one."""
    name = proposed if proposed is not None and _SANE.match(proposed) else str(uuid4())
    token = _current.set(name)
    try:
        yield name
    finally:
        _current.reset(token)
