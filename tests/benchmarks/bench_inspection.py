"""``python -m tests.benchmarks.bench_inspection``: a whole inspection of a page of an enrolled kind, by room.

Five generated passports of one state are enrolled and others inspected, by daylight alone and under three lights. Rooms
stand beside each other, so that together they take longer than the whole. What the calls of ONNX Runtime and of OpenCV
take is measured by wrapping them, on one thread; what else takes time, by Python's own profiler.
"""

import argparse
import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents.matching import library_of
from docscan.inspection import Inspection, inspect, see
from docscan.settings import Settings
from docscan.tools import Tools, open_enrolment_tools, open_tools
from training.enrolling import model_of

SEED, STATE, ENROLLED = 20261126, "XFA", 5
TODAY = date(2026, 11, 26)
LIGHTS = {"daylight": ("visible",), "three lights": ("visible", "uv", "ir")}

Document = dict[str, ImageFile]


def documents(count: int) -> list[Document]:
    """Make genuine passports, captured by page readers under three lights."""
    found: list[Document] = []
    index = 0
    while len(found) < count:
        made = make(Order(SEED, index, STATE, Kind.TD3, GENUINE), LIGHTS["three lights"]).captured.files
        if len(made) == len(LIGHTS["three lights"]):
            found.append({light: ImageFile(f"{index}.{form}", data) for light, (data, form) in made.items()})
        index += 1
    return found


def knowing(tools: Tools, samples: list[Document]) -> Tools:
    """Return tools that know the samples' kind."""
    enrolment = open_enrolment_tools(tools.settings)
    model = model_of([see(**sample, tools=enrolment, today=TODAY) for sample in samples], enrolment)
    assert model is not None
    return replace(tools, library=library_of([model]))


def inspected(given: list[Document], lights: tuple[str, ...], tools: Tools) -> Iterator[Inspection]:
    """Inspect documents under some lights."""
    for document in given:
        yield inspect(**{light: document[light] for light in lights}, tools=tools, today=TODAY)


def rooms(given: list[Document], tools: Tools, repeats: int) -> None:
    """Print what each room takes, and the processor time of the whole."""
    print("| inspection | median ms | 95th percentile ms | processor ms | rooms, median ms |\n|" + " --- |" * 5)
    for name, lights in LIGHTS.items():
        list(inspected(given, lights, tools))
        start, reports = time.process_time(), []
        for _ in range(repeats):
            reports += [inspection.report for inspection in inspected(given, lights, tools)]
        processor = 1000 * (time.process_time() - start) / len(reports)
        assert all(report.document.model for report in reports)
        took = {room: [report.timings_ms[room] for report in reports] for room in reports[0].timings_ms}
        whole = took.pop("total")
        by_room = ", ".join(f"{room} {np.median(times):.0f}" for room, times in took.items())
        print(
            f"| {name} | {np.median(whole):.0f} | {np.percentile(whole, 95):.0f} | {processor:.0f} | {by_room} |",
            flush=True,
        )


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Count the seconds that this thread spends in calls of ONNX Runtime and of OpenCV."""
    spent: Counter[str] = Counter()

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the call takes and gives
            start = time.thread_time()
            try:
                return call(*arguments, **named)
            finally:
                spent[name] += time.thread_time() - start

        return timed

    run = ort.InferenceSession.run
    of_opencv = [
        (module, name, call)
        for module in (cv2, cv2.dnn)
        for name, call in vars(module).items()
        if type(call) is type(cv2.resize)
    ]
    ort.InferenceSession.run = counted("ONNX Runtime", run)
    for module, name, call in of_opencv:
        setattr(module, name, counted("OpenCV", call))
    try:
        yield spent
    finally:
        ort.InferenceSession.run = run
        for module, name, call in of_opencv:
            setattr(module, name, call)


def shares(given: list[Document], tools: Tools, repeats: int) -> None:
    """Print the share of the processor's time inside ONNX Runtime and OpenCV."""
    print("\n| on one thread | processor ms | ONNX Runtime | OpenCV | all else |\n|" + " --- |" * 5)
    for name, lights in LIGHTS.items():
        list(inspected(given, lights, tools))
        with _counted() as spent:
            start = time.process_time()
            for _ in range(repeats):
                list(inspected(given, lights, tools))
            whole = time.process_time() - start
        network, pictures = (spent[part] / whole for part in ("ONNX Runtime", "OpenCV"))
        milliseconds = 1000 * whole / repeats / len(given)
        print(
            f"| {name} | {milliseconds:.0f} | {network:.0%} | {pictures:.0%} | {1 - network - pictures:.0%} |",
            flush=True,
        )


def rest(given: list[Document], tools: Tools, functions: int) -> None:
    """Print where the time goes under three lights, function by function; the profiler makes Python seem slower."""
    profile = cProfile.Profile()
    profile.enable()
    list(inspected(given, LIGHTS["three lights"], tools))
    profile.disable()
    print("\n| function, three lights | ms | calls |\n| --- | --- | --- |")
    entries = pstats.Stats(profile).get_stats_profile().func_profiles
    for name, entry in sorted(entries.items(), key=lambda item: -item[1].tottime)[:functions]:
        where = "" if entry.file_name == "~" else f" ({Path(entry.file_name).name}:{entry.line_number})"
        calls = int(str(entry.ncalls).split("/")[0]) / len(given)
        print(f"| `{name}`{where} | {1000 * entry.tottime / len(given):.1f} | {calls:.0f} |")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--documents", type=int, default=6)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--functions", type=int, default=40, help="Of the profile, the slowest first.")
    chosen = options.parse_args()
    made = documents(ENROLLED + chosen.documents)
    samples, given = made[:ENROLLED], made[ENROLLED:]
    tools = knowing(open_tools(Settings(threads=chosen.threads)), samples)
    rooms(given, tools, chosen.repeats)
    alone = replace(open_tools(Settings(threads=1)), library=tools.library)
    cv2.setNumThreads(1)
    shares(given, alone, chosen.repeats)
    rest(given, alone, chosen.functions)


if __name__ == "__main__":
    main()
