"""The pipeline: one document in, one report out. The one place that knows the order."""

import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from docscan import capture as capture_room
from docscan import scoring
from docscan.capture import ImageFile
from docscan.checks import perform_all
from docscan.checks.regions import look
from docscan.mrz import read as mrz_room
from docscan.mrz.specimens import is_specimen
from docscan.page import find_page, page_of_zone
from docscan.runtime import Models, open_models
from docscan.settings import Settings
from docscan.types import Capture, Document, Evidence, HeatMap, ModelInfo, Mrz, Page, Report
from docscan.visual.ocr import TextReader
from docscan.visual.read import read_visual


@dataclass(frozen=True, slots=True)
class Tools:
    """What inspections share: the settings and the verified models."""

    settings: Settings
    models: Models
    reader: TextReader | None  # of the visual zone; None where the MRZ alone is wanted

    def infos(self) -> tuple[ModelInfo, ...]:
        """Return what a report says of the models in use."""
        return self.models.infos() + (() if self.reader is None else (self.reader.info(),))


@dataclass(frozen=True, slots=True)
class Inspection:
    """A report, with the capture and the page that it speaks of, and where the print looks suspicious."""

    report: Report
    capture: Capture
    page: Page
    heat: HeatMap | None


def open_tools(settings: Settings, *, only: Collection[str] | None = None) -> Tools:
    """Load what inspections need; ``only`` the models of these names, or all.

    Raises
    ------
    ModelError
        A model is missing or is not the one that the manifest names.
    """
    models = open_models(settings.models, providers=settings.providers, threads=settings.threads, only=only)
    return Tools(settings, models, TextReader(settings.threads) if only is None else None)


def open_mrz_tools(settings: Settings) -> Tools:
    """Load what ``read_mrz`` needs.

    Raises
    ------
    ModelError
        As ``open_tools``.
    """
    return open_tools(settings, only=mrz_room.MODELS)


class _Stopwatch:
    """Milliseconds spent in each room."""

    def __init__(self) -> None:
        self.timings_ms: dict[str, float] = {}

    @contextmanager
    def room(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.timings_ms[name] = self.timings_ms.get(name, 0.0) + 1000 * (time.perf_counter() - start)

    def total(self) -> dict[str, float]:
        return {**self.timings_ms, "total": sum(self.timings_ms.values())}


def _today() -> date:
    return datetime.now(UTC).date()


def _document(mrz: Mrz | None) -> Document:
    if mrz is None:
        return Document(None, None, None, None, specimen=False)
    fields = mrz.parsed.fields
    return Document(mrz.parsed.format, fields.document_code, fields.issuing_state, None, specimen=is_specimen(fields))


def read_mrz(file: ImageFile, *, tools: Tools, today: date | None = None) -> tuple[Mrz, ...]:
    """Read every MRZ on an image, best first.

    Raises
    ------
    InputError
        The file cannot be read as an image.
    """
    limits = tools.settings
    capture = capture_room.load(file, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    return mrz_room.read(capture.visible, tools.models, today=today or _today())


def inspect(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    tools: Tools,
    today: date | None = None,
) -> Inspection:
    """Inspect one document.

    Parameters
    ----------
    visible, uv, ir
        The same view of the document under up to three lights.
    today
        Decides expiry and centuries; the day in UTC when not given.

    Raises
    ------
    InputError
        A file cannot be read as an image. Whatever else goes wrong is in the report.
    """
    settings, watch, today = tools.settings, _Stopwatch(), today or _today()
    with watch.room("decode"):
        capture = capture_room.load(visible, uv=uv, ir=ir, max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    with watch.room("mrz"):
        mrz = next(iter(mrz_room.read(capture.visible, tools.models, today=today)), None)
    with watch.room("page"):
        page = find_page(capture) if mrz is None else page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format)
    with watch.room("visual"):
        visual = read_visual(page, mrz, None, tools.reader)
    with watch.room("checks"):
        looked = look(capture, page, mrz.parsed.format if mrz else None, tools.models)
        missing = mrz_room.missing(tools.models) if mrz is None else None
        checks = perform_all(Evidence(capture, page, mrz, missing, looked.scores, looked.abstained, visual, today))
    log10_lr = scoring.fuse(checks, tools.models.fusions())
    verdict, reason = scoring.decide(checks, log10_lr, page.quality, refer_at=settings.refer_log10_lr)
    report = Report(
        id=str(uuid.uuid4()),
        created=datetime.now(UTC),
        verdict=verdict,
        reason=reason,
        confidence=scoring.confidence(log10_lr, settings.prior),
        document=_document(mrz),
        mrz=mrz,
        visual=visual,
        checks=checks,
        quality=page.quality,
        models=tools.infos(),
        timings_ms=watch.total(),
    )
    return Inspection(report, capture, page, looked.heat)
