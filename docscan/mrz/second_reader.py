"""The second MRZ reader: a fence round PassportEye and the tesseract program that it runs."""

import logging
import os
import re
import shutil
import warnings
from typing import Any

import cv2
import numpy as np

from docscan.mrz.check_digits import ALPHABET
from docscan.types import Image, Polygon, Zone

NAME = "passporteye"

_log = logging.getLogger(__name__)

# PassportEye reads lines 1,050 pixels wide; beyond twice that a capture only costs time.
_WIDEST = 2000

# What tesseract's stock English makes of the filler and of letters, although told to keep to the MRZ's alphabet.
_CONFUSED = str.maketrans(
    {"«": "<", "‹": "<", "(": "<", "{": "<", "[": "<", "€": "C", "£": "E", "§": "S", "|": "I"}
)
_LINE = re.compile(rf"[{re.escape(ALPHABET)}]{{24,48}}")


def missing() -> str | None:
    """Return why this reader cannot run, or None."""
    if shutil.which("tesseract") is None:
        return "The second reader is unavailable: the program tesseract is not installed."
    return None


def clean_lines(text: str) -> tuple[str, ...]:
    """Return the lines of recognised text that may be of an MRZ: capitals, digits, fillers, 24 to 48 of them."""
    candidates = ("".join(line.split()).upper().translate(_CONFUSED) for line in text.splitlines())
    return tuple(line for line in candidates if _LINE.fullmatch(line))


def _polygon(box: Any, factor: float) -> Polygon:  # noqa: ANN401 - PassportEye ships no types
    """Return a box as a polygon of the image given to ``read``, clockwise from the text's upper left.

    PassportEye counts (row, column), in its own scaled-down picture; ``factor`` leads back.
    """
    corners = np.asarray(box.as_poly(), np.float64)[:, ::-1] * factor
    offsets = corners - corners.mean(0)
    clockwise = corners[np.argsort(np.arctan2(offsets[:, 1], offsets[:, 0]))]
    first = int(np.argmin(clockwise.sum(1)))
    return tuple((float(x), float(y)) for x, y in np.roll(clockwise, -first, axis=0))


def _recognise(image: Image) -> tuple[str, Polygon] | None:
    # Takes a second to import, and pulls in pyplot, which must not look for a screen.
    os.environ.setdefault("MPLBACKEND", "Agg")
    # Tesseract's threads cost more than they bring on a few lines of text.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    from passporteye.mrz.image import MRZPipeline

    factor = max(1.0, image.shape[1] / _WIDEST)
    size = (round(image.shape[1] / factor), round(image.shape[0] / factor))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if factor > 1 else image
    pipeline = MRZPipeline(None)
    pipeline["img"] = (
        cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float64) / 255
    )  # instead of its file loader
    if pipeline.result is None:
        return None
    return pipeline["text"], _polygon(
        pipeline["boxes"][pipeline["box_idx"]], factor / pipeline["scale_factor"]
    )


def read(image: Image) -> Zone | None:
    """Find and read an MRZ with PassportEye.

    Parameters
    ----------
    image
        Height x width x 3, RGB.

    Returns
    -------
    Zone | None
        Lines as recognised, of any length from 24 to 48; PassportEye gives no confidences. None where it finds
        nothing, breaks, or cannot run.
    """
    if missing():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen = _recognise(image)
    except Exception as error:  # it raises whatever its libraries raise on odd images
        _log.warning("PassportEye broke: %s", type(error).__name__)
        return None
    if seen is None:
        return None
    lines = clean_lines(seen[0])
    return Zone(lines, (), seen[1], NAME) if lines else None
