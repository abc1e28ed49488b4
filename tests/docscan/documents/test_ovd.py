"""Where an OVD is found among drawn samples, and where none is."""

import numpy as np
import pytest

from docscan.documents.laying import Laid
from docscan.documents.ovd import SIDE, drawn, dullness, ovd_of, shown_at
from docscan.types import Box, Page, PageSize, Quality

SCALE = 4.0  # pixels a millimetre
WIDTH, HEIGHT = (round(side * SCALE) for side in PageSize.ID_3.millimetres)
OVD = (slice(100, 148), slice(300, 348))  # rows, columns
EXACTLY = Laid(np.eye(3), share=1.0, alike=1.0)
QUALITY = Quality(0.6, 0.0, 203, whole_page=True, usable=True)


def _page(image: np.ndarray, infrared: np.ndarray | None = None) -> Page:
    return Page(
        image,
        PageSize.ID_3,
        SCALE,
        np.diag([SCALE, SCALE, 1.0]),
        found=True,
        border_seen=True,
        quality=QUALITY,
        ir=infrared,
    )


def _paper(seed: int) -> np.ndarray:
    """Coloured lines that are the same on all pages, and a capture's noise."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    line = (np.sin((rows + 8 * np.sin(columns / 30)) / 2) > 0.6)[..., None] * np.array([60, 20, -10])
    noise = np.random.default_rng(seed).normal(0, 2, (HEIGHT, WIDTH, 1))
    return np.clip(205 - line + noise, 0, 255).astype(np.uint8)


def _shining(seed: int, colours: str = "all") -> Page:
    """A page whose rings have other colours in each capture, and the same dark lines under infrared in all."""
    rng, image, infrared = np.random.default_rng(1000 + seed), _paper(seed), np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    rows, columns = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    radius = np.hypot(rows, columns)
    phase = 2 * np.pi * (3 * radius + rng.random())
    hues = phase[..., None] + np.array([0, 2.1, 4.2])
    shift = 70 * np.cos(hues) if colours == "all" else 70 * np.cos(phase)[..., None] * np.array([0.4, -0.2, -0.2])
    disc = (radius < 1)[..., None]
    image[OVD] = np.clip(image[OVD] + np.where(disc, shift, 0), 0, 255).astype(np.uint8)
    infrared[OVD] = np.where(disc, 185 + 15 * np.cos(30 * radius)[..., None], 200).astype(np.uint8)
    return _page(image, infrared)


SAMPLES = [_shining(seed) for seed in range(5)]


def _learned(pages: list[Page], *own: Box) -> object:
    return ovd_of(pages, [EXACTLY] * len(pages), own, None)


def test_the_place_is_found_and_what_it_does_learned() -> None:
    found = ovd_of(SAMPLES, [EXACTLY] * 5, [], None)
    assert found is not None
    assert (found.box.x, found.box.y) == pytest.approx((75, 25), abs=1.5)
    assert found.box.width == found.box.height == SIDE / SCALE
    assert 0.2 < found.shines.mean() < 0.9
    assert found.level.samples == 5
    assert found.infrared is not None
    other = _shining(9)
    assert abs(dullness(shown_at(other, np.eye(3), found.box), found)) < 1
    assert other.ir is not None
    assert drawn(other.ir, other, np.eye(3), found) == pytest.approx(1, abs=0.15)
    plain = _page(_paper(9), np.full_like(other.ir, 200))
    assert dullness(shown_at(plain, np.eye(3), found.box), found) > 4
    assert plain.ir is not None
    assert abs(drawn(plain.ir, plain, np.eye(3), found) or 0) < 0.1


def test_a_page_that_lies_half_a_millimetre_off_shows_the_same() -> None:
    found = ovd_of(SAMPLES, [EXACTLY] * 5, [], None)
    assert found is not None
    page = _shining(9)
    beside = np.array([[1, 0, 0.5], [0, 1, 0.25], [0, 0, 1]])
    assert page.ir is not None
    assert drawn(page.ir, page, beside, found) == pytest.approx(1, abs=0.2)


def test_samples_without_infrared_tell_its_colours_alone() -> None:
    found = ovd_of([_page(page.image) for page in SAMPLES], [EXACTLY] * 5, [], None)
    assert found is not None
    assert found.infrared is None
    assert drawn(SAMPLES[0].image, SAMPLES[0], np.eye(3), found) is None


def test_ink_of_one_hue_that_differs_is_none() -> None:
    """As text in red has it, and a stamp."""
    assert _learned([_shining(seed, "one") for seed in range(5)]) is None


def test_what_one_sample_has_alone_is_none() -> None:
    assert _learned([_shining(0), *(_page(_paper(seed)) for seed in range(1, 5))]) is None


def test_holders_data_and_the_middle_of_a_portrait_are_left_out() -> None:
    assert _learned(SAMPLES, Box(74, 24, 14, 14)) is None
    assert ovd_of(SAMPLES, [EXACTLY] * 5, [], Box(66, 10, 30, 40)) is None
    assert ovd_of(SAMPLES, [EXACTLY] * 5, [], Box(50, 10, 30, 40)) is not None  # it lies across the edge


def test_too_few_samples_that_lie_on_each_other_tell_none() -> None:
    places = [EXACTLY, EXACTLY, None, Laid(np.eye(3), 0.1), Laid(np.eye(3), 1.0, alike=0.2)]
    assert ovd_of(SAMPLES, places, [], None) is None
