"""The second MRZ reader: a fence round PassportEye and the tesseract program that it runs."""

import logging
import os
import re
import shutil
import subprocess
import time
import warnings
from contextvars import ContextVar
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.mrz.check_digits import ALPHABET
from docscan.types import Image, Polygon, Zone

NAME = "passporteye"

_log = logging.getLogger(__name__)

# PassportEye reads lines 1,050 pixels wide; beyond twice that a capture only costs time.
_WIDEST = 2000

# Seconds that tesseract may take for one image, all its attempts together: some patterns keep it busy for minutes.
BUDGET = 20.0
_deadline: ContextVar[float] = ContextVar("deadline")

# As PassportEye calls it.
_TESSERACT = (
    *("tesseract", "stdin", "stdout", "--psm", "6"),
    *("-c", "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789><"),
    *("-c", "load_system_dawg=F", "-c", "load_freq_dawg=F"),
)

# What tesseract's stock English makes of the filler and of letters, although told to keep to the MRZ's alphabet.
_CONFUSED = str.maketrans({"«": "<", "‹": "<", "(": "<", "{": "<", "[": "<", "€": "C", "£": "E", "§": "S", "|": "I"})
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


def _polygon(box: Any, turned: bool, factor: float) -> Polygon:  # noqa: ANN401 - PassportEye ships no types
    """Return a box as a polygon of the image given to ``read``, clockwise from the text's upper left.

    PassportEye counts (row, column), in its own scaled-down picture; ``factor`` leads back. Its corners begin at
    the text's lower left and go round against the clock; ``turned`` tells that the text stood on its head.
    """
    corners = np.asarray(box.as_poly(), np.float64)[::-1, ::-1] * factor
    return tuple((float(x), float(y)) for x, y in np.roll(corners, 2 if turned else 0, axis=0))


def _ocr(image: NDArray[Any], **_options: object) -> str:
    """Recognise text; stands in for PassportEye's own call, which has no time limit and leaves holders' data in files.

    Parameters
    ----------
    image
        Height x width, grey, 0 to 1.

    Raises
    ------
    subprocess.SubprocessError
        Tesseract failed, or the image's time is up.
    """
    if image.size == 0:
        return ""
    _, png = cv2.imencode(".png", np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8))
    done = subprocess.run(
        _TESSERACT,
        input=png.tobytes(),
        capture_output=True,
        check=True,
        timeout=max(0.0, _deadline.get() - time.monotonic()),
        # Tesseract's threads cost more than they bring on a few lines of text.
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode("utf-8", "replace").strip()


def _recognise(image: Image) -> tuple[str, Polygon] | None:
    # Takes a second to import, and pulls in pyplot, which must not look for a screen.
    os.environ.setdefault("MPLBACKEND", "Agg")
    from passporteye.mrz import image as passporteye

    passporteye.ocr = _ocr
    _deadline.set(time.monotonic() + BUDGET)

    factor = max(1.0, image.shape[1] / _WIDEST)
    size = (round(image.shape[1] / factor), round(image.shape[0] / factor))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if factor > 1 else image
    pipeline = passporteye.MRZPipeline(None)
    # Instead of its file loader.
    pipeline["img"] = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float64) / 255
    if pipeline.result is None:
        return None
    # A zone on its head is turned by a view that runs backwards.
    turned = pipeline["roi"].strides[0] < 0
    box = pipeline["boxes"][pipeline["box_idx"]]
    return pipeline["text"], _polygon(box, turned, factor / pipeline["scale_factor"])


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
