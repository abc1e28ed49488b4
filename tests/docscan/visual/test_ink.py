"""The ink of a line and its letters, on drawn lines."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from docscan.types import Box, TextLine
from docscan.visual.ink import PIXELS_PER_MM, line_ink
from tests.docscan.visual.drawn import HEIGHT, SCALE, drawn_page, line_of


def test_letters_are_seen_one_by_one_from_left_to_right() -> None:
    shown = line_ink(drawn_page((0.4, 0.9), blur=1.0), line_of(0), HEIGHT)
    assert shown is not None
    assert len(shown.letters) == 12
    assert np.diff(shown.letters[:, 0]) == pytest.approx(np.full(11, 1.4 * PIXELS_PER_MM), abs=1.5)
    assert shown.middle / PIXELS_PER_MM + shown.corner_mm[1] == pytest.approx(7.5, abs=0.05)


@pytest.mark.parametrize("off", [-0.8, 0.8])
def test_a_box_that_lies_a_little_high_or_low_finds_the_same_letters(off: float) -> None:
    page = drawn_page((0.4, 0.9))
    page.image[: round(6.4 * SCALE)] = 200  # letters of 2.2 mm
    page.image[round(8.6 * SCALE) :] = 200
    line = line_of(0)
    exactly, astray = (
        line_ink(page, replace(line, box=replace(line.box, y=line.box.y + down)), HEIGHT) for down in (0.0, off)
    )
    assert exactly is not None
    assert astray is not None
    assert len(exactly.letters) == len(astray.letters) == 12
    middles = [shown.middle / PIXELS_PER_MM + shown.corner_mm[1] for shown in (exactly, astray)]
    assert middles == pytest.approx([7.5, 7.5], abs=0.05)


def test_a_label_above_and_words_that_are_cut_off_are_not_the_lines_letters() -> None:
    page = drawn_page((0.4, 0.9))
    page.image[: round(6.4 * SCALE)] = 200
    cv2.putText(page.image, "LABEL", (100, round(5.9 * SCALE)), cv2.FONT_HERSHEY_PLAIN, 0.9, (60, 60, 60), 1)
    page.image[: round(4.9 * SCALE), 100:200] = 60
    shown = line_ink(page, line_of(0), HEIGHT)
    assert shown is not None
    assert len(shown.letters) == 12


def test_what_lies_beside_the_page_has_no_ink() -> None:
    assert line_ink(drawn_page(), TextLine("A", (1.0,), Box(140.0, 6.0, 20.0, HEIGHT)), HEIGHT) is None
    shown = line_ink(drawn_page(), line_of(0), HEIGHT)
    assert shown is not None
    assert len(shown.letters) == 0
