"""What the routes share."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from docscan.inspection import Tools
from docscan.service.access.limits import Limits
from docscan.service.storage.database import Database
from docscan.service.storage.idempotency import InFlight
from docscan.service.storage.records import Records
from docscan.service.workers import Workers
from docscan.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """Made once by the application's lifespan."""

    settings: Settings
    tools: Tools
    workers: Workers
    database: Database
    records: Records
    limits: Limits
    in_flight: InFlight = field(default_factory=InFlight)

    @staticmethod
    def of(connection: HTTPConnection) -> "State":
        """Return the state of the application that handles this request."""
        return cast(State, connection.app.state.docscan)
