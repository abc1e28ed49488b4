"""The outermost layer: security headers, the log, and the last answer when something breaks."""

from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docscan.service import request_ids
from docscan.service.problems import problem, unexpected
from docscan.service.watching.observing import Answer, route_of, watched

# Nothing but this service's own files; a route may send its own policy.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}

_STRICT = "max-age=31536000"  # a year of https alone (RFC 6797); of this host, whatever its neighbours do


class Guard:
    """ASGI middleware round the whole application.

    Parameters
    ----------
    app
        What it guards.
    hosts
        Host names that requests may be addressed to: a page elsewhere that has its own name point here
        must not read reports here (DNS rebinding).
    addresses
        Whether any numeric address will do too: none can be pointed elsewhere.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], *, addresses: bool = False) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with request_ids.identified(Headers(scope=scope).get(request_ids.HEADER)) as request_id, watched(scope) as seen:
            await self._answer(scope, receive, send, request_id, seen)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str, seen: Answer) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[request_ids.HEADER] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _STRICT
            await send(message)

        try:
            if self._is_here(_host(scope)):
                await self._app(scope, receive, guarded)
            else:
                answer = problem(421, "This service does not answer under that host name.")
                await answer(scope, receive, guarded)
        except Exception as error:
            answer = unexpected(error, route_of(scope))
            if seen.status == 0:
                await answer(scope, receive, guarded)

    def _is_here(self, host: str) -> bool:
        return host in self._hosts or (self._addresses and _is_address(host.strip("[]")))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _host(scope: Scope) -> str:
    host = Headers(scope=scope).get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
