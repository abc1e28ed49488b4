"""Draws the shapes of OCR-B that docscan compares a zone's characters with: ``python -m training.ocr_b``.

The atlas is a grey PNG, white where there is ink: a row for each cut (round and square stroke ends), a cell for each
of the reader's 37 characters, at the pitch of docscan.mrz.ocr_b.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from datasets.typefaces import ocr_b
from docscan.mrz.ocr_b import ATLAS, CELL
from docscan.mrz.recognise import ALPHABET

CUTS = ("OCRB.otf", "OCRBS.otf")
_FINER = 8  # times finer than the atlas is a character drawn


def drawn(cut: str, character: str) -> NDArray[np.uint8]:
    """Draw a character in its cell, its capitals' middle on the cell's."""
    height, width = CELL[0] * _FINER, CELL[1] * _FINER
    face = ocr_b(cut, width)
    high = -face.getbbox("H", anchor="ls")[1]
    picture = Image.new("L", (width, height), 0)
    ImageDraw.Draw(picture).text((width / 2, (height + high) / 2), character, 255, face, anchor="ms")
    return np.asarray(cv2.resize(np.asarray(picture), CELL[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def atlas() -> NDArray[np.uint8]:
    """Draw all characters of all cuts: (cuts * cell height) x (37 * cell width)."""
    return np.vstack([np.hstack([drawn(cut, character) for character in ALPHABET]) for cut in CUTS])


def main() -> None:
    """Write the atlas where docscan reads it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=ATLAS)
    out: Path = options.parse_args().out
    out.write_bytes(cv2.imencode(".png", atlas(), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())


if __name__ == "__main__":
    main()
