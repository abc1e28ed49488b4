"""Pages of drawn line work with a row of fine letters across: what a missing line does, and what a capture does."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from docscan.documents.compared import FaintLine
from docscan.documents.prints import fineness_of
from docscan.documents.texture import (
    AREAS,
    areas_of,
    cells_of,
    deviations,
    faintest_line,
    glare_of,
    known_of,
    learned_texture,
    texture_numbers,
    texture_of,
)
from docscan.types import Box, Image, MrzFormat, Page, PageSize, Quality

SIZE, SCALE = PageSize.ID_3, 10.0
LINE_MM = 61.0  # where the fine letters stand
WIDTH, HEIGHT = (round(side * SCALE) for side in SIZE.millimetres)
PORTRAIT = Box(4, 12, 30, 40)
AREA = areas_of(SIZE, MrzFormat.TD3, PORTRAIT, [Box(50, 20, 40, 4)])


def _drawn(seed: int, *, line: bool = True) -> Image:
    """Draw a page; what a seed changes is the sensor's noise alone."""
    x, y = np.meshgrid(np.arange(WIDTH) / SCALE, np.arange(HEIGHT) / SCALE)
    image = 190 + 6 * np.sin(6 * (y + 2 * np.sin(x / 7)))
    if line:
        letters = np.random.default_rng(5).random((8, WIDTH // 2)) > 0.5
        row = round(LINE_MM * SCALE)
        image[row : row + 8] -= 90 * cv2.resize(letters.astype(np.float32), (WIDTH, 8), interpolation=cv2.INTER_NEAREST)
    image += np.random.default_rng(seed).normal(0, 3, image.shape)
    return np.repeat(np.clip(image, 0, 255).astype(np.uint8)[..., None], 3, 2)


def _page(image: Image) -> Page:
    quality = Quality(0.6, 0.0, 254, whole_page=True, usable=True)
    return Page(image, SIZE, SCALE, np.diag([SCALE, SCALE, 1.0]), found=True, border_seen=True, quality=quality)


@dataclass(frozen=True)
class Judged:
    numbers: dict[str, float]
    line: FaintLine | None


@pytest.fixture(scope="module")
def judged() -> Callable[[Image], Judged]:
    samples = [texture_of(fineness_of(_page(_drawn(seed)), np.eye(3)), SIZE) for seed in range(1, 6)]
    usual = learned_texture(samples, AREA["background"])
    known = known_of(usual, AREA["background"], np.ones((HEIGHT, WIDTH), bool))

    def judge(image: Image) -> Judged:
        fineness = fineness_of(_page(image), np.eye(3))
        apart = deviations(texture_of(fineness, SIZE), usual, AREA["background"])
        line = faintest_line(apart, known & ~glare_of(fineness, SIZE), np.eye(3))
        return Judged(texture_numbers(apart, known, AREA), line)

    return judge


def test_holders_own_places_are_no_background() -> None:
    assert set(AREA) == {*AREAS, "background"}
    assert all(area.shape == cells_of(SIZE) == (44, 62) for area in AREA.values())
    assert all((AREA["background"] & AREA[name]).sum() == 0 for name in AREAS)
    assert AREA["portrait"].sum() == pytest.approx(15 * 20, abs=40)
    assert 0.3 < AREA["background"].mean() < 0.7
    without = areas_of(SIZE, MrzFormat.TD3, None, [])
    assert not without["portrait"].any()
    assert without["background"].sum() > AREA["background"].sum()


def test_a_missing_line_is_found_where_it_should_be(judged: Callable[[Image], Judged]) -> None:
    whole, lacking = judged(_drawn(9)).line, judged(_drawn(9, line=False)).line
    assert whole is not None
    assert lacking is not None
    assert lacking.lacks > 5 > 3 > whole.lacks
    assert lacking.corners[:, 1].mean() == pytest.approx(LINE_MM, abs=2)
    assert np.ptp(lacking.corners[:, 0]) > 20


@pytest.mark.parametrize(
    "captured",
    [
        lambda image: cv2.GaussianBlur(image, (0, 0), 1.2),
        lambda image: np.clip(image.astype(float) * 0.6 + 20, 0, 255).astype(np.uint8),
        lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR),
        lambda image: np.roll(image, (3, -3), (0, 1)),
    ],
    ids=["blurred", "dark and flat", "compressed", "laid beside"],
)
def test_what_a_capture_does_to_the_page_is_no_missing_line(
    judged: Callable[[Image], Judged], captured: Callable[[Image], Image]
) -> None:
    line = judged(captured(_drawn(10))).line
    assert line is not None
    assert line.lacks < 3


def test_glare_over_the_line_is_no_missing_line(judged: Callable[[Image], Judged]) -> None:
    image = _drawn(11)
    image[round(57 * SCALE) : round(66 * SCALE), 200:900] = 255
    line = judged(image).line
    assert line is not None
    assert line.lacks < 3


def test_a_printers_raster_is_more_contrast_everywhere_it_is(judged: Callable[[Image], Judged]) -> None:
    image = _drawn(12).astype(np.int16)
    image[300:420:3, 700:1000] -= 60
    numbers = judged(np.clip(image, 0, 255).astype(np.uint8)).numbers
    usual = judged(_drawn(12)).numbers
    assert max(numbers[f"more_{index}"] for index in (0, 3)) > 4 > max(usual[f"more_{index}"] for index in (0, 3))


def test_of_holders_areas_the_mean_counts(judged: Callable[[Image], Judged]) -> None:
    image = _drawn(13)
    image[120:520, 40:340] = cv2.GaussianBlur(image[120:520, 40:340], (0, 0), 3)
    assert judged(image).numbers["portrait_0"] < -2 < -1 < judged(_drawn(13)).numbers["portrait_0"]
