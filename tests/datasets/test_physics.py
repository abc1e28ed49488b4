from copy import deepcopy

import cv2
import numpy as np
import pytest

from datasets.physics.inks import B900, CARBON, DYE_BLACK, OFFICE_PAPER, SECURITY_PAPER, fluorescent
from datasets.physics.processes import PROCESSES, print_coverage, print_picture
from datasets.physics.surface import Surface, blank, cover, lay, window

SIZE = (20.0, 16.0)


def _grey_card(level: float) -> np.ndarray:
    return np.full((120, 100, 3), level, np.float32)


def _printed(process: str, picture: np.ndarray) -> Surface:
    surface = blank(SIZE, SECURITY_PAPER)
    print_picture(np.random.default_rng(4), surface.part((2, 2, 14, 12)), picture, process)
    return surface


def test_lights_that_nobody_asked_for_are_not_drawn_and_change_nothing() -> None:
    ink = np.ones(blank(SIZE, SECURITY_PAPER).shape, np.float32)
    all_three, one = blank(SIZE, SECURITY_PAPER), blank(SIZE, SECURITY_PAPER, ("visible",))
    lay(all_three, ink, B900)
    lay(one, ink, B900)
    assert one.uv is None
    assert one.ir is None
    assert np.array_equal(all_three.visible, one.visible)


def test_dye_is_black_to_the_eye_and_gone_under_infrared_while_carbon_and_b900_stay() -> None:
    for ink, stays in ((DYE_BLACK, False), (B900, True), (CARBON, True)):
        surface = blank(SIZE, SECURITY_PAPER)
        part = surface.part((5, 5, 4, 4))
        print_coverage(np.random.default_rng(1), part, np.ones(part.shape, np.float32), ink)
        rows, columns = window((6, 6, 2, 2))
        assert surface.ir is not None
        assert surface.visible[rows, columns].mean() < 0.15
        assert bool(surface.ir[rows, columns].mean() < 0.2) == stays


def test_office_paper_glows_and_security_paper_does_not() -> None:
    surface = blank(SIZE, SECURITY_PAPER)
    cover(surface.part((5, 5, 6, 6)), OFFICE_PAPER)
    assert surface.uv is not None
    assert surface.uv[window((6, 6, 4, 4))].mean() > 10 * surface.uv[window((0, 0, 4, 4))].mean()


def test_a_fluorescent_ink_shows_under_ultraviolet_alone() -> None:
    surface = blank(SIZE, SECURITY_PAPER)
    before = deepcopy(surface)
    lay(surface, np.ones(surface.shape, np.float32), fluorescent("green", (0.1, 0.8, 0.2)))
    assert surface.uv is not None
    assert before.uv is not None
    assert surface.uv[..., 1].mean() > before.uv[..., 1].mean() + 0.6
    assert np.abs(surface.visible - before.visible).max() < 0.03


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_every_process_keeps_the_tone_and_prints_inside_its_box_alone(process: str) -> None:
    light, dark = (_printed(process, _grey_card(level)) for level in (0.8, 0.3))
    inside, paper = window((4, 4, 10, 8)), blank(SIZE, SECURITY_PAPER).visible
    assert light.visible[inside].mean() > dark.visible[inside].mean() + 0.2
    outside = np.ones(light.shape, np.bool_)
    outside[window((2, 2, 14, 12))] = False
    assert np.array_equal(dark.visible[outside], paper[outside])


def test_dots_are_seen_where_dots_are_printed_and_not_where_dye_diffuses() -> None:
    """The local contrast that a loupe shows on an even grey."""

    def contrast(process: str) -> float:
        grey = _printed(process, _grey_card(0.6)).visible[window((4, 4, 10, 8))].mean(-1)
        return float((grey - cv2.GaussianBlur(grey, (0, 0), 6)).std())

    assert contrast("inkjet") > 5 * contrast("sublimation")
    assert contrast("toner") > 5 * contrast("sublimation")
    assert contrast("toner") > contrast("offset_screen")
