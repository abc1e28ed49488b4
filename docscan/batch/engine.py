"""The local engine: inspects files on a pool of processes, each with its own models on one thread."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from docscan.batch.planning import Item
from docscan.batch.results import BROKE, UNREADABLE, Row, row
from docscan.processes import DIED, each
from docscan.settings import Settings

if TYPE_CHECKING:
    from docscan.tools import Tools


def inspect_item(item: Item, settings: Settings) -> Row:
    """Inspect one file in a worker process; whatever is wrong with it becomes its row."""
    from docscan.capture import read_file
    from docscan.errors import InputError
    from docscan.inspection import inspect
    from docscan.rendering.json import to_dict

    try:
        file = read_file(item.path, max_bytes=settings.max_bytes)
        return row(item, to_dict(inspect(file, tools=_tools(settings)).report))
    except InputError as error:
        return row(item, None, (UNREADABLE, str(error)))
    except Exception as error:  # one bad file never stops the others; only the type: a message may quote the document
        return row(item, None, (BROKE, f"The inspection broke ({type(error).__name__})."))


@cache
def _tools(settings: Settings) -> "Tools":
    """Open the models once a process."""
    from docscan.tools import open_tools

    return open_tools(settings)


def run(
    items: Iterable[Item],
    settings: Settings,
    *,
    workers: int,
    work: Callable[[Item, Settings], Row] = inspect_item,
) -> Iterator[Row]:
    """Inspect files on several processes and yield a row for each, as they are done.

    Parameters
    ----------
    items
        What to inspect.
    settings
        Handed to every process, with one inference thread each.
    workers
        Processes.
    work
        What a process does with a file.
    """
    task = partial(_call, work, settings.model_copy(update={"threads": 1}))
    for _, answer in each(items, task, died=_died, workers=workers):
        yield answer


def _call(work: Callable[[Item, Settings], Row], settings: Settings, item: Item) -> Row:
    return work(item, settings)


def _died(item: Item) -> Row:
    return row(item, None, (BROKE, DIED))
