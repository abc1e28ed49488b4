"""``python -m training.real_designs``: what checks say of real designs, beside document models of their own.

No three genuine samples of one real kind are at hand. So the picture of a real specimen is taken for the surface of a
page, and the generator's devices capture that. Five captures are enrolled as if they were of different holders; others
are inspected, of the page and of the page on a screen. That says whether checks against samples bear artwork that no
generator drew. It says nothing of how genuine documents of one kind differ, and little of print, which is as coarse as
the picture is. Nothing is learned or calibrated on them.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np

from datasets.capturing import encode, expose, settings
from datasets.forging.copies import displayed
from datasets.physics.surface import PIXELS_PER_MM, Surface, px
from docscan.capture import ImageFile, read_file
from docscan.checks import CHECKS
from docscan.inspection import Seen, inspect, see
from docscan.tools import Tools
from docscan.types import Outcome, Report
from training.enrolling import knowing, model_of
from training.processes import each
from training.real_images import FOLDER, pictures
from training.region.measures import Rate
from training.witnesses.measuring import TODAY, tools_of_a_process

SAMPLES = 5
_ROOT = Path(__file__).resolve().parents[1]
_DEVICES = ("reader", "flatbed", "phone")
_SETTINGS, _CAPTURE, _SCREEN = range(3)  # streams of random numbers


@dataclass(frozen=True, slots=True)
class Design:
    """What became of one specimen; without ``enrolled`` too few captures could be samples, and none was inspected."""

    name: str  # of its file
    enrolled: bool
    genuine: tuple[Report, ...] = ()
    on_screen: tuple[Report, ...] = ()
    lines: tuple[str, ...] = ()  # of its MRZ, as read on the picture itself


def surface_of(seen: Seen) -> Surface:
    """Return a page on which is printed what a picture shows of it."""
    width, height = seen.page.size.millimetres
    to_capture = np.asarray(seen.page.to_capture) @ np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1])
    shown = cv2.warpPerspective(
        seen.capture.visible,
        to_capture,
        (px(width), px(height)),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Surface(shown.astype(np.float32) / 255, None, None)


def captured(surface: Surface, device: str, number: int) -> ImageFile:
    """Return a surface's capture; the number decides how it is captured, whatever the surface shows."""
    chosen = settings(np.random.default_rng([_SETTINGS, number]), device)
    exposed = expose(np.random.default_rng([_CAPTURE, number]), surface, chosen, ("visible",))
    return ImageFile("captured", encode(exposed, chosen).files["visible"][0])


def on_screen(surface: Surface, number: int) -> Surface:
    """Return what a display shows of a surface."""
    shown = Surface(surface.visible.copy(), None, None)
    displayed(np.random.default_rng([_SCREEN, number]), shown)
    return shown


def beside_itself(models: Path, captures: int, specimen: Path) -> Design:
    """Enrol a real specimen's captures, and inspect so many others of it, and as many from a screen."""
    tools = tools_of_a_process(models)
    seen = see(read_file(specimen, max_bytes=tools.settings.max_bytes), tools=tools, today=TODAY)
    surface = surface_of(seen)
    samples = (see(captured(surface, "reader", number), tools=tools, today=TODAY) for number in range(SAMPLES))
    model = model_of(map(_of_another, samples, range(SAMPLES)), tools)
    if model is None:
        return Design(specimen.name, enrolled=False)
    tools = knowing(tools, model)
    devices = list(islice(cycle(_DEVICES), captures))
    return Design(
        specimen.name,
        True,
        tuple(_report(captured(surface, device, SAMPLES + i), tools) for i, device in enumerate(devices)),
        tuple(
            _report(captured(on_screen(surface, i), device, SAMPLES + captures + i), tools)
            for i, device in enumerate(devices)
        ),
        seen.mrz.parsed.lines if seen.mrz else (),
    )


def _of_another(seen: Seen, holder: int) -> Seen:
    """Give a capture another document's number: one document enrolled several times is refused."""
    if seen.mrz is None:
        return seen
    parsed = seen.mrz.parsed
    fields = replace(parsed.fields, document_number=str(holder))
    return replace(seen, mrz=replace(seen.mrz, parsed=replace(parsed, fields=fields)))


def _report(file: ImageFile, tools: Tools) -> Report:
    return inspect(file, tools=tools, today=TODAY).report


def rows(designs: Sequence[Design]) -> dict[str, str]:
    """Return as a table of two columns of each check how often it failed where it spoke, then the verdicts."""
    enrolled = [design for design in designs if design.enrolled]
    genuine = [report for design in enrolled for report in design.genuine]
    screens = [report for design in enrolled for report in design.on_screen]
    found = {
        "designs, enrolled": f"{len(designs)}, {len(enrolled)}",
        "captures of the page, of it on a screen": f"{len(genuine)}, {len(screens)}",
        "of the page, matched to their model": str(Rate(sum(map(_matched, genuine)), len(genuine))),
    }
    read = [_lines(report) == design.lines for design in enrolled for report in design.genuine]
    found["of the page, MRZ read as on the picture itself"] = str(Rate(sum(read), len(read)))
    for check in CHECKS:
        rate = _failed(check.id, genuine)
        if rate.trials:
            found[f"{check.id}: failed by the page, on a screen"] = f"{rate}; {_failed(check.id, screens)}"
    for design in designs:
        told = f"{_verdicts(design.genuine)}; {_verdicts(design.on_screen)}" if design.enrolled else "not enrolled"
        found[f"{design.name}: verdicts on the page, on a screen"] = told
    return found


def _matched(report: Report) -> bool:
    return report.document.model is not None


def _lines(report: Report) -> tuple[str, ...]:
    return report.mrz.parsed.lines if report.mrz else ()


def _failed(check: str, reports: Iterable[Report]) -> Rate:
    said = [result.outcome for report in reports for result in report.checks if result.id == check]
    spoke = [outcome for outcome in said if outcome in (Outcome.PASSED, Outcome.FAILED)]
    return Rate(spoke.count(Outcome.FAILED), len(spoke))


def _verdicts(reports: Iterable[Report]) -> str:
    counted = Counter(report.verdict.value for report in reports)
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(counted.items()))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m training.real_designs", description=__doc__)
    parser.add_argument("--real", type=Path, default=FOLDER, help="the folder of real specimen images")
    parser.add_argument("--models", type=Path, default=_ROOT / "models", help="that enrol and inspect")
    parser.add_argument("--captures", type=int, default=36, help="of each design, and as many from a screen")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    specimens = pictures(chosen.real)
    task = partial(beside_itself, chosen.models, chosen.captures)
    designs = []
    for specimen, design in each(specimens, task, named=lambda path: path.name, workers=chosen.workers):
        designs.append(design)
        print(f"{len(designs)} of {len(specimens)}: {specimen.name}", flush=True)
    for name, value in rows(designs).items():
        print(f"{name:<60} {value}")


if __name__ == "__main__":
    main()
