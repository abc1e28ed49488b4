"""The local engine: a pool of processes, each with its own models on one thread.

A process that dies (killed, out of memory, a crash in native code) takes the documents in flight with it.
Each of those is then inspected alone in a process of its own, so that the one that kills is known from those
that only stood beside it; it gets an error, and the batch goes on.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING

from docscan.batch.planning import Item
from docscan.batch.results import BROKE, UNREADABLE, Row, row
from docscan.settings import Settings

_DIED = "The process that inspected this file died twice; the file may be too large or made to do harm."

if TYPE_CHECKING:
    from docscan.inspection import Tools

_Task = Callable[[Item], Row]

# Waiting documents a process: the next one is at hand when one is done.
_AHEAD = 2


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
    import cv2

    from docscan.inspection import open_tools

    cv2.setNumThreads(1)
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
    one_thread = settings.model_copy(update={"threads": 1})
    task = partial(_call, work, one_thread)
    queue = iter(items)
    suspects: list[Item] = []
    while True:
        yield from _until_a_worker_dies(queue, suspects, task, workers)
        if not suspects:
            return
        for item in suspects:
            yield _alone(item, task)
        suspects.clear()


def _until_a_worker_dies(queue: Iterator[Item], suspects: list[Item], task: _Task, workers: int) -> Iterator[Row]:
    """Yield rows until the queue is empty, or a process dies; ``suspects`` then holds what was in flight."""
    with _pool(workers) as pool:
        flying: dict[Future[Row], Item] = {}
        while not suspects:
            for item in islice(queue, workers * _AHEAD - len(flying)):
                try:
                    flying[pool.submit(task, item)] = item
                except BrokenProcessPool:
                    suspects.append(item)
                    break
            if not flying:
                return
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                item = flying.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    suspects.append(item)
        for future, item in flying.items():
            try:
                yield future.result()
            except BrokenProcessPool:
                suspects.append(item)


def _call(work: Callable[[Item, Settings], Row], settings: Settings, item: Item) -> Row:
    return work(item, settings)


def _alone(item: Item, task: _Task) -> Row:
    # Twice: the first time in flight it may have stood beside the one that kills, and one death may be chance.
    for _ in range(2):
        with _pool(1) as pool:
            try:
                return pool.submit(task, item).result()
            except BrokenProcessPool:
                continue
    return row(item, None, (BROKE, _DIED))


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: a fork would copy the parent's threads' locks, and ONNX Runtime and OpenCV have threads.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)


def _start() -> None:
    """Prepare a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.environ["OMP_THREAD_LIMIT"] = "1"  # tesseract
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
