"""What a report shows of the capture: small JPEGs and the outlines to draw over them.

Made once, while the images are at hand; a rendered report needs nothing else, so the images can go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from docscan.page_geometry import in_capture, rectangle
from docscan.rendering.heat import on_page
from docscan.rendering.words import numbered_regions, speaks_for_forgery
from docscan.types import Capture, HeatMap, Image, Page, Polygon, Report

LONGEST_SIDE = 1600  # pixels; enough to read an MRZ on a screen and on A4
_LONGEST_DETAIL = 900
_JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as JPEG, and the size of what it shows."""

    jpeg: bytes
    width: int  # pixels of the capture, which outlines are given in; the JPEG may be smaller
    height: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """All that a report shows of one capture."""

    visible: Picture
    outline: Polygon | None  # the page's border in the capture; None: no border was seen
    uv: Picture | None = None
    ir: Picture | None = None
    details: Mapping[int, Picture] = field(default_factory=dict)  # by region number
    heat: Picture | None = None  # where the network doubts the print; None: it did not look

    @property
    def size(self) -> int:
        """Bytes of all JPEGs."""
        others = [picture for picture in (self.uv, self.ir, self.heat, *self.details.values()) if picture is not None]
        return sum(len(picture.jpeg) for picture in (self.visible, *others))


def draw(report: Report, capture: Capture, page: Page, heat: HeatMap | None = None) -> Pictures:
    """Make the pictures of a report.

    Parameters
    ----------
    report
        Its checks say which regions are shown closer: those that failed and weigh for a forgery.
    capture, page
        What was inspected, RGB.
    heat
        Where the network doubts the print, if it looked.
    """
    return Pictures(
        visible=_picture(capture.visible, LONGEST_SIDE),
        outline=_outline(page) if page.found else None,
        uv=None if capture.uv is None else _picture(capture.uv, LONGEST_SIDE // 2),
        ir=None if capture.ir is None else _picture(capture.ir, LONGEST_SIDE // 2),
        details=_details(report, capture.visible),
        heat=None if heat is None else _picture(on_page(page, heat), LONGEST_SIDE // 2),
    )


def _picture(image: Image, longest: int) -> Picture:
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    return Picture(encoded.tobytes(), width, height)


def _outline(page: Page) -> Polygon:
    return in_capture(rectangle(*page.size.millimetres), page.to_capture)


def _details(report: Report, visible: Image) -> dict[int, Picture]:
    numbers = numbered_regions(report.checks)
    details = {}
    for check in report.checks:
        if check.region is None or not speaks_for_forgery(check):
            continue
        crop = _crop(visible, check.region.polygon)
        if crop.size:
            details[numbers[check.region.name, check.region.polygon]] = _picture(crop, _LONGEST_DETAIL)
    return details


def _crop(image: Image, polygon: Polygon) -> Image:
    height, width = image.shape[:2]
    x, y, w, h = cv2.boundingRect(np.asarray(polygon, np.float32))
    margin = round(0.05 * max(w, h))
    top, left = max(0, y - margin), max(0, x - margin)
    return image[top : min(height, y + h + margin), left : min(width, x + w + margin)]
