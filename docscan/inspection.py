"""The pipeline: one document in, one report out. The one place that knows the order."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock
from typing import TypeVar

from docscan import capture as capture_room
from docscan import scoring
from docscan.capture import Files, ImageFile
from docscan.checks import perform_all
from docscan.checks.regions import MODEL as REGION_NETWORK
from docscan.checks.regions import Looked, look, looks_at
from docscan.copies import Twins, twins_of
from docscan.daylight_network import look_at_whole
from docscan.displays import grid_strength
from docscan.documents.compared import Comparison
from docscan.documents.comparison import compare, spots_of
from docscan.documents.matching import Match
from docscan.documents.model import DocumentModel, ReferencePicture
from docscan.documents.pictures import exactly_on_page
from docscan.evidence import Evidence
from docscan.identifying import identified, side_without_mrz
from docscan.lights import Lights, judged, look_at_lights
from docscan.mrz import read as mrz_room
from docscan.mrz.specimens import is_specimen
from docscan.page import find_page, in_enough_light, page_of_zone
from docscan.page_answer import PageAnswer
from docscan.page_candidates import Candidate, candidates
from docscan.print_scores import HeatMap
from docscan.quality import among_others
from docscan.sides import misread, mrz_elsewhere, of_both
from docscan.tools import Tools
from docscan.types import Capture, Document, Mrz, MrzFormat, Page, Report, Spectrum, TextLine
from docscan.typesetting import Typesetting, typesetting_of
from docscan.visual.read import lines_either_way, lines_of_page, read_either_way, read_visual
from docscan.zones import layout_of

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as it was found in its files, before anything is judged."""

    capture: Capture
    mrz: Mrz | None
    page: Page
    among_others: bool = False  # whether the capture shows the MRZs of other documents too
    kind: Match | None = None  # what kind it is of, where that was asked already

    @property
    def mrz_format(self) -> MrzFormat | None:
        """Of the MRZ that was read."""
        return self.mrz.parsed.format if self.mrz else None


@dataclass(frozen=True, slots=True)
class Inspection:
    """A report, with the capture and the page that it speaks of, and where the print looks suspicious."""

    report: Report
    capture: Capture
    page: Page
    heat: HeatMap | None
    references: Mapping[Spectrum, ReferencePicture]  # genuine samples of the document's kind; empty: no model matched
    other_side: "Inspection | None" = None  # of the same card; its report is within ``report``


class _Stopwatch:
    """Milliseconds spent in each room; rooms may stand beside each other."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.timings_ms: dict[str, float] = {}
        self._lock = Lock()

    @contextmanager
    def room(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        with self._lock:
            self.timings_ms[name] = self.timings_ms.get(name, 0.0) + 1000 * (time.perf_counter() - start)

    def total(self) -> dict[str, float]:
        return {**self.timings_ms, "total": 1000 * (time.perf_counter() - self.start)}


def _today() -> date:
    return datetime.now(UTC).date()


def _document(mrz: Mrz | None, model: DocumentModel | None) -> Document:
    name, version = (model.name, model.version) if model else (None, None)
    if mrz is None:
        return Document(None, None, None, name, specimen=False, model_version=version)
    fields = mrz.parsed.fields
    return Document(
        format=mrz.parsed.format,
        code=fields.document_code,
        issuing_state=fields.issuing_state,
        model=name,
        specimen=is_specimen(fields),
        model_version=version,
    )


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


def see(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    tools: Tools,
    today: date | None = None,
) -> Seen:
    """Read a document's MRZ and find its page, as ``inspect`` does, and judge nothing.

    Raises
    ------
    InputError
        A file cannot be read as an image.
    """
    return _see(Files(visible, uv, ir), tools, today or _today(), _Stopwatch())


def read_lines(seen: Seen, tools: Tools) -> tuple[TextLine, ...]:
    """Read every line of text above the MRZ, for enrolment; nothing without an MRZ or a reader."""
    if seen.mrz is None or tools.reader is None:
        return ()
    return lines_of_page(seen.page, seen.mrz, tools.reader)


def read_side(seen: Seen, tools: Tools, *, without_mrz: bool) -> tuple[Seen, tuple[TextLine, ...]]:
    """Read every line of a side, for enrolment; one that has no MRZ is turned the way its text stands."""
    if not without_mrz or seen.mrz is not None or tools.reader is None:
        return seen, read_lines(seen, tools)
    page, lines = lines_either_way(seen.page, tools.reader)
    return replace(seen, page=page), lines


def _see(files: Files, tools: Tools, today: date, watch: _Stopwatch, *, zone_elsewhere: bool = False) -> Seen:
    """Find a side; where the card's other side has the zone (``zone_elsewhere``) nobody looks for one here."""
    limits = tools.settings
    with watch.room("decode"):
        capture = capture_room.load(
            files.visible,
            uv=files.uv,
            ir=files.ir,
            max_bytes=limits.max_bytes,
            max_pixels=limits.max_pixels,
            lanes=tools.lanes,
        )
    borders = tools.lanes.beside(partial(candidates, capture.visible))
    readings: tuple[Mrz, ...] = ()
    if not zone_elsewhere:
        with watch.room("mrz"):
            readings = mrz_room.read_alone(capture.visible, tools.models, today=today)
    side = None
    if not readings:
        with watch.room("document"):
            side = side_without_mrz(capture, borders, tools.library, tools.lanes)
    if not zone_elsewhere and (side is None or not side[1].has_no_mrz):  # else no second reader need look for one
        with watch.room("mrz"):
            readings = mrz_room.with_second_opinion(capture.visible, readings, today=today)
    mrz = next(iter(readings), None)
    if mrz is None:
        return _placed(capture, side, borders, tools, watch)
    with watch.room("page"):
        page = page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format, borders(), tools.lanes)
        capture, page = in_enough_light(capture, page, tools.lanes)
    return Seen(capture, mrz, page, mrz_room.several(readings))


def _placed(
    capture: Capture,
    side: tuple[Page, Match] | None,
    borders: Callable[[], list[Candidate]],
    tools: Tools,
    watch: _Stopwatch,
) -> Seen:
    """Find a page without an MRZ; ``side`` is the page and its kind, where sides without one are enrolled."""
    with watch.room("page"):
        found = find_page(capture, borders(), tools.lanes) if side is None else side[0]
        capture, page = in_enough_light(capture, found, tools.lanes)
    return Seen(capture, None, page, kind=side[1] if side is not None and page is side[0] else None)


def _without_mrz(seen: Seen, tools: Tools, watch: _Stopwatch) -> Seen:
    """Find a page anew as one without an MRZ: what was read there is none, for the card's other side has it."""
    borders = partial(candidates, seen.capture.visible)
    with watch.room("document"):
        side = side_without_mrz(seen.capture, borders, tools.library, tools.lanes)
    return _placed(seen.capture, side, borders, tools, watch)


def gather(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    tools: Tools,
    today: date | None = None,
) -> Evidence:
    """Gather what the checks look at, as ``inspect`` does, and judge nothing: for calibrating them.

    Raises
    ------
    InputError
        A file cannot be read as an image.
    """
    day, watch = today or _today(), _Stopwatch()
    return _gather(_see(Files(visible, uv, ir), tools, day, watch), None, tools, day, watch)[0]


def _gather(
    found: Seen, other: Seen | None, tools: Tools, today: date, watch: _Stopwatch
) -> tuple[Evidence, HeatMap | None]:
    """Gather what the checks of a side look at; ``other`` is the card's other side, where that was given."""
    elsewhere = None if other is None else mrz_elsewhere(found.mrz, other.mrz)
    without_samples = _begun_without_samples(found, tools, watch)
    with watch.room("document"):
        page, kind = found.page, found.kind
        if kind is None:
            page, kind = identified(found.capture, found.page, found.mrz, tools.library, tools.lanes)
    visual = None
    if elsewhere is not None and not kind.known:  # nothing but its text tells what is up
        with watch.room("visual"):
            page, visual = read_either_way(page, elsewhere, tools.reader)
    seen = replace(found, page=page)
    if page is not found.page:  # what was begun looks at another place: nobody waits for it
        without_samples = _begun_without_samples(seen, tools, watch)
    printed = tools.lanes.beside(partial(_look_at_print, seen, kind, tools, watch))
    shown = tools.lanes.beside(partial(_look_at_lights, seen, kind, tools, watch))
    with watch.room("visual"):
        # A capture that is unlike the samples, by glare perhaps, may have its text where theirs is all the same.
        layout = kind.likeliest.text if kind.likeliest else None
        on_page = exactly_on_page(kind.laid)
        if visual is None:
            zone, here = elsewhere or seen.mrz, elsewhere is None
            visual = read_visual(seen.page, zone, layout, tools.reader, on_page, zone_on_page=here)
    (lights, typesetting), (looked, comparison) = shown(), printed()
    whole, twins, grid = without_samples()
    evidence = Evidence(
        capture=seen.capture,
        page=replace(seen.page, quality=among_others(seen.page.quality)) if seen.among_others else seen.page,
        mrz=seen.mrz,
        both_sides=other is not None,
        mrz_elsewhere=elsewhere,
        mrz_reader_missing=mrz_room.missing(tools.models) if seen.mrz is None else None,
        region_scores=looked.scores,
        region_network=tools.models.entries[REGION_NETWORK].sha256,
        region_abstained=looked.abstained,
        visual=visual,
        model=kind.model,
        comparison=comparison,
        calibrations=tools.models.calibrations,
        today=today,
        lights=lights,
        typesetting=typesetting,
        laid=kind.laid_on_own,
        all_of_page=whole if looked.abstained is None else None,
        twins=twins if looked.abstained is None else None,
        grid=grid if looked.abstained is None else None,
    )
    return evidence, looked.heat


_WithoutSamples = tuple[PageAnswer | None, Twins | None, float | None]


def _begun_without_samples(seen: Seen, tools: Tools, watch: _Stopwatch) -> Callable[[], _WithoutSamples]:
    """Begin what needs no samples, so that nobody waits for the document model; return what to call for the answers."""
    where_judged = partial(_where_judged, seen, tools, watch)
    all_of_page = tools.lanes.beside(lambda: where_judged(lambda: look_at_whole(seen.capture, seen.page, tools.models)))
    copied = tools.lanes.beside(
        lambda: where_judged(lambda: twins_of(seen.page, layout_of(seen.page.size, seen.mrz_format)))
    )
    shown_grid = tools.lanes.beside(lambda: where_judged(lambda: grid_strength(seen.page.image)))
    return lambda: (all_of_page(), copied(), shown_grid())


def _where_judged(seen: Seen, tools: Tools, watch: _Stopwatch, look: Callable[[], Answer]) -> Answer | None:
    """Look at a page's print, unless it is kept from being judged."""
    with watch.room("print"):
        return look() if looks_at(seen.page, seen.mrz_format, tools.models) else None


def _look_at_print(seen: Seen, kind: Match, tools: Tools, watch: _Stopwatch) -> tuple[Looked, Comparison]:
    with watch.room("print"):
        looked = look(seen.capture, seen.page, seen.mrz_format, tools.models, spots_of(kind.model))
    with watch.room("reference"):
        network = tools.models.entries[REGION_NETWORK].sha256
        comparison = compare(seen.page, kind.model, looked, kind.laid_on_own, network)
    # The region network learned from none that were sharpened so far: of 120 such genuine ones 31 were referred. And
    # what something hides, all that speak of print would take for print that was altered.
    return Looked({}, None, comparison.missing) if comparison.hindered else looked, comparison


def _look_at_lights(seen: Seen, kind: Match, tools: Tools, watch: _Stopwatch) -> tuple[Lights, Typesetting | None]:
    with watch.room("checks"):
        pictures = kind.model.pictures if kind.model else {}
        lights = judged(look_at_lights(seen.page, seen.mrz, pictures, kind.laid_on_own), tools.models)
        return lights, typesetting_of(seen.capture, seen.page, seen.mrz, kind.laid_on_own)


def inspect(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    other_side: Files | None = None,
    tools: Tools,
    today: date | None = None,
) -> Inspection:
    """Inspect one document.

    Parameters
    ----------
    visible, uv, ir
        The same view of the document under up to three lights.
    other_side
        Of the same card. What the side without an MRZ prints is compared with the MRZ of the one that has it, and the
        answer is about both.
    today
        Decides expiry and centuries; the day in UTC when not given.

    Raises
    ------
    InputError
        A file cannot be read as an image. Whatever else goes wrong is in the report.
    """
    day, watch = today or _today(), _Stopwatch()
    found = _see(Files(visible, uv, ir), tools, day, watch)
    if other_side is None:
        return _inspected(found, None, tools, day, watch)
    other_watch = _Stopwatch()
    valid = found.mrz is not None and found.mrz.parsed.valid
    other_found = _see(other_side, tools, day, other_watch, zone_elsewhere=valid)
    if misread(found.mrz, beside=other_found.mrz):
        found = _without_mrz(found, tools, watch)
    other = _inspected(other_found, found, tools, day, other_watch)
    this = _inspected(found, other_found, tools, day, watch)
    return replace(this, report=of_both(this.report, other.report), other_side=other)


def _inspected(found: Seen, other: Seen | None, tools: Tools, today: date, watch: _Stopwatch) -> Inspection:
    """Judge a side as it was found; ``other`` is the card's other side, where that was given."""
    settings = tools.settings
    evidence, heat = _gather(found, other, tools, today, watch)
    capture, page, model = evidence.capture, evidence.page, evidence.model
    with watch.room("checks"):
        checks = perform_all(evidence, tools.lanes)
    log10_lr = scoring.fuse(checks, tools.models.fusions())
    verdict, reason = scoring.decide(
        checks,
        log10_lr,
        page.quality,
        refer_at=settings.refer_log10_lr,
        mrz_elsewhere=evidence.mrz_elsewhere is not None,
        front_missing=evidence.front_missing,
    )
    report = Report(
        id=str(uuid.uuid4()),
        created=datetime.now(UTC),
        verdict=verdict,
        reason=reason,
        confidence=scoring.confidence(log10_lr, settings.prior),
        document=_document(evidence.mrz_of_document, model),
        mrz=evidence.mrz,
        visual=evidence.visual,
        checks=checks,
        quality=page.quality,
        models=tools.infos(),
        timings_ms=watch.total(),
    )
    return Inspection(report, capture, page, heat, model.pictures if model else {})
