"""What software makes of a picture before it arrives: a scanner's driver, a camera, an office.

The generator's devices sharpen and compress within limits. Real ones go further, and phones smooth away their noise.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Image

Picture = NDArray[np.uint8]
"""Height x width x 3, blue, green, red: as OpenCV decodes files."""

_TEMPLATE, _SEARCHED = 5, 11  # pixels across, of non-local means


def sharpened(picture: Picture, amount: float, radius: float) -> Picture:
    """Add some times what a blur of ``radius`` pixels takes away."""
    soft = cv2.GaussianBlur(picture, (0, 0), radius)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def smoothed(picture: Picture, strength: float) -> Picture:
    """Reduce noise by non-local means, which keep what repeats; ``strength`` in grey levels."""
    denoised = cv2.fastNlMeansDenoisingColored(picture, None, strength, strength, _TEMPLATE, _SEARCHED)
    return np.asarray(denoised, np.uint8)


def levelled(picture: Picture, strength: float) -> Picture:
    """Reduce noise by averaging what differs by little, as quick processors in cameras do; in grey levels."""
    return np.asarray(cv2.bilateralFilter(picture, 5, strength, 2.0), np.uint8)


def noisy(picture: Picture, deviation: float, rng: np.random.Generator) -> Picture:
    """Add noise of some grey levels, as sensitive settings do."""
    return np.clip(picture + rng.normal(0, deviation, picture.shape), 0, 255).astype(np.uint8)


def bent(picture: Picture, gamma: float) -> Picture:
    """Brighten, or darken with a ``gamma`` above 1."""
    curve = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, curve), np.uint8)


def enlarged(picture: Picture, share: float, between: Callable[[Picture], Picture] = lambda small: small) -> Picture:
    """Shrink to a share of the sides and enlarge again, as a page of a PDF was; ``between`` works on it while small."""
    small = np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(between(small), picture.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def from_the_web(picture: Picture, share: float) -> Picture:
    """Shrink to a share of the sides, sharpen, store, and enlarge again, as who has no better picture does."""
    return enlarged(picture, share, lambda small: stored(sharpened(small, amount=0.8, radius=0.9), quality=85))


def stored(picture: Picture, quality: int) -> Picture:
    """Return what is left of a picture that was stored as JPEG."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _shrunk_and_enlarged(picture: Picture, rng: np.random.Generator) -> Picture:
    return enlarged(picture, rng.uniform(0.5, 0.9))


def _freed_of_noise(picture: Picture, rng: np.random.Generator) -> Picture:
    if rng.random() < 0.2:  # takes a second
        return smoothed(picture, rng.uniform(2, 6))
    return levelled(picture, rng.uniform(6, 20))


def _sharpened(picture: Picture, rng: np.random.Generator) -> Picture:
    return sharpened(picture, rng.uniform(0.3, 1.6), rng.uniform(0.7, 2.5))


def _noisy(picture: Picture, rng: np.random.Generator) -> Picture:
    return noisy(picture, rng.uniform(1, 6), rng)


def _bent(picture: Picture, rng: np.random.Generator) -> Picture:
    return bent(picture, float(np.exp(rng.normal(0, 0.25))))


def _stored(picture: Picture, rng: np.random.Generator) -> Picture:
    return stored(picture, int(rng.integers(50, 96)))


# In the order in which cameras and programs work, with the share of pictures to which each is done.
_WORK: tuple[tuple[float, Callable[[Picture, np.random.Generator], Picture]], ...] = (
    (0.2, _shrunk_and_enlarged),
    (0.4, _freed_of_noise),
    (0.45, _sharpened),
    (0.15, _noisy),
    (0.2, _bent),
    (0.8, _stored),
)


def worked_on(image: Image, rng: np.random.Generator) -> Image:
    """Do to an image, red first, what software may do, drawn by chance."""
    picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8)
    for share, work in _WORK:
        if rng.random() < share:
            picture = work(picture, rng)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
