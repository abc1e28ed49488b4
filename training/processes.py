"""Work in several processes, of which all must be done."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NoReturn, TypeVar

from docscan import processes

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


def _died(named: Callable[[Thing], object], thing: Thing) -> NoReturn:
    raise RuntimeError(f"The process that worked on {named(thing)} died twice.")


def each(
    things: Iterable[Thing], task: Callable[[Thing], Answer], *, named: Callable[[Thing], object], workers: int
) -> Iterator[tuple[Thing, Answer]]:
    """Yield things with their answers as ``docscan.processes.each`` does, but miss none.

    Parameters
    ----------
    named
        What to call a thing by which a process may die.

    Raises
    ------
    RuntimeError
        A process died twice over a thing.
    """
    yield from processes.each(things, task, died=partial(_died, named), workers=workers)
