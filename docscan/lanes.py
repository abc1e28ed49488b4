"""Work beside other work: a thread that is free takes it over, and nobody ever waits for one that is busy.

Networks and OpenCV let go of Python's lock while they work, and a network on one thread takes half the processor time
of one on two. So rooms stand beside each other, each on one thread, rather than one after the other on several.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

T = TypeVar("T")
Thing = TypeVar("Thing")


class Lanes:
    """Threads beside those that inspect, shared by all inspections of a process.

    Parameters
    ----------
    helpers
        How many; none: whoever asks for an answer does the work.
    """

    def __init__(self, helpers: int) -> None:
        self._pool = ThreadPoolExecutor(helpers, thread_name_prefix="beside") if helpers else None

    def beside(self, work: Callable[[], T]) -> Callable[[], T]:
        """Offer work to a helper; return what to call, once, for its answer, or for the error that it raised.

        Work that no helper has begun by then is done by the caller. So work may offer work of its own: what runs never
        waits for what has not begun.
        """
        if self._pool is None:
            return work
        future = self._pool.submit(work)
        return lambda: work() if future.cancel() else future.result()

    def each(self, work: Callable[[Thing], T], things: Iterable[Thing]) -> Iterator[T]:
        """Do the same work on each of some things, shared with helpers; yield the answers in order."""
        answers = [self.beside(partial(work, thing)) for thing in things]
        return (answer() for answer in answers)
