"""Quadrilaterals in a capture that may be a document's page, found by its border.

Contours of several binarisations and of edges give whole shapes; long straight lines give those that a textured
table breaks up. All are judged alike: by the edge that must run along each of the four sides, by shape and by size.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_geometry import Corners, area, aspect, clockwise
from docscan.types import Image, PageSize

WORKING_SIDE = 720  # pixels of the longer side; a page that fills half of it shows 0.35 mm a pixel
MIN_AREA = 0.10  # share of the picture; smaller, a portrait on a page would compete with pages
ASPECT_SPREAD = 0.11  # of the logarithm of the aspect ratio; 0.11 covers lens and hand
LINES = 16  # longest straight lines that are combined
SAMPLES = 40  # along each side
REFINED = 8  # best candidates whose sides are fitted to the pixels
_BORDER_SUPPORT = 0.35  # of a side that runs along the picture's own border: it says nothing either way

Float = NDArray[np.float32]
_ASPECTS = np.log([size.millimetres[0] / size.millimetres[1] for size in PageSize])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quadrilateral in pixels of the capture."""

    corners: Corners  # clockwise on the screen
    support: float  # 0 to 1: how much of its sides runs along an edge, the weakest side weighing half
    score: float  # 0 to 1: support, shape and size together


@dataclass(frozen=True, slots=True)
class _Gradient:
    """The strongest colour change at each pixel, as a vector; height x width x 2."""

    vectors: Float
    threshold: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.vectors.shape[0], self.vectors.shape[1]


def candidates(image: Image) -> list[Candidate]:
    """Return quadrilaterals that may be a page, the best first.

    Parameters
    ----------
    image
        Height x width x 3, RGB.
    """
    factor = min(1.0, WORKING_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (5, 5), 0)
    gradient = _gradient(lab)
    edges = cv2.Canny(lab[:, :, 0], 20, 60)
    shapes = [*_from_masks(lab), *_from_edges(edges), *_from_lines(edges)]
    if not shapes:
        return []
    rough = _judged(np.stack(shapes), gradient)
    fine = [_refined(candidate.corners, gradient) for candidate in rough[:REFINED]]
    best = _judged(np.stack([*fine, *(candidate.corners for candidate in rough[:REFINED])]), gradient) if fine else []
    back = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]])
    # Pixel centres: the middle of the first pixel is 0, so scaling shifts by half a pixel.
    return [Candidate((c.corners + 0.5) * back - 0.5, c.support, c.score) for c in best]


def _gradient(lab: Image) -> _Gradient:
    horizontal = cv2.Sobel(lab, cv2.CV_32F, 1, 0, scale=1 / 8)
    vertical = cv2.Sobel(lab, cv2.CV_32F, 0, 1, scale=1 / 8)
    strength = horizontal**2 + vertical**2
    channel = strength.argmax(axis=2)[:, :, np.newaxis]
    vectors = np.stack([np.take_along_axis(g, channel, 2)[:, :, 0] for g in (horizontal, vertical)], axis=2)
    typical = float(np.percentile(np.sqrt(strength.max(axis=2)[::3, ::3]), 75))
    return _Gradient(vectors, float(np.clip(typical, 2.0, 6.0)))


def _from_masks(lab: Image) -> Iterator[Corners]:
    """Yield shapes of what differs from the picture's rim, and of what is bright."""
    rim = max(2, min(lab.shape[:2]) // 50)
    frame = np.concatenate([lab[:rim].reshape(-1, 3), lab[-rim:].reshape(-1, 3), lab[:, :rim].reshape(-1, 3)])
    distance = np.linalg.norm(lab.astype(np.float32) - np.median(frame, axis=0).astype(np.float32), axis=2)
    kernel = np.ones((7, 7), np.uint8)
    for plane in (np.clip(2 * distance, 0, 255).astype(np.uint8), lab[:, :, 0]):
        level, mask = cv2.threshold(plane, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        yield from _from_contours(cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel))
        if plane is not lab[:, :, 0]:
            low = (plane > min(level, 24)).astype(np.uint8)
            yield from _from_contours(cv2.morphologyEx(low, cv2.MORPH_OPEN, kernel))


def _from_edges(edges: Image) -> Iterator[Corners]:
    yield from _from_contours(cv2.dilate(edges, np.ones((3, 3), np.uint8)))


def _from_contours(mask: NDArray[np.uint8]) -> Iterator[Corners]:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least = MIN_AREA * mask.size
    hulls = [cv2.convexHull(c) for c in contours if cv2.boundingRect(c)[2] * cv2.boundingRect(c)[3] > least]
    for hull in sorted(hulls, key=cv2.contourArea, reverse=True)[:6]:
        if cv2.contourArea(hull) < least:
            return
        yield np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)
        if len(hull) > 4:
            yield np.asarray(cv2.approxPolyN(hull, 4, ensure_convex=True), np.float64).reshape(-1, 2)
        elif len(hull) == 4:
            yield hull.reshape(4, 2).astype(np.float64)


def _from_lines(edges: Image) -> Iterator[Corners]:
    """Yield the quadrilaterals of two pairs of long lines."""
    found = cv2.HoughLines(edges, 1, np.pi / 180, int(0.12 * min(edges.shape)))
    lines = _distinct([] if found is None else found.reshape(-1, found.shape[-1])[:200, :2].tolist())
    height, width = edges.shape
    pairs = [(a, b) for a, b in itertools.combinations(lines, 2) if _turn(a, b) < np.radians(25)]
    for one, other in itertools.combinations(pairs, 2):
        if _turn(one[0], other[0]) < np.radians(50):
            continue
        corners = [_crossing(a, b) for a, b in itertools.product(one, other)]
        if any(corner is None for corner in corners):
            continue
        quad = np.array(corners, np.float64)
        inside = (quad > (-0.02 * width, -0.02 * height)) & (quad < (1.02 * width, 1.02 * height))
        if inside.all():
            yield clockwise(quad)


def _distinct(lines: list[list[float]]) -> list[tuple[float, float]]:
    """Return the strongest lines that differ from each other by more than a few pixels or degrees."""
    kept: list[tuple[float, float]] = []
    for distance, angle in lines:
        line = (distance, angle)
        if not any(_turn(line, k) < np.radians(4) and _gap(line, k) < 8 for k in kept):
            kept.append(line)
        if len(kept) == LINES:
            break
    return kept


def _turn(one: tuple[float, float], other: tuple[float, float]) -> float:
    difference = abs(one[1] - other[1]) % np.pi
    return float(min(difference, np.pi - difference))


def _gap(one: tuple[float, float], other: tuple[float, float]) -> float:
    # A line's angle jumps by half a turn where its distance changes sign.
    flipped = abs(one[1] - other[1]) > np.pi / 2
    return abs(one[0] + other[0]) if flipped else abs(one[0] - other[0])


def _crossing(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float] | None:
    (d1, t1), (d2, t2) = one, other
    determinant = np.sin(t2 - t1)
    if abs(determinant) < 1e-3:
        return None
    x = (d1 * np.sin(t2) - d2 * np.sin(t1)) / determinant
    y = (d2 * np.cos(t1) - d1 * np.cos(t2)) / determinant
    return float(x), float(y)


def _judged(quads: NDArray[np.float64], gradient: _Gradient) -> list[Candidate]:
    """Score quadrilaterals (n x 4 x 2); those of impossible shape or size are left out."""
    shape = gradient.shape
    picture = shape[0] * shape[1]
    kept, fits = [], []
    for quad in quads:
        corners = clockwise(quad)
        share = area(corners) / picture
        if share < MIN_AREA or not cv2.isContourConvex(corners.astype(np.float32)):
            continue
        ratio = aspect(corners, shape)
        error = np.abs(abs(np.log(ratio)) - _ASPECTS).min() if np.isfinite(ratio) and ratio > 0 else 9.0
        if error < 3 * ASPECT_SPREAD:
            kept.append(corners)
            fits.append(np.exp(-((error / ASPECT_SPREAD) ** 2) / 2) * share**0.12)
    if not kept:
        return []
    sides = _side_support(np.stack(kept), gradient)
    support = (sides.mean(axis=1) + sides.min(axis=1)) / 2
    scored = [Candidate(c, float(s), float(s * f)) for c, s, f in zip(kept, support, fits, strict=True)]
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _side_support(quads: NDArray[np.float64], gradient: _Gradient) -> Float:
    """Return for each side (n x 4) the share that runs along an edge of one direction, 0 to 1."""
    height, width = gradient.shape
    along = np.linspace(0.06, 0.94, SAMPLES)[:, np.newaxis]
    starts, ends = quads[:, :, np.newaxis], np.roll(quads, -1, axis=1)[:, :, np.newaxis]
    points = starts + along * (ends - starts)  # n x 4 x samples x 2
    runs = (ends - starts) / np.maximum(np.linalg.norm(ends - starts, axis=-1, keepdims=True), 1e-6)
    normals = np.stack([runs[..., 1], -runs[..., 0]], axis=-1)
    across = np.zeros(points.shape[:3], np.float32)
    for offset in (-1.5, 0.0, 1.5):
        x, y = np.moveaxis(np.rint(points + offset * normals).astype(int), -1, 0)
        vectors = gradient.vectors[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        here = (vectors * normals).sum(axis=-1)
        here[np.abs(here) < 0.8 * np.linalg.norm(vectors, axis=-1)] = 0
        across = np.where(np.abs(here) > np.abs(across), here, across)
    rising = (across > gradient.threshold).mean(axis=2)
    falling = (across < -gradient.threshold).mean(axis=2)
    margin = np.minimum(points, [width - 1, height - 1] - points).min(axis=-1)
    on_border = (margin < 2).mean(axis=2) > 0.6
    return np.where(on_border, _BORDER_SUPPORT, np.maximum(rising, falling)).astype(np.float32)


def _refined(corners: Corners, gradient: _Gradient) -> Corners:
    """Move each side to where the strongest change of one direction lies nearby."""
    height, width = gradient.shape
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        run = end - start
        length = float(np.linalg.norm(run))
        normal = np.array([run[1], -run[0]]) / max(length, 1e-6)
        reach = max(3, round(0.02 * length))
        offsets = np.arange(-reach, reach + 1)
        points = start + np.linspace(0.08, 0.92, SAMPLES)[:, np.newaxis] * run
        grid = points[:, np.newaxis] + offsets[:, np.newaxis] * normal
        x, y = np.moveaxis(np.rint(grid).astype(int), -1, 0)
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        across = (gradient.vectors[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)] * normal).sum(axis=-1)
        across = np.where(inside, across, 0)
        across = np.maximum(across, 0) if across.clip(0).sum() > -across.clip(None, 0).sum() else np.maximum(-across, 0)
        best = across.argmax(axis=1)
        strong = across[np.arange(SAMPLES), best] > gradient.threshold
        if strong.sum() < SAMPLES // 4:
            lines.append((start, run))
            continue
        chosen = grid[np.arange(SAMPLES), best][strong].astype(np.float32)
        vx, vy, x0, y0 = cv2.fitLine(chosen, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((np.array([x0, y0]), np.array([vx, vy])))
    moved = [_meeting(lines[index - 1], lines[index]) for index in range(4)]
    if any(m is None or np.linalg.norm(m - c) > 0.1 * max(gradient.shape) for m, c in zip(moved, corners, strict=True)):
        return corners
    return np.array(moved, np.float64)


def _meeting(
    one: tuple[NDArray[np.float64], NDArray[np.float64]], other: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    (p, d), (q, e) = one, other
    system = np.stack([d, -e], axis=1)
    if abs(np.linalg.det(system)) < 1e-6:
        return None
    return np.asarray(p + np.linalg.solve(system, q - p)[0] * d, np.float64)
