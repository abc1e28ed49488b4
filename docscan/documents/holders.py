"""Tells on genuine samples of one kind which lines of text every document has, and which are a holder's own."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz

from docscan.documents.laying import Laid
from docscan.documents.pictures import LEAST_SHARE
from docscan.page_geometry import moved
from docscan.types import Box, TextLine
from docscan.zones import corners_mm

_SAME_TEXT = 80.0  # of 100, likeness of two readings of the same print
_SHARED = 0.5  # share of the other samples that must show a line's text at its place for it to be everybody's
_OVERLAP = 0.5  # of the shorter of two lines, along the line; and of the lower, across

Lines = Sequence[tuple[str, Box]]


def own_lines(samples: Sequence[Sequence[TextLine]], laid: Sequence[Laid]) -> list[Box]:
    """Return where samples show text that most others do not, in millimetres of their common frame.

    Parameters
    ----------
    samples
        The lines that were read on each.
    laid
        How each lies on the common frame; what does not lie on it is left out.
    """
    seen = [_on_frame(lines, place) for lines, place in zip(samples, laid, strict=True) if place.share >= LEAST_SHARE]
    found: list[Box] = []
    for index, lines in enumerate(seen):
        others = seen[:index] + seen[index + 1 :]
        found += [line[1] for line in lines if sum(_shown(line, one) for one in others) < _SHARED * len(others)]
    return found


def _on_frame(lines: Sequence[TextLine], laid: Laid) -> Lines:
    to_frame = np.asarray(np.linalg.inv(laid.in_millimetres), np.float64)
    found = []
    for line in lines:
        corners = moved(corners_mm(line.box), to_frame)
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        found.append((line.text.casefold(), Box(float(left), float(top), float(right - left), float(bottom - top))))
    return found


def _shown(line: tuple[str, Box], others: Lines) -> bool:
    text, box = line
    return any(_at_one_place(box, other) and fuzz.ratio(text, said) >= _SAME_TEXT for said, other in others)


def _at_one_place(one: Box, other: Box) -> bool:
    along = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    across = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return along > _OVERLAP * min(one.width, other.width) and across > _OVERLAP * min(one.height, other.height)
