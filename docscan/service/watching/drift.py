"""Whether checks answer, and captures look, as they did in the evaluation: week by week.

Distributions are compared by the population stability index, PSI: the sum over bins of (p - q) ln(p / q), for the
shares p of the week and q of the evaluation. By its customary limits (Siddiqi, Credit Risk Scorecards, 2006) less than
0.1 is stable and 0.25 or more has drifted. Of few documents the index is large by chance: where nothing moved,
PSI / (1/n + 1/m) is distributed as chi-squared with one degree of freedom less than there are bins (Yurdakul and
Naranjo, Statistical properties of the population stability index, 2020). What chance explains is called stable, and of
fewer than ``LEAST`` documents nothing is said.

The index says little of what is rare: shares of failed checks stand beside it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import NormalDist

from sqlalchemy.orm import Session

from docscan.service.watching.counting import Counts, Window, count
from docscan.service.watching.reference import Bins, CheckReference, ReferenceScores
from docscan.types import Outcome, Verdict

WATCH, DRIFTED = 0.1, 0.25
LEAST = 100  # documents of a week
LEAST_REFERENCE = 50  # documents of the evaluation
_CHANCE = 0.001  # how often nothing but chance may be called drift, for one distribution
_WEEK = timedelta(days=7)


class Level(StrEnum):
    """What a comparison says."""

    TOO_FEW = "too_few"
    STABLE = "stable"
    WATCH = "watch"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A distribution beside that of the evaluation, in the same bins."""

    documents: int  # of the week that are in it
    reference_documents: int
    edges: tuple[float, ...]  # between the bins, ascending; none where the two bins are passed and failed
    shares: tuple[float, ...]  # of the week, one for each bin
    reference_shares: tuple[float, ...]
    psi: float | None  # None: too few
    level: Level


@dataclass(frozen=True, slots=True)
class CheckDrift:
    """One check's week. Shares are of all documents, by Outcome; the comparison is of those on which it spoke."""

    check: str
    outcomes: Mapping[str, float]
    reference_outcomes: Mapping[str, float]
    scores: Comparison


@dataclass(frozen=True, slots=True)
class QualityDrift:
    """One measure of capture quality."""

    measure: str  # sharpness, glare, resolution_dpi
    values: Comparison


@dataclass(frozen=True, slots=True)
class WeekDrift:
    """A week beside the evaluation."""

    week: str  # after ISO 8601, e.g. "2026-W48"
    since: datetime
    until: datetime  # not included
    documents: int
    verdicts: Mapping[str, float]  # shares, by Verdict
    reference_verdicts: Mapping[str, float]
    checks: tuple[CheckDrift, ...]
    quality: tuple[QualityDrift, ...]

    @property
    def level(self) -> Level:
        """The gravest of all comparisons."""
        order = list(Level)
        found = [one.scores.level for one in self.checks] + [one.values.level for one in self.quality]
        return max(found, key=order.index, default=Level.TOO_FEW)


def by_week(
    session: Session, reference: ReferenceScores, weeks: int = 12, now: datetime | None = None
) -> tuple[WeekDrift, ...]:
    """Compare the last ISO weeks (Monday to Sunday, UTC), the present one first."""
    today = (now or datetime.now(UTC)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    windows = [(monday - number * _WEEK, monday - (number - 1) * _WEEK) for number in range(weeks)]
    return _compared(session, reference, windows)


def last_seven_days(session: Session, reference: ReferenceScores, now: datetime | None = None) -> WeekDrift:
    """Compare the seven days until now: never only a week's beginning, as on a Monday."""
    until = now or datetime.now(UTC)
    return _compared(session, reference, [(until - _WEEK, until)])[0]


def _compared(session: Session, reference: ReferenceScores, windows: Sequence[Window]) -> tuple[WeekDrift, ...]:
    counts = count(session, reference, windows)
    return tuple(_week(reference, window, found) for window, found in zip(windows, counts, strict=True))


def _week(reference: ReferenceScores, window: Window, found: Counts) -> WeekDrift:
    year, number, _ = window[0].isocalendar()
    return WeekDrift(
        week=f"{year}-W{number:02d}",
        since=window[0],
        until=window[1],
        documents=sum(found.verdicts.values()),
        verdicts=_shares(found.verdicts, Verdict),
        reference_verdicts=_shares(reference.verdicts, Verdict),
        checks=tuple(_check(name, known, found) for name, known in reference.checks.items()),
        quality=tuple(
            QualityDrift(name, _comparison(known, found.quality[name])) for name, known in reference.quality.items()
        ),
    )


def _check(name: str, known: CheckReference, found: Counts) -> CheckDrift:
    outcomes = found.outcomes[name]
    if known.scores is None:
        compared = _comparison(Bins(edges=(), counts=_of_a_rule(known.outcomes)), _of_a_rule(outcomes))
    else:
        compared = _comparison(known.scores, found.scores[name])
    return CheckDrift(name, _shares(outcomes, Outcome), _shares(known.outcomes, Outcome), compared)


def _of_a_rule(outcomes: Mapping[str, int]) -> tuple[int, int]:
    return outcomes.get(Outcome.PASSED, 0), outcomes.get(Outcome.FAILED, 0)


def _shares(counts: Mapping[str, int], names: type[StrEnum]) -> dict[str, float]:
    total = sum(counts.values())
    return {name.value: counts.get(name.value, 0) / total if total else 0.0 for name in names}


def _comparison(known: Bins, counts: Sequence[int]) -> Comparison:
    here, there = sum(counts), sum(known.counts)
    enough = here >= LEAST and there >= LEAST_REFERENCE
    index = stability_index(counts, known.counts) if enough else None
    return Comparison(
        documents=here,
        reference_documents=there,
        edges=known.edges,
        shares=tuple(number / max(1, here) for number in counts),
        reference_shares=tuple(number / max(1, there) for number in known.counts),
        psi=index,
        level=Level.TOO_FEW if index is None else _level(index, by_chance(here, there, len(counts))),
    )


def _level(index: float, chance: float) -> Level:
    if index < max(WATCH, chance):
        return Level.STABLE
    return Level.WATCH if index < DRIFTED else Level.DRIFTED


def stability_index(here: Sequence[int], there: Sequence[int]) -> float:
    """Return the population stability index of two distributions in the same bins.

    Half a document is added to each bin: an empty one would make the index infinite.
    """
    whole_here, whole_there = (sum(counts) + 0.5 * len(counts) for counts in (here, there))
    pairs = [((p + 0.5) / whole_here, (q + 0.5) / whole_there) for p, q in zip(here, there, strict=True)]
    return sum((p - q) * math.log(p / q) for p, q in pairs)


def by_chance(here: int, there: int, bins: int) -> float:
    """Return what the index exceeds once in a thousand times where nothing moved.

    The quantile of chi-squared is Wilson and Hilferty's (1931).
    """
    if bins < 2:
        return 0.0
    freedom, normal = bins - 1, NormalDist().inv_cdf(1 - _CHANCE)
    quantile = freedom * (1 - 2 / (9 * freedom) + normal * math.sqrt(2 / (9 * freedom))) ** 3
    return quantile * (1 / here + 1 / there)
