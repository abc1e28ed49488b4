"""What a report shows of a document: its page, upright and to scale, or the capture where the page was not found.

The rectified page stands as the officer holds the document, whatever way it was captured, at the scale of the genuine
samples beside it, and nothing around it takes room. Where its place is not known, to straighten it would be to invent.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from docscan.page_geometry import moved, rectangle
from docscan.types import Capture, Homography, Image, Page, Polygon, Spectrum


@dataclass(frozen=True, slots=True)
class View:
    """The images that a report shows, all of one size, and the way to them from the capture."""

    visible: Image
    uv: Image | None
    ir: Image | None
    from_capture: Homography  # pixels of the visible capture -> pixels of these images
    pixels_per_mm: float | None  # None: the capture is shown, whose scale is not known

    def light(self, spectrum: Spectrum) -> Image | None:
        """Return the image under this light, if it was given."""
        return {Spectrum.VISIBLE: self.visible, Spectrum.UV: self.uv, Spectrum.IR: self.ir}[spectrum]

    def place(self, polygon: Polygon | None) -> Polygon:
        """Return a polygon of the capture in pixels of the view; all of it for None."""
        if polygon is None:
            height, width = self.visible.shape[:2]
            return tuple((float(x), float(y)) for x, y in rectangle(width, height))
        return tuple((float(x), float(y)) for x, y in moved(np.array(polygon, np.float64), self.from_capture))


def view_of(capture: Capture, page: Page) -> View:
    """Choose what a report shows of a capture."""
    if not page.found:
        others = [_of_size(image, capture.visible) for image in (capture.uv, capture.ir)]
        return View(capture.visible, others[0], others[1], np.eye(3), None)
    # Pixel 0 of the page's image lies half a pixel inside the page.
    scale = page.pixels_per_mm
    to_pixels = np.array([[scale, 0, -0.5], [0, scale, -0.5], [0, 0, 1]])
    return View(page.image, page.uv, page.ir, to_pixels @ np.linalg.inv(page.to_capture), scale)


def _of_size(image: Image | None, like: Image) -> Image | None:
    if image is None or image.shape[:2] == like.shape[:2]:
        return image
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
