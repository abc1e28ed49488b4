import argparse

import pytest

from training.arguments import positive


@pytest.mark.parametrize("text", ["0", "-3", "nan", "soon"])
def test_a_time_that_is_none_is_refused_by_its_own_words(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=text):
        positive(text)


def test_a_part_of_a_minute_is_taken() -> None:
    assert positive("0.5") == 0.5
