"""How MRZ and printed data are set on genuine samples of a kind; of what they say nothing is kept."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from docscan.checks.mrz_geometry import LEFT, MIDDLE
from docscan.checks.mrz_type import DISTANCE, PITCH, STRANGENESS
from docscan.documents.light_statistics import statistics_of
from docscan.documents.model import Statistics
from docscan.types import Mrz, Page, TextLayout, TextLine
from docscan.typesetting import Typesetting
from docscan.visual.places import shown
from docscan.visual.strokes import STROKES, strokes_of


def type_statistics(samples: Sequence[Typesetting | None], fewest: int) -> dict[str, Statistics]:
    """Return mean and spread by name, of what at least ``fewest`` samples show."""
    found: Mapping[str, list[float]] = defaultdict(list)
    for seen in samples:
        if seen is None:
            continue
        if math.isfinite(seen.glyphs.strangeness):
            found[STRANGENESS].append(seen.glyphs.strangeness)
        if seen.on_samples is not None:
            found[PITCH].append(seen.on_samples.pitch)
            found[DISTANCE].append(seen.on_samples.line_distance)
            found[LEFT].append(seen.on_samples.left)
            found[MIDDLE].append(seen.on_samples.middle)
    return statistics_of(found, fewest)


def stroke_statistics(
    samples: Sequence[tuple[Page, Mrz, tuple[TextLine, ...]]], text: TextLayout, fewest: int
) -> dict[str, Statistics]:
    """Return of each datum how it is set, by name: logarithms of its strokes' width and of its ink's darkness.

    Parameters
    ----------
    samples
        Of each its page, its MRZ, and every line of text that was read.
    text
        Where the samples have text.
    """
    found: Mapping[str, list[float]] = defaultdict(list)
    for page, mrz, lines in samples:
        for name, place in text.fields.items():
            line = next(iter(shown(name, (mrz, lines))), None)
            strokes = strokes_of(page, line, place.line_mm) if line is not None else None
            if strokes is not None:
                for part, value in zip(STROKES, strokes.logarithms(), strict=True):
                    found[part.format(name)].append(float(value))
    return statistics_of(found, fewest)
