"""What lies round documents, and captures with no MRZ in them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.mrz.stamps import bars, capitals, paragraph, texture, words
from datasets.mrz.typeface import Float

TRAINING_PHOTOS = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "coffee.png",
    "coins.png",
    "camera.png",
    "text.png",
    "ihc.png",
)
HELD_OUT_PHOTOS = (
    "astronaut.png", "chelsea.png", "rocket.jpg", "hubble_deep_field.jpg", "page.png", "motorcycle_left.png",
    "motorcycle_right.png", "retina.jpg", "moon.png", "clock_motion.png", "cell.png", "color.png",
    "chessboard_RGB.png", "logo.png", "phantom.png", "horse.png", "microaneurysms.png",
)  # fmt: skip


@cache
def photo(name: str) -> NDArray[np.uint8] | None:
    """Return a photograph that scikit-image ships, grey; None where it is not installed."""
    try:
        import skimage
    except ImportError:
        return None
    path = Path(skimage.__file__).parent / "data" / name
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def photo_crop(rng: np.random.Generator, names: tuple[str, ...], shape: tuple[int, int]) -> Float:
    """Return a random part of a random photograph."""
    picture = photo(str(rng.choice(names)))
    if picture is None:
        return 0.5 + 0.2 * texture(rng, shape, 20)
    share = rng.uniform(0.4, 1.0)
    tall, wide = (max(8, int(side * share)) for side in picture.shape)
    y, x = (
        int(rng.integers(0, picture.shape[0] - tall + 1)),
        int(rng.integers(0, picture.shape[1] - wide + 1)),
    )
    part = picture[y : y + tall, x : x + wide].astype(np.float32) / 255
    part = np.ascontiguousarray(np.rot90(part, int(rng.integers(4))))
    return cv2.resize(part, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)


def surroundings(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Return what a document lies on: float, height x width, 0 to 1."""
    kind = rng.random()
    if kind < 0.3:
        return np.full(shape, rng.uniform(0, 1), np.float32)
    if kind < 0.5:
        return photo_crop(rng, TRAINING_PHOTOS, shape) * np.float32(rng.uniform(0.4, 1))
    canvas = np.full(shape, rng.uniform(0.1, 0.9), np.float32)
    for cells in (2.0, 9.0, 40.0, 160.0):
        if rng.random() < 0.6:
            canvas += texture(rng, shape, cells * rng.uniform(0.5, 2)) * rng.uniform(0, 0.12)
    if kind < 0.65:  # wood, cloth, a stripe pattern
        rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        angle = rng.uniform(0, np.pi)
        wave = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) * (2 * np.pi / rng.uniform(3, 60)))
        canvas += np.clip(wave * rng.uniform(1, 5), -1, 1) * rng.uniform(0.02, 0.3)
    return np.clip(canvas, 0, 1)


def _text_block(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    return paragraph(rng, shape, rng.uniform(5, 26))


def _table(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    size = int(rng.integers(6, 30))
    return capitals(rng, int(rng.integers(1, 9)), int(rng.integers(5, 50)), size)[: shape[0], : shape[1]]


def _stripes(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Draw rulers, film holes, keyboards: marks at a fixed pitch in a few rows."""
    period = rng.uniform(3, 25)
    columns = (np.arange(shape[1]) % period < period * rng.uniform(0.2, 0.8)).astype(np.float32)
    rows = np.zeros(shape[0], np.float32)
    pitch = period * rng.uniform(1.2, 3)
    for index in range(int(rng.integers(1, 5))):
        rows[int(index * pitch) : int(index * pitch + pitch * rng.uniform(0.2, 0.8))] = 1
    return np.outer(rows, columns).astype(np.float32)


_PIECES: tuple[Callable[[np.random.Generator, tuple[int, int]], Float], ...] = (
    _text_block,
    _table,
    bars,
    _stripes,
)


def _put(rng: np.random.Generator, canvas: Float, ink: Float) -> None:
    """Print a piece on a patch of paper somewhere in the image, turned at random, in place."""
    height, width = canvas.shape
    pad = int(rng.integers(2, 20))
    tone = rng.uniform(0.6, 1.0)
    patch = tone * (1 - np.pad(ink, pad) * rng.uniform(0.4, 0.95))
    if rng.random() < 0.1:
        patch = 1 - patch
    turn = rng.normal(0, 3) if rng.random() < 0.6 else rng.uniform(0, 360)
    scale = min(1.0, rng.uniform(0.3, 1.2))
    matrix = cv2.getRotationMatrix2D(
        (patch.shape[1] / 2, patch.shape[0] / 2), turn + 90 * float(rng.integers(4)), scale
    )
    matrix[:, 2] += rng.uniform((0, 0), (width, height)) - np.float64([patch.shape[1], patch.shape[0]]) / 2
    seen = cv2.warpAffine(patch.astype(np.float32), matrix, (width, height), flags=cv2.INTER_AREA, borderValue=-1.0)
    np.copyto(canvas, seen, where=seen >= 0)


def clutter(rng: np.random.Generator, canvas: Float, most: int) -> None:
    """Put printed things beside or under the documents, in place."""
    height, width = canvas.shape
    for _ in range(int(rng.integers(0, most + 1))):
        shape = (int(rng.uniform(0.05, 0.5) * height) + 8, int(rng.uniform(0.1, 0.9) * width) + 8)
        _put(rng, canvas, _PIECES[int(rng.integers(len(_PIECES)))](rng, shape))


def without_mrz(rng: np.random.Generator, size: tuple[int, int], photos: tuple[str, ...] = TRAINING_PHOTOS) -> Float:
    """Return an image with no MRZ: a photograph, a text page, a table of capitals, bar codes, clutter."""
    kind = int(rng.integers(6))
    canvas = surroundings(rng, size)
    if kind == 0:
        return photo_crop(rng, photos, size)
    if kind == 1:
        paper = np.float32(rng.uniform(0.7, 1.0))
        return np.asarray(paper * (1 - paragraph(rng, size, rng.uniform(6, 40)) * np.float32(rng.uniform(0.4, 1))))
    if kind == 2:
        size_px = int(rng.integers(8, 40))
        ink = capitals(rng, max(1, int(size[0] / size_px / 2)), max(4, int(size[1] / size_px)), size_px)
        page = np.zeros(size, np.float32)
        page[: ink.shape[0], : ink.shape[1]] = ink[: size[0], : size[1]]
        return np.asarray(np.float32(rng.uniform(0.7, 1)) * (1 - 0.9 * page))
    if kind == 3:
        canvas *= 1 - 0.9 * cv2.copyMakeBorder(
            bars(rng, (size[0] // 2, size[1] // 2)), size[0] // 4, size[0] - size[0] // 2 - size[0] // 4,
            size[1] // 4, size[1] - size[1] // 2 - size[1] // 4, cv2.BORDER_CONSTANT,
        )  # fmt: skip
        return canvas
    clutter(rng, canvas, most=8)
    if kind == 5:
        for _ in range(30):
            stamp = words(rng, rng.uniform(6, 30))
            if stamp.shape[0] < size[0] and stamp.shape[1] < size[1]:
                y, x = (int(rng.integers(0, side - part)) for side, part in zip(size, stamp.shape, strict=True))
                canvas[y : y + stamp.shape[0], x : x + stamp.shape[1]] *= 1 - stamp * 0.8
    return canvas
