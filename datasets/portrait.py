"""Procedurally shaded portraits: textures of skin, hair and light. What matters is how they print."""

import cv2
import numpy as np

from datasets.raster import Float, smooth_noise

_SIZE = (560, 440)  # height, width


_NOTHING = 17  # exp(-17) is less than 32-bit numbers about 1 tell apart


def _blend(
    image: Float,
    colour: Float,
    centre: tuple[float, float],
    axes: tuple[float, float],
    softness: float,
    share: float = 1.0,
) -> None:
    """Paint a soft ellipse, in place; the colour is 3 values, or height x width x 3."""
    reach = 1 + _NOTHING * softness
    left, right, top, bottom = (
        min(max(round(middle + side * (axis * reach + 1)), 0), size)
        for middle, axis, size in zip(centre, axes, _SIZE[::-1], strict=True)
        for side in (-1, 1)
    )
    across = (np.arange(left, right, dtype=np.float32) - np.float32(centre[0])) / np.float32(axes[0])
    down = (np.arange(top, bottom, dtype=np.float32) - np.float32(centre[1])) / np.float32(axes[1])
    power = np.sqrt((across * across)[None] + (down * down)[:, None])
    power -= 1
    power *= np.float32(1 / softness)
    np.exp(np.minimum(power, 60, out=power), out=power)
    power += 1
    mask = cv2.cvtColor(np.float32(share) / power, cv2.COLOR_GRAY2RGB)
    part = image[top:bottom, left:right]
    own = colour[top:bottom, left:right] if colour.ndim == 3 else np.tile(colour, (1, right - left, 1))
    mask *= own - part
    part += mask


def _features(rng: np.random.Generator, face: Float, centre: float, eye_row: float, skin: Float) -> None:
    """Draw eyes, brows, nose and mouth as shades, in place."""
    gap = rng.uniform(38, 50)
    for side in (-1, 1):
        x = centre + side * gap
        _blend(face, np.float32([0.9, 0.88, 0.86]), (x, eye_row), (19, 8), 0.08, 0.9)
        _blend(face, np.float32(rng.uniform(0.1, 0.4, 3)), (x, eye_row), (8, 8), 0.1)
        _blend(face, np.float32(skin * 0.35), (x, eye_row - 24), (26, 5), 0.2, 0.8)
    _blend(face, np.float32(skin * 0.6), (centre + 10, eye_row + 45), (10, 38), 0.3, 0.3)
    _blend(face, np.float32(skin * 0.45), (centre, eye_row + 75), (22, 6), 0.3, 0.5)
    _blend(face, np.float32(skin * [0.8, 0.5, 0.5]), (centre, eye_row + 115), (rng.uniform(26, 38), 8), 0.15, 0.8)


def portrait(rng: np.random.Generator) -> Float:
    """Draw a portrait: 560 x 440 x 3, RGB reflectance, continuous tone."""
    backdrop = np.float32(rng.uniform(0.68, 0.93) + rng.uniform(-0.04, 0.04, 3))
    image = cv2.transform(1 + 0.02 * smooth_noise(rng, _SIZE, 3), backdrop[:, None])
    skin = np.float32(rng.uniform(0.35, 0.92) * np.array([1.0, rng.uniform(0.72, 0.82), rng.uniform(0.55, 0.7)]))
    hair = np.float32(rng.uniform(0.05, 0.55) * np.array([1.0, rng.uniform(0.7, 0.95), rng.uniform(0.4, 0.85)]))
    centre, eye_row = rng.uniform(205, 235), rng.uniform(225, 255)
    width, height = rng.uniform(100, 122), rng.uniform(140, 165)
    shoulders = rng.uniform(185, 225)
    _blend(image, np.float32(rng.uniform(0.05, 0.8, 3)), (centre, 620), (shoulders, 170), 0.03)
    _blend(image, skin * np.float32(0.82), (centre, eye_row + 180), (58, 100), 0.06)
    _blend(image, hair, (centre, eye_row - 20), (width * 1.2, height * rng.uniform(1.08, 1.3)), 0.04)
    _blend(image, skin, (centre, eye_row + 30), (width, height), 0.03)
    _features(rng, image, centre, eye_row, skin)
    fringe = rng.uniform(40, 70)
    strands = 1 + 0.5 * cv2.GaussianBlur(rng.standard_normal(_SIZE).astype(np.float32), (0, 0), 1.2, sigmaY=9)
    _blend(image, cv2.transform(strands, hair[:, None]), (centre, eye_row - 105), (width * 1.02, fringe), 0.06)
    light = 1 + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, _SIZE[1], dtype=np.float32)[None]
    light = light * (1 + 0.02 * cv2.GaussianBlur(rng.standard_normal(_SIZE).astype(np.float32), (0, 0), 1))
    image *= cv2.cvtColor(np.asarray(light, np.float32), cv2.COLOR_GRAY2RGB)
    return np.asarray(np.minimum(np.maximum(image, 0.02, out=image), 1, out=image), np.float32)
