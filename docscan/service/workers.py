"""Inspections on a few threads beside the event loop, with a queue that has an end."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from docscan.errors import DocscanError
from docscan.service.watching import metrics

T = TypeVar("T")


class BusyError(DocscanError):
    """More inspections wait than the service takes on."""

    status = 503
    title = "The service is busy"
    retry_after = 5  # seconds


def _counted(work: Callable[[], T]) -> T:
    with metrics.RUNNING.track_inprogress():
        return work()


class Workers:
    """A bounded pool of threads.

    Parameters
    ----------
    threads
        Inspections at once.
    most
        Inspections running or waiting, beyond which :meth:`run` refuses.
    """

    def __init__(self, threads: int, most: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inspection")
        self._most = most
        self._open = 0
        self._lock = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether the next inspection would be refused."""
        return self._open >= self._most

    def refuse_if_full(self) -> None:
        """Raise BusyError where :meth:`run` would; asked before a body is read."""
        if self.full:
            metrics.REFUSED.inc()
            raise BusyError(f"{self._most} inspections are running or waiting; try again in a moment.")

    async def run(self, work: Callable[[], T]) -> T:
        """Run this off the event loop.

        Raises
        ------
        BusyError
            The queue is full.
        """
        with self._lock:
            self.refuse_if_full()
            self._open += 1
        metrics.ACCEPTED.inc()
        future = self._pool.submit(copy_context().run, _counted, work)
        # Counted until it ends, also where the client has gone and nobody waits for it.
        future.add_done_callback(self._ended)
        return await asyncio.wrap_future(future)

    def _ended(self, _: "Future[T]") -> None:
        with self._lock:
            self._open -= 1
        metrics.ACCEPTED.dec()

    def close(self) -> None:
        """Let running inspections end and drop the waiting ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)
