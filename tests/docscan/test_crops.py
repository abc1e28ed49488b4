"""A page is cut from what of the capture shows it, and nothing else of the capture matters."""

import numpy as np
import pytest

from docscan.crops import CROP_PIXELS_PER_MM, cut, local_scale, shrunk, whole
from docscan.types import Homography, Image, PageSize
from tests.docscan.scenes import document

SIZE = PageSize.ID_1
SCALE = 16.0  # pixels a millimetre of the capture


def capture(around: int) -> tuple[Image, Homography]:
    """Make a capture of a card with some pixels of table about it; return it with the map of millimetres."""
    page = np.kron(document(SIZE, 3), np.ones((2, 2, 1), np.uint8))  # 8 pixels a millimetre, twice
    height, width = page.shape[:2]
    picture = np.random.default_rng(2).integers(0, 255, (height + 2 * around, width + 2 * around, 3)).astype(np.uint8)
    picture[around : around + height, around : around + width] = page
    return picture, np.array([[SCALE, 0, around], [0, SCALE, around], [0, 0, 1.0]])


@pytest.mark.parametrize("pixels_per_mm", [4.0, 12.0])
def test_the_whole_page_is_the_same_however_much_lies_about_it(pixels_per_mm: float) -> None:
    close, far = (whole(*capture(around), SIZE, pixels_per_mm) for around in (64, 640))
    assert close.shape == far.shape == (*(round(side * pixels_per_mm) for side in SIZE.millimetres[::-1]), 3)
    assert np.abs(close.astype(int) - far).mean() < 1


def test_crops_are_the_same_however_much_lies_about_the_page() -> None:
    crops = []
    for around in (64, 640):
        picture, to_capture = capture(around)
        small, to_small = shrunk(picture, to_capture, SIZE, SCALE)
        assert local_scale(to_small, 40, 25) == pytest.approx(CROP_PIXELS_PER_MM, rel=0.01)
        assert small.shape[0] < 1.2 * SIZE.millimetres[1] * CROP_PIXELS_PER_MM
        crops.append(cut(small, to_small, 30.0, 20.0).astype(int))
    assert np.abs(crops[0] - crops[1]).mean() < 2


def test_a_page_that_lies_beside_the_capture_for_the_most_part_is_cut_all_the_same() -> None:
    picture, to_capture = capture(0)
    beside = to_capture + np.array([[0, 0, 2000.0], [0, 0, 1500.0], [0, 0, 0]])
    assert whole(picture, beside, SIZE, 6.0).shape[2] == 3
    assert shrunk(picture, beside, SIZE, SCALE)[0].size > 0
