"""The application: its parts, put together."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from docscan.errors import UsageError
from docscan.service import openapi, problems
from docscan.service.access import gate
from docscan.service.access.limits import Limits
from docscan.service.access.oidc import Provider
from docscan.service.access.openness import LOOPBACK, is_reachable, require_credentials
from docscan.service.batching import Batching
from docscan.service.bodies import Bodies
from docscan.service.guard import Guard
from docscan.service.purging import purge_for_ever
from docscan.service.routes import ROUTERS
from docscan.service.state import State
from docscan.service.storage.database import StorageError
from docscan.service.storage.opening import Storage
from docscan.service.storage.vault import ephemeral_key_is_shared
from docscan.service.watching import metrics
from docscan.service.watching.reference import read_reference
from docscan.service.watching.starting import stop as stop_watching
from docscan.service.watching.stored import Stored
from docscan.service.web import errors, pages
from docscan.service.workers import Workers
from docscan.settings import Settings
from docscan.tools import Tools, open_tools
from docscan.version import __version__

_log = logging.getLogger("docscan.service")


def create_app(settings: Settings, tools: Tools | None = None) -> FastAPI:
    """Make the service.

    Parameters
    ----------
    settings
        Limits, threads, models.
    tools
        Opened already; otherwise they are opened as the application starts.

    Raises
    ------
    UsageError
        At start: the service would be reachable from elsewhere, and nobody can be recognised.
    ModelError, StorageError
        At start: a model is missing or altered, or the storage cannot be used.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened, reference = tools or open_tools(settings), read_reference(settings.models)
        storage = Storage.open(settings)
        try:
            _check_access(settings, storage)
        except UsageError:
            storage.close()
            raise
        workers = Workers(settings.service_workers, settings.service_queue)
        batching = Batching(storage.batches, storage.records, opened, workers, settings.service_workers)
        app.state.docscan = State(
            settings,
            opened,
            workers,
            storage.database,
            storage.records,
            Limits(settings),
            storage.batches,
            batching,
            Stored(storage.database, reference),
        )
        metrics.show_models(opened.infos())
        purging = asyncio.create_task(purge_for_ever(storage.retention))
        batching.begin()
        yield
        purging.cancel()
        batching.end()
        await run_in_threadpool(_end, workers, storage)
        await run_in_threadpool(stop_watching)

    app = FastAPI(
        title="docscan",
        version=__version__,
        summary="Inspects images of travel documents for signs of forgery and explains what it found.",
        lifespan=lifespan,
        openapi_url=None,  # behind the gate, as web.pages.interface
        docs_url=None,  # FastAPI's own page fetches its files from elsewhere; web.pages.docs does not
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,  # what generated clients call their functions
    )
    routers = (*ROUTERS, pages.router)
    problems.install(app, routers)
    errors.install(app)
    for router in routers:
        gate.describe(router)
        app.include_router(router)
    openapi.install(app, ROUTERS)
    # Swagger UI's files as the package fastapi-offline ships them.
    swagger = Path(str(files("fastapi_offline"))) / "static"
    app.mount("/static/swagger", StaticFiles(directory=swagger), name="swagger")
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "web" / "static"), name="static")
    app.add_middleware(Bodies, seconds=settings.body_seconds)
    app.add_middleware(
        Guard, hosts=(*LOOPBACK, "[::1]", settings.host, *settings.hosts), addresses=is_reachable(settings)
    )
    if settings.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies))
    return app


def _check_access(settings: Settings, storage: Storage) -> None:
    require_credentials(settings, storage.database)
    if settings.oidc_issuer:
        Provider(settings)  # whether its settings can be used


def _end(workers: Workers, storage: Storage) -> None:
    workers.close()
    if not ephemeral_key_is_shared():
        # Where worker processes share the key, whoever started them does this when the last one has ended.
        try:
            storage.retention.forget_desk()
        except StorageError as error:
            _log.warning("files that nobody can open any more are left to the next purge: %s", error)
    storage.close()
