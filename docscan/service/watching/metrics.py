"""The numbers of this process for Prometheus.

No label holds anything that a client or a document chose freely: routes are templates, states are those that ICAO
lists, everything else comes from docscan's own lists. None tells who carried a document.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from docscan.mrz.codes import is_known_state
from docscan.types import Document, ModelInfo, Quality, Report
from docscan.version import __version__

REGISTRY = CollectorRegistry()

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 20, 30, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("docscan_http_requests", "Requests answered.", ("route", "method", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "docscan_http_request_seconds",
    "Time to the end of an answer.",
    ("route", "method"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
INSPECTION_SECONDS = Histogram("docscan_inspection_seconds", "A whole inspection.", buckets=_SECONDS, registry=REGISTRY)
STAGE_SECONDS = Histogram(
    "docscan_stage_seconds",
    "One stage of an inspection (timings_ms of its report).",
    ("stage",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
INSPECTIONS = Counter("docscan_inspections", "Inspections done.", ("verdict",), registry=REGISTRY)
DOCUMENTS = Counter(
    "docscan_documents",
    "Documents inspected, by the issuing state of the MRZ (none: no MRZ; other: none that ICAO lists) and by whether "
    "a document model matched.",
    ("issuing_state", "model"),
    registry=REGISTRY,
)
OUTCOMES = Counter("docscan_check_outcomes", "Outcomes of checks.", ("check", "spectrum", "outcome"), registry=REGISTRY)
SHARPNESS = Histogram(
    "docscan_capture_sharpness",
    "Sharpness of captures, 0 to 1.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
    registry=REGISTRY,
)
GLARE = Histogram(
    "docscan_capture_glare",
    "Share of the page that is blown out.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=REGISTRY,
)
RESOLUTION = Histogram(
    "docscan_capture_resolution_dpi",
    "Resolution of captures, measured on the page.",
    buckets=(100, 150, 200, 250, 300, 350, 400, 500, 600, 800, 1200),
    registry=REGISTRY,
)
UNUSABLE = Counter("docscan_captures_unusable", "Captures that cannot carry a judgement.", registry=REGISTRY)
ACCEPTED = Gauge(
    "docscan_inspections_accepted",
    "Inspections running or waiting for a thread.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
RUNNING = Gauge("docscan_inspections_running", "Inspections running.", multiprocess_mode="livesum", registry=REGISTRY)
REFUSED = Counter("docscan_inspections_refused", "Inspections answered 503 because too many waited.", registry=REGISTRY)
MODEL = Gauge(
    "docscan_model_info",
    "A learned model in use; always 1.",
    ("name", "version", "sha256"),
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
BUILD = Gauge(
    "docscan_build_info", "This docscan; always 1.", ("version",), multiprocess_mode="livemax", registry=REGISTRY
)
BUILD.labels(__version__).set(1)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request; ``route`` is a template."""
    REQUESTS.labels(route, known(method), str(status)).inc()
    REQUEST_SECONDS.labels(route, known(method)).observe(seconds)


def known(method: str) -> str:
    """Return a method of HTTP; a client may send any word."""
    return method if method in _METHODS else "other"


def count_inspection(report: Report) -> None:
    """Count an inspection that is done."""
    for stage, milliseconds in report.timings_ms.items():
        whole = stage == "total"
        (INSPECTION_SECONDS if whole else STAGE_SECONDS.labels(stage)).observe(milliseconds / 1000)
    INSPECTIONS.labels(report.verdict).inc()
    DOCUMENTS.labels(_state(report.document), "none" if report.document.model is None else "matched").inc()
    for check in report.checks:
        OUTCOMES.labels(check.id, check.spectrum, check.outcome).inc()
    _count_quality(report.quality)
    show_models(report.models)


def show_models(models: Iterable[ModelInfo]) -> None:
    """Show which learned models are in use."""
    for model in models:
        MODEL.labels(model.name, model.version, model.sha256[:12]).set(1)


def _state(document: Document) -> str:
    if document.issuing_state is None:
        return "none"
    return document.issuing_state if is_known_state(document.issuing_state) else "other"


def _count_quality(quality: Quality) -> None:
    SHARPNESS.observe(quality.sharpness)
    GLARE.observe(quality.glare)
    RESOLUTION.observe(quality.resolution_dpi)
    if not quality.usable:
        UNUSABLE.inc()
