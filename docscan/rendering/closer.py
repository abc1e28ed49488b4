"""A finding's place enlarged, and the same place of genuine samples beside it, at the same scale."""

from dataclasses import dataclass

import cv2
import numpy as np

from docscan.documents.model import ReferencePicture
from docscan.rendering.view import View
from docscan.types import Image, Polygon

_AROUND_MM = 2.5  # of page around a finding, so that the eye knows where it is
_AROUND_SHARE = 0.03  # of a finding's longer side, where that is more
_KNOWN = 0.5  # share of a place that must be alike on all genuine samples to be worth a look
_PALE = 0.75  # share of white where holders differ
_AROUND_UNSCALED = 0.02  # of the longer side of a view whose scale is not known


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a view, in its pixels; right and bottom are not part of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels of the view."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels of the view."""
        return self.bottom - self.top


def window(view: View, place: Polygon) -> Window | None:
    """Return a place with what is around it; None where it lies outside the view.

    Parameters
    ----------
    place
        In pixels of the view.
    """
    height, width = view.visible.shape[:2]
    (left, top), (right, bottom) = np.min(place, axis=0), np.max(place, axis=0)
    least = _AROUND_UNSCALED * max(height, width) if view.pixels_per_mm is None else _AROUND_MM * view.pixels_per_mm
    around = max(least, _AROUND_SHARE * max(right - left, bottom - top))
    left, top = max(0, int(left - around)), max(0, int(top - around))
    right, bottom = min(width, int(np.ceil(right + around))), min(height, int(np.ceil(bottom + around)))
    return Window(left, top, right, bottom) if right > left and bottom > top else None


def cut(image: Image, at: Window) -> Image:
    """Return the part of a view's image that a window shows."""
    return image[at.top : at.bottom, at.left : at.right]


def of_samples(reference: ReferencePicture, at: Window, pixels_per_mm: float) -> Image | None:
    """Return what genuine samples have at a window's place, of the window's size; pale where holders differ.

    None where less than half of it is alike on all samples.
    """
    scale = reference.pixels_per_mm / pixels_per_mm
    # From pixels of the window to pixels of the reference, by pixel centres.
    there = np.array(
        [[scale, 0, (at.left + 0.5) * scale - 0.5], [0, scale, (at.top + 0.5) * scale - 0.5]],
        np.float64,
    )
    size, how = (at.width, at.height), cv2.WARP_INVERSE_MAP
    known = cv2.warpAffine(reference.known.astype(np.uint8), there, size, flags=how | cv2.INTER_NEAREST) > 0
    if known.mean() < _KNOWN:
        return None
    # Enlarged samples stay smooth: they are coarser than most captures. A finer one is made coarse first.
    image = reference.image if scale <= 1 else cv2.GaussianBlur(reference.image, (0, 0), scale / 2)
    part = cv2.warpAffine(image, there, size, flags=how | cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    shown = np.where(known[..., None], part, (1 - _PALE) * part.astype(np.float32) + _PALE * 255)
    return np.asarray(np.rint(shown), np.uint8)
