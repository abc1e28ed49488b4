"""A pool of processes that outlives any of them: work on many files, one answer a file, whatever a file does.

A process that dies (killed, out of memory, a crash in native code) takes the files in flight with it. Each of those
is then worked on alone in a process of its own, so that the one that kills is known from those that only stood
beside it; it gets the answer of those who died, and the others go on.
"""

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import cv2
from threadpoolctl import threadpool_limits

DIED = "The process that worked on this file died twice; the file may be too large or made to do harm."

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")

# Waiting things a process: the next one is at hand when one is done.
_AHEAD = 2

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX = -1, -3, -4  # of malloc.h
_REUSED, _LARGEST = 256 * 2**20, 32 * 2**20  # bytes kept for the next work, and the largest array among them


def each(
    things: Iterable[Thing], task: Callable[[Thing], Answer], *, died: Callable[[Thing], Answer], workers: int
) -> Iterator[tuple[Thing, Answer]]:
    """Work on things in several processes and yield each with its answer, as they are done.

    Parameters
    ----------
    things
        Anything that can be pickled.
    task
        What a process does with one; can be pickled, and raises nothing.
    died
        The answer for one whose process died twice.
    workers
        Processes.
    """
    queue = iter(things)
    suspects: list[Thing] = []
    while True:
        yield from _until_a_worker_dies(queue, suspects, task, workers)
        if not suspects:
            return
        for thing in suspects:
            yield thing, _alone(thing, task, died)
        suspects.clear()


def _until_a_worker_dies(
    queue: Iterator[Thing], suspects: list[Thing], task: Callable[[Thing], Answer], workers: int
) -> Iterator[tuple[Thing, Answer]]:
    """Yield answers until the queue is empty, or a process dies; ``suspects`` then holds what was in flight."""
    with pool(workers) as processes:
        flying: dict[Future[Answer], Thing] = {}
        while not suspects:
            for thing in islice(queue, workers * _AHEAD - len(flying)):
                try:
                    flying[processes.submit(task, thing)] = thing
                except BrokenProcessPool:
                    suspects.append(thing)
                    break
            if not flying:
                return
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                thing = flying.pop(future)
                try:
                    yield thing, future.result()
                except BrokenProcessPool:
                    suspects.append(thing)
        for future, thing in flying.items():
            try:
                yield thing, future.result()
            except BrokenProcessPool:
                suspects.append(thing)


def _alone(thing: Thing, task: Callable[[Thing], Answer], died: Callable[[Thing], Answer]) -> Answer:
    # Twice: the first time in flight it may have stood beside the one that kills, and one death may be chance.
    for _ in range(2):
        with pool(1) as process:
            try:
                return process.submit(task, thing).result()
            except BrokenProcessPool:
                continue
    return died(thing)


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of processes, one thread each."""
    # spawn: a fork would copy the parent's threads' locks, and ONNX Runtime and OpenCV have threads.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)


def _start() -> None:
    """Prepare a worker process: one thread each, since there are as many processes as cores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.environ["OMP_THREAD_LIMIT"] = "1"  # tesseract
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of libraries that are loaded later: each brings its own
    libraries_on_one_thread()
    threading.Thread(target=_die_with_parent, daemon=True).start()


def keep_memory() -> None:
    """Keep freed memory in this process for its next work, where the C library is GNU's; elsewhere do nothing.

    Large arrays are else given back to the system one by one, and every page of the next is cleared and mapped anew: a
    quarter of the time of work on many pictures. What a process holds then stays at its peak.
    """
    _mallopt({_M_MMAP_MAX: 0, _M_TRIM_THRESHOLD: 2**31 - 1})


def reuse_memory() -> None:
    """Keep a few hundred megabytes at most, as ``keep_memory`` keeps all: a document of any size may come."""
    _mallopt({_M_MMAP_THRESHOLD: _LARGEST, _M_TRIM_THRESHOLD: _REUSED})


def libraries_on_one_thread() -> None:
    """Let OpenCV and the linear algebra of libraries that are loaded (numpy's, OpenCV's) use no threads of their own.

    They would wait for each other and for inspections on other threads. Algebra's spin meanwhile: a sixth of an
    inspection's processor time, a third of what it takes to read the printed data.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1, "blas")


def _mallopt(options: Mapping[int, int]) -> None:
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in options.items():
            mallopt(option, value)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
