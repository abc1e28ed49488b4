import cv2
import numpy as np
import pytest

from docscan.mrz.rectify import STRIP_HEIGHT, STRIP_REACH, STRIP_WIDTH, line_strips, off_centre


def _line(middle: float) -> np.ndarray:
    """Draw strokes as high as OCR-B's about a row, on paper that is not even."""
    strip = np.random.default_rng(1).normal(200, 6, (STRIP_HEIGHT, STRIP_WIDTH))
    high = 0.38 / STRIP_REACH * STRIP_HEIGHT
    rows = np.abs(np.arange(STRIP_HEIGHT) + 0.5 - middle) < high / 2
    strip[np.ix_(rows, np.arange(STRIP_WIDTH) % 17 < 5)] -= 130
    return np.clip(strip, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shift", [-0.12, -0.05, 0.0, 0.08, 0.15])
def test_print_beside_the_middle_of_its_strip_is_measured(shift: float) -> None:
    strips = np.stack([_line(STRIP_HEIGHT / 2 + shift / STRIP_REACH * STRIP_HEIGHT)])
    assert np.polyval(off_centre(strips)[0], np.linspace(0, 1, 5)) == pytest.approx(shift, abs=0.03)


def test_print_that_leaves_the_middle_along_its_line_is_measured_where_it_does() -> None:
    level, low = _line(STRIP_HEIGHT / 2), _line(STRIP_HEIGHT / 2 + 0.15 / STRIP_REACH * STRIP_HEIGHT)
    strip = np.where(np.arange(STRIP_WIDTH) < STRIP_WIDTH // 2, level, low)
    start, end = np.polyval(off_centre(strip[None])[0], [0.1, 0.9])
    assert start == pytest.approx(0, abs=0.05)
    assert end == pytest.approx(0.15, abs=0.05)


def test_bends_move_a_line_by_line_spacings() -> None:
    image = np.full((120, 900), 200, np.uint8)
    cv2.rectangle(image, (100, 46), (800, 60), 60, -1)  # the first line, 7 pixels below where the frame has it
    frame = np.array([[100.0, 46], [800, 46], [800, 86], [100, 86]])
    bends = np.array([[0, 0, 7 / 40], [0, 0, 0]], np.float64)
    right = line_strips(image, frame, 2, bends)[0].mean(1)
    assert np.flatnonzero(right < 120).mean() == pytest.approx((STRIP_HEIGHT - 1) / 2, abs=1.5)
