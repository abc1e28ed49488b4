"""Bytes to a :class:`Capture`: limits, decoding, orientation; one image for each light.

The bytes are a stranger's. A header is read first and refused while it has cost nothing; whatever Pillow's
decoders make of the rest comes out as one sentence of the ``InputError`` family.
"""

import io
import logging
import stat
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from docscan.colour import to_rgb
from docscan.errors import BrokenImageError, InputError, NotAnImageError, TooLargeError
from docscan.lanes import Lanes
from docscan.types import Capture, Image, LightSource, Spectrum

MIN_SIDE = 32  # pixels; below it not one character of an MRZ could be told
ASPECT_TOLERANCE = 0.02  # by which the shapes of two lights' images may differ and still be one view

# Pillow's names of what it may open. MPO, a JPEG with a preview behind it, comes from phones; JPEG opens it.
FORMATS = {
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "PNG": "PNG",
    "TIFF": "TIFF",
    "WEBP": "WebP",
    "BMP": "BMP",
    "JPEG2000": "JPEG 2000",
}
_OPENED = tuple(name for name in FORMATS if name != "MPO")
READABLE = "JPEG, PNG, TIFF, WebP, BMP and JPEG 2000"
_SIGNATURES = (
    ("JPEG", b"\xff\xd8\xff"),
    ("PNG", b"\x89PNG\r\n\x1a\n"),
    ("TIFF", b"II*\x00"),
    ("TIFF", b"MM\x00*"),
    ("BMP", b"BM"),
    ("JPEG 2000", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
    ("JPEG 2000", b"\xff\x4f\xff\x51"),
)
_OTHERS = (("PDF", b"%PDF"), ("GIF", b"GIF8"), ("PostScript", b"%!PS"), ("ZIP", b"PK"), ("SVG", b"<svg"))

# Pillow warns of large pictures and odd tags. Size is judged here, and a warning helps nobody at the edge.
warnings.filterwarnings("ignore", category=PillowImage.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.")
# It also logs what it then raises.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

_MOST_TILES = 4096  # of a JPEG 2000: its decoder takes some 12 kB for each before it has read one

_MEAN_STEP = 57.625  # of the table for light and dark in ITU-T T.81, annex K
_ORIENTATION_TAG = 274
_TURNS = {
    2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
    3: PillowImage.Transpose.ROTATE_180,
    4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
    5: PillowImage.Transpose.TRANSPOSE,
    6: PillowImage.Transpose.ROTATE_270,
    7: PillowImage.Transpose.TRANSVERSE,
    8: PillowImage.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file as it was given: its name, for messages, and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """The image files of one side of a document: the same view of it under up to three lights."""

    visible: ImageFile
    uv: ImageFile | None = None
    ir: ImageFile | None = None


def shown(name: str) -> str:
    """Return a file's name fit for a sentence of one line."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= 80 else f"{printable[:50]}…{printable[-29:]}"


def read_file(path: Path, *, max_bytes: int) -> ImageFile:
    """Read a file from disk; its size is asked for before anything is read.

    Raises
    ------
    InputError
        The file is missing, no regular file or not readable.
    TooLargeError
        It has more than ``max_bytes`` bytes.
    """
    name = shown(path.name or str(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe"
            raise InputError(f"{name}: it is not a file but {what}.")
        _check_bytes(name, status.st_size, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)  # it may have grown meanwhile
    except FileNotFoundError as error:
        raise InputError(f"{name}: there is no such file.") from error
    except PermissionError as error:
        raise InputError(f"{name}: permission denied.") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", None) or "the operating system refuses it"
        raise InputError(f"{name}: {reason.lower()}.") from error
    _check_bytes(name, len(data), max_bytes)
    return ImageFile(path.name, data)


def load(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    max_bytes: int,
    max_pixels: int,
    lanes: Lanes | None = None,
) -> Capture:
    """Decode one document's images.

    Parameters
    ----------
    visible, uv, ir
        Files of any supported format. UV and IR must show the same view as the visible image; they may be of
        another resolution, and keep it.
    max_bytes, max_pixels
        Limits of each file, checked before decoding.
    lanes
        On which the images are decoded beside each other; None: one after the other.

    Returns
    -------
    Capture
        8-bit RGB, upright after the file's EXIF orientation.

    Raises
    ------
    NotAnImageError, BrokenImageError, TooLargeError, InputError
        One sentence with the file's name and the reason.
    """
    images: dict[Spectrum, Image] = {}
    sources: list[LightSource] = []
    lights = ((Spectrum.VISIBLE, visible), (Spectrum.UV, uv), (Spectrum.IR, ir))
    given = [(spectrum, file) for spectrum, file in lights if file is not None]

    def decoded(one: tuple[Spectrum, ImageFile]) -> tuple[Image, LightSource]:
        return decode(one[1], one[0], max_bytes=max_bytes, max_pixels=max_pixels)

    answers = (lanes or Lanes(0)).each(decoded, given)
    for (spectrum, file), (image, source) in zip(given, answers, strict=True):
        if sources:
            _check_same_view(file, source, sources[0])
        images[spectrum] = image
        sources.append(source)
    return Capture(images[Spectrum.VISIBLE], images.get(Spectrum.UV), images.get(Spectrum.IR), tuple(sources))


def _check_bytes(name: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise TooLargeError(
            f"{name}: too large; it has {_megabytes(size)} or more, the limit is {_megabytes(max_bytes)}."
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"


def _check_same_view(file: ImageFile, source: LightSource, reference: LightSource) -> None:
    ratio = (source.width * reference.height) / (source.height * reference.width)
    if abs(ratio - 1) > ASPECT_TOLERANCE:
        raise InputError(
            f"{shown(file.name)}: the {source.spectrum} image ({source.width} x {source.height} pixels) "
            f"shows another view than the visible one ({reference.width} x {reference.height} pixels)."
        )


def decode(file: ImageFile, spectrum: Spectrum, *, max_bytes: int, max_pixels: int) -> tuple[Image, LightSource]:
    """Decode the image of one light; parameters, result and errors as in :func:`load`."""
    name = shown(file.name)
    _check_bytes(name, len(file.data), max_bytes)
    opened = _open(name, file.data, max_pixels)
    file_format, mode = FORMATS[opened.format or ""], opened.mode
    _check_header(name, opened, max_pixels)
    _check_tiles(name, file.data)
    orientation = _orientation(opened)
    try:
        opened.load()
        # Pillow turns a TIFF itself while it loads, and no other format.
        turned = opened if file_format == "TIFF" else _turned(opened, orientation)
        image = to_rgb(turned)
    except PillowImage.DecompressionBombError as error:
        raise TooLargeError(f"{name}: too large; its picture is larger than its header says.") from error
    except InputError as error:
        raise type(error)(f"{name}: {error}") from error
    except Exception as error:
        # Pillow names no exceptions for bad data, and its decoders raise a dozen classes (OSError,
        # SyntaxError, ValueError, struct.error, zlib.error, MemoryError, …). Only decoding
        # stands in this fence.
        raise BrokenImageError(f"{name}: the {file_format} is cut off or damaged{_why(error)}.") from error
    height, width = image.shape[:2]
    dpi, quality = _dpi(opened), _jpeg_quality(opened)
    return image, LightSource(spectrum, file_format, mode, orientation, width, height, dpi, quality)


def _open(name: str, data: bytes, max_pixels: int) -> PillowImage.Image:
    """Read the header only."""
    if not data:
        raise NotAnImageError(f"{name}: the file is empty.")
    # Pillow refuses at twice this number, and does so before its WebP reader allocates a canvas.
    PillowImage.MAX_IMAGE_PIXELS = max_pixels // 2
    try:
        return PillowImage.open(io.BytesIO(data), formats=_OPENED)
    except PillowImage.DecompressionBombError as error:
        raise TooLargeError(
            f"{name}: too large; its header claims more than the limit of {_megapixels(max_pixels)}."
        ) from error
    except UnidentifiedImageError as error:
        raise _unidentified(name, data) from error
    except Exception as error:  # as in decode: a header is foreign data as well
        known = format_of(data)
        raise BrokenImageError(f"{name}: the header of the {known or 'image'} is damaged{_why(error)}.") from error


def _unidentified(name: str, data: bytes) -> InputError:
    known = format_of(data)
    if known:
        return BrokenImageError(f"{name}: the header of the {known} is cut off or damaged.")
    other = next((other for other, signature in _OTHERS if data.lstrip()[:8].startswith(signature)), None)
    if data[4:8] == b"ftyp":
        other = "HEIC, AVIF or video"
    what = f"it is a {other} file" if other else "it is no image that docscan knows"
    return NotAnImageError(f"{name}: {what}; docscan reads {READABLE}.")


def format_of(data: bytes) -> str | None:
    """Return the format that a file's first bytes tell, as :data:`FORMATS` calls it; None where it is none of them."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return next((known for known, signature in _SIGNATURES if data.startswith(signature)), None)


def _check_header(name: str, opened: PillowImage.Image, max_pixels: int) -> None:
    width, height = opened.size
    if width * height > max_pixels:
        raise TooLargeError(
            f"{name}: too large; it has {width} x {height} pixels, the limit is {_megapixels(max_pixels)}."
        )
    if min(width, height) < MIN_SIDE:
        raise InputError(
            f"{name}: too small; it has {width} x {height} pixels, "
            f"and a document needs {MIN_SIDE} or more on each side."
        )


def _check_tiles(name: str, data: bytes) -> None:
    """Refuse a JPEG 2000 cut into absurdly many tiles (ISO/IEC 15444-1, annex A.5.1, marker SIZ)."""
    if format_of(data) != "JPEG 2000":
        return
    start = data.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(data) < start + 40:
        return  # the decoder will say that it is damaged
    width, height, left, top, tile_width, tile_height = struct.unpack_from(">6I", data, start + 8)
    across, down = (max(0, width - left), tile_width), (max(0, height - top), tile_height)
    tiles = 1
    for length, tile in (across, down):
        tiles *= -(-length // max(tile, 1))
    if tiles > _MOST_TILES:
        raise BrokenImageError(f"{name}: the JPEG 2000 is damaged; it claims {tiles} tiles.")


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:g} megapixels"


def _orientation(opened: PillowImage.Image) -> int:
    """Return the EXIF orientation, 1 where it is absent or makes no sense."""
    try:
        value = opened.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # EXIF is foreign data too, and a broken one is no reason to refuse the picture
        return 1
    return value if isinstance(value, int) and value in range(1, 9) else 1


def _turned(image: PillowImage.Image, orientation: int) -> PillowImage.Image:
    turn = _TURNS.get(orientation)
    if turn is None:
        return image
    turned = image.transpose(turn)
    turned.info = image.info  # the profile and the transparency
    return turned


def _dpi(opened: PillowImage.Image) -> float | None:
    """Return what the file claims of its resolution, if that is a number at all."""
    try:
        value = float(opened.info["dpi"][0])
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return None
    return value if np.isfinite(value) and value > 1 else None


def _jpeg_quality(opened: PillowImage.Image) -> float | None:
    """Return how much a JPEG keeps, by how coarse its table of steps for light and dark is.

    libjpeg's quality scales the tables of ITU-T T.81, annex K: 50 is as they are, 25 twice as coarse. Of cameras' and
    other software's own tables it is about what libjpeg would need for as coarse ones.
    """
    tables = getattr(opened, "quantization", None)
    if not tables or 0 not in tables:
        return None
    coarse = float(np.mean(tables[0])) / _MEAN_STEP
    return 50 / coarse if coarse > 1 else 100 - 50 * coarse


def _why(error: Exception) -> str:
    """Return the decoder's own reason in brackets where it is a plain one."""
    reason = "".join(character for character in str(error) if character.isprintable()).strip(" .")
    if not isinstance(error, OSError | SyntaxError | ValueError) or not reason or "<" in reason:
        return ""
    return f" ({reason[:100]})"
