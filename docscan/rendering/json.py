"""The report as JSON: schema ``docscan.report/1``."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import UTC
from typing import Any

from docscan.types import CheckResult, Mrz, Polygon, Region, Report, SecondReading, SideAnswer, VisualZone
from docscan.version import __version__

SCHEMA = "docscan.report/1"


def _number(value: float | None, digits: int = 4) -> float | None:
    """Round for a reader; JSON has no NaN and no infinity."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def _polygon(polygon: Polygon) -> list[list[float | None]]:
    return [[_number(x, 1), _number(y, 1)] for x, y in polygon]


def _region(region: Region | None) -> dict[str, Any] | None:
    return None if region is None else {"name": region.name, "polygon": _polygon(region.polygon)}


def _confidences(lines: Sequence[Sequence[float]]) -> list[list[float | None]]:
    return [[_number(value, 3) for value in line] for line in lines]


def mrz_to_dict(mrz: Mrz) -> dict[str, Any]:
    """Return a machine-readable zone as plain data, for a report and for ``docscan mrz --json``."""
    zone, parsed = mrz.zone, mrz.parsed
    return {
        "format": parsed.format.value,
        "lines": list(parsed.lines),
        "raw_lines": list(zone.lines),
        "fields": asdict(parsed.fields),
        "check_digits": dict(parsed.check_digits),
        "valid": parsed.valid,
        "conforming": parsed.conforming,
        "repairs": [asdict(repair) for repair in parsed.repairs],
        "problems": list(parsed.problems),
        "reader": zone.reader,
        "character_confidence": _confidences(zone.character_confidence),
        "polygon": _polygon(zone.polygon),
        "second_reading": None if mrz.second is None else _second(mrz.second),
    }


def _second(second: SecondReading) -> dict[str, Any]:
    return {
        "reader": second.zone.reader,
        "format": second.parsed.format.value,
        "lines": list(second.parsed.lines),
        "valid": second.parsed.valid,
        "differences": [asdict(difference) for difference in second.differences],
    }


def _visual(visual: VisualZone) -> dict[str, Any]:
    """Return what was read outside the MRZ beside what the MRZ says; boxes are millimetres of the page."""
    return {
        "fields": {
            name: {
                "text": field.line.text,
                "mrz": field.mrz,
                "agreement": field.agreement.value,
                "character_confidence": _confidences([field.line.confidence])[0],
                "box_mm": [_number(value, 1) for value in astuple(field.line.box)],
            }
            for name, field in visual.fields.items()
        },
        "missing": visual.missing,
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "id": check.id,
        "outcome": check.outcome.value,
        "spectrum": check.spectrum.value,
        "score": _number(check.score),
        "threshold": _number(check.threshold),
        "log10_lr": _number(check.log10_lr, 3),
        "region": _region(check.region),
        "explanation": check.explanation,
    }


def _timings(timings_ms: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(value, 1) for name, value in timings_ms.items()}


def to_dict(report: Report) -> dict[str, Any]:
    """Return a report as plain data, to the contract ``docscan.report/1``."""
    confidence, quality = report.confidence, report.quality
    created = report.created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "schema": SCHEMA,
        "software": {"name": "docscan", "version": __version__},
        "id": report.id,
        "created": created,
        "verdict": report.verdict.value,
        "reason": report.reason,
        "confidence": {
            "forgery_probability": _number(confidence.forgery_probability, 6),
            "prior": confidence.prior,
            "log10_lr": _number(confidence.log10_lr, 3),
            "verbal": confidence.verbal,
        },
        "document": asdict(report.document),
        "mrz": None if report.mrz is None else mrz_to_dict(report.mrz),
        "visual": _visual(report.visual),
        "checks": [_check(check) for check in report.checks],
        "quality": {
            "sharpness": _number(quality.sharpness),
            "glare": _number(quality.glare),
            "resolution_dpi": _number(quality.resolution_dpi, 1),
            "whole_page": quality.whole_page,
            "coloured": quality.coloured,
            "brightened": _number(quality.brightened),
            "usable": quality.usable,
            "advice": list(quality.advice),
        },
        "models": [
            {
                "name": model.name,
                "version": model.version,
                "sha256": model.sha256,
                "error_rates": {name: _number(rate) for name, rate in model.error_rates.items()},
            }
            for model in report.models
        ],
        "timings_ms": _timings(report.timings_ms),
        "holder_removed": report.holder_removed,
        "this_side": None if report.this_side is None else _side(report.this_side),
        "other_side": None if report.other_side is None else to_dict(report.other_side),
    }


def _side(answer: SideAnswer) -> dict[str, str]:
    return {"verdict": answer.verdict.value, "reason": answer.reason}


def to_json(report: Report) -> str:
    """Return a report as indented JSON text."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False)
