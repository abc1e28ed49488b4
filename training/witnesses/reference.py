"""Writes how checks answer on genuine documents of states that they never saw, for the service's watch on drift."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from datasets.specimens import GENUINE
from docscan.inspection import inspect
from docscan.processes import each
from docscan.service.watching.reference import FILE, SCHEMA, Bins, CheckReference, ReferenceScores
from docscan.types import Outcome, Report
from training.enrolling import model_of
from training.witnesses.documents import ENROLLED, SEEDS, Group
from training.witnesses.measuring import TODAY, images_of, library_of, samples_of, tools_of_a_process

# Few: the fewer bins, the fewer documents tell that a distribution moved (see docscan.service.watching.drift).
_BINS = 5
_SPOKE = (Outcome.PASSED, Outcome.FAILED)

# Generated states have codes that ICAO does not list: the check fails on every one of them.
_NOT_COMPARED = "mrz.issuing_state"


def _genuine(group: Group) -> list[Report]:
    tools = tools_of_a_process()
    model = model_of(samples_of(group, tools), tools)
    tools = replace(tools, library=library_of([model] if model else []))
    return [
        inspect(**images_of(group, index), tools=tools, today=TODAY).report  # type: ignore[arg-type]
        for index, order in enumerate(group.orders)
        if index >= ENROLLED and order.recipe == GENUINE
    ]


def _died(group: Group) -> list[Report]:
    raise RuntimeError(f"The process that inspected {group.folder} died.")


def inspected(groups: list[Group], workers: int) -> Iterator[list[Report]]:
    """Inspect the genuine documents of every group as the service does; yield each group's reports."""
    for _, reports in each(groups, _genuine, died=_died, workers=workers):
        yield reports


def bins_of(values: Sequence[float]) -> Bins:
    """Return a distribution in bins that hold about equally many; values that are alike share one."""
    numbers = np.array(values, np.float64)
    quantiles = np.quantile(numbers, np.arange(1, _BINS) / _BINS, method="lower")
    # Nothing lies below the smallest value: as an edge it would make an empty bin.
    edges = np.unique(quantiles[quantiles > numbers.min()])
    counts = np.bincount(np.searchsorted(edges, numbers, side="right"), minlength=len(edges) + 1)
    return Bins(edges=tuple(map(float, edges)), counts=tuple(map(int, counts)))


def _check(check: str, reports: Sequence[Report]) -> CheckReference:
    found = [result for report in reports for result in report.checks if result.id == check]
    scores = [result.score for result in found if result.outcome in _SPOKE and result.score is not None]
    return CheckReference(
        outcomes=Counter(result.outcome.value for result in found), scores=bins_of(scores) if scores else None
    )


def reference_of(reports: Sequence[Report], groups: Sequence[Group]) -> ReferenceScores:
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
        documents=len(reports),
        verdicts=Counter(report.verdict.value for report in reports),
        checks={name: _check(name, reports) for name in names},
        quality={name: bins_of([getattr(report.quality, name) for report in reports]) for name in qualities},
    )


def write(reference: ReferenceScores, models: Path) -> None:
    """Write the file into a folder of models."""
    text = reference.model_dump_json(indent=1, by_alias=True) + "\n"
    (models / FILE).write_text(text, encoding="utf-8")
