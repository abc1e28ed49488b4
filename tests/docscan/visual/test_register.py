import cv2
import numpy as np
import pytest

from docscan.types import Box, Page, PageSize, Quality
from docscan.visual.register import registered

LINES = tuple(
    Box(40 + 22 * (row % 3 == 1), 10 + 5.1 * row + 0.7 * (row % 2), 12 + 7 * (row % 4), 2.6) for row in range(10)
)
FLOOR = 66.0


def page_with(shift: tuple[float, float], stretch: float) -> Page:
    """A page whose lines stand elsewhere than the model's: shifted, and stretched upwards from the MRZ."""
    image = np.full((880, 1250, 3), 225, np.uint8)
    for box in LINES:
        x, y = box.x + shift[0], FLOOR + (box.y - FLOOR) * stretch + shift[1]
        for at in np.arange(x, x + box.width, 1.4):
            corner = (round(at * 10), round((y + 0.5) * 10))
            cv2.rectangle(image, corner, (corner[0] + 5, corner[1] + 16), (30, 30, 30), 2)
    quality = Quality(0.6, 0.0, 254, whole_page=True, usable=True)
    return Page(image, PageSize.ID_3, 10.0, np.diag([10.0, 10, 1]), found=True, border_seen=True, quality=quality)


@pytest.mark.parametrize(
    ("shift", "stretch"), [((0.0, 0.0), 1.0), ((2.5, -1.5), 1.0), ((-1.0, 3.0), 1.0), ((0.5, 0.5), 0.9)]
)
def test_lines_are_found_where_the_page_was_misplaced_or_stretched(shift: tuple[float, float], stretch: float) -> None:
    placed = registered(page_with(shift, stretch), LINES, FLOOR)
    for box in LINES:
        x, y = placed(box.x, box.y + box.height / 2)
        expected = FLOOR + (box.y - FLOOR) * stretch + shift[1] + box.height / 2
        assert abs(x - box.x - shift[0]) < 1.5
        assert abs(y - expected) < 0.8


def test_a_page_without_text_leaves_places_finite() -> None:
    page = page_with((0, 0), 1.0)
    empty = Page(np.full_like(page.image, 225), page.size, 10.0, page.to_capture, True, True, page.quality)
    assert all(np.isfinite(registered(empty, LINES, FLOOR)(40, 20)))
