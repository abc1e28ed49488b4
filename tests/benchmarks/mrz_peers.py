"""Other open MRZ readers, each behind one function; those that are not installed are left out.

``pip install docscan[bench]`` brings them. They answer with lines; docscan's parser takes these apart for all alike.
"""

import logging
import subprocess
from collections.abc import Callable
from typing import Any

import cv2

from docscan.mrz import second_reader
from docscan.types import Image, Zone

Reader = Callable[[Image], Zone | None]


def _zone(text: str, reader: str) -> Zone | None:
    lines = second_reader.clean_lines(text)
    return Zone(lines, (), (), reader) if lines else None


def _has_language(name: str) -> bool:
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    return name in listed.split()


def _fastmrz() -> dict[str, Reader]:
    """FastMRZ: a segmentation network and tesseract, in the language "mrz" alone: with English it finds none."""
    try:
        from fastmrz import FastMRZ
    except ImportError:
        return {}
    if second_reader.missing() is not None or not _has_language("mrz"):
        return {}
    reader = FastMRZ()

    def read(image: Image) -> Zone | None:
        try:
            text: Any = reader.get_details(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), "numpy", ignore_parse=True)
        except Exception:  # it raises on some images; that is a miss
            return None
        return _zone(text, "FastMRZ") if isinstance(text, str) else None

    return {"FastMRZ": read}


def _rapidocr() -> dict[str, Reader]:
    """RapidOCR, a general reader: those of its lines that look like an MRZ's."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return {}
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    engine = RapidOCR()

    def read(image: Image) -> Zone | None:
        texts = engine(cv2.cvtColor(image, cv2.COLOR_RGB2BGR)).txts
        return _zone("\n".join(texts or ()), "RapidOCR")

    return {"RapidOCR, lines like an MRZ's": read}


def installed() -> dict[str, Reader]:
    """Return every other reader that is installed, by name; PassportEye always is."""
    passporteye = {"PassportEye, tesseract English": second_reader.read} if second_reader.missing() is None else {}
    return passporteye | _fastmrz() | _rapidocr()
