"""Every pixel layout that an image file may have, to 8-bit sRGB, on purpose; and its channels side by side."""

import io
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from docscan.errors import InputError
from docscan.types import Image

Pixel = TypeVar("Pixel", np.uint8, np.float32)

MAX_PROFILE_BYTES = 4_000_000  # a printer's CMYK profile has up to about 3 MB
_PROFILE_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
_DEEP_GREY = ("I;16", "I;16B", "I;16L", "I;16N")
_TRANSPARENT = ("RGBA", "LA", "PA", "RGBa", "La")
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

_TIFF_PHOTOMETRIC = 262


def to_rgb(image: PillowImage.Image) -> Image:
    """Convert a decoded picture.

    16-bit values are scaled to 8 bits over the range of their sensor; transparency is laid on white, as paper
    is; CMYK and profiled colours become sRGB. A broken or unfitting profile is left aside: it is no reason to
    refuse a document.

    Raises
    ------
    InputError
        The pixels are 32-bit numbers, whose range no file states: scaling them would be a guess.
    """
    if image.mode in ("F", "I"):
        raise InputError("its pixels are 32-bit numbers of unknown range; save it with 8 or 16 bits.")
    if image.mode in _DEEP_GREY:
        return _three_channels(_deep_grey(image))
    plain = _profiled(_flattened(image), image.info.get("icc_profile"))
    if plain.mode == "L":
        return _three_channels(np.asarray(plain))
    # Pillow would copy what has this mode already.
    return np.ascontiguousarray(np.asarray(plain if plain.mode == "RGB" else plain.convert("RGB")))


def strongest(image: NDArray[Pixel]) -> NDArray[Pixel]:
    """Return the largest of the three channels at each pixel, height x width: numpy takes ten times as long."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(red, green), blue), image.dtype)


def weakest(image: NDArray[Pixel]) -> NDArray[Pixel]:
    """Return the least of the three channels at each pixel: height x width."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.min(cv2.min(red, green), blue), image.dtype)


def _three_channels(grey: NDArray[np.uint8]) -> Image:
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


def _deep_grey(image: PillowImage.Image) -> NDArray[np.uint8]:
    tags = getattr(image, "tag_v2", {})
    values = np.asarray(image)
    # Values of 10, 12 or 14 bits are often stored in 16 as they are: the largest one tells which it was.
    bits = next(bits for bits in (8, 10, 12, 14, 16) if int(values.max()) < 2**bits)
    top = 2**bits - 1
    grey = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), 256):  # in bands: a 32-bit copy of the whole would double the memory
        band = values[start : start + 256].astype(np.uint32)
        grey[start : start + 256] = (band * 255 + top // 2) // top
    return 255 - grey if tags.get(_TIFF_PHOTOMETRIC) == 0 else grey  # 0: white is zero


def _flattened(image: PillowImage.Image) -> PillowImage.Image:
    """Return the picture as L, RGB or CMYK, without transparency."""
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        paper = PillowImage.new("RGB", image.size, (255, 255, 255))
        paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return paper
    if image.mode in _PROFILE_SPACES:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _profiled(image: PillowImage.Image, profile: object) -> PillowImage.Image:
    """Apply the embedded ICC profile where it is sane and not sRGB already."""
    if not isinstance(profile, bytes) or not 128 <= len(profile) <= MAX_PROFILE_BYTES:
        return image
    if b"sRGB" in profile or b"s\0R\0G\0B" in profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _PROFILE_SPACES[image.mode]:
            return image
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
