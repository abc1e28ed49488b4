"""Where the letters of a line stand, on drawn lines whose place is known."""

import cv2
import numpy as np
import pytest

from docscan.types import Homography, Page
from docscan.visual.baselines import Baseline, baseline_of
from docscan.visual.ink import line_ink
from tests.docscan.visual.drawn import HEIGHT, SCALE, drawn_page, line_of


def _baseline(
    page: Page, number: int = 0, on_page: Homography | None = None, text: str = "MUSTERMANN"
) -> Baseline | None:
    shown = line_ink(page, line_of(number, text), HEIGHT)
    assert shown is not None
    return baseline_of(shown, np.eye(3) if on_page is None else on_page)


@pytest.mark.parametrize("down", [-0.25, 0.0, 0.13, 0.31])
@pytest.mark.parametrize("blur", [0.0, 1.5])
def test_a_line_is_where_its_letters_end_to_a_part_of_a_pixel(down: float, blur: float) -> None:
    found = _baseline(drawn_page((0.4, 0.6), (0.4, 0.6), low={1: down}, blur=blur), 1)
    assert found is not None
    assert found.down_mm == pytest.approx(15 + down, abs=0.03)
    assert found.error_mm < 0.02


def test_it_is_told_in_the_samples_frame() -> None:
    on_page = np.array([[1.0, 0, 2], [0, 1, -1.5], [0, 0, 1]])
    found = _baseline(drawn_page((0.4, 0.6)), on_page=on_page)
    assert found is not None
    assert found.down_mm == pytest.approx(10.5, abs=0.03)


def test_tails_and_lines_of_the_background_do_not_move_it() -> None:
    page = drawn_page((0.4, 0.9))
    tail = round(9.4 * SCALE), round((8.5 + 1.4 * 3) * SCALE)
    page.image[tail[0] - 6 : tail[0] + 4, tail[1] : tail[1] + 5] = 20  # a letter goes on below the others
    cv2.line(page.image, (96, round(9.9 * SCALE)), (900, round(9.9 * SCALE)), (150, 150, 150), 2)
    found = _baseline(page)
    assert found is not None
    assert found.down_mm == pytest.approx(9, abs=0.05)


def test_empty_paper_and_a_single_letter_have_none() -> None:
    assert _baseline(drawn_page()) is None
    page = drawn_page((0.4, 0.9))
    page.image[:, round(9.5 * SCALE) :] = 200
    assert _baseline(page) is None


def test_few_of_a_texts_letters_tell_no_line() -> None:
    page = drawn_page((0.4, 0.9))
    page.image[:, round(12.0 * SCALE) :] = 200  # three are left
    assert _baseline(page) is None
    assert _baseline(page, text="M/M") is not None


def test_two_letters_of_other_heights_have_none() -> None:
    page = drawn_page((0.4, 0.9))
    page.image[:, round(11.0 * SCALE) :] = 200  # two are left
    page.image[: round(7.0 * SCALE), : round(9.4 * SCALE)] = 200  # a low one
    page.image[round(8.5 * SCALE) :, : round(9.4 * SCALE)] = 200
    assert _baseline(page, text="M/M") is None
