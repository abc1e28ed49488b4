import asyncio
import threading
import time
from contextlib import ExitStack

import pytest

from docscan.service.workers import BusyError, Workers
from tests.loops import run_apart


def test_a_place_is_taken_before_there_is_any_work() -> None:
    workers = Workers(1, 2)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(workers.place())
        assert workers.full
        with pytest.raises(BusyError, match="2 inspections"), workers.place():
            pass
    assert not workers.full
    workers.close()


def test_a_place_without_work_is_given_back_once() -> None:
    workers = Workers(1, 1)
    for _ in range(3):
        with pytest.raises(ValueError, match="body"), workers.place():
            raise ValueError("body")
    assert run_apart(workers.run(lambda: 7)) == 7
    assert not workers.full
    workers.close()


def test_a_place_is_kept_until_its_work_ends_though_nobody_waits() -> None:
    workers, go_on = Workers(1, 1), threading.Event()

    async def leave() -> None:
        waiting = asyncio.create_task(workers.run(go_on.wait))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.sleep(0.05)

    run_apart(leave())
    assert workers.full
    go_on.set()
    workers.close()
    assert not workers.full


def test_closing_lets_the_waiting_ones_end() -> None:
    workers = Workers(1, 10)
    done: list[int] = []

    def work(number: int) -> None:
        time.sleep(0.02)
        done.append(number)

    futures = [workers.submit(lambda number=number: work(number)) for number in range(5)]
    workers.close()
    assert done == list(range(5))
    assert all(future.done() for future in futures)


def test_spare_work_gives_way() -> None:
    """While the desk has work for every thread, none of the batch begins."""
    workers, order, gate = Workers(2, 10), [], threading.Event()

    def desk(number: int) -> None:
        assert gate.wait(5)
        order.append(f"desk {number}")
        time.sleep(0.01)

    async def play() -> None:
        desks = [asyncio.create_task(workers.run(lambda number=number: desk(number))) for number in range(6)]
        await asyncio.sleep(0.01)
        spare = [asyncio.create_task(workers.spare(lambda: order.append("batch"))) for _ in range(3)]
        await asyncio.sleep(0.05)
        assert order == []
        gate.set()
        await asyncio.gather(*desks, *spare)

    run_apart(play())
    workers.close()
    assert len(order) == 9
    # A thread is free when the last desk inspection is running on the other one.
    assert order.index("batch") >= 5


def test_spare_work_takes_no_place() -> None:
    workers, go_on = Workers(1, 1), threading.Event()

    async def play() -> None:
        spare = asyncio.create_task(workers.spare(go_on.wait))
        await asyncio.sleep(0.05)
        assert not workers.full
        desk = asyncio.create_task(workers.run(lambda: 3))
        go_on.set()
        assert await desk == 3
        assert await spare

    run_apart(play())
    workers.close()
