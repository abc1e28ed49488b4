"""How much, and for how long, a client may send: little, unless a route says that it takes more."""

import asyncio
from typing import cast

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL = 64_000  # bytes: every body but images

_PLACE = "docscan.body"  # in the scope

# What is left of a body that was refused is not waited for.
_CLOSE = {"Connection": "close"}


class Bodies:
    """ASGI middleware that receives bodies with limits.

    Parameters
    ----------
    app
        Its requests' bodies are limited.
    seconds
        For a whole body: a client that sends a byte now and then does not hold its place for ever.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            scope[_PLACE] = body = _Body(receive, Headers(scope=scope), self._seconds)
            receive = body.receive
        await self._app(scope, receive, send)


def allow(request: Request, most: int) -> None:
    """Let the body of this request have so many bytes; called before it is read."""
    cast(_Body, request.scope[_PLACE]).most = most


class _Body:
    def __init__(self, receive: Receive, headers: Headers, seconds: float) -> None:
        announced = headers.get("content-length", "")
        self.most = SMALL
        self._announced = int(announced) if announced.isdecimal() else 0
        self._receive = receive
        self._seconds = seconds
        self._deadline: float | None = None
        self._seen = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:  # what comes now is that the client goes
            return await self._receive()
        self._refuse_beyond(self._announced)
        self._deadline = self._deadline or asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "The request took too long to arrive.", _CLOSE) from error
        self._seen += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        self._refuse_beyond(self._seen)
        return message

    def _refuse_beyond(self, size: int) -> None:
        if size > self.most:
            raise HTTPException(413, f"The request is too large: it may have {self.most:,} bytes.", _CLOSE)
