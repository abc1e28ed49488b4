import numpy as np
import pytest

from docscan.exposure import MOST_LACKING, brightened, lacking
from docscan.page import find_page, in_enough_light
from docscan.types import Capture, PageSize
from tests.docscan.scenes import Scene, document, photographed, table


def _photographed(light: float) -> Scene:
    page = np.asarray(document(PageSize.ID_3, 1) * light, np.uint8)
    return photographed(page, PageSize.ID_3, table("brick", (800, 1100), 1), seed=1, roll=5, tilt=10, fill=0.7)


@pytest.mark.parametrize(("light", "lacks"), [(1.0, False), (0.85, False), (0.6, True), (0.3, True)])
def test_a_page_in_enough_light_lacks_none_and_a_dark_one_comes_back_as_it_was(light: float, lacks: bool) -> None:
    page = document(PageSize.ID_3, 1)
    dark = np.asarray(page * light, np.uint8)
    times = lacking(dark)
    assert (times > 1) is lacks
    if lacks:
        usual = times * light
        assert np.percentile(brightened(dark, times).max(2), 90) == pytest.approx(225, abs=times)
        assert np.abs(brightened(dark, times) - np.minimum(page * usual, 255)).max() <= times + 1


def test_a_page_without_any_light_is_told() -> None:
    assert lacking(np.zeros((40, 60, 3), np.uint8)) > MOST_LACKING


def test_text_and_a_portrait_are_no_darkness() -> None:
    page = np.full((352, 500, 3), 230, np.uint8)
    page[40:250, 20:180] = 30
    page[270:340:2] = 10
    assert lacking(page) == 1


def test_the_capture_and_its_page_become_brighter_where_they_were() -> None:
    scene = _photographed(0.4)
    capture = Capture(scene.image)
    page = find_page(capture)
    lit, again = in_enough_light(capture, page)
    assert lit.brightened == again.quality.brightened == lacking(page.image) > 2
    assert np.array_equal(lit.visible, brightened(capture.visible, lit.brightened))
    assert np.array_equal(again.to_capture, page.to_capture)
    assert (again.found, again.border_seen, again.size) == (page.found, page.border_seen, page.size)
    assert lacking(again.image) == 1
    assert f"made {lit.brightened:.1f} times brighter" in again.quality.advice[-1]


def test_a_dark_picture_of_which_nobody_knows_where_the_page_is_stays_as_it_is() -> None:
    dark = np.random.default_rng(0).integers(0, 60, (400, 1400, 3), dtype=np.uint8)
    page = find_page(Capture(dark))
    assert not page.found
    assert in_enough_light(Capture(dark), page)[0].visible is dark


def test_a_capture_in_enough_light_is_left_as_it_is() -> None:
    capture = Capture(_photographed(1.0).image)
    page = find_page(capture)
    assert in_enough_light(capture, page) == (capture, page)
    assert page.quality.brightened == 1
    assert not any("light" in sentence for sentence in page.quality.advice)
