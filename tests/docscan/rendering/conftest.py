"""A report about an invented holder, for the three renderings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from docscan import types as t
from docscan.sides import of_both

LINES = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
ZONE = ((40.0, 500.0), (960.0, 500.0), (960.0, 600.0), (40.0, 600.0))
PORTRAIT = ((60.0, 120.0), (320.0, 120.0), (320.0, 450.0), (60.0, 450.0))


def mrz() -> t.Mrz:
    fields = t.MrzFields(
        "P", "UTO", "L898902C3", "ERIKSSON", "ANNA MARIA", "UTO", "1974-08-12", "F", "2012-04-15", "ZE184226B"
    )
    digits = {
        "document_number": True,
        "birth_date": True,
        "expiry_date": True,
        "optional_data": True,
        "composite": False,
    }
    parsed = t.ParsedMrz(t.MrzFormat.TD3, LINES, fields, digits, (t.Repair(1, 0, "document_number", "1", "L"),))
    return t.Mrz(t.Zone(LINES, tuple((0.9876543,) * 44 for _ in LINES), ZONE, "docscan"), parsed)


def visual() -> t.VisualZone:
    def field(name: str, mrz: str, text: str, agreement: t.Agreement) -> t.VisualField:
        return t.VisualField(name, mrz, t.TextLine(text, (0.98765,) * len(text), t.Box(40, 20, 20, 3)), agreement)

    return t.VisualZone(
        {
            "surname": field("surname", "ERIKSSON", "Eriksson", t.Agreement.AGREES),
            "birth_date": field("birth_date", "1974-08-12", "12 AUG/AOUT 84", t.Agreement.DIFFERS),
            "sex": field("sex", "F", "<K>", t.Agreement.UNCLEAR),
        }
    )


def checks() -> tuple[t.CheckResult, ...]:
    zone, portrait = t.Region("mrz", ZONE), t.Region("portrait", PORTRAIT)
    passed, failed = t.Outcome.PASSED, t.Outcome.FAILED
    return (
        t.CheckResult("mrz.found", passed, "A zone of 2 lines was found and read (TD3).", region=zone),
        t.CheckResult("mrz.check_digits", failed, "The composite digit does not agree.", log10_lr=1.7, region=zone),
        t.CheckResult("document.expiry", failed, "The document expired on 2012-04-15.", region=zone),
        t.CheckResult(
            "print.portrait", failed, "The portrait looks re-printed or replaced.", score=0.93, threshold=0.61,
            log10_lr=2.1, region=portrait,
        ),
        t.CheckResult("print.viz", t.Outcome.UNDETERMINED, "The capture is too coarse to say."),
        t.CheckResult("print.background", t.Outcome.ABORTED, "This check broke (ValueError)."),
        t.CheckResult("uv.dull_paper", t.Outcome.NOT_PERFORMED, "No image under ultraviolet light.", t.Spectrum.UV),
    )  # fmt: skip


def report() -> t.Report:
    return t.Report(
        id="0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11",
        created=datetime(2026, 11, 23, 19, 0, tzinfo=UTC),
        verdict=t.Verdict.REFER,
        reason="The portrait looks re-printed or replaced.",
        confidence=t.Confidence(0.93, 0.01, 3.1, "strong support"),
        document=t.Document("TD3", "P", "UTO", None, True),
        mrz=mrz(),
        visual=visual(),
        checks=checks(),
        quality=t.Quality(0.8, 0.02, 310.0, True, True, ("Tilt the lamp: there is some glare.",)),
        models=(t.ModelInfo("region", "1.0.0", "ab" * 32, {"apcer": 0.05}),),
        timings_ms={"decode": 12.34, "total": 456.0},
    )


def card() -> t.Report:
    """A card of which both sides were inspected: its front prints another date of birth than its back's MRZ says."""
    back = replace(report(), id="5a4f3c9e-2d0f-4c3e-9a55-7f1f0d2b6c01", visual=t.VisualZone({}))
    front_checks = (
        t.CheckResult("mrz.found", t.Outcome.NOT_PERFORMED, "The zone stands on the other side."),
        t.CheckResult(
            "viz.birth_date", t.Outcome.FAILED, "The printed date of birth reads “12 AUG 84”, the zone “1974-08-12”.",
            log10_lr=1.3, region=t.Region("birth_date", PORTRAIT),
        ),
    )  # fmt: skip
    front = replace(
        report(), mrz=None, checks=front_checks, verdict=t.Verdict.INSUFFICIENT, reason="Capture it again.",
        confidence=t.Confidence(0.2, 0.01, 1.3, "moderate support"),
    )  # fmt: skip
    return of_both(front, back)


@pytest.fixture
def referred() -> t.Report:
    return report()


@pytest.fixture
def doubted(referred: t.Report) -> t.Report:
    """The report with the other reader's opinion, which differs in one character."""
    assert referred.mrz is not None
    other = (LINES[0].replace("ERIKSSON", "EPIKSSON"), LINES[1])
    zone = t.Zone(other, (), ZONE, "passporteye")
    parsed = replace(referred.mrz.parsed, lines=other)
    second = t.SecondReading(zone, parsed, (t.Difference(0, 6, "R", "P"),))
    return replace(referred, mrz=replace(referred.mrz, second=second))


@pytest.fixture
def altered() -> Callable[..., t.Report]:
    return lambda **changes: replace(report(), **changes)


@pytest.fixture
def capture() -> t.Capture:
    ramp = np.linspace(0, 255, 1000, dtype=np.uint8)
    return t.Capture(np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (700, 1000, 3))))


@pytest.fixture
def page(capture: t.Capture) -> t.Page:
    scale = np.diag([7.2, 7.2, 1.0])
    scale[:2, 2] = 50, 30
    return t.Page(capture.visible, t.PageSize.ID_3, 8.0, scale, True, True, report().quality)
