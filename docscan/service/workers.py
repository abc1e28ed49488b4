"""Inspections on a few threads beside the event loop, with a queue that has an end."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
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


class Turn:
    """What one request at a time may have."""

    def __init__(self, busy: str) -> None:
        self._busy = busy
        self._lock = threading.Lock()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Have it.

        Raises
        ------
        BusyError
            Another request has it.
        """
        if not self._lock.acquire(blocking=False):
            raise BusyError(self._busy)
        try:
            yield
        finally:
            self._lock.release()


class Place:
    """One of the places that the service has for inspections, from before a body is read until its work ends."""

    def __init__(self, workers: "Workers") -> None:
        self._workers = workers
        self.works = False  # then it is given back where the work ends

    async def run(self, work: Callable[[], T]) -> T:
        """Run this off the event loop; once."""
        self.works = True
        # Kept until it ends, also where the client has gone and nobody waits for it.
        future = self._workers.submit(work, self._workers.leave)
        return await asyncio.wrap_future(future)


class Workers:
    """A bounded pool of threads.

    Parameters
    ----------
    threads
        Inspections at once.
    most
        Inspections being received, running or waiting, beyond which :meth:`place` refuses. Those that :meth:`spare`
        runs are not among them.
    """

    def __init__(self, threads: int, most: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inspection")
        self._threads = threads
        self._most = most
        self._places = 0  # given out
        self._submitted = 0  # running or waiting for a thread
        self._lock = threading.Lock()
        self._freed: set[asyncio.Future[None]] = set()  # of those who wait for a thread that has nothing to do

    @property
    def full(self) -> bool:
        """Whether the next inspection would be refused."""
        return self._places >= self._most

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Take a place; asked for before a body is read, so that bodies do not pile up either.

        Raises
        ------
        BusyError
            All are taken.
        """
        with self._lock:
            if self.full:
                metrics.REFUSED.inc()
                raise BusyError(f"{self._most} inspections are running or waiting; try again in a moment.")
            self._places += 1
        place = Place(self)
        try:
            yield place
        finally:
            if not place.works:
                self.leave()

    async def run(self, work: Callable[[], T]) -> T:
        """Take a place and run this off the event loop.

        Raises
        ------
        BusyError
            All places are taken.
        """
        with self.place() as place:
            return await place.run(work)

    async def spare(self, work: Callable[[], T]) -> T:
        """Run this when a thread has nothing else to do: whatever comes meanwhile waits for one work at most."""
        while not self._idle():
            freed = asyncio.get_running_loop().create_future()
            self._freed.add(freed)
            try:
                # Asked again: a thread may have become free before it was known that somebody waits.
                if not self._idle():
                    await freed
            finally:
                self._freed.discard(freed)
        return await asyncio.wrap_future(self.submit(work))

    def _idle(self) -> bool:
        return self._submitted < self._threads

    def submit(self, work: Callable[[], T], ended: Callable[[], None] | None = None) -> "Future[T]":
        """Give this to the pool, in the context of who asks."""
        with self._lock:
            self._submitted += 1
        metrics.ACCEPTED.inc()
        future = self._pool.submit(copy_context().run, _counted, work)
        future.add_done_callback(lambda _: self._done(ended))
        return future

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._places -= 1

    def _done(self, ended: Callable[[], None] | None) -> None:
        with self._lock:
            self._submitted -= 1
        metrics.ACCEPTED.dec()
        if ended is not None:
            ended()
        for freed in tuple(self._freed):
            freed.get_loop().call_soon_threadsafe(_wake, freed)

    def close(self) -> None:
        """Let every inspection end, those that wait too: they were accepted."""
        self._pool.shutdown(wait=True)


def _wake(freed: "asyncio.Future[None]") -> None:
    if not freed.done():
        freed.set_result(None)
