"""Captures: page readers, flatbed scanners and phones.

One chain with one distribution of parameters, drawn without knowing whether the page is genuine.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from datasets.raster import PAGE_MM, PIXELS_PER_MM, Float, smooth_noise

DEVICES = ("reader", "flatbed", "phone")


@dataclass(frozen=True, slots=True)
class Photo:
    """A captured page.

    ``image`` is RGB, height x width x 3; ``to_capture`` maps millimetres of the page to its pixels; ``encoded`` is
    the file as the device wrote it.
    """

    image: NDArray[np.uint8]
    to_capture: NDArray[np.float64]
    encoded: bytes
    file_format: str
    parameters: dict[str, str | float]


def _corners(rng: np.random.Generator, device: str, scale: float) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Return the page's corners in the capture, and the capture's width and height."""
    width, height = PAGE_MM[0] * scale, PAGE_MM[1] * scale
    turn = np.deg2rad(rng.normal(0, {"reader": 0.7, "flatbed": 1.5, "phone": 3.0}[device]))
    margin = np.float32(rng.uniform(0.02, {"reader": 0.05, "flatbed": 0.1, "phone": 0.15}[device], 2) * width)
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]]) - np.float32([width / 2, height / 2])
    corners = corners @ np.float32([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    if device == "phone":
        corners += rng.uniform(-0.03, 0.03, (4, 2)).astype(np.float32) * width
    corners += margin - corners.min(0)
    size = np.ceil(corners.max(0) + margin).astype(int)
    return np.asarray(corners, np.float32), (int(size[0]), int(size[1]))


def _desk(rng: np.random.Generator, device: str, size: tuple[int, int]) -> Float:
    """Return what lies round the page."""
    shape = size[::-1]
    colour = rng.uniform(0.02, 0.2, 3) if device == "reader" else rng.uniform(0.05, 0.75, 3)
    desk = np.tile(np.float32(colour), (*shape, 1))
    if device == "phone":
        grain = sum(smooth_noise(rng, shape, cells) / (1 + index) for index, cells in enumerate((4, 30, 120)))
        desk *= 1 + 0.12 * np.asarray(grain, np.float32)[..., None]
    return np.clip(desk, 0, 1)


def _light(rng: np.random.Generator, device: str, shape: tuple[int, int]) -> Float:
    """Return illumination, height x width x 3: falloff and a colour cast."""
    falloff = {"reader": 0.04, "flatbed": 0.02, "phone": 0.15}[device]
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(np.float32)
    slope = rng.normal(0, falloff, 2)
    cast = 1 + rng.normal(0, 0.03, 3)
    light = rng.uniform(0.85, 1.05) * (1 + slope[0] * rows + slope[1] * columns)
    return np.asarray(light[..., None] * cast, np.float32)


def _sensor(rng: np.random.Generator, image: Float, device: str) -> Float:
    """Optics, noise, and the device's own sharpening."""
    blur = rng.uniform(0.3, 0.75) if device != "phone" else rng.uniform(0.3, 0.95)
    image = cv2.GaussianBlur(image, (0, 0), blur)
    noise = rng.uniform(0.002, {"reader": 0.012, "flatbed": 0.01, "phone": 0.03}[device])
    grain = rng.standard_normal(image.shape).astype(np.float32) * np.sqrt(np.clip(image, 0.05, 1))
    if device == "phone" or rng.random() < 0.3:  # demosaicing smears the noise
        grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 0.8)) * 1.6
    image = image + noise * grain
    amount = rng.uniform(0, 1.2)
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 1.6))
    return np.asarray(image + amount * (image - soft), np.float32)


def _encode(rng: np.random.Generator, image: NDArray[np.uint8]) -> tuple[bytes, str, float]:
    picture, buffer = PillowImage.fromarray(image), io.BytesIO()
    if rng.random() < 0.15:
        picture.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue(), "PNG", 100.0
    if rng.random() < 0.25:  # a history: stored once before, or sent by a messaging app
        first = io.BytesIO()
        picture.save(first, "JPEG", quality=int(rng.integers(70, 96)))
        picture = PillowImage.open(first)
    quality = int(rng.integers(68, 98))
    picture.save(buffer, "JPEG", quality=quality, subsampling=int(rng.choice([0, 2])))
    return buffer.getvalue(), "JPEG", float(quality)


def photograph(
    rng: np.random.Generator, surface: Float, device: str | None = None, scale: float | None = None
) -> Photo:
    """Capture a page.

    Parameters
    ----------
    surface
        The page at the drawing surface's scale, reflectance 0 to 1.
    device
        One of ``DEVICES``; drawn when not given.
    scale
        Pixels of the capture for each millimetre; drawn from the device's range when not given.
    """
    device = device or str(rng.choice(DEVICES, p=[0.45, 0.25, 0.3]))
    ranges = {"reader": (11.0, 16.0), "flatbed": (8.5, 20.0), "phone": (8.5, 15.0)}
    scale = scale or float(rng.uniform(*ranges[device]))
    corners, size = _corners(rng, device, scale)
    page = np.float32([[0, 0], [PAGE_MM[0], 0], list(PAGE_MM), [0, PAGE_MM[1]]])
    to_capture = cv2.getPerspectiveTransform(page, corners).astype(np.float64)
    soft = cv2.GaussianBlur(surface, (0, 0), max(0.2, 0.32 * PIXELS_PER_MM / scale))
    from_surface = to_capture @ np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1])
    seen = cv2.warpPerspective(soft, from_surface, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(surface.shape[:2], np.float32), from_surface, size, flags=cv2.INTER_LINEAR)
    scene = seen + (1 - mask[..., None]) * _desk(rng, device, size)
    scene = _sensor(rng, scene * _light(rng, device, size[::-1]), device)
    curve = rng.uniform(0.85, 1.2)
    image = np.rint(255 * np.clip(scene, 0, 1) ** curve).astype(np.uint8)
    encoded, file_format, quality = _encode(rng, image)
    decoded = np.asarray(PillowImage.open(io.BytesIO(encoded)).convert("RGB"), np.uint8)
    parameters: dict[str, str | float] = {"device": device, "pixels_per_mm": scale, "quality": quality}
    return Photo(decoded, to_capture, encoded, file_format, parameters)
