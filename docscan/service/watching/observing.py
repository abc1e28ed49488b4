"""The two calls by which the service is watched: round each request, and after each inspection."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import Scope

from docscan.service.watching import logs, metrics, traces
from docscan.types import Report


def observe(report: Report) -> None:
    """Count, log and trace an inspection that is done.

    Belongs where the inspection was asked for: the log's line and the spans are then of that request.
    """
    metrics.count_inspection(report)
    traces.trace_inspection(report)
    logs.event(
        "inspection",
        inspection=report.id,
        verdict=report.verdict,
        outcomes=dict(Counter(check.outcome.value for check in report.checks)),
        model_matched=report.document.model is not None,
        usable=report.quality.usable,
        milliseconds={stage: round(spent) for stage, spent in report.timings_ms.items()},
        models={model.name: model.version for model in report.models},
    )


@dataclass(slots=True)
class Answer:
    """What became of a request; 0 as long as nothing was answered."""

    status: int = 0


@contextmanager
def watched(scope: Scope) -> Iterator[Answer]:
    """Count, log and trace the request of this block, which sets the answer's status."""
    begun = time.perf_counter()
    answer = Answer()
    with traces.request_span(scope) as ended, logs.calling():
        try:
            yield answer
        finally:
            seconds = time.perf_counter() - begun
            route, method = route_of(scope), scope["method"]
            metrics.count_request(route, method, answer.status, seconds)
            logs.event(
                "request",
                method=metrics.known(method),
                route=route,
                status=answer.status,
                milliseconds=round(1000 * seconds),
            )
            ended(route, answer.status)


def route_of(scope: Scope) -> str:
    """Return the route's template: an address can carry what a client put into it."""
    return str(getattr(scope.get("route"), "path", "(no route)"))
