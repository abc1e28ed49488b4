"""Printing processes: how each puts a picture on paper, at 600 dpi.

Each takes a picture (height x width x 3, reflectance 0 to 1) and returns what the process leaves of it.
"""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from datasets.raster import Float, smooth_noise

Process = Callable[[np.random.Generator, Float], Float]


@cache
def _blue_noise(size: int = 256) -> Float:
    """Return a threshold tile without low frequencies, as stochastic screens have (flattened by ranks)."""
    noise = np.random.default_rng(2002).standard_normal((size, size)).astype(np.float32)
    for _ in range(8):
        padded = cv2.copyMakeBorder(noise, 16, 16, 16, 16, cv2.BORDER_WRAP)
        noise = noise - cv2.GaussianBlur(padded, (0, 0), 1.6)[16:-16, 16:-16]
        ranks = noise.ravel().argsort().argsort()
        noise = (ranks.reshape(size, size).astype(np.float32) + 0.5) / ranks.size - 0.5
    return np.asarray(noise + 0.5, np.float32)


def _separate(picture: Float) -> list[Float]:
    """Return the cyan, magenta, yellow and black coverage of a picture, with grey component replacement."""
    cmy = 1 - picture
    black = np.clip(cmy.min(-1) * 1.1 - 0.25, 0, 1)
    rest = (cmy - black[..., None]) / np.maximum(1 - black[..., None], 1e-3)
    return [*np.moveaxis(np.clip(rest, 0, 1), -1, 0), black]


_PROCESS_INKS = np.float32([[0.12, 0.6, 0.85], [0.85, 0.15, 0.5], [0.97, 0.9, 0.15], [0.08, 0.08, 0.09]])


def _overprint(shape: tuple[int, ...], dots: list[Float]) -> Float:
    surface = np.ones(shape, np.float32)
    for coverage, ink in zip(dots, _PROCESS_INKS, strict=True):
        surface *= 1 - coverage[..., None] * (1 - ink)
    return surface


def _shifted(rng: np.random.Generator, dots: Float, spread: float, misregister: float) -> Float:
    """Spread the ink of a separation and print it slightly out of register."""
    move = np.float32([[1, 0, rng.normal(0, misregister)], [0, 1, rng.normal(0, misregister)]])
    blurred = cv2.GaussianBlur(dots, (0, 0), spread)
    return np.asarray(cv2.warpAffine(blurred, move, dots.shape[::-1], borderMode=cv2.BORDER_REFLECT), np.float32)


def inkjet(rng: np.random.Generator, picture: Float) -> Float:
    """Print by inkjet: stochastic dots of four inks, 300 to 600 to an inch, with ink spread and satellites."""
    height, width = picture.shape[:2]
    pitch = float(rng.choice([1.0, 1.0, 1.5, 2.0]))  # drawing pixels a dot
    small = (max(1, round(width / pitch)), max(1, round(height / pitch)))
    soft = cv2.resize(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.2)), small, interpolation=cv2.INTER_AREA)
    tile = np.tile(_blue_noise(), (small[1] // 256 + 2, small[0] // 256 + 2))
    gain, spread, misregister = rng.uniform(0.95, 1.25), rng.uniform(0.45, 0.9), rng.uniform(0.1, 0.8)
    dots = []
    for coverage in _separate(soft.reshape(small[1], small[0], 3)):
        top, left = rng.integers(0, 256, 2)
        dot = (coverage * gain > tile[top : top + small[1], left : left + small[0]]).astype(np.float32)
        full = cv2.resize(dot, (width, height), interpolation=cv2.INTER_NEAREST)
        dots.append(_shifted(rng, full, spread, misregister))
    return _overprint(picture.shape, dots)


def _screen(shape: tuple[int, int], period: float, angle: float) -> Float:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    u = columns * np.cos(angle) + rows * np.sin(angle)
    v = rows * np.cos(angle) - columns * np.sin(angle)
    return np.asarray((np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period)) / 4 + 0.5, np.float32)


def _halftone(rng: np.random.Generator, picture: Float, lines_per_inch: float, hardness: float, wander: float) -> Float:
    period = 600 / lines_per_inch
    dots = []
    for coverage, degrees in zip(_separate(picture), (15, 75, 0, 45), strict=True):
        screen = _screen(coverage.shape, period, np.deg2rad(degrees + rng.normal(0, 0.3)))
        dot = np.clip((coverage - screen) * hardness + 0.5, 0, 1)
        dots.append(_shifted(rng, np.asarray(dot, np.float32), 0.5, wander))
    return _overprint(picture.shape, dots)


def toner(rng: np.random.Generator, picture: Float) -> Float:
    """Print by colour laser: clustered dots of 106 to 212 lines an inch, with toner scattered about."""
    printed = _halftone(rng, picture, float(rng.uniform(106, 212)), 6, 0.6)
    specks = (rng.random(picture.shape[:2]) < rng.uniform(0.0005, 0.003)).astype(np.float32)
    return np.asarray(printed * (1 - 0.5 * cv2.GaussianBlur(specks, (0, 0), 0.6))[..., None], np.float32)


def dye_diffusion(rng: np.random.Generator, picture: Float) -> Float:
    """Print by dye diffusion: continuous tone, as coarse as its 300 dpi head, softly diffused."""
    height, width = picture.shape[:2]
    head = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    tone = cv2.resize(head, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(tone, (0, 0), rng.uniform(0.5, 1.3)), np.float32)


def laser_engraving(rng: np.random.Generator, picture: Float) -> Float:
    """Engrave by laser: grey, in carbonised dots whose darkness varies."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    pitch = rng.uniform(1.2, 1.8)  # 330 to 500 dots an inch
    small = (max(1, round(width / pitch)), max(1, round(height / pitch)))
    dots = cv2.resize(grey, small, interpolation=cv2.INTER_AREA)
    dots = dots + rng.uniform(0.01, 0.05) * rng.standard_normal(dots.shape).astype(np.float32) * (1.1 - dots)
    tone = cv2.resize(dots, (width, height), interpolation=cv2.INTER_LINEAR)
    tone = np.clip(cv2.GaussianBlur(tone, (0, 0), rng.uniform(0.4, 0.7)), 0.08, 1)
    return np.asarray(np.repeat(tone[..., None], 3, -1), np.float32)


def offset_screen(rng: np.random.Generator, picture: Float) -> Float:
    """Print by fine offset: clustered dots of 250 to 340 lines an inch, crisp and in register."""
    return _halftone(rng, picture, float(rng.uniform(250, 340)), 5, 0.15)


def thermal(rng: np.random.Generator, picture: Float) -> Float:
    """Print by thermal transfer: solid, crisp."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 0.8)), np.float32)


PROCESSES: dict[str, Process] = {
    "inkjet": inkjet,
    "toner": toner,
    "dye_diffusion": dye_diffusion,
    "laser_engraving": laser_engraving,
    "offset_screen": offset_screen,
    "thermal": thermal,
}


def wear(rng: np.random.Generator, surface: Float, laminate: float) -> Float:
    """Age a page: soiling, paper fibres, the scatter of its laminate."""
    shape = surface.shape[:2]
    surface = surface * (1 - 0.02 * rng.uniform(0, 2) * smooth_noise(rng, shape, 6)[..., None])
    fibres = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), rng.uniform(0.8, 2))
    surface = surface * (1 + rng.uniform(0.005, 0.03) * fibres[..., None])
    if laminate > 0.1:
        surface = (1 - 0.08 * laminate) * cv2.GaussianBlur(surface, (0, 0), 0.3 + 0.5 * laminate) + 0.06 * laminate
    return np.clip(np.asarray(surface, np.float32), 0, 1)
