"""Timing of several calls in one run."""

import time
from collections.abc import Callable, Mapping

Times = dict[str, list[float]]


def timed(calls: Mapping[str, Callable[[], object]], repeats: int) -> Times:
    """Time some calls in turn; seconds by name."""
    for call in calls.values():
        call()
    times: Times = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return times
