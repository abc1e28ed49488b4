"""Enrols the first documents of a group, or nothing, inspects the others, and keeps what every check measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path

from datasets.specimens import GENUINE, Order
from docscan.capture import ImageFile
from docscan.checks import CHECKS, perform
from docscan.checks.finding import Finding
from docscan.checks.measured import Measurement, captured_askew
from docscan.evidence import Evidence
from docscan.inspection import Seen, gather, see
from docscan.settings import Settings
from docscan.tools import Tools, open_enrolment_tools
from docscan.types import CheckResult
from training.enrolling import knowing, model_of
from training.processes import each
from training.witnesses.documents import Group, files_of

TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One document: what was measured of it, and what every check then said.

    ``numbers`` holds, by the id of each check that could measure, its value under "value" and its numbers by name,
    and ``usual`` what samples reach of it, where that counts.
    """

    recipe: str
    state: str
    lights: int  # under how many it was captured
    modelled: bool
    numbers: dict[str, dict[str, float]]
    checks: tuple[CheckResult, ...]
    kind: str = ""  # of side
    askew: bool = False  # seen from the side by the camera
    usual: dict[str, float] = field(default_factory=dict)

    @property
    def genuine(self) -> bool:
        """Whether it is what it says."""
        return self.recipe == GENUINE


@cache
def tools_of_a_process(models: Path) -> Tools:
    """Return what inspections with a folder of models share, without a library."""
    return open_enrolment_tools(Settings(threads=1, models=models))


def images_of(group: Group, order: Order) -> dict[str, ImageFile]:
    """Return the images of a group's document, by light."""
    files = files_of(group.path(order))
    return {light: ImageFile("generated", data) for light, data in files.items()}


def _samples(group: Group, tools: Tools) -> Iterator[Seen]:
    for order in group.samples:
        yield see(**images_of(group, order), tools=tools, today=TODAY)  # type: ignore[arg-type]


def _measurements(evidence: Evidence) -> dict[str, Measurement]:
    found = {}
    for check in CHECKS:
        seen = check.measure(evidence) if check.measure else None
        if seen is not None and not isinstance(seen, Finding):
            found[check.id] = seen
    return found


def tools_that_know(group: Group, models: Path) -> Tools:
    """Return what inspections with a folder of models share once the first documents of a group are enrolled."""
    tools = tools_of_a_process(models)
    return knowing(tools, model_of(_samples(group, tools), tools, without_mrz=group.without_mrz))


def witnessed(order: Order, images: Mapping[str, ImageFile], tools: Tools) -> Witnessed:
    """Inspect a document, given its images by light."""
    evidence = gather(**images, tools=tools, today=TODAY)  # type: ignore[arg-type]
    measured = _measurements(evidence)
    return Witnessed(
        recipe=order.recipe,
        state=order.code,
        lights=len(images),
        modelled=evidence.model is not None,
        numbers={check: {"value": seen.value, **seen.numbers} for check, seen in measured.items()},
        checks=tuple(perform(check, evidence) for check in CHECKS),
        kind=order.kind.value,
        askew=captured_askew(evidence.page),
        usual={check: seen.usual for check, seen in measured.items() if seen.usual is not None},
    )


def _witness(models: Path, enrolled: bool, group: Group) -> list[Witnessed]:
    tools = tools_that_know(group, models) if enrolled else tools_of_a_process(models)
    return [witnessed(order, images_of(group, order), tools) for order in group.inspected]


def witness(groups: list[Group], models: Path, workers: int, *, enrolled: bool = True) -> Iterator[list[Witnessed]]:
    """Inspect every group with a folder of models; yield each one's documents as they are done.

    ``enrolled`` tells whether its first documents are; else there is no library, as where nobody has genuine samples.
    """
    for _, found in each(
        groups, partial(_witness, models, enrolled), named=lambda group: group.folder, workers=workers
    ):
        yield found
