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
from docscan.capture import Files, ImageFile
from docscan.documents.matching import library_of
from docscan.documents.model import DocumentModel
from docscan.inspection import inspect, see
from docscan.scoring import confidence, decide, fuse
from docscan.settings import Settings
from docscan.sides import of_both
from docscan.tools import Tools, open_tools
from docscan.types import Outcome, Report, Verdict
from training.enrolling import model_of
from training.processes import each

FIRST_SEED = 4_000_000
CODES = "mrz.issuing_state"
ENROLLED = 5
KINDS = (Kind.TD3, Kind.TD2, Kind.MRV_A)  # sides with both zones
CARDS = (Kind.TD1_FRONT,)  # the printed data alone; the MRZ is on the back, which is captured too
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
    verdict: Verdict  # of the document; of a card of both sides

    @property
    def referred(self) -> bool:
        """Tell whether a person must look, for whatever reason."""
        return self.verdict is Verdict.REFER

    @property
    def contradicts(self) -> bool:
        """Tell whether any datum was said to differ."""
        return Outcome.FAILED in self.outcomes.values()

    @property
    def compared(self) -> bool:
        """Tell whether any datum was compared at all."""
        return bool(set(self.outcomes.values()) & {Outcome.PASSED, Outcome.FAILED})


def groups(split: str, inspected: int, kinds: tuple[Kind, ...] = KINDS, seed: int = FIRST_SEED) -> list[Group]:
    """Return the groups of a split, one for each state and kind, with so many inspected documents each."""
    pairs = [(code, kind) for code in SPLITS[split] for kind in kinds]
    return [Group(seed + number, code, kind, inspected) for number, (code, kind) in enumerate(pairs)]


@cache
def _tools() -> Tools:
    """Open the product's tools, once in a process, with no document models yet."""
    return replace(open_tools(Settings(threads=1)), library=library_of(()))


def _file(specimen: Specimen) -> ImageFile:
    return ImageFile("generated", specimen.captured.files["visible"][0])


def sides(order: Order) -> tuple[Specimen, Specimen]:
    """Make the side that prints the data and the side that has the MRZ: of a card two, which are one elsewhere.

    Both are of one holder. One that alters the MRZ alone alters a card's back.
    """
    if order.kind not in CARDS:
        whole = make(order, ("visible",))
        return whole, whole
    recipes = (
        {"viz": order.recipe, "mrz": GENUINE} if order.recipe != ONE_ZONE[1] else {"viz": GENUINE, "mrz": order.recipe}
    )
    front = replace(order, recipe=recipes["viz"])
    back = replace(order, kind=Kind.TD1_BACK, recipe=recipes["mrz"])
    return make(front, ("visible",)), make(back, ("visible",))


def _models(group: Group, tools: Tools) -> list[DocumentModel]:
    """Enrol the genuine documents of a group; of cards both sides. None where too few can be samples."""
    made = [sides(Order(group.seed, index, group.code, group.kind, GENUINE)) for index in range(ENROLLED)]
    seen = [see(_file(printed), tools=tools, today=_TODAY) for printed, _ in made]
    if group.kind not in CARDS:
        return _made(model_of(seen, tools))
    backs = [see(_file(zone), tools=tools, today=_TODAY) for _, zone in made]
    fronts = model_of(seen, tools, without_mrz=True, elsewhere=[back.mrz for back in backs])
    return _made(fronts, model_of(backs, tools))


def _made(*models: DocumentModel | None) -> list[DocumentModel]:
    return [replace(model, name=f"model-{number}") for number, model in enumerate(models) if model is not None]


def _judged(order: Order, tools: Tools) -> Judged:
    printed, with_zone = sides(order)
    other_side = None if with_zone is printed else Files(_file(with_zone))
    report = inspect(_file(printed), other_side=other_side, tools=tools, today=_TODAY).report
    zone = report.other_side or report
    alterations = [*printed.sheet.alterations, *with_zone.sheet.alterations]
    return Judged(
        recipe=order.recipe,
        device=str(printed.settings.parameters().get("device")),
        legible=_usable(report) and zone.mrz is not None and zone.mrz.parsed.lines == with_zone.sheet.mrz,
        modelled=report.document.model is not None,
        datum=str(alterations[0].parameters["field"]) if alterations else None,
        outcomes={
            check.id.removeprefix("viz."): check.outcome for check in report.checks if check.id.startswith("viz.")
        },
        milliseconds=report.timings_ms["visual"],
        verdict=_verdict(report, tools),
    )


def _verdict(report: Report, tools: Tools) -> Verdict:
    """Return the verdict but for the codes of states, which are invented and fail on every document."""
    other = report.other_side
    this = _answered(report, tools, mrz_elsewhere=report.mrz is None and other is not None and other.mrz is not None)
    return (this if other is None else of_both(this, _answered(other, tools, mrz_elsewhere=False))).verdict


def _answered(side: Report, tools: Tools, *, mrz_elsewhere: bool) -> Report:
    checks = tuple(check for check in side.checks if check.id != CODES)
    log10_lr, refer_at = fuse(checks, tools.models.fusions()), tools.settings.refer_log10_lr
    verdict, reason = decide(checks, log10_lr, side.quality, refer_at=refer_at, mrz_elsewhere=mrz_elsewhere)
    said = confidence(log10_lr, tools.settings.prior)
    return replace(side, checks=checks, verdict=verdict, reason=reason, confidence=said)


def _usable(report: Report) -> bool:
    return all(side.quality.usable for side in (report, report.other_side) if side is not None)


def _measure(enrolled: bool, group: Group) -> list[Judged]:
    tools = _tools()
    if enrolled:
        tools = replace(tools, library=library_of(_models(group, tools)))
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
        f"{one.recipe}\t{one.verdict}\t{one.device}\t{one.legible}\t{one.modelled}\t{one.datum}\t"
        + " ".join(f"{name}={outcome}" for name, outcome in one.outcomes.items())
        for one in judged
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
