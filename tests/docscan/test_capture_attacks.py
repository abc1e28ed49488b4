"""Bombs and lying headers of every format, and layouts beyond those of test_capture."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from docscan.capture import ImageFile, decode
from docscan.errors import InputError, NotAnImageError, TooLargeError
from docscan.types import Spectrum
from tests.corrupt import picture

LIMITS = {"max_bytes": 50_000_000, "max_pixels": 80_000_000}
HUGE = 60_000
SIDES = struct.pack(">HH", HUGE, HUGE)
WIDE = struct.pack(">II", HUGE, HUGE)


def saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def patched(data: bytes, marker: bytes, offset: int, packed: bytes) -> bytes:
    at = data.index(marker) + offset
    return data[:at] + packed + data[at + len(packed) :]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def tiff(width: int, height: int, *, strips: int = 1, size: int = 64, compression: int = 1, samples: int = 3) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 2)]
    tags += [(273, 4, strips, 200), (277, 3, 1, samples), (278, 4, 1, height), (279, 4, strips, size)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)).ljust(200, b"\0") + bytes(64)


def attacks() -> dict[str, bytes]:
    image, cmyk = picture(), picture().convert("CMYK")
    rows, bomb = zlib.compress(bytes(40 * 121)), zlib.compress(bytes(200_000_000), 1)
    idat, jp2 = chunk(b"IDAT", rows), saved(image, "JPEG2000")
    j2k, siz = saved(image, "JPEG2000", no_jp2=True), b"\xff\x51"
    return {
        "progressive.jpg": patched(saved(image, "JPEG", progressive=True), b"\xff\xc2", 5, SIDES),
        "cmyk.jpg": patched(saved(cmyk, "JPEG"), b"\xff\xc0", 5, SIDES),
        "mpo.jpg": patched(saved(image, "MPO", save_all=True, append_images=[image]), b"\xff\xc0", 5, SIDES),
        "lzw.tif": tiff(HUGE, HUGE, compression=5),
        "upside-down.bmp": patched(saved(image, "BMP"), b"BM", 18, struct.pack("<ii", HUGE, -HUGE)),
        "lossless.webp": patched(saved(image, "WEBP", lossless=True), b"VP8L", 9, b"\xff\xff\xff\x0f"),
        "box.jp2": patched(jp2, b"ihdr", 4, WIDE),
        "codestream.jp2": patched(jp2, siz, 6, WIDE),
        "raw.j2k": patched(j2k, siz, 6, WIDE),
        "sixteen.png": png(HUGE, HUGE, 16, 6, idat),
        "true-bomb.png": png(9000, 9000, 1, 0, chunk(b"IDAT", zlib.compress(bytes(1126 * 9000), 9))),
        "iccp.png": png(40, 40, 8, 2, chunk(b"iCCP", b"p\0\0" + bomb), idat),
        "itxt.png": png(40, 40, 8, 2, chunk(b"iTXt", b"k\0\1\0\0\0" + bomb), idat),
        "idat.png": png(40, 40, 8, 2, chunk(b"IDAT", bomb)),
        "zero.png": png(0, 40, 8, 2, idat),
        "strips.tif": tiff(64, 64, strips=2**31 - 1),
        "strip.tif": tiff(64, 64, size=2**32 - 1),
        "samples.tif": tiff(64, 64, samples=65_535),
        "loop.tif": b"II*\0\x08\0\0\0\0\0\x08\0\0\0" + bytes(100),
        "tiles.jp2": patched(jp2, siz, 22, struct.pack(">II", 1, 1)),
        "components.j2k": patched(j2k, siz, 38, struct.pack(">H", 16_384)),
        "offset.bmp": patched(saved(image, "BMP"), b"BM", 10, struct.pack("<I", 2**32 - 1)),
    }


def test_attacks_cost_no_memory_and_print_nothing(tmp_path: Path) -> None:
    files = attacks()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    script = (
        "import pathlib, resource, sys\n"
        "from docscan.capture import ImageFile, decode\n"
        "from docscan.errors import InputError\nfrom docscan.types import Spectrum\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n"
        "        decode(ImageFile(path.name, path.read_bytes()), Spectrum.VISIBLE,max_bytes=10**8,max_pixels=8*10**7)\n"
        "    except InputError as error:\n"
        "        assert str(error).startswith(path.name + ': '), error\n"
        "    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "    assert grown < 100_000, (path.name, grown)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["progressive.jpg", "lzw.tif", "lossless.webp", "box.jp2", "raw.j2k", "true-bomb.png"])
def test_a_picture_over_the_limit_is_named_so(name: str) -> None:
    with pytest.raises(TooLargeError, match="too large"):
        decode(ImageFile(name, attacks()[name]), Spectrum.VISIBLE, **LIMITS)


def test_a_jpeg_2000_whose_headers_disagree_is_refused() -> None:
    data = patched(saved(picture(), "JPEG2000"), b"ihdr", 4, struct.pack(">II", 64, 64))
    with pytest.raises(InputError):
        decode(ImageFile("two-faced.jp2", data), Spectrum.VISIBLE, **LIMITS)


def test_a_phone_s_mpo_is_a_jpeg() -> None:
    image, source = decode(
        ImageFile("phone.jpg", saved(picture(), "MPO", save_all=True, append_images=[picture()])),
        Spectrum.VISIBLE,
        **LIMITS,
    )
    assert source.file_format == "JPEG"
    assert image.shape == (*picture().size[::-1], 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_is_turned_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.fromarray(np.arange(64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8))
    by_tiff, _ = decode(ImageFile("a.tif", saved(stored, "TIFF", exif=exif)), Spectrum.VISIBLE, **LIMITS)
    by_png, _ = decode(ImageFile("a.png", saved(stored, "PNG", exif=exif)), Spectrum.VISIBLE, **LIMITS)
    assert np.array_equal(by_tiff, by_png)


def test_an_embedded_profile_is_applied_and_a_broken_one_ignored() -> None:
    red = Image.new("RGB", (64, 64), (200, 40, 40))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for broken in (b"x" * 200, profile):  # no profile at all; one of another colour space
        image, _ = decode(ImageFile("a.png", saved(red, "PNG", icc_profile=broken)), Spectrum.VISIBLE, **LIMITS)
        assert tuple(image[5, 5]) == (200, 40, 40)


def test_floating_point_pixels_are_refused_with_the_reason() -> None:
    data = saved(Image.fromarray(np.random.default_rng(1).random((64, 64)).astype(np.float32)), "TIFF")
    with pytest.raises(InputError, match="32-bit"):
        decode(ImageFile("depth.tif", data), Spectrum.VISIBLE, **LIMITS)


def test_a_name_that_would_break_the_line_is_shown_on_one() -> None:
    with pytest.raises(NotAnImageError) as caught:
        decode(ImageFile("a\nb\x1b[31m" + "c" * 300, b"nothing"), Spectrum.VISIBLE, **LIMITS)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 250
