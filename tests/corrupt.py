"""Corrupted inputs: truncations, bit flips, wrong types, headers that lie. The same on every run."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

_FORMATS = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP", "bmp": "BMP", "jp2": "JPEG2000"}


def picture() -> Image.Image:
    rng = np.random.default_rng(7)
    return Image.fromarray(np.kron(rng.integers(0, 256, (18, 26, 3)), np.ones((8, 8, 1))).astype(np.uint8))


def encoded(kind: str, image: Image.Image | None = None) -> bytes:
    buffer = io.BytesIO()
    (image or picture()).save(buffer, _FORMATS[kind])
    return buffer.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(4096))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _bmp_header(width: int, height: int) -> bytes:
    data = bytearray(encoded("bmp"))
    struct.pack_into("<ii", data, 18, width, height)
    return bytes(data)


def _tiff_header(width: int, height: int) -> bytes:
    data = bytearray(encoded("tif"))
    start = struct.unpack_from("<I", data, 4)[0]
    for index in range(struct.unpack_from("<H", data, start)[0]):
        entry = start + 2 + 12 * index
        tag = struct.unpack_from("<H", data, entry)[0]
        if tag in (256, 257):
            struct.pack_into("<HHII", data, entry, tag, 4, 1, width if tag == 256 else height)
    return bytes(data)


def _jpeg_header(width: int, height: int) -> bytes:
    data = bytearray(encoded("jpg"))
    start = data.find(b"\xff\xc0")
    struct.pack_into(">HH", data, start + 5, height, width)
    return bytes(data)


def _jp2_header(width: int, height: int) -> bytes:
    data = bytearray(encoded("jp2"))
    struct.pack_into(">II", data, data.find(b"ihdr") + 4, height, width)
    struct.pack_into(">II", data, data.find(b"\xff\x51") + 6, width, height)
    return bytes(data)


def _text_bomb() -> bytes:
    """A PNG with a text chunk of 200 MB behind 200 kB."""
    good = encoded("png")
    bomb = _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9))
    return good[:33] + bomb + good[33:]


def huge_headers() -> list[tuple[str, bytes]]:
    return [
        ("huge.png", png_header(60_000, 60_000)),
        ("huge-beyond.png", png_header(2**31 - 1, 2**31 - 1)),
        ("huge.bmp", _bmp_header(60_000, 60_000)),
        ("huge.tif", _tiff_header(60_000, 60_000)),
        ("huge.jpg", _jpeg_header(60_000, 60_000)),
        ("huge.jp2", _jp2_header(60_000, 60_000)),
        ("text-bomb.png", _text_bomb()),
    ]


def _wrong_types() -> list[tuple[str, bytes]]:
    return [
        ("empty.jpg", b""),
        ("text.png", b"This is no picture.\n" * 40),
        ("page.html", b"<!doctype html><title>no</title>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        ("document.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"),
        ("archive.zip", b"PK\x03\x04" + bytes(200)),
        ("animation.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        ("zeros.tif", bytes(5000)),
        ("noise.webp", np.random.default_rng(1).bytes(5000)),
        ("one-pixel.png", encoded("png", Image.new("RGB", (1, 1)))),
    ]


def corrupted_inputs() -> list[tuple[str, bytes]]:
    """Return at least 200 names and contents; a few may still decode, none may break anything."""
    rng = np.random.default_rng(9303)
    cases = _wrong_types() + huge_headers()
    for kind in _FORMATS:
        good = encoded(kind)
        for index, share in enumerate(np.linspace(0.001, 0.995, 14)):
            cases.append((f"cut-{index}.{kind}", good[: max(1, int(len(good) * share))]))
        for index in range(18):
            data = bytearray(good)
            # Half of the flips fall into the first 200 bytes, where the structure is.
            reach = min(200, len(data)) if index % 2 else len(data)
            for place in rng.integers(0, reach, 1 + index):
                data[place] ^= 1 << int(rng.integers(8))
            cases.append((f"flip-{index}.{kind}", bytes(data)))
    return cases


def _mutated(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """Change bytes in one of six ways."""
    changed = bytearray(data)
    start = int(rng.integers(len(changed)))
    length = int(rng.integers(1, 1 + min(64, len(changed) - start)))
    match int(rng.integers(6)):
        case 0:  # bits
            for place in rng.integers(0, len(changed), int(rng.integers(1, 12))):
                changed[place] ^= 1 << int(rng.integers(8))
        case 1:  # numbers at their limits, where headers have sizes
            limit = [b"\x00" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"][int(rng.integers(4))]
            changed[start % 400 : start % 400 + 4] = limit
        case 2:
            del changed[start:]
        case 3:
            del changed[start : start + length]
        case 4:
            changed[start:start] = rng.bytes(length)
        case _:  # the head of one and the tail of another
            changed[start:] = other[min(start, len(other)) :]
    return bytes(changed)


def mutated_images(count: int, seed: int) -> Iterator[bytes]:
    """Yield small pictures of every format, changed once to three times; many still decode."""
    rng = np.random.default_rng(seed)
    good = [encoded(kind) for kind in _FORMATS]
    for _ in range(count):
        data, other = good[int(rng.integers(len(good)))], good[int(rng.integers(len(good)))]
        for _ in range(int(rng.integers(1, 4))):
            data = _mutated(data, other, rng) or b"\x00"
        yield data


def mutated_bodies(body: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield a multipart body changed in its first and last bytes, where its structure is."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        head, tail = _mutated(body[:200], body[-200:], rng), _mutated(body[-100:], body[:100], rng)
        yield head + body[200:-100] + tail
