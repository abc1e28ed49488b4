"""The service under load, beside the pipeline's own rate: throughput, latency, memory by minute, and what a crowd gets.

python -m tests.benchmarks.bench_service --seconds 300 --processes 1
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np

from docscan.capture import ImageFile
from docscan.inspection import inspect
from docscan.service.server import share_of
from docscan.settings import Settings
from docscan.tools import open_tools
from tests.conftest import ROOT
from tests.end_to_end.serving import FORGED, SAMPLE, Serving, serving

IMAGES = (SAMPLE, FORGED)
CLIENTS, CROWD = 4, 40
WARM_UP = 2  # inspections of each thread before the clock starts


def in_process(settings: Settings, seconds: float) -> float:
    """Return how many documents a second this process inspects with as many threads as the service would have."""
    tools = open_tools(settings)
    done, lock = 0, threading.Lock()
    begun = threading.Barrier(settings.service_workers)
    spans: list[float] = []

    def work(_: int) -> None:
        nonlocal done
        images = cycle(IMAGES)
        for _ in range(WARM_UP):
            inspect(ImageFile("The image", next(images)), tools=tools)
        begun.wait()
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            inspect(ImageFile("The image", next(images)), tools=tools)
            with lock:
                done += 1
        spans.append(time.perf_counter() - start)

    with ThreadPoolExecutor(settings.service_workers) as pool:
        list(pool.map(work, range(settings.service_workers)))
    return done / max(spans)


def pipeline_rate(processes: int, seconds: float) -> float:
    """Return the rate of as many processes as the service has, each measured as above, at once."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_service", "--in-process", str(seconds)]
    command += ["--processes", str(processes)]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(processes)
    ]
    return sum(float(run.communicate()[0]) for run in runs)


@dataclass
class Load:
    """What clients saw."""

    seconds: float
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)  # seconds, of what was accepted

    @property
    def rate(self) -> float:
        """Documents inspected a second."""
        return len(self.latencies) / self.seconds

    def percentiles(self) -> str:
        """Return the latencies' percentiles in words."""
        if not self.latencies:
            return "-"
        low, high, highest = np.percentile(self.latencies, [50, 95, 99])
        return f"p50 {low:.2f} s, p95 {high:.2f} s, p99 {highest:.2f} s, longest {max(self.latencies):.2f} s"


def load(server: Serving, clients: int, seconds: float) -> Load:
    """Let so many clients send documents one after another; one that is refused waits as long as it is told to."""
    found, lock = Load(seconds), threading.Lock()
    end = time.perf_counter() + seconds

    def one(number: int) -> None:
        images = cycle(IMAGES[number % 2 :] + IMAGES[: number % 2])
        with httpx.Client(base_url=server.url, timeout=300) as client:
            while time.perf_counter() < end:
                start = time.perf_counter()
                status, pause = _send(client, next(images))
                took = time.perf_counter() - start
                with lock:
                    found.statuses[status] += 1
                    if status == "201":
                        found.latencies.append(took)
                time.sleep(min(pause, max(0.0, end - time.perf_counter())))

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(clients)))
    found.seconds = time.perf_counter() - begun
    return found


def _send(client: httpx.Client, image: bytes) -> tuple[str, float]:
    try:
        answer = client.post("/v1/inspections", files={"visible": image})
    except httpx.HTTPError as error:
        return type(error).__name__, 0.0
    return str(answer.status_code), float(answer.headers.get("retry-after", 0))


@contextmanager
def watched(process: int) -> Iterator[list[tuple[float, float]]]:
    """Note every second how much memory a process and its children hold: seconds since the start, megabytes."""
    seen: list[tuple[float, float]] = []
    stop = threading.Event()
    start = time.perf_counter()

    def watch() -> None:
        while not stop.wait(1):
            seen.append((time.perf_counter() - start, sum(map(_megabytes, (process, *_children(process))))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _megabytes(process: int) -> float:
    """Return what a process holds, shared pages by its share."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def by_minute(seen: list[tuple[float, float]], minute: float = 60) -> list[float]:
    """Return the mean of each minute that was watched to its end."""
    minutes: dict[int, list[float]] = {}
    for at, megabytes in seen:
        minutes.setdefault(int(at // minute), []).append(megabytes)
    whole = [minutes[number] for number in sorted(minutes) if len(minutes[number]) > 0.8 * minute]
    return [float(np.mean(each)) for each in whole]


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def _goal(met: bool) -> str:
    return "met" if met else "MISSED"


def report(processes: int, seconds: float, crowd_seconds: float) -> bool:
    """Measure and print; return whether every goal was met."""
    goals: list[bool] = []

    def line(what: str, number: str, goal: str = "", met: Callable[[], bool] | None = None) -> None:
        if met is not None:
            goals.append(met())
        _row(what, number, goal, _goal(goals[-1]) if met is not None else "")

    share = share_of(Settings(), processes, len(os.sched_getaffinity(0)))
    print(
        f"{processes} process(es) of {share.service_workers} inspection(s) at once, {share.threads} thread(s) each, "
        f"{share.service_queue} places; {len(os.sched_getaffinity(0))} cores.\n"
    )
    _row("what", "number", "goal", "")
    _row("---", "---", "---", "---")
    before = pipeline_rate(processes, min(60, seconds / 2))
    line("the pipeline's own rate, before", f"{before:.3f} a second")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--workers", str(processes)) as server:
        load(server, CLIENTS, 10)  # warm
        with watched(server.process.pid) as seen:
            calm = load(server, CLIENTS, seconds)
        crowd = load(server, CROWD, crowd_seconds)
        code = server.terminate()
    after = pipeline_rate(processes, min(60, seconds / 2))
    own = (before + after) / 2
    line("the same, after", f"{after:.3f} a second")
    line(
        f"{CLIENTS} clients, {seconds:.0f} s: answers", _told(calm), "201 alone", lambda: set(calm.statuses) == {"201"}
    )
    line("throughput", f"{calm.rate:.3f} a second, {100 * calm.rate / own:.0f} % of the pipeline's own", "85 %",
         lambda: calm.rate >= 0.85 * own)  # fmt: skip
    line("latency", calm.percentiles())
    minutes = by_minute(seen)
    if len(minutes) > 1:
        change = minutes[-1] / minutes[1] - 1
        memory = ", ".join(f"{each:.0f}" for each in minutes)
        line("memory by minute", f"{memory} MB; the last to the second {100 * change:+.1f} %", "within 5 %",
             lambda: abs(change) <= 0.05)  # fmt: skip
    line(f"{CROWD} clients, {crowd_seconds:.0f} s: answers", _told(crowd), "201 and 503 alone",
         lambda: set(crowd.statuses) <= {"201", "503"})  # fmt: skip
    line("throughput then", f"{crowd.rate:.3f} a second")
    # Whoever is let in waits for those before, at the rate that the service has, and a little.
    bound = 2 * share.service_queue * processes / own
    line("latency of what was accepted", crowd.percentiles(), f"{bound:.0f} s",
         lambda: bool(crowd.latencies) and max(crowd.latencies) <= bound)  # fmt: skip
    line("SIGTERM: exit code", str(code), "0", lambda: code == 0)
    return all(goals)


def _told(found: Load) -> str:
    whole = sum(found.statuses.values())
    return ", ".join(
        f"{count} times {status} ({100 * count / whole:.0f} %)" for status, count in found.statuses.items()
    )


def main() -> None:
    """Measure for as long as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--crowd-seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--in-process", type=float, metavar="SECONDS", help="the pipeline's own rate alone")
    chosen = parser.parse_args()
    if chosen.in_process is not None:
        share = share_of(Settings(), chosen.processes, len(os.sched_getaffinity(0)))
        print(in_process(share, chosen.in_process))
    elif not report(chosen.processes, chosen.seconds, chosen.crowd_seconds):
        sys.exit(1)


if __name__ == "__main__":
    main()
