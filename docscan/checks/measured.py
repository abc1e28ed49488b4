"""Checks that measure something: what they measured becomes a calibrated log10 likelihood ratio."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docscan.checks.finding import Finding, undetermined
from docscan.checks.regions import probability
from docscan.evidence import Evidence
from docscan.page_geometry import depth_ratio
from docscan.runtime import Calibration
from docscan.types import Outcome, Page, Region


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, and what to say of it either way."""

    value: float  # the higher, the more like a forgery
    passed: str  # one sentence a border guard understands
    failed: str
    region: Region | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)  # of which the calibration makes the value, if any
    usual: float | None = None  # the value that genuine samples of the page's kind reach; None: there are none


Measure = Callable[[Evidence], Measurement | Finding]
"""Measures; or says in a finding why it cannot."""


_AS_SAMPLES = "Genuine samples of this kind look as suspicious here, so that this tells nothing: compare by eye."

# Of readers' captures one in thirty is found so, by what its border is found wrong; of phones' seven in ten, those that
# lean by three degrees or more.
_ASKEW = 1.02


def captured_askew(page: Page) -> bool:
    """Tell whether a camera saw the page from the side, as a hand holds it and no reader does."""
    return depth_ratio(page.to_capture, page.size) >= _ASKEW


def against_all(ratio: float, share: float) -> float:
    """Return what a ratio that speaks for a genuine document says against forgeries of which a check finds a share.

    The other forgeries leave what it looks at as it was: there both hypotheses say the same. A ratio that speaks for a
    forgery stays what it is against the forgeries of its kind: the shares of kinds are an assumption, and a rare kind
    must not hide behind it.
    """
    return ratio if ratio >= 0 else math.log10(1 - share + share * 10**ratio)


def beyond(ratio: float, usual: float) -> float:
    """Return what is left of a log10 likelihood ratio for a forgery beside what genuine samples amount to.

    Where a design is taken for a forgery, each document of it would be. What speaks for a genuine one stays as it is.
    """
    return ratio if min(ratio, usual) <= 0 else max(0.0, ratio - usual)


def weighed(seen: Measurement, calibration: Calibration, *, askew: bool) -> Finding:
    """Turn a measurement into the finding that its calibration supports.

    Parameters
    ----------
    askew
        Whether a camera saw the page from the side. Samples are weighed as readers' captures, which they are.
    """
    own = calibration.of_capture(askew=askew)
    value = seen.value + sum(weight * seen.numbers[name] for name, weight in own.weights.items())
    alone = own.weight * value + own.intercept
    ratio = alone
    if seen.usual is not None:
        ratio = beyond(alone, calibration.weight * seen.usual + calibration.intercept)
    ratio = against_all(_bounded(ratio, own), own.share)
    failed = ratio >= own.threshold
    if not failed and _bounded(alone, own) >= own.threshold:
        return undetermined(_AS_SAMPLES, seen.region)
    return Finding(
        Outcome.FAILED if failed else Outcome.PASSED,
        seen.failed if failed else seen.passed,
        # Of many checks some always stand a little to the forger's side: what does not fail does not speak for one.
        ratio if failed else min(ratio, 0.0),
        score=probability(ratio),
        threshold=probability(own.threshold),
        region=seen.region,
    )


def _bounded(ratio: float, calibration: Calibration) -> float:
    return max(calibration.lowest, min(calibration.highest, ratio))


def measured(check_id: str, measure: Measure) -> Callable[[Evidence], Finding]:
    """Return the check that measures and weighs what it measured as the manifest says for its id."""

    def check(evidence: Evidence) -> Finding:
        seen = measure(evidence)
        if isinstance(seen, Finding):
            return seen
        return weighed(seen, evidence.calibrations[check_id], askew=captured_askew(evidence.page))

    return check
