import os

import pytest

from training.processes import each


def _halved(number: int) -> int:
    if number % 2:
        os._exit(1)
    return number // 2


def test_what_a_process_dies_by_is_named_and_nothing_is_left_out_unsaid() -> None:
    with pytest.raises(RuntimeError, match="worked on number 3 died twice"):
        list(each([2, 3, 4], _halved, named=lambda number: f"number {number}", workers=2))
