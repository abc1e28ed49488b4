import numpy as np
import pytest

from docscan.crops import CROP_MM
from docscan.types import MrzFormat, PageSize
from docscan.zones import LAYOUTS, REGIONS, SEARCH_PIXELS_PER_MM, around, crop_spots, layout_of

MOST = 24


def _empty(size: PageSize) -> np.ndarray:
    width, height = (round(side * SEARCH_PIXELS_PER_MM) for side in size.millimetres)
    return np.full((height, width), 200, np.uint8)


def _written(page: np.ndarray, x: float, y: float, length: float) -> None:
    """Write something like text: strokes half a millimetre wide, 2.5 mm high."""
    top, bottom = round(y * SEARCH_PIXELS_PER_MM), round((y + 2.5) * SEARCH_PIXELS_PER_MM)
    for stroke in np.arange(x, x + length, 1.5):
        left = round(stroke * SEARCH_PIXELS_PER_MM)
        page[top:bottom, left : left + 2] = 30


@pytest.mark.parametrize("key", LAYOUTS, ids=str)
def test_no_side_gets_more_crops_than_one_call_may_have(key: MrzFormat | PageSize) -> None:
    layout = LAYOUTS[key]
    size = next(size for size in PageSize if size.millimetres[1] >= layout.page.y + layout.page.height - 0.1
                and size.millimetres[0] >= layout.page.width - 0.1 and (key in MrzFormat or key is size))  # fmt: skip
    found = crop_spots(_empty(size), layout)
    assert sum(map(len, found.values())) <= MOST
    assert set(found) <= set(REGIONS)
    assert ("mrz" in found) == (layout.mrz is not None)
    assert ("portrait" in found) == (layout.portrait is not None)
    page = layout.page
    for x, y in found["viz"]:
        assert page.x <= x <= page.x + page.width - CROP_MM
        assert page.y <= y <= page.y + page.height - CROP_MM


def test_text_is_looked_at_wherever_it_stands() -> None:
    page = _empty(PageSize.ID_3)
    places = [(45, 10), (100, 10), (60, 28), (45, 46), (95, 52), (70, 40)]
    for x, y in places:
        _written(page, x, y, 14)
    found = crop_spots(page, layout_of(PageSize.ID_3, MrzFormat.TD3))["viz"]
    for x, y in places:
        covered = np.zeros(14, bool)
        for left, top in found:
            if top <= y and y + 2.5 <= top + CROP_MM:
                covered |= (np.arange(x, x + 14) >= left) & (np.arange(x + 1, x + 15) <= left + CROP_MM)
        assert covered.mean() > 0.8, f"text at {x}, {y} was passed over"


def test_the_portrait_of_a_card_is_looked_for_on_either_side() -> None:
    layout = layout_of(PageSize.ID_1, None)
    page = _empty(PageSize.ID_1)
    page[40:150, 240:330] = 90
    assert min(x for x, _ in crop_spots(page, layout)["portrait"]) > 42
    assert max(x for x, _ in crop_spots(page[:, ::-1].copy(), layout)["portrait"]) < 42


def test_the_background_is_where_little_is_written() -> None:
    page = _empty(PageSize.ID_3)
    for y in range(2, 60, 4):
        _written(page, 2, y, 85)
    found = crop_spots(page, layout_of(PageSize.ID_3, MrzFormat.TD3))["background"]
    assert all(x >= 85 for x, _ in found)


def test_a_format_of_another_size_of_page_is_not_believed() -> None:
    assert layout_of(PageSize.ID_1, MrzFormat.TD3) is LAYOUTS[PageSize.ID_1]
    assert layout_of(PageSize.ID_3, MrzFormat.MRV_A) is LAYOUTS[MrzFormat.MRV_A]


def test_a_box_encloses_its_crops() -> None:
    box = around(((10.0, 20.0), (30.0, 25.0)))
    assert (box.x, box.y, box.width, box.height) == pytest.approx((10, 20, 20 + CROP_MM, 5 + CROP_MM))


def test_a_photographs_plain_parts_are_no_background() -> None:
    page = _empty(PageSize.ID_1)
    for y in range(2, 52, 4):
        _written(page, 31, y, 53)
    page[24:170, 8:120] = 90
    for x, _ in crop_spots(page, layout_of(PageSize.ID_1, None)).get("background", ()):
        assert x > 30 - CROP_MM / 4
