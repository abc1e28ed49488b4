"""What the routes share."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from docscan.inspection import Tools
from docscan.service.storage.database import Database
from docscan.service.store import Store
from docscan.service.watching.stored import Stored
from docscan.service.workers import Workers
from docscan.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """Made once by the application's lifespan."""

    settings: Settings
    tools: Tools
    workers: Workers
    store: Store
    database: Database
    stored: Stored  # the database's numbers, for metrics and drift

    @staticmethod
    def of(connection: HTTPConnection) -> "State":
        """Return the state of the application that handles this request."""
        return cast(State, connection.app.state.docscan)
