"""Batches, inspected while the desk has nothing to do."""

import asyncio
import logging
from collections.abc import Callable

from docscan.capture import ImageFile
from docscan.errors import InputError
from docscan.service.access.principal import Principal
from docscan.service.inspecting import look_at
from docscan.service.storage.batches import Batches, Taken
from docscan.service.storage.blobs import MissingError
from docscan.service.storage.database import StorageError
from docscan.service.storage.idempotency import TakenError
from docscan.service.storage.records import Records
from docscan.service.storage.vault import DamagedError
from docscan.service.watching.observing import observe
from docscan.service.workers import Workers
from docscan.tools import Tools

_log = logging.getLogger("docscan.service")

_LOOK_SECONDS = 5  # how soon another process's batches are seen, and how long after a storage that failed


class Batching:
    """What works on batches, in one process.

    Parameters
    ----------
    batches, records
        Where they wait and where they go.
    tools
        Of inspections.
    workers
        Whose spare time it is.
    threads
        Documents at once.
    """

    def __init__(self, batches: Batches, records: Records, tools: Tools, workers: Workers, threads: int) -> None:
        self._batches = batches
        self._records = records
        self._tools = tools
        self._workers = workers
        self._threads = threads
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Begin to work."""
        self._tasks = [asyncio.create_task(self._for_ever()) for _ in range(self._threads)]

    def notice(self) -> None:
        """Say that there is a new batch."""
        self._news.set()

    def end(self) -> None:
        """Take no more documents; those that are being inspected end with the workers."""
        for task in self._tasks:
            task.cancel()

    async def _for_ever(self) -> None:
        await self._try(self._batches.give_up)
        while True:
            self._news.clear()
            if not await self._try(self._one):
                try:
                    await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def _try(self, work: Callable[[], object]) -> bool:
        try:
            return bool(await self._workers.spare(work))
        except StorageError as error:
            _log.warning("batches wait: %s", error)
        except Exception as error:  # whatever breaks, the other documents are still to be inspected
            _log.error("batches wait: %s", type(error).__name__)
        return False

    def _one(self) -> bool:
        """Inspect one document; False where none waits."""
        taken = self._batches.take()
        if taken is None:
            return False
        try:
            self._inspect(taken)
        except TakenError:
            pass  # another process was faster
        except (InputError, MissingError, DamagedError) as error:
            self._batches.fail(taken, str(error))
        except StorageError:
            self._batches.release(taken)
            raise
        except Exception as error:  # one bad document never stops the others; a message may quote it
            _log.error("an inspection of batch %s broke: %s", taken.batch_id, type(error).__name__)
            self._batches.fail(taken, f"The inspection broke ({type(error).__name__}).")
        return True

    def _inspect(self, taken: Taken) -> None:
        data = self._batches.image(taken)
        report, pictures = look_at({"visible": ImageFile("The image", data)}, self._tools)
        self._records.add(
            report,
            pictures,
            {"visible": data},
            Principal(taken.created_by, "", frozenset()),
            batch_id=taken.batch_id,
            also=self._batches.done(taken, report.id),
        )
        observe(report)
        self._batches.forget(taken)
