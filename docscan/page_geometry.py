"""Where things lie on a page after ICAO Doc 9303, and the homographies between page and capture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Homography, MrzFormat, PageSize, Polygon

Corners = NDArray[np.float64]
"""4 x 2, clockwise from the upper left."""

MRZ_PITCH = 2.54  # millimetres from character to character (part 3, section 4.4: ten to the inch)
MRZ_LINE_SPACING = 6.35  # millimetres from line to line
OCR_B_HEIGHT = 2.4  # millimetres, capitals of OCR-B size 1
_GAP = 0.7  # millimetres between the strokes of neighbouring characters, which a box around the text lacks

PAGE_OF: dict[MrzFormat, PageSize] = {
    MrzFormat.TD1: PageSize.ID_1,
    MrzFormat.TD2: PageSize.ID_2,
    MrzFormat.TD3: PageSize.ID_3,
    MrzFormat.MRV_A: PageSize.ID_3,  # 120 x 80, stuck on the lower left of an ID-3 page (part 7, appendix C)
    MrzFormat.MRV_B: PageSize.ID_2,
}


def rectangle(width: float, height: float) -> Corners:
    """Return the corners of a rectangle that starts at the origin."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


# A visa that is smaller than the page on which it is stuck, on the page (part 7): its own edge may be all that shows.
VISAS: dict[MrzFormat, Corners] = {MrzFormat.MRV_A: rectangle(120, 80) + np.array([0.0, 8.0])}


@dataclass(frozen=True, slots=True)
class _Placement:
    left: float  # of the first character, millimetres from the left edge
    lowest: float  # centre of the lowest line, millimetres from the lower edge


# Parts 4 to 7, tolerance 1 mm. For TD1 the three lines are taken as centred in the zone of 23.2 mm.
_PLACEMENTS = {
    MrzFormat.TD1: _Placement(5.0, 5.25),
    MrzFormat.TD2: _Placement(4.0, 9.4),
    MrzFormat.TD3: _Placement(6.0, 9.4),
    MrzFormat.MRV_A: _Placement(6.0, 9.4),
    MrzFormat.MRV_B: _Placement(4.0, 9.4),
}


def nominal_zone(mrz_format: MrzFormat) -> Corners:
    """Return the box around the MRZ's text in millimetres of the page, where Doc 9303 wants it."""
    placement, (lines, characters) = _PLACEMENTS[mrz_format], mrz_format.shape
    _, page_height = PAGE_OF[mrz_format].millimetres
    height = (lines - 1) * MRZ_LINE_SPACING + OCR_B_HEIGHT
    bottom = page_height - placement.lowest + OCR_B_HEIGHT / 2
    box: Corners = rectangle(characters * MRZ_PITCH - _GAP, height) + np.array([placement.left, bottom - height])
    return box


def homography(source: Corners, target: Corners) -> Homography:
    """Return the homography that takes four points to four others."""
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(matrix, np.float64)


def page_to_capture(corners: Corners, size: PageSize) -> Homography:
    """Return the homography from millimetres of a page to the capture, from the page's corners there."""
    return homography(rectangle(*size.millimetres), corners)


def moved(points: Corners, matrix: Homography) -> Corners:
    """Return points (n x 2) after a homography."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], np.float64)


def in_capture(corners: Corners, to_capture: Homography) -> Polygon:
    """Return corners given in millimetres of the page as a polygon of the capture."""
    return tuple((float(x), float(y)) for x, y in moved(corners, to_capture))


def area(corners: Corners) -> NDArray[np.float64]:
    """Return the area of quadrilaterals (… x 4 x 2); negative where they run counter-clockwise on the screen."""
    x, y = corners[..., 0], corners[..., 1]
    return np.asarray((x * np.roll(y, -1, axis=-1) - y * np.roll(x, -1, axis=-1)).sum(axis=-1) / 2)


def scale_of(to_capture: Homography, size: PageSize) -> float:
    """Return the capture's pixels for each millimetre of the page, on average."""
    width, height = size.millimetres
    return float(np.sqrt(abs(area(moved(rectangle(width, height), to_capture))) / (width * height)))


def depth_ratio(to_capture: Homography, size: PageSize) -> float:
    """Return how many times as far from the camera a page's farthest corner was as its nearest; 1: seen straight."""
    corners = np.column_stack([rectangle(*size.millimetres), np.ones(4)])
    depths = np.abs(corners @ to_capture[2])
    return float(depths.max() / depths.min())


def aspect(corners: Corners, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return width by height of the rectangles that a camera saw as these corners (… x 4 x 2).

    After Zhang and He, Whiteboard scanning and image enhancement (2007), with the focal length taken as the
    picture's longer side: the ratio depends on it weakly, and estimating it fails where perspective is weak.
    """
    focal, centre = float(max(shape)), np.array([shape[1], shape[0]]) / 2
    rays = np.concatenate([(corners - centre) / focal, np.ones((*corners.shape[:-1], 1))], axis=-1)
    m1, m2, m4, m3 = np.moveaxis(rays, -2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        k2 = _dot(np.cross(m1, m4), m3) / _dot(np.cross(m2, m4), m3)
        k3 = _dot(np.cross(m1, m4), m2) / _dot(np.cross(m3, m4), m2)
        upper, left = k2 * m2 - m1, k3 * m3 - m1
        return np.asarray(np.linalg.norm(upper, axis=-1) / np.linalg.norm(left, axis=-1))


def _dot(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((one * other).sum(axis=-1, keepdims=True))


def lying(corners: Corners, shape: tuple[int, int]) -> Corners:
    """Start the corners so that the longer side is the upper one, turned as little as possible."""
    ordered = clockwise(corners)
    if aspect(ordered, shape) < 1:
        ordered = np.roll(ordered, -1, axis=0)
    return ordered if ordered[0, 0] <= ordered[1, 0] else np.roll(ordered, 2, axis=0)


def clockwise(corners: Corners) -> Corners:
    """Order the corners of quadrilaterals (… x 4 x 2) clockwise on the screen, the one nearest to the origin first."""
    around = corners - corners.mean(axis=-2, keepdims=True)
    order = np.argsort(np.arctan2(around[..., 1], around[..., 0]), axis=-1)
    ordered = np.take_along_axis(corners, order[..., np.newaxis], axis=-2)
    first = ordered.sum(axis=-1).argmin(axis=-1)[..., np.newaxis]
    return np.take_along_axis(ordered, ((np.arange(4) + first) % 4)[..., np.newaxis], axis=-2)


def zone_corners(zone: Polygon) -> Corners:
    """Return the four corners of an MRZ's polygon, clockwise from the upper left of the text as read."""
    points = np.array(zone, np.float64)
    if len(points) == 4:
        return points
    box = clockwise(np.asarray(cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))), np.float64))
    return np.roll(box, -int(np.linalg.norm(box - points[0], axis=1).argmin()), axis=0)


def page_from_zone(zone: Corners, mrz_format: MrzFormat) -> Homography:
    """Return the homography from millimetres of the page to the capture that the MRZ alone tells.

    A similarity: its length gives the scale, its middle line the direction. Perspective it cannot tell.
    """
    nominal = nominal_zone(mrz_format)
    left, right = (zone[0] + zone[3]) / 2, (zone[1] + zone[2]) / 2
    run, nominal_width = right - left, nominal[1, 0] - nominal[0, 0]
    cosine, sine = run / nominal_width
    turn = np.array([[cosine, -sine], [sine, cosine]])
    matrix = np.eye(3)
    matrix[:2, :2] = turn
    matrix[:2, 2] = zone.mean(axis=0) - turn @ nominal.mean(axis=0)
    return matrix
