"""Quadrilaterals in a capture that may be a document's page, found by its border.

Contours of several binarisations and of edges give whole shapes; long straight lines give those that a textured
table breaks up. All are judged alike: by the edge that must run along each of the four sides, by shape and by size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.page_geometry import Corners, area, aspect, clockwise
from docscan.types import Image, PageSize

WORKING_SIDE = 560  # pixels of the longer side; a passport that fills half of it has 0.45 mm a pixel
MIN_AREA = 0.10  # share of the picture; smaller, a portrait on a page would compete with pages
ASPECT_SPREAD = 0.07  # of the logarithm of the aspect ratio; covers lens and hand, and a portrait's shape is 0.10 off
LINES = 9  # longest straight lines in each of two directions that are combined
SAMPLES = 40  # along each side
REFINED = 8  # best candidates whose sides are fitted to the pixels
_BORDER_SUPPORT = 0.35  # of a side that runs along the picture's own border: it says nothing either way

Float = NDArray[np.float32]
Plane = NDArray[np.uint8]
ASPECTS = np.log([size.millimetres[0] / size.millimetres[1] for size in PageSize])  # of pages


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
    small, step = small_of(image)
    lab = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (5, 5), 0), np.uint8)
    gradient = _gradient(lab)
    edges = np.asarray(cv2.Canny(lab[:, :, 0], 20, 60), np.uint8)
    shapes = [*_from_masks(lab), *_from_contours(np.asarray(cv2.dilate(edges, np.ones((3, 3), np.uint8)), np.uint8))]
    rough = _judged(np.concatenate([np.array(shapes).reshape(-1, 4, 2), _from_lines(edges)]), gradient)
    found = np.array([candidate.corners for candidate in rough[:REFINED]]).reshape(-1, 4, 2)
    best = _judged(np.concatenate([_refined(found, gradient), found]), gradient) if len(found) else []
    # Pixel centres: the middle of the first pixel is 0, so scaling shifts by half a pixel.
    return [Candidate((c.corners + 0.5) * step - 0.5, c.support, c.score) for c in best]


def small_of(image: Image) -> tuple[Image, int]:
    """Return a capture as small as pages are looked for in, and how many times smaller."""
    step = max(1, round(max(image.shape[:2]) / WORKING_SIDE))  # a whole number: several times faster to average
    size = (max(1, image.shape[1] // step), max(1, image.shape[0] // step))
    small = cv2.resize(image[: size[1] * step, : size[0] * step], size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), step


def _gradient(lab: Image) -> _Gradient:
    horizontal = cv2.Sobel(lab, cv2.CV_32F, 1, 0, scale=1 / 8)
    vertical = cv2.Sobel(lab, cv2.CV_32F, 0, 1, scale=1 / 8)
    (x, y), strongest = (horizontal[:, :, 0], vertical[:, :, 0]), cv2.magnitude(horizontal, vertical)
    strength = strongest[:, :, 0]
    for channel in (1, 2):
        stronger = strongest[:, :, channel] > strength
        x, y, strength = (
            np.where(stronger, after[:, :, channel], before)
            for after, before in ((horizontal, x), (vertical, y), (strongest, strength))
        )
    typical = float(np.percentile(strength[::3, ::3], 75))
    return _Gradient(np.stack([x, y], axis=2), float(np.clip(typical, 2.0, 6.0)))


def _from_masks(lab: Image) -> Iterator[Corners]:
    """Yield shapes of what differs from the picture's rim, and of what is bright."""
    rim = max(2, min(lab.shape[:2]) // 50)
    frame = np.concatenate([lab[:rim].reshape(-1, 3), lab[-rim:].reshape(-1, 3), lab[:, :rim].reshape(-1, 3)])
    apart = cv2.absdiff(lab, np.full_like(lab, np.median(frame, axis=0))).astype(np.float32)
    kernel = np.ones((7, 7), np.uint8)
    distance = cv2.magnitude(cv2.magnitude(apart[:, :, 0], apart[:, :, 1]), apart[:, :, 2])
    unlike = np.clip(2 * distance, 0, 255).astype(np.uint8)
    level, mask = cv2.threshold(unlike, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    _, low = cv2.threshold(unlike, min(level, 24), 255, cv2.THRESH_BINARY)
    _, bright = cv2.threshold(lab[:, :, 0], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for plane in (
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel),
        cv2.morphologyEx(bright, cv2.MORPH_CLOSE, kernel),
        low,
    ):
        yield from _from_contours(np.asarray(cv2.morphologyEx(plane, cv2.MORPH_OPEN, kernel), np.uint8))


def _from_contours(mask: Plane) -> Iterator[Corners]:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least = MIN_AREA * mask.size
    hulls = [cv2.convexHull(c) for c in contours if cv2.boundingRect(c)[2] * cv2.boundingRect(c)[3] > least]
    for hull in sorted(hulls, key=cv2.contourArea, reverse=True)[:6]:
        if cv2.contourArea(hull) < least:
            return
        yield from quadrilaterals(hull)


def quadrilaterals(hull: NDArray[Any]) -> Iterator[Corners]:
    """Yield the quadrilaterals that a convex hull, n x 1 x 2, may be meant for."""
    yield np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)
    if len(hull) > 4:
        yield np.asarray(cv2.approxPolyN(hull, 4, ensure_convex=True), np.float64).reshape(-1, 2)
    elif len(hull) == 4:
        yield hull.reshape(4, 2).astype(np.float64)


def _from_lines(edges: Plane) -> NDArray[np.float64]:
    """Return the quadrilaterals (n x 4 x 2) of two pairs of long lines."""
    none = np.empty((0, 4, 2))
    found = cv2.HoughLines(edges, 1, np.pi / 180, int(0.12 * min(edges.shape)))
    if found is None:
        return none
    lines = found.reshape(-1, found.shape[-1])[:, :2].astype(np.float64)  # strongest first
    turn = np.abs(lines[:, 1] - lines[0, 1])
    turn = np.minimum(turn, np.pi - turn)
    one, other = _distinct(lines[turn < np.radians(25)]), _distinct(lines[turn > np.radians(55)])
    if min(len(one), len(other)) < 2:
        return none
    corners = _crossings(one, other)
    (a, b), (c, d) = (np.triu_indices(len(group), 1) for group in (one, other))
    quads = np.stack([corners[a][:, c], corners[a][:, d], corners[b][:, d], corners[b][:, c]], axis=2).reshape(-1, 4, 2)
    size = np.array(edges.shape[::-1])
    inside = ((quads > -0.02 * size) & (quads < 1.02 * size)).all(axis=(1, 2))
    return np.asarray(quads[inside])


def _crossings(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where lines (distance, angle of the normal) of two groups cross: m x n x 2."""
    (d1, t1), (d2, t2) = one.T[:, :, np.newaxis], other.T[:, np.newaxis]
    determinant = np.sin(t2 - t1)
    determinant = np.where(np.abs(determinant) < 1e-3, np.nan, determinant)  # all but parallel: no crossing
    x, y = d1 * np.sin(t2) - d2 * np.sin(t1), d2 * np.cos(t1) - d1 * np.cos(t2)
    return np.stack([x, y], axis=-1) / determinant[..., np.newaxis]


def _distinct(lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the strongest lines that differ from each other by more than a few pixels or degrees."""
    kept: list[tuple[float, float]] = []
    for distance, angle in lines[:150].tolist():
        line = (distance, angle)
        if not any(_turn(line, k) < np.radians(4) and _gap(line, k) < 8 for k in kept):
            kept.append(line)
        if len(kept) == LINES:
            break
    return np.array(kept).reshape(-1, 2)


def _turn(one: tuple[float, float], other: tuple[float, float]) -> float:
    difference = abs(one[1] - other[1]) % np.pi
    return float(min(difference, np.pi - difference))


def _gap(one: tuple[float, float], other: tuple[float, float]) -> float:
    # A line's angle jumps by half a turn where its distance changes sign.
    flipped = abs(one[1] - other[1]) > np.pi / 2
    return abs(one[0] + other[0]) if flipped else abs(one[0] - other[0])


def _judged(quads: NDArray[np.float64], gradient: _Gradient) -> list[Candidate]:
    """Score quadrilaterals (n x 4 x 2); those of impossible shape or size are left out."""
    shape = gradient.shape
    quads = clockwise(quads)
    share = area(quads) / (shape[0] * shape[1])
    ratio = aspect(quads, shape)
    error = np.abs(np.abs(np.log(np.where(ratio > 0, ratio, np.nan)))[:, np.newaxis] - ASPECTS).min(axis=1)
    possible = (share >= MIN_AREA) & (error < 3 * ASPECT_SPREAD) & _convex(quads)
    if not possible.any():
        return []
    kept = quads[possible]
    fits = (np.exp(-((error / ASPECT_SPREAD) ** 2) / 2) * share.clip(0, 1) ** 0.15)[possible]
    sides = _side_support(kept, gradient)
    support = (sides.mean(axis=1) + sides.min(axis=1)) / 2
    scored = [Candidate(c, float(s), float(s * f)) for c, s, f in zip(kept, support, fits, strict=True)]
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _convex(quads: NDArray[np.float64]) -> NDArray[np.bool_]:
    runs = np.roll(quads, -1, axis=1) - quads
    following = np.roll(runs, -1, axis=1)
    return np.asarray((runs[..., 0] * following[..., 1] > runs[..., 1] * following[..., 0]).all(axis=1))


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
        here = vectors[..., 0] * normals[..., 0] + vectors[..., 1] * normals[..., 1]
        here[here**2 < 0.64 * (vectors[..., 0] ** 2 + vectors[..., 1] ** 2)] = 0
        across = np.where(np.abs(here) > np.abs(across), here, across)
    rising = (across > gradient.threshold).mean(axis=2)
    falling = (across < -gradient.threshold).mean(axis=2)
    margin = np.minimum(points, [width - 1, height - 1] - points).min(axis=-1)
    on_border = (margin < 2).mean(axis=2) > 0.6
    return np.where(on_border, _BORDER_SUPPORT, np.maximum(rising, falling)).astype(np.float32)


def _refined(quads: NDArray[np.float64], gradient: _Gradient) -> NDArray[np.float64]:
    """Move each side of quadrilaterals (n x 4 x 2) to where the strongest change of one direction lies nearby.

    One of which a corner would move far stays as it is.
    """
    starts, runs = quads.reshape(-1, 2), (np.roll(quads, -1, axis=1) - quads).reshape(-1, 2)
    points, directions = starts.copy(), runs.copy()
    for side, chosen in _nearby(starts, runs, gradient):
        vx, vy, x0, y0 = cv2.fitLine(chosen, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        points[side], directions[side] = (x0, y0), (vx, vy)
    own, along = points.reshape(-1, 4, 2), directions.reshape(-1, 4, 2)
    moved = _meeting(np.roll(own, 1, axis=1), np.roll(along, 1, axis=1), own, along)
    near = np.linalg.norm(moved - quads, axis=2) <= 0.1 * max(gradient.shape)  # not so where sides are parallel
    return np.where(near.all(axis=1)[:, np.newaxis, np.newaxis], moved, quads)


def _nearby(starts: NDArray[np.float64], runs: NDArray[np.float64], gradient: _Gradient) -> Iterator[tuple[int, Float]]:
    """Yield the sides (n x 2) along which the picture changes in one direction, and the points where it does."""
    height, width = gradient.shape
    lengths = np.linalg.norm(runs, axis=1)
    normals = np.stack([runs[:, 1], -runs[:, 0]], axis=1) / np.maximum(lengths, 1e-6)[:, np.newaxis]
    reach = np.maximum(3, np.rint(0.02 * lengths)).astype(int)
    offsets = np.arange(-reach.max(), reach.max() + 1)
    along = starts[:, np.newaxis] + np.linspace(0.08, 0.92, SAMPLES)[:, np.newaxis] * runs[:, np.newaxis]
    grid = along[:, :, np.newaxis] + offsets[:, np.newaxis] * normals[:, np.newaxis, np.newaxis]
    x, y = np.moveaxis(np.rint(grid).astype(int), -1, 0)
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    inside &= (np.abs(offsets) <= reach[:, np.newaxis])[:, np.newaxis]
    vectors = gradient.vectors[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    across = (vectors * normals[:, np.newaxis, np.newaxis]).sum(axis=-1)
    across[~inside] = 0
    rising, falling = (np.maximum(one, 0) for one in (across, -across))
    rises = rising.sum(axis=(1, 2)) > falling.sum(axis=(1, 2))
    across = np.where(rises[:, np.newaxis, np.newaxis], rising, falling)
    best = across.argmax(axis=2)[..., np.newaxis]
    strong = np.take_along_axis(across, best, axis=2)[..., 0] > gradient.threshold
    chosen = np.take_along_axis(grid, best[..., np.newaxis], axis=2)[:, :, 0].astype(np.float32)
    for side in np.flatnonzero(strong.sum(axis=1) >= SAMPLES // 4).tolist():
        yield side, chosen[side, strong[side]]


def _meeting(
    one: NDArray[np.float64], along: NDArray[np.float64], other: NDArray[np.float64], along_other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where lines through points (… x 2) along directions meet; infinitely far where they are parallel."""
    apart = other - one
    determinant = along[..., 1] * along_other[..., 0] - along[..., 0] * along_other[..., 1]
    share = apart[..., 1] * along_other[..., 0] - apart[..., 0] * along_other[..., 1]
    share = np.where(np.abs(determinant) < 1e-6, np.inf, share / np.where(determinant == 0, 1, determinant))
    with np.errstate(invalid="ignore"):  # an infinite share of nothing
        return one + share[..., np.newaxis] * along
