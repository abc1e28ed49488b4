"""Finds the outline of a document in a capture."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Image, PageSize

Quad = NDArray[np.float64]
"""4 x 2: corners in pixels, clockwise from the upper left."""

_WORKING_SIDE = 640  # pixels of the longer side: borders are long, they survive

_SMALLEST_SHARE = 0.12  # of the image's area
_LARGEST_SHARE = 0.97  # beyond it the image is cropped to the page, and there is no outline to find
_ASPECT_TOLERANCE = 0.16  # perspective shortens one side
_LOWEST_SUPPORT = 0.55  # share of the outline that lies on an edge
_SOLIDITY = 0.93  # a page fills its quadrilateral


def ordered(corners: NDArray[np.floating]) -> Quad:  # type: ignore[type-arg]
    """Return corners clockwise from the upper left."""
    points = np.asarray(corners, np.float64).reshape(4, 2)
    offsets = points - points.mean(0)
    points = points[np.argsort(np.arctan2(offsets[:, 1], offsets[:, 0]))]
    return np.roll(points, -int(np.argmin(points.sum(1))), axis=0)


def _masks(image: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield masks of what may be the page: unlike the image's rim, bright, dark, or enclosed by edges."""
    rim = np.concatenate(
        [
            image[:4].reshape(-1, 3),
            image[-4:].reshape(-1, 3),
            image[:, :4].reshape(-1, 3),
            image[:, -4:].reshape(-1, 3),
        ]
    )
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim_lab = cv2.cvtColor(rim[None], cv2.COLOR_RGB2LAB).astype(np.float32)[0]
    unlike = np.clip(np.linalg.norm(lab - np.median(rim_lab, 0), axis=2), 0, 255).astype(np.uint8)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    for channel in (unlike, grey, cv2.bitwise_not(grey)):
        soft = cv2.GaussianBlur(channel, (0, 0), 2)
        yield np.asarray(cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], np.uint8)
    spread = float(np.percentile(np.linalg.norm(rim_lab - np.median(rim_lab, 0), axis=1), 95))
    yield ((unlike > max(12.0, 1.5 * spread)) * 255).astype(np.uint8)
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.2), 30, 90)
    yield np.asarray(cv2.dilate(edges, np.ones((5, 5), np.uint8)), np.uint8)


def _quads(mask: NDArray[np.uint8]) -> Iterator[Quad]:
    """Yield quadrilaterals round the large parts of a mask."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        if cv2.contourArea(contour) < _SMALLEST_SHARE * mask.size:
            continue
        hull = cv2.convexHull(contour)
        for tolerance in (0.02, 0.04, 0.07):
            corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
            if len(corners) == 4 and cv2.contourArea(hull) > _SOLIDITY * cv2.contourArea(corners):
                yield ordered(corners)
                break
        box = cv2.boxPoints(cv2.minAreaRect(hull))
        if cv2.contourArea(hull) > _SOLIDITY * cv2.contourArea(box):
            yield ordered(box)


def _support(quad: Quad, gradient: NDArray[np.float32], threshold: float) -> float:
    """Return the share of the outline near which the picture has an edge: the weakest side's, and the mean, averaged."""
    shares = []
    for start, end in zip(quad, np.roll(quad, -1, 0), strict=True):
        points = start + np.linspace(0.06, 0.94, 60)[:, None] * (end - start)
        columns = np.clip(np.rint(points[:, 0]).astype(int), 0, gradient.shape[1] - 1)
        rows = np.clip(np.rint(points[:, 1]).astype(int), 0, gradient.shape[0] - 1)
        shares.append(float((gradient[rows, columns] > threshold).mean()))
    return (min(shares) + float(np.mean(shares))) / 2


def _aspect_error(quad: Quad) -> float:
    sides = np.hypot(*(np.roll(quad, -1, 0) - quad).T)
    aspect = (sides[0] + sides[2]) / max(float(sides[1] + sides[3]), 1e-6)
    aspect = max(aspect, 1 / aspect)
    return min(abs(float(np.log(aspect * size.millimetres[1] / size.millimetres[0]))) for size in PageSize)


def find_outline(image: Image) -> Quad | None:
    """Find the outline of a document, or None where none convinces.

    Parameters
    ----------
    image
        Height x width x 3, RGB.

    Returns
    -------
    Quad | None
        Corners in pixels of the image, clockwise from the upper left of the image (not of the document).
    """
    factor = min(1.0, _WORKING_SIDE / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    soft = cv2.GaussianBlur(small, (0, 0), 1).astype(np.float32)
    gradient = np.maximum(
        np.abs(cv2.Sobel(soft, cv2.CV_32F, 1, 0)), np.abs(cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    ).max(2)
    near = cv2.dilate(gradient, np.ones((5, 5), np.uint8)).astype(np.float32)
    threshold = max(24.0, float(np.percentile(gradient, 70)))
    best, best_worth = None, 0.0
    for mask in _masks(small):
        for quad in _quads(mask):
            share = cv2.contourArea(quad.astype(np.float32)) / (size[0] * size[1])
            error = _aspect_error(quad)
            support = _support(quad, near, threshold)
            if (
                not _SMALLEST_SHARE < share < _LARGEST_SHARE
                or error > _ASPECT_TOLERANCE
                or support < _LOWEST_SUPPORT
            ):
                continue
            worth = support - error + 0.3 * share
            if worth > best_worth:
                best, best_worth = quad, worth
    return None if best is None else best / factor
