"""Writes how checks answer on genuine documents of states that they never saw, for the service's watch on drift."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from datasets.specimens import GENUINE
from docscan.inspection import inspect
from docscan.runtime import Models
from docscan.scoring import decide, fuse
from docscan.service.watching.reference import FILE, SCHEMA, Bins, CheckReference, ReferenceScores, digest
from docscan.types import Outcome, Report, Verdict
from training.processes import each
from training.witnesses.documents import SEEDS, Group
from training.witnesses.judging import REFER
from training.witnesses.measuring import TODAY, images_of, tools_that_know

# Few: the fewer bins, the fewer documents tell that a distribution moved (see docscan.service.watching.drift).
_BINS = 5
_ABOVE = 0.001  # of scores and of glare, where all are alike
_SPOKE = (Outcome.PASSED, Outcome.FAILED)

# Generated states have codes that ICAO does not list: the check fails on every one of them.
_NOT_COMPARED = "mrz.issuing_state"


def _genuine(models: Path, group: Group) -> list[Report]:
    tools = tools_that_know(group, models)
    return [
        inspect(**images_of(group, order), tools=tools, today=TODAY).report  # type: ignore[arg-type]
        for order in group.inspected
        if order.recipe == GENUINE
    ]


def inspected(groups: list[Group], models: Path, workers: int) -> Iterator[list[Report]]:
    """Inspect the genuine documents of every group as the service does with a folder of models; yield their reports."""
    for _, reports in each(groups, partial(_genuine, models), named=lambda group: group.folder, workers=workers):
        yield reports


def bins_of(values: Sequence[float]) -> Bins:
    """Return a distribution in bins that hold about equally many; values that are alike share one.

    Edges lie halfway between values that occur: many scores are those of a calibration's bounds, and another computer's
    last digit must not move them. Where all values are alike, a second bin is for those above them.
    """
    distinct, counts = np.unique(np.round(values, 6), return_counts=True)
    halfway = (distinct[1:] + distinct[:-1]) / 2 if len(distinct) > 1 else distinct + _ABOVE
    below = np.cumsum(counts)[: len(halfway)] / counts.sum()
    wanted = np.arange(1, _BINS) / _BINS
    edges = halfway[np.unique(np.abs(below[:, None] - wanted).argmin(axis=0))]
    filled = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return Bins(edges=tuple(map(float, edges)), counts=tuple(map(int, filled)))


def _check(check: str, reports: Sequence[Report]) -> CheckReference:
    found = [result for report in reports for result in report.checks if result.id == check]
    scores = [result.score for result in found if result.outcome in _SPOKE and result.score is not None]
    return CheckReference(
        outcomes=Counter(result.outcome.value for result in found), scores=bins_of(scores) if scores else None
    )


def _verdict(report: Report, models: Models) -> Verdict:
    """Return the verdict as it would be of a state that ICAO lists."""
    checks = [result for result in report.checks if result.id != _NOT_COMPARED]
    return decide(checks, fuse(checks, models.fusions()), report.quality, refer_at=REFER)[0]


def reference_of(reports: Sequence[Report], groups: Sequence[Group], models: Models) -> ReferenceScores:
    """Sum reports up."""
    names = [result.id for result in reports[0].checks if result.id != _NOT_COMPARED]
    states = sorted({order.code for group in groups for order in group.orders})
    qualities = ("sharpness", "glare", "resolution_dpi")
    return ReferenceScores(
        schema=SCHEMA,
        made_from=(
            f"{len(reports)} genuine generated documents of the test states, half of them from page readers under "
            "three lights, half from any device; each kind's document model enrolled from five others. No forgery is "
            "among them."
        ),
        dataset={"split": "test", "seed": SEEDS["test"], "states": states, "kinds": len(groups)},
        created=datetime.now(UTC).date().isoformat(),
        models={info.name: info.sha256 for info in reports[0].models},
        calibrations=digest(models.calibrations),
        documents=len(reports),
        verdicts=Counter(_verdict(report, models).value for report in reports),
        checks={name: _check(name, reports) for name in names},
        quality={name: bins_of([getattr(report.quality, name) for report in reports]) for name in qualities},
    )


def write(reference: ReferenceScores, models: Path) -> None:
    """Write the file into a folder of models."""
    text = reference.model_dump_json(indent=1, by_alias=True) + "\n"
    (models / FILE).write_text(text, encoding="utf-8")
