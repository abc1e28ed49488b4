import cv2
import numpy as np

from docscan.documents.holders import own_lines
from docscan.documents.laying import PIXELS_PER_MM, Laid, Structure, structure_of_image
from docscan.types import Box, TextLine

LABEL, DATUM, DATE = Box(5, 5, 30, 4), Box(5, 15, 30, 4), Box(5, 25, 30, 4)
NAMES = ("ABRAHAM", "WILTON", "QUINCEY", "MUSTERFRAU")
DATES = ("01.02.2020", "17.11.2034", "28.09.1967", "30.06.2051")
AS_IT_WAS_FOUND = Laid(np.eye(3), 0.9)


def _page(texts: dict[str, Box]) -> Structure:
    scale = 10
    image = np.full((40 * scale, 60 * scale, 3), 220, np.uint8)
    for text, box in texts.items():
        cv2.putText(image, text, (int(box.x * scale), int((box.y + 3.5) * scale)), 0, 1.2, (20, 20, 20), 3)
    return structure_of_image(image, scale)


def _line(text: str, box: Box) -> TextLine:
    return TextLine(text, (0.9,) * len(text), box)


PAGES = [_page({"Familienname": LABEL, name: DATUM, date: DATE}) for name, date in zip(NAMES, DATES, strict=True)]
LAID = [AS_IT_WAS_FOUND] * len(PAGES)


def test_what_differs_is_a_holders_and_what_is_the_same_everybodys() -> None:
    lines = [
        [_line("Familienname", LABEL), _line(name, DATUM), _line(date, DATE)]
        for name, date in zip(NAMES, DATES, strict=True)
    ]
    found = own_lines(lines, PAGES, LAID)
    assert {round(box.y) for box in found} == {15, 25}
    assert len(found) == 2 * len(PAGES)


def test_a_label_in_a_script_that_was_misread_each_time_is_everybodys() -> None:
    lines = [[_line(text, LABEL)] for text in ("FamiIienmame", "Eamilenarne", "Pamilicnnane", "Farniliennome")]
    assert own_lines(lines, PAGES, LAID) == []


def test_a_line_that_one_sample_alone_has_is_its_holders() -> None:
    stamped = [*PAGES[:3], _page({"Familienname": LABEL, "ENTRY 07": Box(5, 32, 30, 4)})]
    lines = [[_line("Familienname", LABEL)]] * 3 + [[_line("ENTRY 07", Box(5, 32, 30, 4))]]
    (found,) = own_lines(lines, stamped, LAID)
    assert round(found.y) == 32


def test_boxes_are_those_of_the_common_frame_and_what_does_not_lie_there_is_left_out() -> None:
    shift = np.array([[1.0, 0.0, 8.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # pixels: two millimetres
    places = [Laid(shift, 0.9), *LAID[1:3], Laid(np.eye(3), 0.0)]
    lines = [[_line(name, DATUM)] for name in NAMES]
    found = own_lines(lines, PAGES, places)
    assert len(found) == 3
    assert min(box.x for box in found) == DATUM.x - 8 / PIXELS_PER_MM
