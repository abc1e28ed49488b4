from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Box, FieldPlace, Image, Page, PageSize, Quality
from docscan.visual.lines import expected_at, lines_at, middle

SCALE = 12.0


class Blobs:
    """A reader that calls every dark spot of a picture a line: the places are what is tested."""

    def __init__(self) -> None:
        self.shown: Image | None = None

    def find(self, image: Image) -> NDArray[np.float32]:
        self.shown = image
        dark = (image.max(2) < 60).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(dark, np.ones((1, 9), np.uint8)))
        boxes = [stats[index, :4] for index in range(1, count)]
        return np.array([[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes], np.float32)


def page_with(lines: Sequence[Box]) -> Page:
    image = np.full((round(88 * SCALE), round(125 * SCALE), 3), 200, np.uint8)
    for box in lines:
        left, top = round(box.x * SCALE), round(box.y * SCALE)
        image[top : top + round(box.height * SCALE), left : left + round(box.width * SCALE)] = 20
    quality = Quality(0.6, 0.0, 305, whole_page=True, usable=True)
    return Page(image, PageSize.ID_3, SCALE, np.eye(3), found=True, border_seen=True, quality=quality)


LINES = (
    Box(40, 12, 7, 2.5), Box(70, 12, 18, 2.5), Box(40, 20, 30, 2.5), Box(40, 27, 40, 2.5), Box(40, 40, 18, 2.5),
    Box(64, 40, 3, 2.5), Box(40, 55, 18, 2.5),
)  # fmt: skip


def test_lines_are_found_where_they_stand_though_all_places_are_searched_as_one_picture() -> None:
    reader = Blobs()
    wanted = [Box(box.x + 0.7, box.y - 0.6, box.width, box.height) for box in LINES]
    found = lines_at(page_with(LINES), wanted, reader)  # type: ignore[arg-type]
    for line, (nearest, *_) in zip(LINES, found, strict=True):
        assert abs(nearest.x - line.x) < 0.8
        assert abs(middle(nearest) - middle(line)) < 0.3
    assert reader.shown is not None
    assert reader.shown.shape[0] * reader.shown.shape[1] < 0.35 * (125 * 8) * (62 * 8)


def test_of_several_lines_the_one_that_is_wanted_comes_first() -> None:
    label, datum = Box(40, 18.0, 25, 1.7), Box(40, 20, 30, 2.5)
    (found,) = lines_at(page_with([label, datum]), [Box(40, 19.8, 30, 2.6)], Blobs())  # type: ignore[arg-type]
    assert abs(middle(found[0]) - middle(datum)) < 0.3
    assert len(found) == 2


def test_words_that_were_found_one_by_one_are_one_line_but_columns_are_not() -> None:
    words, column = [Box(40, 20, 9, 2.5), Box(50.5, 20.2, 12, 2.5)], Box(66, 20, 8, 2.5)
    (found,) = lines_at(page_with([*words, column]), [Box(40, 20, 34, 2.5)], Blobs())  # type: ignore[arg-type]
    assert len(found) == 2
    assert abs(found[0].x - 40) < 0.8
    assert abs(found[0].width - 22.5) < 1.5


def test_where_no_line_is_found_the_place_itself_is_read() -> None:
    place = Box(60, 30, 5, 2.5)
    assert lines_at(page_with([]), [place], Blobs()) == ((place,),)  # type: ignore[arg-type]


def test_places_at_the_edge_of_the_page_do_no_harm() -> None:
    outside = [Box(-5, -5, 10, 3), Box(122, 86, 10, 5)]
    assert lines_at(page_with([]), outside, Blobs()) == tuple((box,) for box in outside)  # type: ignore[arg-type]


def test_a_datum_is_given_room_for_its_characters() -> None:
    place = FieldPlace(Box(40, 20, 20, 4), line_mm=3.0, character_mm=2.0, samples=5)
    box = expected_at(place, 12, (41.0, 22.5))
    assert (box.x, middle(box), box.height) == (41.0, 22.5, 3.0)
    assert box.width >= 24
