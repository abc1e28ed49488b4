"""How MRZ and printed data are set on genuine samples of a kind; of what they say nothing is kept."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from docscan.checks.mrz_geometry import LEFT, MIDDLE
from docscan.checks.mrz_type import DISTANCE, PITCH, STRANGENESS, UNEVENNESS, misplaced
from docscan.documents.laying import Laid
from docscan.documents.light_statistics import statistics_of
from docscan.documents.model import Statistics
from docscan.documents.pictures import exactly_on_page
from docscan.types import Mrz, Page, TextLayout, TextLine
from docscan.typesetting import Typesetting
from docscan.visual.alike import baselines_of, beside_others, inks_of
from docscan.visual.baselines import BASELINE
from docscan.visual.places import shown_at
from docscan.visual.strokes import STROKES, strokes_of


def type_statistics(samples: Sequence[tuple[Mrz, Typesetting | None]], fewest: int) -> dict[str, Statistics]:
    """Return mean and spread by name, of what at least ``fewest`` samples show."""
    found: Mapping[str, list[float]] = defaultdict(list)
    for mrz, seen in samples:
        if seen is None:
            continue
        if not isinstance(run := misplaced(mrz, seen), str):
            found[UNEVENNESS].append(run.deviations)
        if math.isfinite(seen.glyphs.strangeness):
            found[STRANGENESS].append(seen.glyphs.strangeness)
        if seen.on_samples is not None:
            found[PITCH].append(seen.on_samples.pitch)
            found[DISTANCE].append(seen.on_samples.line_distance)
            found[LEFT].append(seen.on_samples.left)
            found[MIDDLE].append(seen.on_samples.middle)
    return statistics_of(found, fewest)


def setting_statistics(
    samples: Sequence[tuple[Page, Mrz, tuple[TextLine, ...], Laid | None]], text: TextLayout, fewest: int
) -> dict[str, Statistics]:
    """Return how each datum is set, by name: logarithms of its strokes' width and of its ink's darkness, its baseline.

    Parameters
    ----------
    samples
        Of each its page, its MRZ, every line of text that was read, and how the page lies on the samples' frame.
    text
        Where the samples have text.
    """
    found: dict[str, list[float]] = defaultdict(list)
    baselines: list[dict[str, float]] = []
    for page, mrz, lines, laid in samples:
        data = {name: line for name, place in text.fields.items() if (line := shown_at(place, name, (mrz, lines)))}
        inks, on_page = inks_of(page, data, text.fields), exactly_on_page(laid)
        for name, ink in inks.items():
            strokes = strokes_of(ink)
            if strokes is not None:
                for part, value in zip(STROKES, strokes.logarithms(), strict=True):
                    found[part.format(name)].append(float(value))
        seen = {} if on_page is None else baselines_of(inks, on_page)
        baselines.append({name: one.down_mm for name, one in seen.items()})
    for name, values in _level(baselines).items():
        found[BASELINE.format(name)] = values
    return statistics_of(found, fewest)


def _level(samples: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Return each datum's baselines on the samples, freed of what all data of a sample have in common."""
    names = sorted({name for sample in samples for name in sample})
    usual = {name: float(np.median([sample[name] for sample in samples if name in sample])) for name in names}
    found: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        for name, away in beside_others({name: value - usual[name] for name, value in sample.items()}).items():
            found[name].append(usual[name] + away)
    return found
