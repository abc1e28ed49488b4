"""A side before a device, under each light, and the files that come of it."""

import io
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from datasets.capturing import surroundings as around
from datasets.capturing.devices import Settings
from datasets.capturing.optics import Matrix, at, blurred, develop, page_corners, place, resample
from datasets.physics.surface import PIXELS_PER_MM, Surface, bands, coloured

Pixels = NDArray[np.uint8]

_DIM = {"uv": 2.5, "ir": 1.4}  # noise, as a multiple of what the same sensor has by daylight


@dataclass(frozen=True, slots=True)
class Exposed:
    """What a device stores: an image for each light, height x width x 3, registered to a pixel.

    ``to_capture`` maps millimetres of the side to pixels; ``size_mm`` is the side's width and height.
    """

    frames: dict[str, Pixels]
    to_capture: Matrix
    size_mm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Captured:
    """The files: for each light the bytes and "JPEG" or "PNG"; matrix and corners are in the files' pixels."""

    files: dict[str, tuple[bytes, str]]
    to_capture: Matrix
    corners: Matrix


def _by_daylight(
    rng: np.random.Generator, surface: Surface, chosen: Settings, seen: Exposed, shape: tuple[int, int]
) -> Pixels:
    matrix = seen.to_capture
    mask = around.page_mask(chosen, seen.size_mm, matrix, shape)
    scene = around.surroundings(rng, chosen, shape)
    around.facing_page(rng, scene, chosen, seen.size_mm, matrix)
    if chosen.device != "reader":
        around.edge_shadow(scene, mask, chosen, chosen.dpi)
    page = resample(surface.visible, matrix, shape[::-1], chosen.dpi)
    scene = np.asarray(cv2.blendLinear(page, scene, mask, 1 - mask), np.float32)
    around.thumb(rng, scene, chosen, at(matrix, page_corners(seen.size_mm)))
    light = around.illumination(rng, chosen, shape)
    tint = np.float32([chosen.white_red, 1.0, chosen.white_blue]) * np.float32(chosen.exposure)
    for rows in bands(shape[0]):
        part = scene[rows]
        part *= coloured(light[rows], tint)
        if chosen.device == "phone":  # linear in power
            part *= part
    around.glare(rng, scene, chosen, mask)
    return develop(rng, blurred(scene, chosen), chosen)


def _under_uv(
    rng: np.random.Generator, surface: Surface, chosen: Settings, seen: Exposed, shape: tuple[int, int]
) -> Pixels:
    """Return what a camera sees of the page's own light, with the violet that its filter lets through."""
    if surface.uv is None:
        raise ValueError("the side was drawn without ultraviolet")
    mask = around.page_mask(chosen, seen.size_mm, seen.to_capture, shape)[..., None]
    page = resample(surface.uv, seen.to_capture, shape[::-1], chosen.dpi)
    leak = np.float32([0.012, 0.006, 0.035]) * np.float32(rng.uniform(0.3, 1.6))
    scene = mask * (page * np.float32(rng.uniform(0.75, 1.05)) + leak)
    bloom = cv2.resize(scene, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    scene += 0.10 * cv2.resize(cv2.GaussianBlur(bloom, (0, 0), 3), shape[::-1])
    scene *= around.illumination(rng, chosen, shape)[..., None]
    return develop(rng, blurred(scene, chosen), chosen, _DIM["uv"])


def _under_ir(
    rng: np.random.Generator, surface: Surface, chosen: Settings, seen: Exposed, shape: tuple[int, int]
) -> Pixels:
    if surface.ir is None:
        raise ValueError("the side was drawn without infrared")
    mask = around.page_mask(chosen, seen.size_mm, seen.to_capture, shape)
    page = resample(surface.ir, seen.to_capture, shape[::-1], chosen.dpi)
    scene = mask * page * np.float32(rng.uniform(0.8, 1.0)) + (1 - mask) * np.float32(rng.uniform(0.02, 0.15))
    scene *= around.illumination(rng, chosen, shape)
    return develop(rng, blurred(np.asarray(scene, np.float32), chosen), chosen, _DIM["ir"])


_LIGHTS = {"visible": _by_daylight, "uv": _under_uv, "ir": _under_ir}


def lights_of(chosen: Settings, lights: tuple[str, ...]) -> tuple[str, ...]:
    """Return which lights a device has: readers all, scanners and phones daylight alone."""
    return tuple(light for light in lights if light == "visible" or chosen.device == "reader")


def _stored(frame: Pixels, chosen: Settings) -> Pixels:
    """Return a frame as the device stored it first: whatever is edited later was decoded from there."""
    if not chosen.first_quality:
        return frame
    _, data = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, chosen.first_quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def expose(rng: np.random.Generator, surface: Surface, chosen: Settings, lights: tuple[str, ...]) -> Exposed:
    """Capture a side.

    Parameters
    ----------
    rng
        Each light has its own numbers, so that one does not depend on which others are asked for.
    lights
        Of "visible", "uv", "ir"; what the device lacks is left out.
    """
    rows, columns = surface.shape
    size_mm = columns / PIXELS_PER_MM, rows / PIXELS_PER_MM
    matrix, (width, height) = place(chosen, size_mm)
    seen = Exposed({}, matrix, size_mm)
    streams = dict(zip(_LIGHTS, rng.integers(1 << 62, size=len(_LIGHTS)), strict=True))
    for light in lights_of(chosen, lights):
        frame = _LIGHTS[light](np.random.default_rng(streams[light]), surface, chosen, seen, (height, width))
        seen.frames[light] = _stored(frame, chosen)
    return seen


def _pillow(frame: Pixels, chosen: Settings) -> bytes:
    buffer = io.BytesIO()
    picture = PillowImage.fromarray(frame)
    if chosen.encoder == "pillow-preset":
        picture.save(buffer, "JPEG", quality=chosen.preset)
    else:
        picture.save(buffer, "JPEG", quality=chosen.quality, subsampling=0 if chosen.subsampling == 444 else 2)
    return buffer.getvalue()


def _opencv(frame: Pixels, chosen: Settings) -> bytes:
    sampling = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if chosen.subsampling == 444 else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    )
    options = [cv2.IMWRITE_JPEG_QUALITY, chosen.quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    options += [cv2.IMWRITE_JPEG_PROGRESSIVE, int(chosen.encoder == "opencv-progressive")]
    options += [cv2.IMWRITE_JPEG_OPTIMIZE, int(chosen.encoder == "opencv-optimised")]
    return bytes(cv2.imencode(".jpg", frame[..., ::-1], options)[1])


def _file(frame: Pixels, chosen: Settings) -> tuple[bytes, str]:
    if chosen.encoder == "png":
        return bytes(cv2.imencode(".png", frame[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 2])[1]), "PNG"
    return (_opencv if chosen.encoder.startswith("opencv") else _pillow)(frame, chosen), "JPEG"


def _rescaled(matrix: Matrix, factor: tuple[float, float]) -> Matrix:
    """Return a matrix to an image that was resized by so much across and down; whole numbers are pixels' middles."""
    across, down = factor
    return np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]]) @ matrix


def encode(exposed: Exposed, chosen: Settings) -> Captured:
    """Cut, shrink where a messaging app does, and write the files."""
    rows, columns = next(iter(exposed.frames.values())).shape[:2]
    height, width = rows - chosen.crop_y, columns - chosen.crop_x
    shrink = min(1.0, chosen.longest / max(height, width)) if chosen.longest else 1.0
    size = round(width * shrink), round(height * shrink)
    files = {}
    for light, whole in exposed.frames.items():
        frame = np.ascontiguousarray(whole[chosen.crop_y :, chosen.crop_x :])
        if shrink < 1:
            frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
        files[light] = _file(frame, chosen)
    cut = np.array([[1, 0, -chosen.crop_x], [0, 1, -chosen.crop_y], [0, 0, 1]]) @ exposed.to_capture
    matrix = _rescaled(cut, (size[0] / width, size[1] / height))
    return Captured(files, matrix, at(matrix, page_corners(exposed.size_mm)))


def edited(exposed: Exposed, frames: dict[str, Pixels]) -> Exposed:
    """Return a capture with other frames."""
    return replace(exposed, frames=exposed.frames | frames)
