"""uvicorn on a socket, in this process or in several; what was accepted is answered before they end."""

import os
import signal
import socket
import ssl
import sys

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.config import STARTUP_FAILURE

from docscan.errors import DocscanError, UsageError
from docscan.service.access import tokens
from docscan.service.access.oidc import Provider
from docscan.service.access.openness import account_exists, require_credentials
from docscan.service.app import create_app
from docscan.service.storage.opening import Storage
from docscan.service.storage.vault import share_ephemeral_key
from docscan.service.supervisor import end_with_parent, supervise
from docscan.service.watching import logs
from docscan.service.watching.shared import share_metrics
from docscan.service.watching.starting import start as start_watching
from docscan.settings import Settings
from docscan.tools import open_tools

# Longer than a full queue takes: whatever was accepted is answered. Clients that stopped sending are left then.
_GRACE_SECONDS = 60


def serve(settings: Settings, port: int, processes: int = 1) -> None:
    """Listen until interrupted, then answer what was accepted.

    Parameters
    ----------
    settings
        Beyond loopback its ``host`` needs credentials.
    port
        0 takes a free one; the address is printed when the service is about to answer.
    processes
        How many answer; the settings' inspections at once and queue are divided among them.

    Raises
    ------
    UsageError
        The address is taken, or is not loopback while nobody can be recognised; or the certificate or the
        identity provider of the settings cannot be used.
    DocscanError
        A process did not start.
    ModelError, StorageError
        A model is missing or altered, or the storage cannot be used.
    """
    _check_certificate(settings)
    if settings.oidc_issuer:
        Provider(settings)  # whether it can be used
    settings = _prepared(settings)
    listening = _listen(settings.host, port)
    share = share_of(settings, processes, _cores())
    if processes == 1:
        app = application(share)
        _announce(settings, listening)
        _run(uvicorn.Server(_configuration(app, settings)), listening)
    else:
        os.environ.update(_environment(share))
        share_ephemeral_key()
        share_metrics(settings.data)
        logs.start(settings.log)  # of this process, which only supervises
        configuration = _configuration("docscan.service.server:application_of_environment", settings, processes)
        try:
            supervise(configuration, listening, ready=lambda: _announce(settings, listening))
        finally:
            _forget_desk(settings)


def _forget_desk(settings: Settings) -> None:
    """Delete what the processes' shared key sealed; the last of them has ended."""
    storage = Storage.open(settings)
    storage.retention.forget_desk()
    storage.close()


def share_of(settings: Settings, processes: int, cores: int) -> Settings:
    """Return the settings of one of several processes, which share inspections at once, queue and cores.

    Threads of an inference beyond the cores would wait for one another, which ONNX Runtime does by spinning; so they
    are what the inspections at once leave, where ``DOCSCAN_THREADS`` does not say otherwise.
    """
    at_once = -(-settings.service_workers // processes)
    share = {"service_workers": at_once, "service_queue": -(-settings.service_queue // processes)}
    if "threads" not in settings.model_fields_set:
        share["threads"] = max(1, cores // (at_once * processes))
    return settings.model_copy(update=share)


def application(settings: Settings) -> FastAPI:
    """Make the application in the process that runs it."""
    start_watching(settings)
    return create_app(settings, open_tools(settings))


def application_of_environment() -> FastAPI:
    """Make the application in one of several processes; its settings are in its environment."""
    end_with_parent()
    try:
        return application(Settings())
    except DocscanError as error:
        print(f"docscan: {error}", file=sys.stderr)
        sys.exit(STARTUP_FAILURE)


def _environment(share: Settings) -> dict[str, str]:
    """Return what a process needs in its environment to have these settings, and no more threads than they say."""
    threads = str(share.threads)
    return {
        "DOCSCAN_HOST": share.host,
        "DOCSCAN_SETUP_TOKEN": share.setup_token.get_secret_value(),
        "DOCSCAN_THREADS": threads,
        "DOCSCAN_SERVICE_WORKERS": str(share.service_workers),
        "DOCSCAN_SERVICE_QUEUE": str(share.service_queue),
        "OMP_NUM_THREADS": threads,
    }


def _configuration(app: FastAPI | str, settings: Settings, processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=processes,
        log_config=None,
        access_log=False,  # uvicorn's would write whole addresses; the application logs routes
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the application believes those that DOCSCAN_PROXIES names
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=_GRACE_SECONDS,  # a process that inspects on every core is slow to say that it lives
    )


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    # When all is answered, uvicorn raises again the signal that ended it, for whoever had handled it before: nobody.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _ended)
    server.run(sockets=[listening])


def _ended(*_: object) -> None:
    """Let the process end by itself."""


def _announce(settings: Settings, listening: socket.socket) -> None:
    scheme = "http" if settings.tls_certificate is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"docscan listens on {scheme}://{host}:{listening.getsockname()[1]}", flush=True)
    if token := settings.setup_token.get_secret_value():
        print(f"No account exists. To make the first one open /setup there, with this code: {token}", flush=True)


def _check_certificate(settings: Settings) -> None:
    if settings.tls_certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_certificate, settings.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(
            "The certificate and key of DOCSCAN_TLS_CERTIFICATE and DOCSCAN_TLS_KEY cannot be used "
            f"({error.strerror or type(error).__name__})."
        ) from error


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _prepared(settings: Settings) -> Settings:
    """Look at the storage, and return the settings with a code for the first account where none exists."""
    storage = Storage.open(settings)  # what is wrong with it is said here, in a line
    try:
        require_credentials(settings, storage.database)
        storage.batches.release_all()
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
