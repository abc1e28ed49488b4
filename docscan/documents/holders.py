"""Tells on genuine samples of one kind which lines of text every document has, and which are a holder's own."""

from collections.abc import Sequence

import cv2
import numpy as np
from rapidfuzz import fuzz

from docscan.cutting import place_of
from docscan.documents.laying import PIXELS_PER_MM, Laid, Structure, correlation, warped
from docscan.documents.pictures import LEAST_SHARE
from docscan.page_geometry import moved
from docscan.types import Box, PageSize, TextLine
from docscan.zones import corners_mm

_SAME_TEXT = 92.0  # of 100, likeness of two readings of the same print; dates differ in two of ten characters
_SAME_LOOK = 0.7  # correlation from which a sample shows in a line what the others do
_SHARED = 0.5  # share of the other samples that must show a line's text at its place for it to be everybody's
_OVERLAP = 0.5  # of the shorter of two lines, along the line; and of the lower, across

Lines = Sequence[tuple[str, Box]]


def own_lines(
    samples: Sequence[Sequence[TextLine]], structures: Sequence[Structure], laid: Sequence[Laid]
) -> list[Box]:
    """Return where samples show text that most others do not, in millimetres of their common frame.

    Two readings of the same print may differ, where a reader does not know its script: what looks the same on all is
    everybody's whatever it was read as. Numbers are read in any script, and look much alike.

    Parameters
    ----------
    samples
        The lines that were read on each.
    structures
        Of each page, all of one shape.
    laid
        How each lies on the common frame; what does not lie on it is left out.
    """
    good = [index for index, place in enumerate(laid) if place.share >= LEAST_SHARE]
    lines = [_on_frame(samples[index], laid[index]) for index in good]
    size = structures[0].shape[::-1]
    shown = [warped(structures[index], laid[index].matrix, (size[0], size[1])) for index in good]
    found: list[Box] = []
    for index, own in enumerate(lines):
        others, seen = lines[:index] + lines[index + 1 :], shown[:index] + shown[index + 1 :]
        suspected = [line for line in own if sum(_read(line, one) for one in others) < _SHARED * len(others)]
        if suspected:
            mean = np.asarray(np.mean(seen, 0), np.float32)
            found += [
                box for text, box in suspected if _number(text) or _likeness(shown[index], mean, box) < _SAME_LOOK
            ]
    return found


def joined(boxes: Sequence[Box], size: PageSize) -> tuple[Box, ...]:
    """Return boxes around those that overlap, millimetres of a page: samples have the same data at the same place."""
    width, height = (round(side * PIXELS_PER_MM) for side in size.millimetres)
    covered = np.zeros((height, width), np.uint8)
    for box in boxes:
        covered[place_of(box, 0.0, PIXELS_PER_MM)] = 1
    _, _, found, _ = cv2.connectedComponentsWithStats(covered)
    return tuple(Box(*(float(value) / PIXELS_PER_MM for value in one[:4])) for one in found[1:])


def _number(text: str) -> bool:
    return 2 * sum(character.isdigit() for character in text) >= len(text)


def _likeness(one: Structure, others: Structure, box: Box) -> float:
    """Return the correlation of two pages' structure along a line in a box; across, any two lines of text are alike."""
    left, top = (max(0, int(value * PIXELS_PER_MM)) for value in (box.x, box.y))
    right, bottom = (int(np.ceil(value * PIXELS_PER_MM)) for value in (box.x + box.width, box.y + box.height))
    seen, usual = (picture[top:bottom, left:right] for picture in (one, others))
    if not seen.size:
        return 0.0
    along, usually = (picture - picture.mean(axis=1, keepdims=True) for picture in (seen, usual))
    return correlation(along, usually)


def _on_frame(lines: Sequence[TextLine], laid: Laid) -> Lines:
    to_frame = np.asarray(np.linalg.inv(laid.in_millimetres), np.float64)
    found = []
    for line in lines:
        corners = moved(corners_mm(line.box), to_frame)
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        found.append((line.text.casefold(), Box(float(left), float(top), float(right - left), float(bottom - top))))
    return found


def _read(line: tuple[str, Box], others: Lines) -> bool:
    text, box = line
    return any(_at_one_place(box, other) and fuzz.ratio(text, said) >= _SAME_TEXT for said, other in others)


def _at_one_place(one: Box, other: Box) -> bool:
    along = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    across = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return along > _OVERLAP * min(one.width, other.width) and across > _OVERLAP * min(one.height, other.height)
