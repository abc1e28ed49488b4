"""Printing processes: how each divides a picture into ink, at 600 dpi.

Each takes a picture (height x width x 3, reflectance 0 to 1) and returns layers: the coverage of each ink, height x
width. What an examiner sees through a loupe is here: stochastic dots, clustered dots, continuous tone, engraved dots.
"""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from datasets.physics.inks import B900, CARBON, INKJET_DYE, INKJET_PIGMENT, OFFSET, SUBLIMATION, TONER, Ink
from datasets.physics.surface import PIXELS_PER_MM, Float, Surface, lay

Layers = list[tuple[Float, Ink]]
Process = Callable[[np.random.Generator, Float], Layers]

_DPI = PIXELS_PER_MM * 25.4


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


def separate(picture: Float) -> list[Float]:
    """Return the cyan, magenta, yellow and black coverage of a picture, with grey component replacement."""
    inks = [np.subtract(1, plane, out=plane) for plane in cv2.split(picture)]
    black = np.minimum(np.minimum(inks[0], inks[1]), inks[2])
    black *= np.float32(1.1)
    black -= np.float32(0.25)
    np.minimum(np.maximum(black, 0, out=black), 1, out=black)
    rest = np.maximum(1 - black, np.float32(1e-3))
    for ink in inks:
        ink -= black
        ink /= rest
        np.minimum(np.maximum(ink, 0, out=ink), 1, out=ink)
    return [*inks, black]


def _shifted(rng: np.random.Generator, dots: Float, spread: float, misregister: float) -> Float:
    """Spread the ink of a separation and print it slightly out of register."""
    move = np.float32([[1, 0, rng.normal(0, misregister)], [0, 1, rng.normal(0, misregister)]])
    blurred = cv2.GaussianBlur(dots, (0, 0), spread)
    return np.asarray(cv2.warpAffine(blurred, move, dots.shape[::-1], borderMode=cv2.BORDER_REFLECT), np.float32)


def inkjet(rng: np.random.Generator, picture: Float) -> Layers:
    """Print by inkjet: stochastic dots of four inks, 300 to 600 to an inch, with ink spread."""
    height, width = picture.shape[:2]
    pitch = float(rng.choice([1.0, 1.0, 1.5, 2.0]))  # drawing pixels a dot
    small = (max(1, round(width / pitch)), max(1, round(height / pitch)))
    soft = cv2.resize(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.2)), small, interpolation=cv2.INTER_AREA)
    tile = np.tile(_blue_noise(), (small[1] // 256 + 2, small[0] // 256 + 2))
    gain, spread, misregister = rng.uniform(0.95, 1.25), rng.uniform(0.45, 0.9), rng.uniform(0.1, 0.8)
    inks = INKJET_PIGMENT if rng.random() < 0.5 else INKJET_DYE
    layers = []
    for coverage, ink in zip(separate(soft.reshape(small[1], small[0], 3)), inks, strict=True):
        top, left = rng.integers(0, 256, 2)
        dot = (coverage * gain > tile[top : top + small[1], left : left + small[0]]).astype(np.float32)
        full = cv2.resize(dot, (width, height), interpolation=cv2.INTER_NEAREST)
        layers.append((_shifted(rng, full, spread, misregister), ink))
    return layers


def _screen(shape: tuple[int, int], period: float, angle: float) -> Float:
    rows = np.arange(shape[0], dtype=np.float32)[:, None]
    columns = np.arange(shape[1], dtype=np.float32)[None]
    turn = np.float32(2 * np.pi / period)
    u = (columns * np.float32(np.cos(angle)) + rows * np.float32(np.sin(angle))) * turn
    v = (rows * np.float32(np.cos(angle)) - columns * np.float32(np.sin(angle))) * turn
    return np.asarray((np.cos(u) + np.cos(v)) / 4 + 0.5, np.float32)


def _halftone(
    rng: np.random.Generator,
    picture: Float,
    inks: tuple[Ink, ...],
    lines_per_inch: float,
    hardness: float,
    wander: float,
) -> Layers:
    period = _DPI / lines_per_inch
    layers = []
    for coverage, degrees, ink in zip(separate(picture), (15, 75, 0, 45), inks, strict=True):
        screen = _screen(coverage.shape, period, np.deg2rad(degrees + rng.normal(0, 0.3)))
        dot = np.subtract(coverage, screen, out=screen)
        dot *= hardness
        dot += 0.5
        np.minimum(np.maximum(dot, 0, out=dot), 1, out=dot)
        dot[coverage < 0.02] = 0
        layers.append((_shifted(rng, dot, 0.5, wander), ink))
    return layers


def toner(rng: np.random.Generator, picture: Float) -> Layers:
    """Print by colour laser: clustered dots of 106 to 212 lines an inch, with toner scattered about."""
    layers = _halftone(rng, picture, TONER, float(rng.uniform(106, 212)), 6, 0.6)
    specks = (rng.random(picture.shape[:2]) < rng.uniform(0.0005, 0.003)).astype(np.float32)
    black, ink = layers[3]
    layers[3] = np.maximum(black, 0.5 * cv2.GaussianBlur(specks, (0, 0), 0.6)), ink
    return layers


def offset_screen(rng: np.random.Generator, picture: Float) -> Layers:
    """Print by fine offset: clustered dots of 250 to 340 lines an inch, crisp and in register."""
    return _halftone(rng, picture, OFFSET, float(rng.uniform(250, 340)), 5, 0.15)


def sublimation(rng: np.random.Generator, picture: Float) -> Layers:
    """Print by dye diffusion: continuous tone, as coarse as its 300 dpi head, softly diffused."""
    height, width = picture.shape[:2]
    head = cv2.resize(picture, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    tone = cv2.resize(head, (width, height), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(tone, (0, 0), rng.uniform(0.5, 1.3))
    return list(zip(separate(np.asarray(soft, np.float32)), SUBLIMATION, strict=True))


def laser_engraving(rng: np.random.Generator, picture: Float) -> Layers:
    """Engrave by laser: grey, in carbonised dots whose darkness varies; the picture may be grey already."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    pitch = rng.uniform(1.2, 1.8)  # 330 to 500 dots an inch
    small = (max(1, round(width / pitch)), max(1, round(height / pitch)))
    dots = cv2.resize(grey, small, interpolation=cv2.INTER_AREA).reshape(small[1], small[0])
    dots = dots + rng.uniform(0.01, 0.05) * rng.standard_normal(dots.shape).astype(np.float32) * (1.1 - dots)
    tone = cv2.resize(dots, (width, height), interpolation=cv2.INTER_LINEAR)
    tone = np.clip(cv2.GaussianBlur(tone, (0, 0), rng.uniform(0.4, 0.7)), 0.05, 1)
    return [(np.asarray(np.clip((1 - tone) / 0.95, 0, 1), np.float32), CARBON)]


def solid(rng: np.random.Generator, picture: Float, ink: Ink = B900) -> Layers:
    """Print solid and crisp in one ink (thermal transfer, letterpress, offset text); the picture tells where."""
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    return [(np.asarray(cv2.GaussianBlur(1 - grey, (0, 0), rng.uniform(0.4, 0.8)), np.float32), ink)]


PROCESSES: dict[str, Process] = {
    "inkjet": inkjet,
    "toner": toner,
    "offset_screen": offset_screen,
    "sublimation": sublimation,
    "laser_engraving": laser_engraving,
    "solid": solid,
}


def print_picture(rng: np.random.Generator, part: Surface, picture: Float, process: str) -> None:
    """Print a picture on a part of a surface, in place; it is resized to fit."""
    fitted = cv2.resize(picture, part.shape[::-1], interpolation=cv2.INTER_AREA)
    fitted = np.asarray(fitted, np.float32)
    np.minimum(np.maximum(fitted, 0, out=fitted), 1, out=fitted)
    for coverage, ink in PROCESSES[process](rng, fitted):
        lay(part, coverage, ink)


def print_coverage(rng: np.random.Generator, part: Surface, coverage: Float, ink: Ink, spread: float = 0.6) -> None:
    """Print solid text or lines, given as coverage, in one ink, in place; ``spread`` is in pixels."""
    lay(part, np.asarray(cv2.GaussianBlur(coverage, (0, 0), spread * rng.uniform(0.7, 1.3)), np.float32), ink)
