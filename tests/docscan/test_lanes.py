"""Work beside other work: shared where a thread is free, done by who asks where none is, and never waited for."""

import threading

import pytest

from docscan.lanes import Lanes


@pytest.mark.parametrize("helpers", [0, 1, 3])
def test_answers_come_in_order_whoever_gives_them(helpers: int) -> None:
    assert list(Lanes(helpers).each(lambda number: number * number, range(20))) == [number**2 for number in range(20)]


def test_two_things_are_done_at_once() -> None:
    both = threading.Barrier(2, timeout=10)
    answer = Lanes(1).beside(lambda: both.wait() >= 0)
    assert both.wait() >= 0
    assert answer()


def test_nobody_waits_for_a_helper_that_is_busy() -> None:
    lanes, free = Lanes(1), threading.Event()
    started = threading.Event()

    def long() -> int:
        started.set()
        assert free.wait(10)
        return 1

    first = lanes.beside(long)
    assert started.wait(10)
    assert lanes.beside(threading.get_ident)() == threading.get_ident()
    free.set()
    assert first() == 1


def test_work_of_a_helper_may_offer_work() -> None:
    lanes = Lanes(1)
    assert lanes.beside(lambda: list(lanes.each(str, range(3))))() == ["0", "1", "2"]


@pytest.mark.parametrize("helpers", [0, 1])
def test_an_error_comes_out_where_the_answer_is_asked_for(helpers: int) -> None:
    answer = Lanes(helpers).beside(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        answer()
