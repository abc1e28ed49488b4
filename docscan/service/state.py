"""What the routes share."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from docscan.service.access.limits import Limits
from docscan.service.batching import Batching
from docscan.service.storage.batches import Batches
from docscan.service.storage.database import Database
from docscan.service.storage.idempotency import InFlight
from docscan.service.storage.records import Records
from docscan.service.watching.stored import Stored
from docscan.service.workers import Turn, Workers
from docscan.settings import Settings
from docscan.tools import Tools


@dataclass(frozen=True, slots=True)
class State:
    """Made once by the application's lifespan."""

    settings: Settings
    tools: Tools
    workers: Workers
    database: Database
    records: Records
    limits: Limits
    batches: Batches
    batching: Batching
    stored: Stored  # the database's numbers, for metrics and drift
    in_flight: InFlight = field(default_factory=InFlight)
    receiving: Turn = field(
        default_factory=lambda: Turn("Another batch is being received; try again in a moment.")
    )  # of a batch: each may fill as much of the disk as one may have

    @staticmethod
    def of(connection: HTTPConnection) -> "State":
        """Return the state of the application that handles this request."""
        return cast(State, connection.app.state.docscan)
