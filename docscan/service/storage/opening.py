"""The storage, its parts put together."""

from dataclasses import dataclass

from docscan.service.storage.batches import Batches
from docscan.service.storage.database import Database
from docscan.service.storage.records import Records
from docscan.service.storage.retention import Retention
from docscan.service.storage.safe import Safe
from docscan.settings import Settings


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that a service or a command keeps things with."""

    database: Database
    safe: Safe
    records: Records
    retention: Retention
    batches: Batches

    @staticmethod
    def open(settings: Settings) -> "Storage":
        """Open what the settings name.

        Raises
        ------
        UsageError
            A setting cannot be used.
        StorageError
            The database or the place of the sealed files cannot be used.
        """
        safe = Safe.of(settings)
        database = Database(settings.database_url)
        return Storage(
            database, safe, Records(database, safe, settings), Retention(database, safe), Batches(database, safe)
        )

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
