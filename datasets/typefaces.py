"""Fonts of the fictional documents: OCR-B from ``datasets/fonts``, text fonts that matplotlib ships."""

from functools import cache
from pathlib import Path

import matplotlib
from PIL import ImageFont

_OWN = Path(__file__).parent / "fonts"
_MATPLOTLIB = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def font(name: str, size: float) -> ImageFont.FreeTypeFont:
    """Open a font at a size in pixels."""
    path = _OWN / name if (_OWN / name).exists() else _MATPLOTLIB / name
    return ImageFont.truetype(str(path), size)


@cache
def ocr_b(name: str, pitch: float) -> ImageFont.FreeTypeFont:
    """Open an OCR-B cut at the size at which its characters stand ``pitch`` pixels apart."""
    probe = font(name, 1000)
    return font(name, 1000 * pitch / probe.getlength("A"))
