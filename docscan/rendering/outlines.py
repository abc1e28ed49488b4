"""The findings drawn over the page: outlines, and a numbered badge beside each that hides no print of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from docscan.rendering.findings import NumberedFinding
from docscan.types import Outcome, Polygon

RADIUS = 21  # of a badge, in thousandths of the picture's longer side

_Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Outline:
    """A numbered outline over the picture; lengths in its pixels."""

    number: int
    outcome: Outcome
    points: str  # of the polygon, as SVG writes them
    label_x: float  # middle of the badge
    label_y: float


def outlines(
    findings: Sequence[NumberedFinding], places: Mapping[int, Polygon], width: int, height: int
) -> list[Outline]:
    """Lay the findings over a picture of this size, each with its badge where it covers least."""
    radius = RADIUS * max(width, height) / 1000
    boxes = {number: _around(polygon) for number, polygon in places.items()}
    badges: list[_Rectangle] = []
    drawn = []
    for finding in findings:
        box = boxes[finding.number]
        others = [other for other in boxes.values() if other != box]

        def cost(at: tuple[float, float], others: list[_Rectangle] = others) -> float:
            badge = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
            return 10 * sum(_shared(badge, other) for other in badges) + sum(_shared(badge, box) for box in others)

        x, y = min(_spots(box, radius, width, height), key=cost)  # the first of the best
        badges.append((x - radius, y - radius, x + radius, y + radius))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places[finding.number])
        drawn.append(Outline(finding.number, finding.outcome, points, x, y))
    return drawn


def _around(polygon: Polygon) -> _Rectangle:
    (left, top), (right, bottom) = np.min(polygon, axis=0), np.max(polygon, axis=0)
    return float(left), float(top), float(right), float(bottom)


def _spots(box: _Rectangle, radius: float, width: int, height: int) -> list[tuple[float, float]]:
    """Return where a badge may stand, the best first: before the place, over its corners, after it, below it."""
    left, top, right, bottom = box
    middle, apart = (top + bottom) / 2, 1.2 * radius
    wanted = [
        (left - apart, middle),
        (left, top - apart),
        (left, top),
        (right + apart, middle),
        (right, top),
        (right, bottom),
        (left, bottom),
        ((left + right) / 2, bottom + apart),
        ((left + right) / 2, top),
    ]
    inside = [(x, y) for x, y in wanted if radius <= x <= width - radius and radius <= y <= height - radius]
    kept = [(min(max(x, radius), width - radius), min(max(y, radius), height - radius)) for x, y in wanted]
    return [*inside, *kept, ((left + right) / 2, middle)]


def _shared(one: _Rectangle, other: _Rectangle) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)
