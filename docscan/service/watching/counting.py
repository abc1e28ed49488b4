"""Counts what the database holds of some spans of time, in the bins of the evaluation. The database does the work."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from docscan.service.storage.tables import CheckScore, Inspection
from docscan.service.watching.reference import Bins, ReferenceScores
from docscan.types import Outcome

Window = tuple[datetime, datetime]
"""From, and until (not included)."""

_SPOKE = (Outcome.PASSED.value, Outcome.FAILED.value)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one span of time. Checks and measures are those of the evaluation."""

    verdicts: Counter[str] = field(default_factory=Counter)
    outcomes: Mapping[str, Counter[str]] = field(default_factory=dict)  # by check
    scores: Mapping[str, list[int]] = field(default_factory=dict)  # by check, in its bins, where it spoke
    quality: Mapping[str, list[int]] = field(default_factory=dict)  # by measure, in its bins


def count(session: Session, reference: ReferenceScores, windows: Sequence[Window]) -> list[Counts]:
    """Count; the windows must not overlap."""
    found = [_empty(reference) for _ in windows]
    window = _window(windows)
    within = or_(*(_between(*one) for one in windows))
    for number, verdict, documents in _grouped(session, select(window, Inspection.verdict).where(within)):
        found[number].verdicts[verdict] += documents
    _count_checks(session, reference, found, window, within)
    for measure, bins in reference.quality.items():
        column = _binned(getattr(Inspection, measure), bins)
        for number, place, documents in _grouped(session, select(window, column).where(within)):
            found[number].quality[measure][place] += documents
    return found


def _empty(reference: ReferenceScores) -> Counts:
    return Counts(
        outcomes={name: Counter() for name in reference.checks},
        scores={name: [0] * len(known.scores.counts) for name, known in reference.checks.items() if known.scores},
        quality={name: [0] * len(bins.counts) for name, bins in reference.quality.items()},
    )


def _count_checks(
    session: Session,
    reference: ReferenceScores,
    found: Sequence[Counts],
    window: ColumnElement[int],
    within: ColumnElement[bool],
) -> None:
    scored = {name: known.scores for name, known in reference.checks.items() if known.scores}
    # Each check has its own bins; -1 where a document has no score.
    place = case(
        (CheckScore.score.is_(None), -1),
        *((CheckScore.check_id == name, _binned(CheckScore.score, bins)) for name, bins in scored.items()),
        else_=-1,
    )
    wanted = (
        select(window, CheckScore.check_id, CheckScore.outcome, place)
        .join(Inspection, Inspection.id == CheckScore.inspection_id)
        .where(within, CheckScore.check_id.in_(reference.checks))
    )
    for number, check, outcome, bin_, documents in _grouped(session, wanted):
        found[number].outcomes[check][outcome] += documents
        if bin_ >= 0 and outcome in _SPOKE:
            found[number].scores[check][bin_] += documents


def _between(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (Inspection.created >= since) & (Inspection.created < until)


def _window(windows: Sequence[Window]) -> ColumnElement[int]:
    return case(*((_between(*one), number) for number, one in enumerate(windows)))


def _binned(column: InstrumentedAttribute[Any], bins: Bins) -> ColumnElement[int]:
    if not bins.edges:
        return literal_column("0")
    return case(*((column < edge, number) for number, edge in enumerate(bins.edges)), else_=len(bins.edges))


def _grouped(session: Session, wanted: Any) -> Sequence[Any]:  # noqa: ANN401  # rows of any width
    """Count rows that are alike."""
    # Named columns of a subquery: PostgreSQL takes an expression with parameters, written twice, for two.
    inner = wanted.subquery()
    columns = list(inner.columns)
    return session.execute(select(*columns, func.count()).group_by(*columns)).all()
