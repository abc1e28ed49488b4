"""Finds the MRZ's data among lines whose places nobody told."""

from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from docscan.types import Agreement, TextLine, VisualField
from docscan.visual.comparing import compared, is_shown
from docscan.visual.expected import Expected
from docscan.visual.labels import named
from docscan.visual.spelling import folded

_LIKELY = 60  # per cent of a datum's characters that a line must show to be worth a closer look


def _windows(line: TextLine) -> Iterator[TextLine]:
    """Yield a line, then each run of its words: data may share a line, or follow their label on it."""
    yield line
    ends = [0, *(place + 1 for place, letter in enumerate(line.text) if letter in " :/"), len(line.text) + 1]
    for first in range(len(ends) - 1):
        for last in range(first + 1, len(ends)):
            start, end = ends[first], ends[last] - 1
            if start < end and (start, end) != (0, len(line.text)):
                yield line.part(start, end)


def agreeing(name: str, datum: Expected, lines: Sequence[TextLine]) -> TextLine | None:
    """Return a line, or the part of one, that shows a datum as the MRZ says."""
    if name.endswith("_date") or name in ("sex", "nationality"):
        candidates: Iterator[TextLine] = iter(lines)
    else:
        likely = (line for line in lines if fuzz.partial_ratio(datum.text, folded(line.text)) >= _LIKELY)
        candidates = (window for line in likely for window in _windows(line))
    return next((line for line in candidates if is_shown(name, datum, line)), None)


def searched(data: Mapping[str, Expected], lines: Sequence[TextLine]) -> dict[str, VisualField]:
    """Return the data that were found: those that agree wherever they stand, and what labels call by another's name."""
    found = {}
    for name, datum in data.items():
        line = agreeing(name, datum, lines)
        if line is not None:
            found[name] = VisualField(name, datum.shown, line, Agreement.AGREES)
        elif (line := named(name, lines)) is not None:
            found[name] = VisualField(name, datum.shown, line, compared(name, datum, line))
    return found
