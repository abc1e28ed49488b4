"""The drawing surface: a document's side at 600 dpi under up to three lights, and laying ink on it.

Boxes are x, y, width, height in millimetres from the side's upper left corner.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.physics.inks import Ink, Substrate

Float = NDArray[np.float32]
"""Height x width (x 3), 0 to 1."""
Box = tuple[float, float, float, float]
Colour = tuple[float, float, float] | Float
"""Three values."""

PIXELS_PER_MM = 600 / 25.4

_BAND = 32  # rows; even, as a mosaic's

LIGHTS = ("visible", "uv", "ir")


@dataclass(slots=True)
class Surface:
    """A side of a document.

    ``visible`` is reflectance, height x width x 3; ``uv`` emission under 365 nm, height x width x 3; ``ir``
    reflectance at 850 to 940 nm, height x width. A light that nobody asked for is None.
    """

    visible: Float
    uv: Float | None
    ir: Float | None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.visible.shape[0], self.visible.shape[1]

    def part(self, box: Box) -> "Surface":
        """Return a box of the surface as a view: what is laid on it is laid on the whole."""
        return self.cut(*window(box))

    def cut(self, rows: slice, columns: slice) -> "Surface":
        """Return a part given in pixels, as a view."""
        return Surface(
            self.visible[rows, columns],
            None if self.uv is None else self.uv[rows, columns],
            None if self.ir is None else self.ir[rows, columns],
        )


def px(millimetres: float) -> int:
    """Return whole pixels of the drawing surface."""
    return round(millimetres * PIXELS_PER_MM)


def window(box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a box; what lies left of or above the side is cut off."""
    x, y, width, height = box
    return slice(max(0, px(y)), max(0, px(y + height))), slice(max(0, px(x)), max(0, px(x + width)))


def bands(height: int) -> Iterator[slice]:
    """Cut a picture into bands of few rows: what is done to one at a time stays in the processor's cache."""
    return (slice(top, min(top + _BAND, height)) for top in range(0, height, _BAND))


def coloured(plane: Float, colour: Colour) -> Float:
    """Return a plane, height x width, times a colour: height x width x 3."""
    return tinted(cv2.cvtColor(np.asarray(plane, np.float32), cv2.COLOR_GRAY2RGB), colour)


def tinted(picture: Float, colour: Colour) -> Float:
    """Return a picture, height x width x 3, times a colour; NumPy is slow where the last axis alone is repeated."""
    height, width = picture.shape[:2]
    product = picture.reshape(height, -1) * np.tile(np.float32(colour), width)
    return np.asarray(product.reshape(height, width, 3), np.float32)


def blank(size_mm: tuple[float, float], substrate: Substrate, lights: tuple[str, ...] = LIGHTS) -> Surface:
    """Return an empty side, width x height millimetres, of a substrate."""
    shape = (px(size_mm[1]), px(size_mm[0]))
    return Surface(
        np.tile(np.float32(substrate.visible), (*shape, 1)),
        np.tile(np.float32(substrate.uv), (*shape, 1)) if "uv" in lights else None,
        np.full(shape, substrate.ir, np.float32) if "ir" in lights else None,
    )


def lay(surface: Surface, coverage: Float, ink: Ink, visible: Float | None = None) -> None:
    """Lay an ink, in place.

    Light passes an ink once down and once up, so reflectances multiply; under ultraviolet an ink dims what lies under
    it and adds its own light.

    Parameters
    ----------
    surface
        A side or a part of it.
    coverage
        Height x width, of the same shape.
    ink
        What is laid.
    visible
        The ink's reflectance where it changes from place to place (rainbow printing), broadcast to height x width x 3.
    """
    if not coverage.size:
        return
    for rows in bands(len(coverage)):
        covered = np.asarray(coverage[rows], np.float32)
        part = surface.visible[rows]
        if visible is None:
            part *= 1 + coloured(covered, np.float32(ink.visible) - 1)
        else:
            part *= 1 - covered[..., None] * (1 - visible)
        if surface.uv is not None:
            part = surface.uv[rows]
            part *= cv2.cvtColor(np.float32(1) - np.float32(ink.uv_opacity) * covered, cv2.COLOR_GRAY2RGB)
            if any(ink.uv):
                part += coloured(covered, ink.uv)
    if surface.ir is not None:
        surface.ir *= 1 - coverage * np.float32(1 - ink.ir)


def cover(surface: Surface, substrate: Substrate) -> None:
    """Lay something opaque over a part, in place: a pasted photograph, a patch, a label."""
    surface.visible[:] = np.float32(substrate.visible)
    if surface.uv is not None:
        surface.uv[:] = np.float32(substrate.uv)
    if surface.ir is not None:
        surface.ir[:] = substrate.ir


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> Float:
    """Return smooth noise of about ``cells`` periods across, mean 0, standard deviation about 1."""
    rows, columns = max(2, round(cells * shape[0] / shape[1])) + 2, round(cells) + 2
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
