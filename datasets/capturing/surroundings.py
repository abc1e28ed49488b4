"""What a capture shows beside the page, and the light that falls on both."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import skimage

from datasets.capturing.devices import Settings
from datasets.capturing.optics import Matrix, at
from datasets.physics.surface import Float, bands, coloured, smooth_noise

_PHOTOS = Path(skimage.__file__).parent / "data"  # brick, grass, gravel: CC0; coffee: CC0 (scikit-image's README)
_BITS = 4
_CARD_RADIUS = 3.18  # millimetres, ISO/IEC 7810


@cache
def _photo(name: str) -> Float:
    picture = cv2.imread(str(_PHOTOS / f"{name}.png"), cv2.IMREAD_COLOR)
    if picture is None:
        raise FileNotFoundError(_PHOTOS / f"{name}.png")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.float32) / 255


def _from_photo(rng: np.random.Generator, name: str, shape: tuple[int, int]) -> Float:
    """Cut a piece of a photograph and enlarge it, out of focus, to a shape."""
    photo = _photo(name)
    share = rng.uniform(0.4, 0.95)
    rows, columns = (round(side * share) for side in photo.shape[:2])
    top, left = (
        int(rng.integers(0, side - part + 1)) for side, part in zip(photo.shape[:2], (rows, columns), strict=True)
    )
    piece = photo[top : top + rows, left : left + columns]
    scaled = cv2.resize(piece, shape[::-1], interpolation=cv2.INTER_LINEAR)
    tone = rng.uniform(0.5, 1.1) * np.exp(rng.normal(0, 0.08, 3))
    return np.clip(np.asarray(scaled * tone, np.float32), 0, 1)


def _woven(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    period = np.float32(rng.uniform(2.5, 7))
    weave = np.sin(rows * (6.283 / period)) * np.sin(columns * (6.283 / period) + smooth_noise(rng, shape, 6))
    return np.asarray(0.09 * weave + 0.05 * smooth_noise(rng, shape, 5), np.float32)


def _grained(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Return the grain of wood: noise stretched along one side."""
    long = rng.standard_normal((shape[0], max(4, shape[1] // 40))).astype(np.float32)
    streaks = cv2.resize(cv2.GaussianBlur(long, (0, 0), 0.8, sigmaY=1.2), shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(0.10 * streaks + 0.09 * smooth_noise(rng, shape, 3), np.float32)


def _desk(rng: np.random.Generator, name: str, shape: tuple[int, int]) -> Float:
    """Return what a phone sees round a page: height x width x 3."""
    if name in ("brick", "grass", "gravel", "coffee"):
        return _from_photo(rng, name, shape)
    pattern = {
        "wood": lambda: _grained(rng, shape),
        "cloth": lambda: _woven(rng, shape),
        "stone": lambda: 0.06 * smooth_noise(rng, shape, 30) + 0.06 * smooth_noise(rng, shape, 140),
        "plain": lambda: 0.02 * smooth_noise(rng, shape, 4),
    }[name]()
    tone = rng.uniform(0.12, 0.8)
    hue = np.float32(tone * np.array([1.0, 0.74, 0.5] if name == "wood" else np.exp(rng.normal(0, 0.12, 3))))
    return np.clip(hue * (1 + pattern[..., None]), 0.01, 1)


def surroundings(rng: np.random.Generator, chosen: Settings, shape: tuple[int, int]) -> Float:
    """Return what surrounds the page: height x width x 3, as the eye sees it."""
    if chosen.surroundings in ("dark", "grey", "lid"):
        low, high = {"dark": (0.01, 0.08), "grey": (0.2, 0.5), "lid": (0.75, 0.99)}[chosen.surroundings]
        tone = np.float32(rng.uniform(low, high) * np.exp(rng.normal(0, 0.02, 3)))
        return coloured(1 + 0.02 * smooth_noise(rng, shape, 3), tone)
    small = (max(8, shape[0] // 2), max(8, shape[1] // 2))  # a desk is out of focus anyway
    return np.asarray(cv2.resize(_desk(rng, chosen.surroundings, small), shape[::-1]), np.float32)


def _rounded(box: tuple[float, float, float, float], radius: float) -> Matrix:
    """Return the outline of a box (left, top, right, bottom) with round corners: points x 2."""
    left, top, right, bottom = box
    if radius <= 0:
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    middles = ((right - radius, top + radius), (right - radius, bottom - radius))
    middles += ((left + radius, bottom - radius), (left + radius, top + radius))
    turns = np.linspace(-np.pi / 2, 0, 8)
    arcs = [
        np.column_stack([x + radius * np.cos(turns + k * np.pi / 2), y + radius * np.sin(turns + k * np.pi / 2)])
        for k, (x, y) in enumerate(middles)
    ]
    return np.concatenate(arcs)


def filled(outline: Matrix, to_capture: Matrix, shape: tuple[int, int]) -> Float:
    """Return how much of each pixel an outline, given in millimetres, covers."""
    mask = np.zeros(shape, np.uint8)
    points = np.rint(at(to_capture, outline) * (1 << _BITS)).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, _BITS)
    return np.asarray(mask, np.float32) / 255


def _paint(scene: Float, outline: Matrix, to_capture: Matrix, tone: Float) -> None:
    """Fill an outline, given in millimetres, in place; the lens softens its edge."""
    points = np.rint(at(to_capture, outline) * (1 << _BITS)).astype(np.int32)
    cv2.fillPoly(scene, [points], tuple(float(value) for value in tone), cv2.LINE_8, _BITS)


def page_mask(chosen: Settings, size_mm: tuple[float, float], to_capture: Matrix, shape: tuple[int, int]) -> Float:
    """Return how much of each pixel the page covers; cards have round corners, booklets' may have."""
    card = size_mm[0] < 100
    outline = _rounded((0, 0, *size_mm), _CARD_RADIUS if card else chosen.corner_radius)
    return filled(outline, to_capture, shape)


def facing_page(
    rng: np.random.Generator, scene: Float, chosen: Settings, size_mm: tuple[float, float], to_capture: Matrix
) -> None:
    """Draw the booklet's other page, beyond the fold along the upper edge, in place."""
    tone = np.float32(rng.uniform(0.6, 0.95) * np.exp(rng.normal(0, 0.04, 3)))
    lines = rng.random() < 0.6
    if not chosen.facing or size_mm[0] < 120:
        return
    _paint(scene, _rounded((0, -size_mm[1], size_mm[0], 0), 0), to_capture, tone)
    for row in range(-8, -60, -7) if lines else ():
        _paint(scene, _rounded((12, row - 0.4, size_mm[0] - 12, row), 0), to_capture, tone * np.float32(0.65))


def edge_shadow(scene: Float, mask: Float, chosen: Settings, dpi: float) -> None:
    """Darken what lies beside the page's edge, in place."""
    depth = max(chosen.shadow, 0.15)
    reach = dpi / 25.4 * 0.5
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), max(0.5, reach / 4)), mask.shape[::-1])
    for rows in bands(len(scene)):
        scene[rows] *= cv2.cvtColor(1 - depth * soft[rows], cv2.COLOR_GRAY2RGB)


def thumb(rng: np.random.Generator, scene: Float, chosen: Settings, corners: Matrix) -> None:
    """Draw a thumb that holds the page at an edge, in place."""
    along, reach, width = rng.uniform(0.15, 0.85), rng.uniform(4, 10), rng.uniform(14, 20)
    skin = np.float32(rng.uniform(0.35, 0.9) * np.array([1.0, 0.76, 0.62]))
    left = rng.random() < 0.5
    if not chosen.thumb:
        return
    scale = chosen.dpi / 25.4
    start, end = (corners[0], corners[3]) if left else (corners[1], corners[2])
    base = start + along * (end - start)
    outwards = (corners[0] - corners[1]) if left else (corners[1] - corners[0])
    outwards = outwards / np.linalg.norm(outwards)
    tip = base - outwards * reach * scale
    mask = np.zeros(scene.shape[:2], np.uint8)
    far = tip + outwards * 60 * scale
    points = [tuple(int(value) for value in np.rint(point)) for point in (tip + outwards * width * scale / 2, far)]
    cv2.line(mask, points[0], points[1], 255, round(width * scale), cv2.LINE_AA)
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    cover = cv2.resize(cv2.GaussianBlur(small, (0, 0), 1.0), mask.shape[::-1])
    round_light = cv2.resize(cv2.GaussianBlur(small, (0, 0), width * scale / 16), mask.shape[::-1])
    scene += cover[..., None] * (skin * (0.35 + 0.75 * round_light[..., None]) - scene)


def illumination(rng: np.random.Generator, chosen: Settings, shape: tuple[int, int]) -> Float:
    """Return the light that falls on each pixel: height x width, about 1."""
    rows, columns = np.linspace(-1, 1, shape[0], dtype=np.float32), np.linspace(-1, 1, shape[1], dtype=np.float32)
    light = 1 + chosen.light_x * columns[None] + chosen.light_y * rows[:, None]
    light = light * (1 - chosen.vignette * 0.5 * (columns[None] ** 2 + rows[:, None] ** 2))
    phase, period, heading, offset = rng.uniform(0, 6.3), rng.uniform(60, 300), rng.uniform(0, 6.3), rng.uniform(-1, 1)
    if chosen.banding:
        light = light * (1 + chosen.banding * np.sin(np.arange(shape[0])[:, None] * 6.283 / period + phase))
    if chosen.shadow and chosen.device == "phone":  # of the hand or the phone
        distance = np.cos(heading) * columns[None] + np.sin(heading) * rows[:, None] - offset
        light = light * (1 - chosen.shadow / (1 + np.exp(-distance * 9)))
    return np.asarray(np.maximum(light, 0.15), np.float32)


def glare(rng: np.random.Generator, scene: Float, chosen: Settings, page: Float) -> None:
    """Add the lamps that the laminate mirrors, in place."""
    height, width = page.shape
    small = np.zeros((max(2, height // 8), max(2, width // 8)), np.float32)
    for _ in range(chosen.glare):
        centre = (int(rng.uniform(0, small.shape[1])), int(rng.uniform(0, small.shape[0])))
        axes = (
            max(1, int(rng.uniform(0.02, 0.1) * small.shape[1])),
            max(1, int(rng.uniform(0.02, 0.07) * small.shape[1])),
        )
        cv2.ellipse(small, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.3, 1.1)), -1)
    if chosen.glare:
        soft = cv2.GaussianBlur(small, (0, 0), small.shape[1] * 0.025)
        cv2.add(scene, cv2.cvtColor(cv2.resize(soft, (width, height)) * page, cv2.COLOR_GRAY2RGB), dst=scene)
