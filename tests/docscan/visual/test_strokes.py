"""How printed data are set, on drawn lines of strokes whose width is known."""

import math
from collections.abc import Mapping

import cv2
import numpy as np
import pytest

from docscan.types import Agreement, Box, Page, PageSize, Quality, TextLine, VisualField
from docscan.visual.strokes import Usual, deviations, strokes_of

SCALE, HEIGHT = 12.0, 3.0  # pixels a millimetre; millimetres of a line
QUALITY = Quality(0.6, 0.0, 305, whole_page=True, usable=True)


def _page(*lines: tuple[float, float], blur: float = 0.0, ground: int = 200) -> Page:
    """Draw a line every 6 mm, each of 12 strokes of a width in millimetres and of a darkness from 0 to 1."""
    fine = 8  # times finer than the page, so that edges fall between pixels
    picture = np.full((704, 1000), ground, np.float32)
    for number, (width, dark) in enumerate(lines):
        strip = np.full((round(HEIGHT * SCALE), round(60 * SCALE * fine)), float(ground), np.float32)
        for stroke in range(12):
            left = round((0.5 + 1.4 * stroke) * SCALE * fine)
            strip[:, left : left + round(width * SCALE * fine)] = ground * (1 - dark)
        top, size = round((6 + 6 * number) * SCALE), (round(60 * SCALE), len(strip))
        picture[top : top + len(strip), 96 : 96 + size[0]] = cv2.resize(strip, size, interpolation=cv2.INTER_AREA)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    image = cv2.cvtColor(np.rint(picture).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    to_capture = np.diag([SCALE, SCALE, 1.0])
    return Page(image, PageSize.ID_3, SCALE, to_capture, found=True, border_seen=True, quality=QUALITY)


def _line(number: int, text: str = "MUSTERMANN", room: float = 22.0) -> TextLine:
    return TextLine(text, (0.99,) * len(text), Box(8.0, 6 + 6 * number, room, HEIGHT))


def _fields(*names: str, text: str = "MUSTERMANN") -> dict[str, VisualField]:
    return {name: VisualField(name, "", _line(number, text), Agreement.AGREES) for number, name in enumerate(names)}


@pytest.mark.parametrize("width", [0.25, 0.5])
@pytest.mark.parametrize("blur", [0.0, 1.0])
def test_strokes_are_as_wide_as_they_were_drawn_however_dark_and_blurred(width: float, blur: float) -> None:
    page = _page((width, 0.9), (width, 0.4), blur=blur)
    dark, pale = (strokes_of(page, _line(number), HEIGHT) for number in (0, 1))
    assert dark is not None
    assert pale is not None
    assert dark.width_mm == pytest.approx(width, rel=0.25)
    assert pale.width_mm == pytest.approx(dark.width_mm, rel=0.03)
    assert dark.darkness > 1.8 * pale.darkness


def test_what_stands_a_words_distance_behind_a_datum_is_not_part_of_it() -> None:
    page = _page((0.3, 0.9))
    alone = strokes_of(page, _line(0), HEIGHT)
    page.image[round(6 * SCALE) : round(9 * SCALE), round(30 * SCALE) : round(36 * SCALE)] = 0
    assert strokes_of(page, _line(0, room=40.0), HEIGHT) == alone


def test_a_word_of_few_letters_and_empty_paper_tell_nothing() -> None:
    assert strokes_of(_page((0.3, 0.9)), _line(0, text="F M"), HEIGHT) is None
    assert strokes_of(_page(), _line(0), HEIGHT) is None
    beside = TextLine("MUSTER", (0.9,) * 6, Box(130.0, 6.0, 20.0, HEIGHT))
    assert strokes_of(_page((0.3, 0.9)), beside, HEIGHT) is None


def _usual(*names: str, width: float = 0.3) -> Mapping[str, Usual]:
    return {name: Usual(HEIGHT, np.log([width, 0.9])) for name in names}


def test_the_datum_that_was_set_otherwise_stands_out() -> None:
    names = ("surname", "given_names", "birth_date", "expiry_date")
    found = deviations(_page((0.3, 0.9), (0.3, 0.9), (0.45, 0.9), (0.3, 0.6)), _fields(*names), _usual(*names))
    # Ten letters count for three quarters.
    assert found["birth_date"].width == pytest.approx(math.sqrt(10 / 18) * math.log(1.5), rel=0.25)
    assert found["expiry_date"].darkness == pytest.approx(math.sqrt(10 / 18) * math.log(0.6 / 0.9), rel=0.25)
    for name, part in (("surname", "width"), ("given_names", "darkness"), ("expiry_date", "width")):
        assert abs(getattr(found[name], part)) < 0.03


def test_all_data_alike_but_for_the_capture_stand_out_nowhere() -> None:
    names = ("surname", "given_names", "birth_date")
    found = deviations(_page(*[(0.4, 0.5)] * 3, blur=1.5), _fields(*names), _usual(*names))
    assert all(abs(one.width) < 0.02 and abs(one.darkness) < 0.02 for one in found.values())


def test_a_datum_that_samples_set_otherwise_too_does_not_stand_out() -> None:
    names = ("surname", "given_names", "document_number")
    usual = {**_usual("surname", "given_names"), **_usual("document_number", width=0.45)}
    found = deviations(_page((0.3, 0.9), (0.3, 0.9), (0.45, 0.9)), _fields(*names), usual)
    assert abs(found["document_number"].width) < 0.08


def test_too_few_data_and_such_as_were_not_surely_read_are_not_compared() -> None:
    names = ("surname", "given_names", "birth_date")
    page, fields = _page(*[(0.3, 0.9)] * 3), _fields(*names)
    assert deviations(page, fields, _usual(*names)).keys() == set(names)
    assert deviations(page, fields, _usual(*names[:2])) == {}
    doubtful = fields | {"surname": VisualField("surname", "", _line(0), Agreement.UNCLEAR)}
    assert deviations(page, doubtful, _usual(*names)) == {}
