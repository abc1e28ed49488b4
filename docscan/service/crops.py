"""A region of a report enlarged, cut from the pictures that are kept of an inspection."""

import cv2
import numpy as np

from docscan.page_geometry import rectangle
from docscan.rendering.pictures import Picture, Pictures
from docscan.types import Homography, Image, Polygon, Region, Report, Spectrum

_AROUND = 0.08  # of the region's longer side, so that the eye knows where it is


def crop(report: Report, pictures: Pictures, name: str, spectrum: Spectrum | None) -> bytes | None:
    """Return a region as PNG; None where the report has no such region or no picture of it.

    Parameters
    ----------
    name
        Of a region of the report's checks.
    spectrum
        The light to see it under; None for that of the check which weighs most there.
    """
    checks = [
        check
        for check in report.checks
        if check.region is not None and check.region.name == name and spectrum in (None, check.spectrum)
    ]
    if not checks:
        return None
    heaviest = max(checks, key=lambda check: check.log10_lr)
    picture = {Spectrum.VISIBLE: pictures.page, Spectrum.UV: pictures.uv, Spectrum.IR: pictures.ir}[heaviest.spectrum]
    assert heaviest.region is not None
    part = None if picture is None else _part(picture, _place(heaviest.region, pictures))
    return None if part is None else cv2.imencode(".png", part)[1].tobytes()


def _place(region: Region, pictures: Pictures) -> Polygon:
    """Return a region in pixels of what the pictures show."""
    if pictures.outline is None:
        return region.polygon  # they show the capture itself
    to_page = _homography(pictures.outline, pictures.page)
    points = cv2.perspectiveTransform(np.array([region.polygon], np.float64), to_page)[0]
    return tuple((float(x), float(y)) for x, y in points)


def _homography(outline: Polygon, page: Picture) -> Homography:
    corners = rectangle(page.width, page.height)
    matrix = cv2.getPerspectiveTransform(np.array(outline, np.float32), np.array(corners, np.float32))
    return np.asarray(matrix, np.float64)


def _part(picture: Picture, place: Polygon) -> Image | None:
    image = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return None
    height, width = image.shape[:2]
    corners = np.array(place, np.float64) * (width / picture.width, height / picture.height)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    around = _AROUND * max(right - left, bottom - top)
    left, top = max(0, int(left - around)), max(0, int(top - around))
    right, bottom = min(width, int(np.ceil(right + around))), min(height, int(np.ceil(bottom + around)))
    if right <= left or bottom <= top:
        return None
    return np.asarray(image[top:bottom, left:right], np.uint8)
