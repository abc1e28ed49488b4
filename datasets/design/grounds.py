"""Patterned areas of an artwork: fine lines, dots, small ornaments and flat tints within sharp edges.

Issuers fill whole areas with them. Their periods are those of a printer's screen or less, so that who takes every dot
for a counterfeiter's is shown here that presses print dots too.
"""

from collections.abc import Callable

import cv2
import numpy as np

from datasets.physics.surface import PIXELS_PER_MM, Float, smooth_noise

Coordinates = tuple[Float, Float]
"""Of every pixel along and across a pattern, millimetres."""
Pattern = Callable[[np.random.Generator, Coordinates], Float]

_EDGE = 1.5  # pixels over which a line's edge runs


def _turned(shape: tuple[int, int], angle: float) -> Coordinates:
    rows = np.arange(shape[0], dtype=np.float32)[:, None] / np.float32(PIXELS_PER_MM)
    columns = np.arange(shape[1], dtype=np.float32)[None] / np.float32(PIXELS_PER_MM)
    along, across = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return columns * along + rows * across, rows * along - columns * across


def _above(height: Float, least: Float | float, period: float) -> Float:
    """Return where a wave of height 0 to 1 is above some level, its edges as soft as a plate's."""
    sharpness = period * PIXELS_PER_MM / (2 * _EDGE)
    return np.asarray(np.clip((height - least) * np.float32(sharpness) + 0.5, 0, 1), np.float32)


def _wave(distance: Float, period: float) -> Float:
    return np.asarray(np.cos(distance * np.float32(2 * np.pi / period)) / 2 + 0.5, np.float32)


def _lines(rng: np.random.Generator, at: Coordinates) -> Float:
    """Draw parallel lines, straight or wavy, of one width or swelling."""
    along, across = at
    period = float(rng.uniform(0.16, 0.5))
    if rng.random() < 0.5:
        across = across + np.float32(rng.uniform(0.03, 0.3)) * _wave(along, float(rng.uniform(0.5, 6)))
    least: Float | float = float(rng.uniform(0.3, 0.75))
    if rng.random() < 0.5:
        swell = smooth_noise(rng, across.shape, float(rng.uniform(4, 30)))
        least = np.clip(least + np.float32(rng.uniform(0.1, 0.3)) * swell, 0.1, 0.95).astype(np.float32)
    return _above(_wave(across, period), least, period)


def _dots(rng: np.random.Generator, at: Coordinates) -> Float:
    """Draw a grid of dots, round to square."""
    period, stretch = float(rng.uniform(0.2, 0.6)), float(rng.uniform(1, 1.6))
    height = (_wave(at[0], period) + _wave(at[1], period * stretch)) / 2
    return _above(height, float(rng.uniform(0.45, 0.8)), period)


def _ornament(rng: np.random.Generator, at: Coordinates) -> Float:
    """Repeat a small ornament of squares, mirrored in itself, as woven ones are."""
    half = rng.random((int(rng.integers(3, 9)), int(rng.integers(3, 9)))) < rng.uniform(0.3, 0.6)
    tile = np.block([[half, half[:, ::-1]], [half[::-1], half[::-1, ::-1]]]).astype(np.float32)
    square = float(rng.uniform(0.08, 0.3))  # millimetres
    columns, rows = (np.floor(place / np.float32(square)).astype(np.int32) for place in at)
    drawn = tile[rows % tile.shape[0], columns % tile.shape[1]]
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), 0.6), np.float32)


def _flat(rng: np.random.Generator, at: Coordinates) -> Float:
    return np.full(np.broadcast_shapes(*(place.shape for place in at)), rng.uniform(0.3, 0.8), np.float32)


_PATTERNS: tuple[Pattern, ...] = (_lines, _lines, _dots, _ornament, _flat)


def _area(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Draw where a pattern is: all of the page, an ellipse, or a polygon."""
    height, width = shape
    kind = rng.random()
    if kind < 0.25:
        return np.ones(shape, np.float32)
    area = np.zeros(shape, np.uint8)
    if kind < 0.4:
        centre = (int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.1, 0.9) * height))
        axes = (int(rng.uniform(0.1, 0.5) * width), int(rng.uniform(0.1, 0.5) * height))
        cv2.ellipse(area, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 6))))
        reach = np.stack([np.cos(turns), np.sin(turns)], 1) * rng.uniform(0.3, 0.8, (len(turns), 1))
        points = (rng.uniform(0.2, 0.8, 2) + reach) * (width, height)
        cv2.fillPoly(area, [np.rint(points).astype(np.int32)], 255, cv2.LINE_AA)
    return area.astype(np.float32) / 255


def grounds(rng: np.random.Generator, shape: tuple[int, int], count: int) -> list[Float]:
    """Draw ``count`` patterned areas for a surface of ``shape`` pixels; returns each one's coverage by ink."""
    found = []
    for _ in range(count):
        pattern = _PATTERNS[int(rng.integers(len(_PATTERNS)))]
        drawn = pattern(rng, _turned(shape, float(rng.uniform(0, np.pi))))
        found.append(np.asarray(drawn * _area(rng, shape) * np.float32(rng.uniform(0.3, 1.0)), np.float32))
    return found
