"""The shapes of OCR-B, as a capture shows them: softened, and with what else a character's picture is a sum of."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.mrz.recognise import ALPHABET

CELL = (40, 24)  # pixels of a character's cell: height, width; the width is the pitch
ATLAS = Path(__file__).with_suffix(".png")  # drawn by training.ocr_b

_SHARPER, _SOFTER = 0.6, 1.7  # softness of the shapes that a sharpened or blurred edge is made of besides

Plane = NDArray[np.float32]


@cache
def atlas() -> Plane:
    """Return the ink of OCR-B's characters: cuts x 37 x cell, 0 to 1."""
    sheet = cv2.imread(str(ATLAS), cv2.IMREAD_GRAYSCALE)
    if sheet is None:
        raise FileNotFoundError(ATLAS)
    cells = sheet.reshape(-1, CELL[0], len(ALPHABET), CELL[1]).transpose(0, 2, 1, 3)
    return np.asarray(cells / np.float32(255), np.float32)


def smaller(picture: NDArray[np.uint8] | Plane, factor: int) -> Plane:
    """Return a picture at so many times fewer pixels each way."""
    size = (picture.shape[1] // factor, picture.shape[0] // factor)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


@cache
def shape(cut: int, character: str, softness: float, coarser: int = 1) -> Plane:
    """Return a character's ink, softened by a deviation in pixels, in a cell of so many times fewer pixels."""
    ink = atlas()[cut, ALPHABET.index(character)]
    soft = cv2.GaussianBlur(ink, (0, 0), softness, borderType=cv2.BORDER_CONSTANT)
    return smaller(soft, coarser)


@cache
def basis(cut: int, character: str, softness: float) -> tuple[Plane, Plane]:
    """Return what a cell is a sum of, pixels x 7, and its pseudo-inverse.

    The shape; its change with a move across, a move down, a wider and a higher shape, more blur; and a constant.
    """
    parts = np.stack([part.ravel() for part in _parts(cut, character, softness)], -1)
    return parts.astype(np.float32), np.linalg.pinv(parts).astype(np.float32)


@cache
def explained(cut: int, character: str, softness: float) -> tuple[Plane, Plane]:
    """Return, pixels x 13 and its pseudo-inverse, all that does not make another shape of a cell.

    Besides the parts of ``basis``: edges sharper and softer than its blur makes them, the shape slanted and turned, and
    paper that grows darker across or down.
    """
    soft = shape(cut, character, softness)
    across, down = np.gradient(soft.astype(np.float64), axis=1), np.gradient(soft.astype(np.float64), axis=0)
    rows, columns = _beside_middle()
    edges = [shape(cut, character, softness * change) for change in (_SHARPER, _SOFTER)]
    more = [*edges, across * rows, down * columns, rows / CELL[0], columns / CELL[1]]
    parts = np.stack([part.ravel() for part in (*_parts(cut, character, softness), *more)], -1)
    return parts.astype(np.float32), np.linalg.pinv(parts).astype(np.float32)


def _beside_middle() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = np.mgrid[: CELL[0], : CELL[1]].astype(np.float64)
    return rows - (CELL[0] - 1) / 2, columns - (CELL[1] - 1) / 2


def _parts(cut: int, character: str, softness: float) -> list[NDArray[np.float64]]:
    soft = shape(cut, character, softness).astype(np.float64)
    across, down = np.gradient(soft, axis=1), np.gradient(soft, axis=0)
    rows, columns = _beside_middle()
    blur = np.gradient(across, axis=1) + np.gradient(down, axis=0)
    return [soft, -across, -down, -across * columns, -down * rows, blur, np.ones_like(soft)]
