"""How often the visual zone's checks find an alteration of one zone alone, and how often they contradict a genuine one.

Documents are generated, of states that nothing was chosen on. Of each state and kind of side some genuine ones are
enrolled, as a laboratory would; the others are inspected as the product does it, matching included.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path

from datasets.design.states import SPLITS
from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, Specimen, make
from docscan.capture import ImageFile
from docscan.documents.matching import library_of
from docscan.inspection import Seen, Tools, inspect, open_tools, see
from docscan.settings import Settings
from docscan.types import Outcome
from training.enrolling import knowing, model_of
from training.processes import each

FIRST_SEED = 4_000_000
ENROLLED = 5
KINDS = (Kind.TD3, Kind.TD2, Kind.MRV_A)  # sides with both zones
ONE_ZONE = ("viz_altered", "mrz_altered")
_CYCLE = (GENUINE, ONE_ZONE[0], GENUINE, ONE_ZONE[1])

_TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Group:
    """Documents of one kind: those to enrol, and those to inspect."""

    seed: int
    code: str
    kind: Kind
    inspected: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one inspection."""

    recipe: str
    device: str
    legible: bool  # a usable capture whose MRZ was read as it is printed
    modelled: bool  # its document model was matched
    datum: str | None  # that was altered
    outcomes: dict[str, Outcome]  # of the checks ``viz.*``, by datum
    milliseconds: float

    @property
    def contradicts(self) -> bool:
        """Tell whether any datum was said to differ."""
        return Outcome.FAILED in self.outcomes.values()

    @property
    def compared(self) -> bool:
        """Tell whether any datum was compared at all."""
        return bool(set(self.outcomes.values()) & {Outcome.PASSED, Outcome.FAILED})


def groups(split: str, inspected: int, seed: int = FIRST_SEED) -> list[Group]:
    """Return the groups of a split, one for each state and kind, with so many inspected documents each."""
    pairs = [(code, kind) for code in SPLITS[split] for kind in KINDS]
    return [Group(seed + number, code, kind, inspected) for number, (code, kind) in enumerate(pairs)]


@cache
def _tools() -> Tools:
    """Open the product's tools, once in a process, with no document models yet."""
    return replace(open_tools(Settings(threads=1)), library=library_of(()))


def _file(specimen: Specimen) -> ImageFile:
    return ImageFile("generated", specimen.captured.files["visible"][0])


def _samples(group: Group, tools: Tools) -> Iterator[Seen]:
    """Make the genuine documents of a group that are enrolled."""
    for index in range(ENROLLED):
        specimen = make(Order(group.seed, index, group.code, group.kind, GENUINE), ("visible",))
        yield see(_file(specimen), tools=tools, today=_TODAY)


def _judged(order: Order, tools: Tools) -> Judged:
    specimen = make(order, ("visible",))
    report = inspect(_file(specimen), tools=tools, today=_TODAY).report
    alterations = specimen.sheet.alterations
    return Judged(
        recipe=order.recipe,
        device=str(specimen.settings.parameters().get("device")),
        legible=report.quality.usable and report.mrz is not None and report.mrz.parsed.lines == specimen.sheet.mrz,
        modelled=report.document.model is not None,
        datum=str(alterations[0].parameters["field"]) if alterations else None,
        outcomes={
            check.id.removeprefix("viz."): check.outcome for check in report.checks if check.id.startswith("viz.")
        },
        milliseconds=report.timings_ms["visual"],
    )


def _measure(enrolled: bool, group: Group) -> list[Judged]:
    tools = _tools()
    if enrolled:
        model = model_of(_samples(group, tools), tools)
        tools = knowing(tools, model)
    orders = (
        Order(group.seed, ENROLLED + number, group.code, group.kind, _CYCLE[number % len(_CYCLE)])
        for number in range(group.inspected)
    )
    return [_judged(order, tools) for order in orders]


def measured(chosen: Iterable[Group], *, enrolled: bool, workers: int) -> Iterator[list[Judged]]:
    """Make, enrol and inspect; yield each group's outcomes as they are done."""
    for _, judged in each(
        chosen, partial(_measure, enrolled), named=lambda group: (group.code, group.kind), workers=workers
    ):
        yield judged


def report_of(judged: list[Judged], path: Path) -> None:
    """Write every outcome as a line of text, for whoever looks into the misses."""
    lines = (
        f"{one.recipe}\t{one.device}\t{one.legible}\t{one.modelled}\t{one.datum}\t"
        + " ".join(f"{name}={outcome}" for name, outcome in one.outcomes.items())
        for one in judged
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
