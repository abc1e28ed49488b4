import cv2
import numpy as np

from docscan.print_scores import HeatMap
from docscan.rendering.heat import on_page, to_png
from docscan.rendering.html import to_html
from docscan.rendering.pictures import draw
from docscan.types import Capture, Page, Report


def _heat() -> HeatMap:
    forged = np.full((9, 13), np.nan, np.float32)
    forged[2, 3], forged[5, 6] = 1.0, 0.1
    return HeatMap(forged, 10.0)


def test_doubt_is_red_where_it_is_and_nowhere_else(page: Page) -> None:
    image = np.full((704, 1000, 3), 100, np.uint8)
    page = Page(image, page.size, 8.0, page.to_capture, True, True, page.quality)
    shown = on_page(page, _heat()).astype(int)
    assert shown.shape == image.shape
    red = shown[..., 0] - shown[..., 1] > 20
    rows, columns = np.nonzero(red)
    assert (rows.min(), rows.max()) == (160, 239)
    assert (columns.min(), columns.max()) == (240, 319)
    assert (shown[440, 520] == 100).all(), "what was looked at and found good is as it was"
    assert (shown[10, 10] > 150).all(), "what nobody looked at is pale"


def test_the_map_is_a_png_and_part_of_the_report(referred: Report, capture: Capture, page: Page) -> None:
    picture = cv2.imdecode(np.frombuffer(to_png(page, _heat()), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == page.image.shape
    assert to_png(page, _heat()).startswith(b"\x89PNG")
    with_map = to_html(referred, draw(referred, capture, page, _heat()))
    without = to_html(referred, draw(referred, capture, page))
    assert 'data-part="heat"' in with_map
    assert 'data-part="heat"' not in without
