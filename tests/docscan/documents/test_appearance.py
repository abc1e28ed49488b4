from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.sheet import Kind
from docscan.documents.appearance import SIZE, appearance_of, cells_under, distance, learned, reach_of, weights_of
from docscan.documents.model import Statistics
from docscan.types import Box, Image, MrzFormat, Page, PageSize
from tests.docscan.conftest import Makes


@pytest.fixture
def page(makes: Makes) -> Page:
    return makes.sample("XVA", Kind.TD3, 0).page


def _far(one: Page, other: Page) -> float:
    seen = [appearance_of(page, MrzFormat.TD3) for page in (one, other)]
    return float(np.square(seen[0] - seen[1]).mean())


def _moved(image: Image, x: float, y: float) -> Image:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return np.asarray(cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _jpeg(image: Image, quality: int) -> Image:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


def test_a_capture_changes_an_appearance_little(makes: Makes, page: Page) -> None:
    image, scale = page.image, page.pixels_per_mm
    tinted = np.clip(image * np.array([1.0, 0.95, 0.88]) * 0.8, 0, 255).astype(np.uint8)
    captured = {
        "darker and yellowish": tinted,
        "blurred": np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8),
        "JPEG": _jpeg(image, 30),
        "a millimetre off": _moved(image, scale, -scale),
    }
    other = _far(page, makes.sample("XVE", Kind.TD3, 0).page)
    for what, changed in captured.items():
        assert _far(page, replace(page, image=changed)) < other / 8, what


def test_another_holder_is_nearer_than_another_design(makes: Makes, page: Page) -> None:
    assert _far(page, makes.sample("XVA", Kind.TD3, 1).page) < _far(page, makes.sample("XVE", Kind.TD3, 0).page) / 2


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_page_has_a_finite_appearance(page: Page, value: int) -> None:
    seen = appearance_of(replace(page, image=np.full_like(page.image, value)), None)
    assert seen.shape == (SIZE,)
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen, 0, atol=1e-2)


def test_of_a_visas_page_only_the_visa_counts(page: Page) -> None:
    """A visa of 120 by 80 mm is stuck on the lower left of the page."""
    image = page.image.copy()
    image[: round(7.5 * page.pixels_per_mm)] = 0
    image[:, round(120.5 * page.pixels_per_mm) :] = 0
    seen = [appearance_of(replace(page, image=pixels), MrzFormat.MRV_A) for pixels in (page.image, image)]
    np.testing.assert_array_equal(*seen)
    assert not np.array_equal(*(appearance_of(replace(page, image=pixels), None) for pixels in (page.image, image)))


def test_cells_are_where_the_box_is() -> None:
    width, height = PageSize.ID_3.millimetres
    under = cells_under(Box(0, 0, width / 2, height), PageSize.ID_3, MrzFormat.TD3)
    colours, gradients = under[: 22 * 32 * 3].reshape(22, 32, 3), under[22 * 32 * 3 :].reshape(11, 16, 8)
    assert colours[:, :16].all()
    assert gradients[:, :8].all()
    assert not colours[:, 16:].any()
    assert not gradients[:, 8:].any()
    assert not cells_under(Box(0, 0, 0, 0), PageSize.ID_3, None).any()


def test_what_spreads_weighs_less_and_what_is_hidden_nothing() -> None:
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(6, SIZE)).astype(np.float32) * np.linspace(0.1, 2, SIZE, dtype=np.float32)
    hidden = np.zeros(SIZE, bool)
    hidden[5] = True
    weights = weights_of(learned(seen, hidden))
    assert weights.sum() == pytest.approx(1, abs=1e-4)
    assert weights[10:100].mean() > 10 * weights[1900:2100].mean()
    assert weights[5] < 1e-4 * np.median(weights)


def test_the_distance_is_the_weighted_mean_of_squares() -> None:
    same = Statistics(np.zeros(SIZE, np.float32), np.full(SIZE, 0.3, np.float32), 4)
    assert distance(same, np.full(SIZE, 0.5, np.float32)) == pytest.approx(0.25, rel=1e-4)
    assert distance(same, same.mean) == 0


def test_a_kind_that_varies_reaches_further() -> None:
    assert reach_of(np.array([0.01, 0.1])) < reach_of(np.array([0.01, 0.3]))


def test_samples_that_are_alike_do_not_narrow_a_kind() -> None:
    assert reach_of(np.zeros(5)) == reach_of(np.full(5, 0.001)) > 0.1
