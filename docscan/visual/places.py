"""Learns from genuine samples where the documents of one kind print each datum."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from docscan.types import Box, FieldPlace, Mrz, TextLayout, TextLine
from docscan.visual.comparing import is_shown
from docscan.visual.expected import FIELDS, expected
from docscan.visual.lines import around, middle

_APART = 2.0  # millimetres between the upper left corners of one place on two samples, at most
_ASTRAY = 5.0  # millimetres by which a page may be found beside where it is
_SHARE = 0.6  # of the samples that must show a datum at its place

Sample = tuple[Mrz, tuple[TextLine, ...]]


def shown(name: str, sample: Sample) -> tuple[TextLine, ...]:
    """Return the lines of a sample that show a datum as its MRZ says."""
    mrz, lines = sample
    datum = expected(mrz).get(name)
    if datum is None:
        return ()
    return tuple(line for line in lines if is_shown(name, datum, line))


def shown_at(place: FieldPlace, name: str, sample: Sample) -> TextLine | None:
    """Return the line of a sample that shows a datum nearest to its place; None where none does near it.

    A page may show the same elsewhere, as its title shows a nationality.
    """

    def away(line: TextLine) -> float:
        return float(np.hypot(line.box.x - place.box.x, middle(line.box) - middle(place.box)))

    nearest = min(shown(name, sample), key=away, default=None)
    return nearest if nearest is not None and away(nearest) <= _ASTRAY else None


def _near(box: Box, other: Box) -> bool:
    return bool(np.hypot(box.x - other.x, box.y - other.y) <= _APART)


def _groups(seen: Sequence[Sequence[TextLine]]) -> list[list[TextLine]]:
    """Return for each line of the samples the lines at its place, one a sample at most; the largest groups first."""
    groups = []
    for line in (line for lines in seen for line in lines):
        near = (next((other for other in lines if _near(line.box, other.box)), None) for lines in seen)
        groups.append([other for other in near if other is not None])
    return sorted(groups, key=len, reverse=True)


def _enough(group: Sequence[TextLine], samples: int) -> bool:
    return len(group) >= max(2, _SHARE * samples)


def _place(name: str, samples: Sequence[Sample]) -> FieldPlace | None:
    best = next(iter(_groups([shown(name, sample) for sample in samples])), [])
    if not _enough(best, len(samples)):
        return None
    height = float(np.median([line.box.height for line in best]))
    character = float(np.median([line.box.width / len(line.text) for line in best]))
    return FieldPlace(around(line.box for line in best), height, character, len(best))


def _recurring(samples: Sequence[Sample]) -> tuple[Box, ...]:
    """Return where most samples have a line: the median of its left end and its middle."""
    found: list[Box] = []
    for group in _groups([lines for _, lines in samples]):
        if not _enough(group, len(samples)):
            break
        left, top, width, height = np.median([(b.x, b.y, b.width, b.height) for b in (line.box for line in group)], 0)
        box = Box(float(left), float(top), float(width), float(height))
        if not any(_near(box, other) for other in found):
            found.append(box)
    return tuple(found)


def _moved(line: TextLine, right: float, down: float) -> TextLine:
    return replace(line, box=replace(line.box, x=line.box.x + right, y=line.box.y + down))


def _laid_together(samples: Sequence[Sample]) -> list[Sample]:
    """Move the lines of each sample so that its data stand where the others have them: pages are not found exactly."""
    found = [{name: lines[0].box for name in FIELDS if (lines := shown(name, sample))} for sample in samples]
    usual = {
        name: np.median([(boxes[name].x, boxes[name].y) for boxes in found if name in boxes], 0)
        for name in {name for boxes in found for name in boxes}
    }
    together = []
    for (mrz, lines), boxes in zip(samples, found, strict=True):
        away = [usual[name] - (box.x, box.y) for name, box in boxes.items()]
        right, down = np.median(away, 0) if away else (0.0, 0.0)
        together.append((mrz, tuple(_moved(line, float(right), float(down)) for line in lines)))
    return together


def text_layout(samples: Sequence[Sample]) -> TextLayout:
    """Learn where data stand that most samples show as their MRZs say, and where all lines stand; texts are not kept.

    Parameters
    ----------
    samples
        The MRZ of each, and every line of text on its page.
    """
    samples = _laid_together(samples)
    places = {name: _place(name, samples) for name in FIELDS}
    return TextLayout({name: place for name, place in places.items() if place is not None}, _recurring(samples))
