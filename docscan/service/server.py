"""uvicorn on a loopback socket."""

import socket

import uvicorn

from docscan.errors import UsageError
from docscan.inspection import open_tools
from docscan.service.app import create_app, require_loopback
from docscan.service.watching.starting import start as start_watching
from docscan.service.watching.starting import stop as stop_watching
from docscan.settings import Settings


def serve(settings: Settings, port: int) -> None:
    """Listen until interrupted.

    Parameters
    ----------
    settings
        Its ``host`` is a loopback address.
    port
        0 takes a free one; the address is printed when the service is about to answer.

    Raises
    ------
    UsageError
        The address is not loopback, or is taken.
    ModelError
        A model is missing or altered.
    """
    require_loopback(settings.host)
    start_watching(settings)
    listening = _listen(settings.host, port)
    app = create_app(settings, open_tools(settings))
    # The access log of uvicorn would write whole addresses; the application logs routes.
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"docscan listens on http://{host}:{listening.getsockname()[1]}", flush=True)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        stop_watching()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"docscan cannot listen on {host}, port {port}: {error.strerror}.") from error
