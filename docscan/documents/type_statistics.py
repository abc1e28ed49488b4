"""What the setting of the MRZ is like on genuine samples of a kind; of its characters nothing is kept."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from docscan.checks.mrz_geometry import LEFT, MIDDLE
from docscan.checks.mrz_type import DISTANCE, PITCH, STRANGENESS
from docscan.documents.light_statistics import statistics_of
from docscan.documents.model import Statistics
from docscan.typesetting import Typesetting


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
