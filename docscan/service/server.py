"""uvicorn on a loopback socket."""

import logging
import socket

import uvicorn

from docscan.errors import UsageError
from docscan.inspection import open_tools
from docscan.service.app import create_app, require_loopback
from docscan.service.storage.opening import Storage
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
    ModelError, StorageError
        A model is missing or altered, or the storage cannot be used.
    """
    require_loopback(settings.host)
    listening = _listen(settings.host, port)
    Storage.open(settings).close()  # what is wrong with it is said here, in a line
    app = create_app(settings, open_tools(settings))
    logging.getLogger("docscan.service").setLevel(logging.INFO)
    # The access log of uvicorn would write whole addresses; the application logs routes.
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=10
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"docscan listens on http://{host}:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"docscan cannot listen on {host}, port {port}: {error.strerror}.") from error
