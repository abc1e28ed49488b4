"""Multipart bodies: refused before they are held, on disk above a megabyte."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from docscan.errors import DocscanError, UsageError
from docscan.service import bodies

# Boundaries and headers of a part.
_PART_OVERHEAD = 16_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a body may be."""

    content_bytes: int  # of all files together
    parts: int
    expected: str  # a sentence for who sends something else
    too_large: DocscanError  # what is raised for a body that is announced as larger

    @property
    def body_bytes(self) -> int:
        """Largest body."""
        return self.content_bytes + self.parts * _PART_OVERHEAD


@asynccontextmanager
async def received_form(request: Request, limits: Limits) -> AsyncIterator[FormData]:
    """Receive a form; its files are forgotten at the end of the block.

    Raises
    ------
    DocscanError
        ``limits.too_large``: what is announced as too large is not received.
    UsageError, HTTPException
        The body is no multipart form (400, 415), has too many parts (400), is too large (413) or too slow (408).
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, limits.expected)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.body_bytes:
        raise limits.too_large
    bodies.allow(request, limits.body_bytes)
    form = await _parsed(request, limits)
    try:
        yield form
    finally:
        await form.close()


async def _parsed(request: Request, limits: Limits) -> FormData:
    parser = MultiPartParser(request.headers, request.stream(), max_files=limits.parts, max_fields=limits.parts)
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise UsageError(f"The multipart body cannot be read: {error.message}") from error
    except KeyError as error:  # starlette's parser on a Content-Type without a boundary
        raise UsageError("The multipart body cannot be read: its boundary is missing.") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "The client left before its body was complete.") from error
