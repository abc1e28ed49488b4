"""From a zone's corners to straight, equally high pictures of its lines.

A zone's *frame* is the quadrilateral through the centres of its first and its last line: first line's start and end,
last line's end and start, at the outer edges of the outermost characters, in the reading direction. Its lines are the
rows 0, 1, … of the frame, so that the homography of the frame undoes the perspective of all of them together.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

STRIP_HEIGHT = 32
STRIP_WIDTH = 768
STRIP_MARGIN = 16  # pixels left and right of the line
STRIP_REACH = 0.8  # a strip's height in line spacings
_PARTS = 8  # of a strip, by whose print its line's course is mended
LEAST_DEVIATION = 4.0  # added to a picture's own, in grey levels: an empty one is not blown up to noise
OUTLINE = 0.24  # from a line's middle to the zone's outline, in line spacings: half a character's height and a little

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]


def frame_homography(frame: Points, lines: int) -> NDArray[np.float64]:
    """Return the 3 x 3 homography from (share of the line's length, line counted from 0) to pixels.

    Parameters
    ----------
    frame
        4 x 2, see the module.
    lines
        2 or 3.
    """
    last = lines - 1
    unit = np.array([[0, 0], [1, 0], [1, last], [0, last]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(unit, frame.astype(np.float32)), np.float64)


def place(homography: NDArray[np.float64], points: Points) -> Points:
    """Map points (... x 2) through a homography."""
    flat = np.ascontiguousarray(points, np.float64).reshape(1, -1, 2)
    return np.asarray(cv2.perspectiveTransform(flat, homography), np.float64).reshape(points.shape)


def frame_in(outline: Points, lines: int) -> Points:
    """Return the frame of a zone of so many lines from its outline, 4 x 2 each, pixels."""
    last = lines - 1
    unit = np.array([[0, -OUTLINE], [1, -OUTLINE], [1, last + OUTLINE], [0, last + OUTLINE]], np.float32)
    homography = np.asarray(cv2.getPerspectiveTransform(unit, outline.astype(np.float32)), np.float64)
    return place(homography, np.array([[0.0, 0], [1, 0], [1, last], [0, last]]))


def shrunk(image: Grey, low: Points, high: Points, factor: float) -> tuple[Grey, Points, float]:
    """Cut a box out of an image and shrink it where it is finer than needed, so that sampling does not alias.

    Returns
    -------
    The cut, the offset to subtract from a point of ``image`` and the factor to multiply it with.
    """
    height, width = image.shape
    left, top = (int(value) for value in np.clip(np.floor(low), 0, (width - 1, height - 1)))
    right, bottom = (int(value) for value in np.clip(np.ceil(high) + 1, (left + 1, top + 1), (width, height)))
    cut = image[top:bottom, left:right]
    offset = np.array([left, top], np.float64)
    if factor > 0.75:
        return cut, offset, 1.0
    size = (max(1, round(cut.shape[1] * factor)), max(1, round(cut.shape[0] * factor)))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8), offset, factor


def sample(image: Grey, points: NDArray[np.float64], step: float) -> Grey:
    """Read an image at points (rows x columns x 2), ``step`` pixels apart.

    Returns
    -------
    Rows x columns; outside the image its border is repeated.
    """
    x, y = points[..., 0], points[..., 1]  # apart: numpy is slow along pairs
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    reach = max(2.0, 2 * step)
    cut, offset, factor = shrunk(image, low - reach, high + reach, 1 / max(step, 1e-6))
    local = ((points - offset + 0.5) * factor - 0.5).astype(np.float32)
    return np.asarray(
        cv2.remap(cut, local[..., 0], local[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def line_strips(image: Grey, frame: Points, lines: int, bends: NDArray[np.float64] | None = None) -> Grey:
    """Cut the lines of a zone out of an image.

    Parameters
    ----------
    image
        Height x width, grey.
    frame
        4 x 2 pixels, see the module.
    lines
        2 or 3.
    bends
        Lines x 3: coefficients of each line's departure from its row, in line spacings, over the share of the line's
        length (highest power first, as ``numpy.polyval``); None: straight.

    Returns
    -------
    Lines x STRIP_HEIGHT x STRIP_WIDTH.
    """
    along = (np.arange(STRIP_WIDTH) + 0.5 - STRIP_MARGIN) / (STRIP_WIDTH - 2 * STRIP_MARGIN)
    across = ((np.arange(STRIP_HEIGHT) + 0.5) / STRIP_HEIGHT - 0.5) * STRIP_REACH
    homography = frame_homography(frame, lines)
    length = np.linalg.norm(frame[1] - frame[0]) + np.linalg.norm(frame[2] - frame[3])
    step = float(length / 2 / (STRIP_WIDTH - 2 * STRIP_MARGIN))
    strips = []
    for line in range(lines):
        rows = line + across[:, None] + np.zeros_like(along)
        if bends is not None:
            rows = rows + np.polyval(bends[line], np.clip(along, -0.02, 1.02))
        grid = np.stack([np.broadcast_to(along, rows.shape), rows], -1)
        strips.append(sample(image, place(homography, grid), step))
    return np.stack(strips)


def off_centre(strips: Grey) -> NDArray[np.float64]:
    """Return how far below the middle of its strip each line's print stands.

    Returns
    -------
    Lines x 3 coefficients, as ``line_strips`` takes them: to be added to the bends that the strips were cut with.
    """
    strokes = np.abs(np.diff(strips.astype(np.float32), axis=2))
    parts = np.stack([part.mean(2) for part in np.array_split(strokes, _PARTS, axis=2)], -1)  # lines x rows x parts
    parts = np.maximum(parts - np.quantile(parts, 0.3, axis=1, keepdims=True), 0)
    rows = ((np.arange(STRIP_HEIGHT) + 0.5) / STRIP_HEIGHT - 0.5) * STRIP_REACH
    mass = parts.sum(1) + 1e-6
    middles = np.einsum("lrp,r->lp", parts, rows) / mass
    along = ((np.arange(_PARTS) + 0.5) / _PARTS * STRIP_WIDTH - STRIP_MARGIN) / (STRIP_WIDTH - 2 * STRIP_MARGIN)
    return np.stack(
        [np.polyfit(along, middle, 2, w=np.sqrt(weight)) for middle, weight in zip(middles, mass, strict=True)]
    )


def normalised(pictures: Grey) -> NDArray[np.float32]:
    """Return pictures (count x height x width) as the networks take them: mean 0, deviation 1, one channel."""
    values = pictures.astype(np.float32)
    mean = values.mean((1, 2), keepdims=True)
    deviation = values.std((1, 2), keepdims=True)
    return np.asarray(((values - mean) / (deviation + LEAST_DEVIATION))[:, None], np.float32)
