"""Enrols the first documents of a group, inspects the others, and keeps what every measured check measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial

from datasets.specimens import GENUINE
from docscan.capture import ImageFile
from docscan.checks import CHECKS, perform
from docscan.checks.finding import Finding
from docscan.documents.enrolment import enrol
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError
from docscan.evidence import Evidence
from docscan.inspection import Tools, gather, open_enrolment_tools, see
from docscan.processes import each
from docscan.settings import Settings
from docscan.types import CheckResult
from training.witnesses.documents import ENROLLED, Group, files_of

_TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One document: what was measured of it, and what every check then said.

    ``numbers`` holds, by the id of each check that could measure, its value under "value" and its numbers by name.
    """

    recipe: str
    state: str
    lights: int  # under how many it was captured
    modelled: bool
    numbers: dict[str, dict[str, float]]
    checks: tuple[CheckResult, ...]

    @property
    def genuine(self) -> bool:
        """Whether it is what it says."""
        return self.recipe == GENUINE


@cache
def _tools() -> Tools:
    # The visual zone is not read: no measured check looks at it, and training.visual measures it.
    return replace(open_enrolment_tools(Settings(threads=1)), reader=None)


def _images(group: Group, index: int) -> dict[str, ImageFile]:
    files = files_of(group.path(group.orders[index]))
    return {light: ImageFile("generated", data) for light, data in files.items()}


def enrolled(group: Group, tools: Tools) -> DocumentModel | None:
    """Enrol the first documents of a group; one that cannot be a sample is left out, as an office would."""
    samples = []
    for index in range(ENROLLED):
        seen = see(**_images(group, index), tools=tools, today=_TODAY)  # type: ignore[arg-type]
        samples.append(Sample(f"sample {index}", seen.capture, seen.page, seen.mrz))
    while samples:
        try:
            return enrol("a-model", samples, version=1, created=datetime.now(UTC), models=tools.models)
        except DocumentModelError as error:
            refused = next((sample for sample in samples if sample.file in str(error)), None)
            if refused is None:
                return None
            samples.remove(refused)
    return None


def _numbers(evidence: Evidence) -> dict[str, dict[str, float]]:
    found = {}
    for check in CHECKS:
        seen = check.measure(evidence) if check.measure else None
        if seen is not None and not isinstance(seen, Finding):
            found[check.id] = {"value": seen.value, **seen.numbers}
    return found


def _witness(group: Group) -> list[Witnessed]:
    tools = _tools()
    model = enrolled(group, tools)
    tools = replace(tools, library=library_of([model] if model else []))
    found = []
    for index, order in enumerate(group.orders):
        if index < ENROLLED:
            continue
        images = _images(group, index)
        evidence = gather(**images, tools=tools, today=_TODAY)  # type: ignore[arg-type]
        checks = tuple(perform(check, evidence) for check in CHECKS)
        modelled = evidence.model is not None
        found.append(Witnessed(order.recipe, order.code, len(images), modelled, _numbers(evidence), checks))
    return found


def _died(group: Group) -> list[Witnessed]:
    raise RuntimeError(f"The process that inspected {group.folder} died.")


def witness(groups: list[Group], workers: int) -> Iterator[list[Witnessed]]:
    """Inspect every group; yield each one's documents as they are done."""
    for _, found in each(groups, partial(_witness), died=_died, workers=workers):
        yield found
