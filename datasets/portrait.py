"""Procedurally shaded portraits: textures of skin, hair and light. What matters is how they print."""

import cv2
import numpy as np

from datasets.raster import Float, smooth_noise

_SIZE = (560, 440)  # height, width


def _ellipse(centre: tuple[float, float], axes: tuple[float, float], softness: float) -> Float:
    """Return a soft mask of an ellipse on the portrait's canvas."""
    rows, columns = np.arange(_SIZE[0], dtype=np.float32)[:, None], np.arange(_SIZE[1], dtype=np.float32)[None]
    distance = np.hypot((columns - centre[0]) / axes[0], (rows - centre[1]) / axes[1])
    return np.asarray(1 / (1 + np.exp(np.minimum((distance - 1) / softness, 60))), np.float32)


def _blend(image: Float, mask: Float, colour: Float) -> None:
    image += mask[..., None] * (colour - image)


def _features(rng: np.random.Generator, face: Float, centre: float, eye_row: float, skin: Float) -> None:
    """Draw eyes, brows, nose and mouth as shades, in place."""
    gap = rng.uniform(38, 50)
    for side in (-1, 1):
        x = centre + side * gap
        _blend(face, 0.9 * _ellipse((x, eye_row), (19, 8), 0.08), np.float32([0.9, 0.88, 0.86]))
        _blend(face, _ellipse((x, eye_row), (8, 8), 0.1), np.float32(rng.uniform(0.1, 0.4, 3)))
        _blend(face, 0.8 * _ellipse((x, eye_row - 24), (26, 5), 0.2), np.float32(skin * 0.35))
    _blend(face, 0.3 * _ellipse((centre + 10, eye_row + 45), (10, 38), 0.3), np.float32(skin * 0.6))
    _blend(face, 0.5 * _ellipse((centre, eye_row + 75), (22, 6), 0.3), np.float32(skin * 0.45))
    _blend(
        face,
        0.8 * _ellipse((centre, eye_row + 115), (rng.uniform(26, 38), 8), 0.15),
        np.float32(skin * [0.8, 0.5, 0.5]),
    )


def portrait(rng: np.random.Generator) -> Float:
    """Draw a portrait: 560 x 440 x 3, RGB reflectance, continuous tone."""
    backdrop = np.float32(rng.uniform(0.68, 0.93) + rng.uniform(-0.04, 0.04, 3))
    image = np.tile(backdrop, (*_SIZE, 1)).astype(np.float32)
    image *= 1 + 0.02 * smooth_noise(rng, _SIZE, 3)[..., None]
    skin = np.float32(rng.uniform(0.35, 0.92) * np.array([1.0, rng.uniform(0.72, 0.82), rng.uniform(0.55, 0.7)]))
    hair = np.float32(rng.uniform(0.05, 0.55) * np.array([1.0, rng.uniform(0.7, 0.95), rng.uniform(0.4, 0.85)]))
    centre, eye_row = rng.uniform(205, 235), rng.uniform(225, 255)
    width, height = rng.uniform(100, 122), rng.uniform(140, 165)
    _blend(
        image,
        _ellipse((centre, 620), (rng.uniform(185, 225), 170), 0.03),
        np.float32(rng.uniform(0.05, 0.8, 3)),
    )
    _blend(image, _ellipse((centre, eye_row + 180), (58, 100), 0.06), skin * 0.82)
    _blend(image, _ellipse((centre, eye_row - 20), (width * 1.2, height * rng.uniform(1.08, 1.3)), 0.04), hair)
    _blend(image, _ellipse((centre, eye_row + 30), (width, height), 0.03), skin)
    _features(rng, image, centre, eye_row, skin)
    fringe = _ellipse((centre, eye_row - 105), (width * 1.02, rng.uniform(40, 70)), 0.06)
    strands = 1 + 0.5 * cv2.GaussianBlur(rng.standard_normal(_SIZE).astype(np.float32), (0, 0), 1.2, sigmaY=9)
    _blend(image, fringe, hair * strands[..., None])
    columns = np.linspace(-1, 1, _SIZE[1], dtype=np.float32)
    image *= 1 + rng.uniform(-0.2, 0.2) * columns[None, :, None]
    image *= 1 + 0.02 * cv2.GaussianBlur(rng.standard_normal(_SIZE).astype(np.float32), (0, 0), 1)[..., None]
    return np.clip(image, 0.02, 1)
