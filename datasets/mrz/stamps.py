"""Pieces that pictures are made of: textures, printed words, bar codes, tables of capitals."""

from functools import cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from datasets.mrz.typeface import Float

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_OWN = Path(__file__).parents[1] / "fonts"
_FACES = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif.ttf",
    "STIXGeneral.ttf",
    "DejaVuSansMono.ttf",
    "cmr10.ttf",
)
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = "etaoinshrdlcumwfgypbvk"


def texture(rng: np.random.Generator, shape: tuple[int, ...], cells: float) -> Float:
    """Return smooth noise of about ``cells`` periods across the longer side, standard deviation about 1."""
    longest = max(shape)
    small = (max(3, round(cells * shape[0] / longest)) + 1, max(3, round(cells * shape[1] / longest)) + 1)
    coarse = rng.standard_normal(small).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


@cache
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def write(text: str, size: int, face: str | None = None) -> Float:
    """Return the ink coverage of a text, tightly cropped, its font ``size`` pixels; OCR-B without a face."""
    font = _font(str(_FONTS / face if face else _OWN / "OCRB.otf"), size)
    left, top, right, bottom = (round(value) for value in font.getbbox(text))
    picture = PillowImage.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(picture).text((-left, -top), text, font=font, fill=255)
    return np.asarray(picture, np.float32) / 255


def _random_text(rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.35:
        return "".join(rng.choice(list(_UPPER), int(rng.integers(3, 14))))
    if kind < 0.55:
        return "".join(rng.choice(list("0123456789./- "), int(rng.integers(4, 14))))
    parts = ("".join(rng.choice(list(_LOWER), int(rng.integers(2, 9)))) for _ in range(int(rng.integers(1, 6))))
    return " ".join(parts).capitalize()


@cache
def _library() -> tuple[Float, ...]:
    rng = np.random.default_rng(9303)
    faces = (*_FACES, None)
    return tuple(write(_random_text(rng), 40, faces[int(rng.integers(len(faces)))]) for _ in range(300))


def words(rng: np.random.Generator, height: float) -> Float:
    """Return some printed words, ``height`` pixels high."""
    stamps = _library()
    stamp = stamps[int(rng.integers(len(stamps)))]
    factor = height / 30
    size = (max(2, round(stamp.shape[1] * factor)), max(2, round(stamp.shape[0] * factor)))
    return cv2.resize(stamp, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)


def paragraph(rng: np.random.Generator, shape: tuple[int, int], size: float) -> Float:
    """Return the ink coverage of lines of words."""
    ink = np.zeros(shape, np.float32)
    y = 0.0
    leading = size * rng.uniform(1.3, 2.4)
    while y + size * 1.5 < shape[0]:
        x = 0.0
        while x < shape[1] * rng.uniform(0.5, 1.0):
            stamp = words(rng, size)[:, : max(0, shape[1] - int(x))]
            if stamp.shape[1]:
                ink[int(y) : int(y) + stamp.shape[0], int(x) : int(x) + stamp.shape[1]] = stamp[: shape[0] - int(y)]
            x += stamp.shape[1] + size * rng.uniform(0.4, 1)
        y += leading
    return ink


def capitals(rng: np.random.Generator, rows: int, columns: int, size: int) -> Float:
    """Return a table of capitals and digits in a fixed pitch: what most resembles an MRZ and is none."""
    face = [None, "DejaVuSansMono.ttf", "cmtt10.ttf"][int(rng.integers(3))]
    alphabet = list(_UPPER + ("0123456789" if rng.random() < 0.7 else "") + " " * int(rng.choice([0, 4, 8])))
    lines = [write("".join(rng.choice(alphabet, columns)).strip() or "A", size, face) for _ in range(rows)]
    leading = round(size * rng.uniform(1.0, 2.0))
    ink = np.zeros((leading * rows + size, max(line.shape[1] for line in lines)), np.float32)
    for index, line in enumerate(lines):
        ink[index * leading : index * leading + line.shape[0], : line.shape[1]] = line[: ink.shape[0] - index * leading]
    return ink


def bars(rng: np.random.Generator, shape: tuple[int, int]) -> Float:
    """Return a bar code (one- or two-dimensional)."""
    module = float(rng.uniform(1, 5))
    columns = max(4, int(shape[1] / module))
    rows = 1 if rng.random() < 0.5 else max(2, int(shape[0] / (module * rng.uniform(1, 4))))
    code = (rng.random((rows, columns)) < 0.5).astype(np.float32)
    return cv2.resize(code, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
