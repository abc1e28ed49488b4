"""The pixel grid of a display is told from what is printed, whatever a capture makes of it."""

import cv2
import numpy as np
import pytest

from docscan.displays import grid_strength
from docscan.types import Image

# Beyond the first a page fails for sure, beyond the second lie one in twenty genuine pages of calibration states.
FOUND, USUAL = 1.65, 1.2
HEIGHT, WIDTH, FINER = 600, 900, 4  # pixels of a page; places of a pixel in which it is drawn


def _ground(seed: int = 3) -> np.ndarray:
    """Return a printed ground, 0 to 1, finely drawn: coarse shades and fine lines that run down and across."""
    rng = np.random.default_rng(seed)
    shades = cv2.resize(rng.uniform(0.5, 0.9, (9, 13, 3)).astype(np.float32), (WIDTH * FINER, HEIGHT * FINER))
    across, down = np.arange(WIDTH * FINER) / FINER, np.arange(HEIGHT * FINER)[:, None] / FINER
    lines = 0.08 * np.sin(2 * np.pi * (across / 5.3 + 0.4 * np.sin(down / 40))) + 0.08 * np.sin(2 * np.pi * down / 7.7)
    return np.asarray(shades + lines[..., None], np.float32)


def _stripes(pitch: float, contrast: float, order: tuple[int, int, int] = (0, 1, 2)) -> np.ndarray:
    """Return what stripes of three colours let through: 1 x width x 3; the pitch in pixels of the page."""
    phase = np.arange(WIDTH * FINER)[:, None] / FINER / pitch - np.array(order) / 3
    return np.asarray(1 + contrast * np.sign(np.cos(2 * np.pi * phase) - 0.5), np.float32)[None]


def _captured(fine: np.ndarray, seed: int = 4, quality: int = 85) -> Image:
    """Return what a camera makes of it: blurred, sampled, noisy, stored with half the colours' resolution."""
    seen = cv2.resize(cv2.GaussianBlur(fine, (0, 0), 0.45 * FINER), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    noisy = seen + np.random.default_rng(seed).normal(0, 0.012, seen.shape)
    stored = cv2.imencode(
        ".jpg",
        cv2.cvtColor(np.asarray(np.clip(noisy, 0, 1) * 255, np.uint8), cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420],
    )[1]
    return np.asarray(cv2.cvtColor(cv2.imdecode(stored, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def _strength(image: Image) -> float:
    strength = grid_strength(image)
    assert strength is not None
    return strength


def test_print_has_no_grid() -> None:
    assert _strength(_captured(_ground())) < USUAL


@pytest.mark.parametrize("pitch", [4.1, 2.6, 1.7], ids=["seen as it is", "near the sampling's limit", "folded"])
def test_a_grid_is_found_however_fine(pitch: float) -> None:
    assert _strength(_captured(_ground() * _stripes(pitch, 0.25))) > FOUND


def test_it_is_found_whichever_colour_comes_first() -> None:
    assert _strength(_captured(_ground() * _stripes(3.3, 0.25, (2, 1, 0)))) > FOUND


def test_the_stronger_a_grid_the_more_it_counts() -> None:
    weak, strong = (_strength(_captured(_ground() * _stripes(3.3, contrast))) for contrast in (0.02, 0.3))
    assert strong > weak + 1


@pytest.mark.parametrize("ink", [(1, 1, 1), (0.2, 0.6, 1), (1, 0.4, 0.1)], ids=["black", "orange", "blue"])
def test_fine_lines_of_one_ink_are_no_grid(ink: tuple[float, float, float]) -> None:
    lines = np.sign(np.cos(2 * np.pi * np.arange(WIDTH * FINER) / FINER / 3.3) - 0.5)
    printed = _ground() * (1 - 0.12 * (1 + lines[None, :, None]) * np.float32(ink))
    assert _strength(_captured(printed)) < USUAL


def test_what_waves_in_one_corner_alone_is_no_screen() -> None:
    there = np.zeros((HEIGHT * FINER, WIDTH * FINER, 1), np.float32)
    there[: 250 * FINER, : 250 * FINER] = 1
    assert _strength(_captured(_ground() * (1 + there * (_stripes(3.3, 0.3) - 1)))) < USUAL


@pytest.mark.parametrize("size", [(200, 900), (256, 500)], ids=["lower than a tile", "of few tiles"])
def test_too_little_of_a_page_tells_nothing(size: tuple[int, int]) -> None:
    assert grid_strength(np.zeros((*size, 3), np.uint8)) is None


def test_a_page_without_any_light_shows_no_grid() -> None:
    assert _strength(np.zeros((HEIGHT, WIDTH, 3), np.uint8)) < USUAL
