"""Offset line work: waves, rosettes and relief lines, drawn as vectors."""

import cv2
import numpy as np

from datasets.raster import PAGE_MM, PAGE_SHAPE, PIXELS_PER_MM, Float, lay_ink, px
from datasets.states import State

MRZ_BAND_MM = 23.2  # height of the MRZ above the lower edge, Doc 9303 part 4

_SHIFT = 4  # sub-pixel bits of OpenCV's drawing


def _draw(canvas: np.ndarray, x: np.ndarray, y: np.ndarray, width_mm: float) -> None:
    """Draw one curve, in millimetres, with its true width as coverage."""
    points = np.rint(np.stack([x, y], -1) * PIXELS_PER_MM * (1 << _SHIFT)).astype(np.int32)
    width = width_mm * PIXELS_PER_MM
    # A line thinner than a pixel covers that share of it.
    cv2.polylines(canvas, [points], False, int(255 * min(1, width)), max(1, round(width)), cv2.LINE_AA, _SHIFT)


def _waves(rng: np.random.Generator, state: State, slope: float) -> np.ndarray:
    canvas = np.zeros(PAGE_SHAPE, np.uint8)
    x = np.linspace(-2, PAGE_MM[0] + 2, 500)
    periods, phases = rng.uniform(8, 60, 3), rng.uniform(0, 6.3, 3)
    drift, weights = rng.uniform(-0.06, 0.06, 3), rng.dirichlet((1, 1, 1)) * state.wave_amplitude
    reach = state.wave_amplitude + abs(slope) * PAGE_MM[0]
    for y0 in np.arange(-reach, PAGE_MM[1] + reach, state.wave_pitch):
        y = y0 + slope * x
        for period, phase, change, weight in zip(periods, phases, drift, weights, strict=True):
            y = y + weight * np.sin(6.283 * x / period + phase + change * y0)
        _draw(canvas, x, y, state.line_width)
    return canvas


def _rosette(rng: np.random.Generator, state: State) -> np.ndarray:
    canvas = np.zeros(PAGE_SHAPE, np.uint8)
    turn = np.linspace(0, 2 * np.pi, 1500)
    x0, y0 = rng.uniform(15, PAGE_MM[0] - 15), rng.uniform(10, PAGE_MM[1] - 28)
    radius, petals, waves = rng.uniform(8, 22), rng.integers(5, 17), rng.integers(12, 40)
    for step in np.linspace(0.25, 1, rng.integers(9, 22)):
        r = radius * step * (1 + 0.22 * np.sin(petals * turn + 4 * step) + 0.06 * np.sin(waves * turn))
        _draw(canvas, x0 + r * np.cos(turn), y0 + r * np.sin(turn), state.line_width)
    return canvas


def _tint(rng: np.random.Generator, state: State, index: int) -> Float:
    """Return an ink, or a rainbow of two that run into one another across the page."""
    first = np.float32(state.inks[index % len(state.inks)])
    if not state.rainbow:
        return first
    second = np.float32(state.inks[(index + 1) % len(state.inks)])
    start, end = np.sort(rng.uniform(0, 1, 2))
    share = np.clip((np.linspace(0, 1, PAGE_SHAPE[1]) - start) / max(end - start, 0.2), 0, 1).astype(np.float32)
    return np.asarray(first + share[:, None] * (second - first), np.float32)[None]


def background(surface: Float, state: State) -> None:
    """Print the state's background on a surface, in place; the same on each of its pages."""
    rng = np.random.default_rng(state.seed)
    surface *= 1 - 0.35 * rng.uniform(0, 1) * (1 - _tint(rng, state, 0).reshape(1, -1, 3))
    layers = [_waves(rng, state, rng.uniform(-0.3, 0.3)), _waves(rng, state, rng.uniform(-0.3, 0.3))]
    layers += [_rosette(rng, state) for _ in range(state.rosettes)]
    for index, layer in enumerate(layers):
        coverage = cv2.GaussianBlur(layer, (0, 0), 0.5).astype(np.float32) / 255
        coverage[px(PAGE_MM[1] - MRZ_BAND_MM) :] *= state.mrz_band
        lay_ink(surface, coverage, _tint(rng, state, index))
