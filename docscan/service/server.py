"""uvicorn on a socket of its own."""

import logging
import socket

import uvicorn
from pydantic import SecretStr

from docscan.errors import UsageError
from docscan.inspection import open_tools
from docscan.service.access import tokens
from docscan.service.access.openness import account_exists, require_credentials
from docscan.service.app import create_app
from docscan.service.storage.opening import Storage
from docscan.settings import Settings


def serve(settings: Settings, port: int) -> None:
    """Listen until interrupted.

    Parameters
    ----------
    settings
        Beyond loopback its ``host`` needs credentials.
    port
        0 takes a free one; the address is printed when the service is about to answer.

    Raises
    ------
    UsageError
        The address is taken, or is not loopback while nobody can be recognised.
    ModelError, StorageError
        A model is missing or altered, or the storage cannot be used.
    """
    settings = _with_setup_token(settings)
    listening = _listen(settings.host, port)
    app = create_app(settings, open_tools(settings))
    logging.getLogger("docscan.service").setLevel(logging.INFO)
    # The access log of uvicorn would write whole addresses; the application logs routes.
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the application believes those that DOCSCAN_PROXIES names
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=10,
    )
    scheme = "http" if settings.tls_certificate is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"docscan listens on {scheme}://{host}:{listening.getsockname()[1]}", flush=True)
    if token := settings.setup_token.get_secret_value():
        print(f"No account exists. To make the first one open /setup there, with this code: {token}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


def _with_setup_token(settings: Settings) -> Settings:
    """Return the settings with a code for the first account, or with none where an account exists."""
    storage = Storage.open(settings)  # what is wrong with it is said here, in a line
    try:
        require_credentials(settings, storage.database)
        with storage.database.read() as session:
            needed = not account_exists(session)
    finally:
        storage.close()
    token = (settings.setup_token.get_secret_value() or tokens.fresh()) if needed else ""
    return settings.model_copy(update={"setup_token": SecretStr(token)})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"docscan cannot listen on {host}, port {port}: {error.strerror}.") from error
