"""How wide and dark strokes are, on drawn lines of strokes whose width is known."""

import pytest

from docscan.types import Box, Page, TextLine
from docscan.visual.ink import line_ink
from docscan.visual.strokes import Strokes, strokes_of
from tests.docscan.visual.drawn import HEIGHT, SCALE, drawn_page, line_of


def _strokes(page: Page, line: TextLine) -> Strokes | None:
    shown = line_ink(page, line, HEIGHT)
    return None if shown is None else strokes_of(shown)


@pytest.mark.parametrize("width", [0.25, 0.5])
@pytest.mark.parametrize("blur", [0.0, 1.0])
def test_strokes_are_as_wide_as_they_were_drawn_however_dark_and_blurred(width: float, blur: float) -> None:
    page = drawn_page((width, 0.9), (width, 0.4), blur=blur)
    dark, pale = (_strokes(page, line_of(number)) for number in (0, 1))
    assert dark is not None
    assert pale is not None
    assert dark.width_mm == pytest.approx(width, rel=0.25)
    assert pale.width_mm == pytest.approx(dark.width_mm, rel=0.03)
    assert dark.darkness > 1.8 * pale.darkness


def test_what_stands_a_words_distance_behind_a_datum_is_not_part_of_it() -> None:
    page = drawn_page((0.3, 0.9))
    alone = _strokes(page, line_of(0))
    page.image[round(6 * SCALE) : round(9 * SCALE), round(30 * SCALE) : round(36 * SCALE)] = 0
    beside = _strokes(page, line_of(0, room=40.0))
    assert alone is not None
    assert beside is not None
    assert beside.logarithms() == pytest.approx(alone.logarithms(), abs=1e-3)


def test_a_word_of_few_letters_and_empty_paper_tell_nothing() -> None:
    assert _strokes(drawn_page((0.3, 0.9)), line_of(0, text="F M")) is None
    assert _strokes(drawn_page(), line_of(0)) is None
    beside = TextLine("MUSTER", (0.9,) * 6, Box(130.0, 6.0, 20.0, HEIGHT))
    assert _strokes(drawn_page((0.3, 0.9)), beside) is None
