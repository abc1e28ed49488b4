"""Drawn pages: lines of strokes whose width, darkness and place are known."""

from collections.abc import Mapping

import cv2
import numpy as np

from docscan.types import Box, Page, PageSize, Quality, TextLine

SCALE, HEIGHT = 12.0, 3.0  # pixels a millimetre; millimetres of a line
QUALITY = Quality(0.6, 0.0, 305, whole_page=True, usable=True)


def drawn_page(
    *lines: tuple[float, float], low: Mapping[int, float] | None = None, blur: float = 0.0, ground: int = 200
) -> Page:
    """Draw a line every 6 mm, each of 12 strokes of a width in millimetres and of a darkness from 0 to 1.

    Some may stand ``low``, by millimetres.
    """
    fine = 8  # times finer than the page, so that edges fall between pixels
    picture = np.full((704, 1000), ground, np.float32)
    for number, (width, dark) in enumerate(lines):
        strip = np.full((round(HEIGHT * SCALE), round(60 * SCALE * fine)), float(ground), np.float32)
        for stroke in range(12):
            left = round((0.5 + 1.4 * stroke) * SCALE * fine)
            strip[:, left : left + round(width * SCALE * fine)] = ground * (1 - dark)
        top, size = round((6 + 6 * number) * SCALE), (round(60 * SCALE), len(strip))
        picture[top : top + len(strip), 96 : 96 + size[0]] = cv2.resize(strip, size, interpolation=cv2.INTER_AREA)
        if low and number in low:
            band = slice(top - round(1.5 * SCALE), top + len(strip) + round(1.5 * SCALE))
            move = np.array([[1, 0, 0], [0, 1, low[number] * SCALE]])
            size = 1000, band.stop - band.start
            picture[band] = cv2.warpAffine(picture[band], move, size, borderMode=cv2.BORDER_REPLICATE)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    image = cv2.cvtColor(np.rint(picture).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    to_capture = np.diag([SCALE, SCALE, 1.0])
    return Page(image, PageSize.ID_3, SCALE, to_capture, found=True, border_seen=True, quality=QUALITY)


def line_of(number: int, text: str = "MUSTERMANN", room: float = 22.0) -> TextLine:
    return TextLine(text, (0.99,) * len(text), Box(8.0, 6 + 6 * number, room, HEIGHT))
