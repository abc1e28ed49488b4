"""Finds machine-readable zones in an image: coarsely in the whole image, then line by line in a crop of each.

Two small networks of one shape (``models/mrz.md``) do the seeing: the zone finder marks the pixels of zones in the
shrunk image; the line finder marks the lines in a crop that holds one zone at 400 pixels, and tells lines that stand
upright from those upside down.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.mrz.crops import CROP_HEIGHT, CROP_LENGTH, CROP_WIDTH, OrientedBox, zone_crop
from docscan.mrz.rectify import Grey, Points, frame_homography, normalised, place

# What the zone finder sees, one after the other until a zone is read without doubt: pixels of the longer side (wide
# zones are found best in a coarse picture, small ones in a fine one); and quarter turns, its filters know no symmetry,
# where nothing was found.
FINDER_VIEWS = ((512, 0), (224, 0), (768, 0), (384, 2), (384, 1), (384, 3))
STRIDE = 4
_MOST_BOXES = 10
_EXTEND = 1.12  # a mask ends a little early
_LOOKS = 4  # at one zone, at most
_CERTAIN = (0.5, 0.8, 0.95)  # of a line's cells, tried in turn: lines that stand close touch where less is asked
_NEAR_EDGE = 24  # pixels of a crop; in a box of the right length a zone keeps 56 clear on each side
_LONGER = 0.6  # of its length, by which a box grows where its lines run out of the crop

Session = Any  # onnxruntime ships no types


def rebased(bends: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """Return the bends (see ``line_strips``) of a frame that reaches from one share of the line to another."""
    a, b, c = bends.T
    length = end - start
    return np.stack([a * length**2, (2 * a * start + b) * length, (a * start + b) * start + c], -1)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a zone's lines stand.

    ``corners`` is the frame of docscan.mrz.rectify (4 x 2, pixels), ``bends`` what ``line_strips`` takes, ``certainty``
    the line finder's mean probability on the lines, 0 to 1, and ``direction`` how sure it is that the lines do not
    stand upside down, 0.5 to 1.
    """

    corners: Points
    lines: int
    bends: NDArray[np.float64]
    certainty: float
    direction: float

    def turned(self) -> "Frame":
        """Return the frame as it is read upside down."""
        bends = -rebased(self.bends[::-1], 1.0, 0.0)  # rows count from the other end
        return Frame(self.corners[[2, 3, 0, 1]], self.lines, bends, self.certainty, 1 - self.direction)


def _run(session: Session, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(session.run(None, {session.get_inputs()[0].name: pictures})[0], np.float32)


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def find_zones(image: Grey, session: Session, side: int, turns: int) -> tuple[OrientedBox, ...]:
    """Find zones in a whole image, roughly; their lines may run either way along a box.

    Parameters
    ----------
    image
        Height x width, grey.
    session
        The zone finder.
    side
        Pixels of the longer side at which it looks.
    turns
        Quarter turns, counterclockwise, that it is shown the image after.

    Returns
    -------
    At most 10 boxes, the most certain first.
    """
    height, width = image.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    small = np.rot90(small, turns)
    padded = cv2.copyMakeBorder(small, 0, -small.shape[0] % 32, 0, -small.shape[1] % 32, cv2.BORDER_REPLICATE)
    chance = _sigmoid(_run(session, normalised(np.asarray(padded[None], np.uint8))))[0, 0]
    return tuple(_turned_back(box, turns, image.shape) for box in _boxes(chance, scale))


def _turned_back(box: OrientedBox, turns: int, shape: tuple[int, ...]) -> OrientedBox:
    """Return a box of an image that was turned, by quarters counterclockwise, as one of the image itself."""
    x, y = box.centre
    right, bottom = shape[1] - 1, shape[0] - 1
    centre = ((x, y), (right - y, x), (right - x, bottom - y), (y, bottom - x))[turns % 4]
    return OrientedBox(centre, box.angle + turns * np.pi / 2, box.length)


def _boxes(chance: NDArray[np.float32], scale: float) -> tuple[OrientedBox, ...]:
    mask = (chance > 0.4).astype(np.uint8)
    count, labels = cv2.connectedComponents(mask)
    found: list[tuple[float, OrientedBox]] = []
    for label in range(1, count):
        rows, columns = np.nonzero(labels == label)
        if len(rows) < 5:
            continue
        weight = chance[rows, columns]
        centre, sides, angle = cv2.minAreaRect(np.stack([columns, rows], -1).astype(np.float32))
        turn = np.deg2rad(angle if sides[0] >= sides[1] else angle + 90)
        length = (max(sides) + 1) * STRIDE * _EXTEND / scale
        middle = tuple(((value + 0.5) * STRIDE) / scale - 0.5 for value in centre)
        found.append((float(weight.sum() * weight.max()), OrientedBox((middle[0], middle[1]), float(turn), length)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(box for _, box in found[:_MOST_BOXES])


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in a crop, cells of the line finder's map: extent, course (numpy.polyval over x), mass."""

    start: float
    end: float
    course: NDArray[np.float64]
    mass: float

    def y(self, x: float) -> float:
        return float(np.polyval(self.course, x))


def _fit(chance: NDArray[np.float32], inside: NDArray[np.bool_]) -> _Line:
    """Fit a line's course through the middles of its columns."""
    weights = np.where(inside, chance, 0)
    mass = weights.sum(0)
    columns = np.flatnonzero(mass > 0.5)
    if len(columns) < 4:
        columns = np.flatnonzero(mass > 0)
    middles = (weights * np.arange(len(chance))[:, None]).sum(0)[columns] / mass[columns]
    degree = 2 if columns[-1] - columns[0] > 48 and len(columns) > 30 else 1
    if len(columns) < 3:
        course = np.array([0.0, float(middles.mean())])
    else:
        course = np.polyfit(columns, middles, degree, w=np.sqrt(mass[columns]))
        distance = np.abs(middles - np.polyval(course, columns))
        kept = distance < max(0.6, 2.5 * float(np.median(distance)))
        if kept.sum() > 3:
            course = np.polyfit(columns[kept], middles[kept], degree, w=np.sqrt(mass[columns[kept]]))
    return _Line(float(columns[0]) - 0.5, float(columns[-1]) + 0.5, course, float(weights.sum()))


def _lines(chance: NDArray[np.float32], least: float) -> list[_Line]:
    """Join the line finder's pieces, cells more certain than ``least``, into lines, from top to bottom."""
    count, labels = cv2.connectedComponents((chance > least).astype(np.uint8), connectivity=4)
    pieces = [labels == label for label in range(1, count)]
    fitted = [(piece, _fit(chance, piece)) for piece in pieces if piece.sum() >= 4]
    fitted.sort(key=lambda pair: -pair[1].mass)
    groups: list[tuple[NDArray[np.bool_], _Line]] = []
    for piece, line in fitted:
        middle = (line.start + line.end) / 2
        for index, (members, whole) in enumerate(groups):
            if abs(whole.y(middle) - line.y(middle)) < 1.5 and not (members & piece).any():
                joined = members | piece
                groups[index] = (joined, _fit(chance, joined))
                break
        else:
            if line.end - line.start > 10:
                groups.append((piece, line))
    lines = [line for _, line in groups]
    longest = max((line.end - line.start for line in lines), default=0.0)
    lines = [line for line in lines if line.end - line.start > 0.45 * longest]
    return sorted(lines, key=lambda line: line.y((line.start + line.end) / 2))


def _best_rows(lines: list[_Line]) -> list[_Line]:
    """Return the two or three lines that stand evenly and weigh most."""
    best: list[_Line] = []
    weight = 0.0
    for start in range(len(lines)):
        for count in (2, 3):
            rows = lines[start : start + count]
            if len(rows) < count:
                continue
            x = float(np.mean([(row.start + row.end) / 2 for row in rows]))
            gaps = np.diff([row.y(x) for row in rows])
            if gaps.min() < 1.5 or gaps.max() > 1.35 * gaps.min() + 0.5:
                continue
            total = sum(row.mass for row in rows)
            if total > weight:
                best, weight = rows, total
    return best


def _corners(rows: list[_Line]) -> Points:
    """Return the frame's corners in cells: all lines of a zone begin and end together.

    Of two lines the one that reaches farther counts, of three the middle one: a line's end is more often missed than
    imagined.
    """
    first, last = rows[0], rows[-1]
    slope = (last.y(last.end) - last.y(last.start)) / max(1.0, last.end - last.start)

    def leaned(source: _Line, target: _Line, x: float) -> float:
        """Return where the perpendicular through a line's end meets another line."""
        return x + slope * (source.y(x) - target.y(x))

    start = sorted(leaned(row, first, row.start) for row in rows)[len(rows) // 3]
    end = sorted((leaned(row, first, row.end) for row in rows), reverse=True)[len(rows) // 3]
    start_last, end_last = leaned(first, last, start), leaned(first, last, end)
    return np.array(
        [
            [start, first.y(start)],
            [end, first.y(end)],
            [end_last, last.y(end_last)],
            [start_last, last.y(start_last)],
        ]
    )


def _bends(rows: list[_Line], corners: Points) -> NDArray[np.float64]:
    inverse = np.asarray(np.linalg.inv(frame_homography(corners, len(rows))), np.float64)
    bends = []
    for index, row in enumerate(rows):
        x = np.linspace(row.start, row.end, 12)
        local = place(inverse, np.stack([x, np.polyval(row.course, x)], -1))
        bends.append(np.polyfit(local[:, 0], local[:, 1] - index, 2))
    return np.asarray(bends, np.float64)


def _look(image: Grey, box: OrientedBox, session: Session) -> Frame | None:
    logits = _run(session, normalised(zone_crop(image, box)[None]))[0]
    shares = np.exp(logits - logits.max(0))
    shares /= shares.sum(0)
    chance = np.asarray(shares[1] + shares[2], np.float32)
    seen = chance > 0.5
    if seen.sum() < 20:
        return None
    upright = float(shares[1][seen].sum() / (shares[1][seen].sum() + shares[2][seen].sum()))
    rows = next(filter(None, (_best_rows(_lines(chance, least)) for least in _CERTAIN)), None)
    if rows is None:
        return None
    cells = _corners(rows)
    corners = box.to_image((cells + 0.5) * STRIDE - 0.5)
    frame = Frame(corners, len(rows), _bends(rows, cells), float(chance[seen].mean()), upright)
    return frame if upright >= 0.5 else frame.turned()


def find_lines(image: Grey, box: OrientedBox, session: Session) -> Frame | None:
    """Find the lines of the zone in a box: look, centre the box on what was seen, look again.

    Where lines run out of the crop, the box was too short: it grows on that side, if the image goes on there.

    Parameters
    ----------
    image
        Height x width, grey.
    session
        The line finder.

    Returns
    -------
    None: there are no two or three parallel lines.
    """
    frame = _look(image, box, session)
    for _ in range(_LOOKS - 1):
        if frame is None:
            return None
        grown = _grown(frame, box, image.shape)
        again = _look(image, grown or box_of(frame), session)
        if grown is None:
            return again or frame
        box, frame = grown, again or frame
    return frame


def _grown(frame: Frame, box: OrientedBox, shape: tuple[int, ...]) -> OrientedBox | None:
    """Return a longer box where a frame runs out of its crop, but not out of the image; None: it does not."""
    corners = frame.corners
    seen = box.to_crop(corners)
    start, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    vector = end - start
    reach = np.array([shape[1], shape[0]], np.float64)
    grow = []
    for tip, points, sign in ((start, seen[[0, 3]], -1), (end, seen[[1, 2]], 1)):
        cut = bool(((points[:, 0] < _NEAR_EDGE) | (points[:, 0] > CROP_WIDTH - _NEAR_EDGE)).any())
        beyond = tip + sign * 0.05 * vector
        grow.append(cut and bool((beyond >= 0).all() and (beyond < reach).all()))
    if not any(grow):
        return None
    start, end = start - _LONGER * grow[0] * vector, end + _LONGER * grow[1] * vector
    centre, vector = (start + end) / 2, end - start
    angle, length = float(np.arctan2(vector[1], vector[0])), float(np.linalg.norm(vector)) * 1.04
    return OrientedBox((float(centre[0]), float(centre[1])), angle, length)


def box_of(frame: Frame) -> OrientedBox:
    """Return the box that holds a frame."""
    corners = frame.corners
    vector = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
    centre = corners.mean(0)
    length = float(np.linalg.norm(vector)) * 1.04
    return OrientedBox((float(centre[0]), float(centre[1])), float(np.arctan2(vector[1], vector[0])), length)


__all__ = ["CROP_HEIGHT", "CROP_LENGTH", "CROP_WIDTH", "Frame", "OrientedBox", "box_of", "find_lines", "find_zones"]
