"""OpenTelemetry traces, where they are switched on: a span for each request, and one for each stage of an inspection.

OpenTelemetry's own instrumentation of FastAPI is not used: it records addresses with their query strings, clients'
addresses and programs, and messages of exceptions. A span here holds method, template of the route, status, request id.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Scope

from docscan.errors import UsageError
from docscan.service import request_ids
from docscan.service.watching.metrics import known
from docscan.types import Report
from docscan.version import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_NANOSECONDS = 1_000_000_000
_provider: "TracerProvider | None" = None  # of this process; None: switched off


def start(endpoint: str) -> None:
    """Send traces from now on to a collector.

    Parameters
    ----------
    endpoint
        For OTLP over HTTP, e.g. ``http://127.0.0.1:4318/v1/traces``.

    Raises
    ------
    UsageError
        OpenTelemetry is not installed.
    """
    global _provider  # one for the process, as the log is
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise UsageError(
            f"DOCSCAN_TRACES is set, but OpenTelemetry is not installed ({error.name}): pip install 'docscan[traces]'."
        ) from error
    # create() would add what OTEL_RESOURCE_ATTRIBUTES says, which is the operator's own.
    provider = TracerProvider(resource=Resource.create({"service.name": "docscan", "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _provider = provider


def stop() -> None:
    """Send what is left and end."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
    _provider = None


def _nothing(_route: str, _status: int) -> None:
    """Stand for the end of a span where there is none."""


@contextmanager
def request_span(scope: Scope) -> Iterator[Callable[[str, int], None]]:
    """Have the spans of this block below one of the request; call what it yields at the end, with route and status."""
    if _provider is None:
        yield _nothing
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode, use_span
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    method = known(scope["method"])
    # A proxy's trace goes on here (W3C Trace Context).
    parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
    span = _provider.get_tracer("docscan").start_span(method, parent, SpanKind.SERVER)

    def ended(route: str, status: int) -> None:
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        name = request_ids.current()
        if name is not None:
            span.set_attribute("docscan.request_id", name)
        if status >= 500 or status == 0:
            span.set_status(Status(StatusCode.ERROR))

    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield ended


def trace_inspection(report: Report) -> None:
    """Make the spans of an inspection that is done, from its timings: stages follow each other, the last one ends it.

    A stage that came twice stands once, with the time of both.
    """
    if _provider is None:
        return
    from opentelemetry.trace import set_span_in_context

    tracer = _provider.get_tracer("docscan")
    end = int(report.created.timestamp() * _NANOSECONDS)
    begin = end - _nanoseconds(report.timings_ms["total"])
    whole = tracer.start_span(
        "inspection",
        start_time=begin,
        attributes={"docscan.inspection": report.id, "docscan.verdict": report.verdict.value},
    )
    at = begin
    for stage, milliseconds in report.timings_ms.items():
        if stage != "total":
            span = tracer.start_span(f"inspection.{stage}", set_span_in_context(whole), start_time=at)
            at += _nanoseconds(milliseconds)
            span.end(at)
    whole.end(end)


def _nanoseconds(milliseconds: float) -> int:
    return int(milliseconds * _NANOSECONDS / 1000)
