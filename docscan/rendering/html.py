"""The report as one HTML file: no script, nothing fetched from elsewhere, readable in ten years."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from docscan.rendering import words
from docscan.rendering.pictures import Picture, Pictures
from docscan.types import CheckResult, Outcome, Polygon, Report
from docscan.version import __version__

# Worst first: a region is drawn as its worst check.
_SEVERITY = (Outcome.FAILED, Outcome.ABORTED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_PERFORMED)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A numbered outline over the picture; lengths in pixels of the capture."""

    number: int
    name: str
    outcome: Outcome
    points: str
    label_x: float
    label_y: float


def stylesheet() -> str:
    """Return the report's CSS, which the service's page uses as well."""
    return files("docscan.rendering").joinpath("templates/report.css").read_text(encoding="utf-8")


@cache
def stylesheet_digest() -> str:
    """Return the CSS's hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()


def templates_of(package: str) -> Environment:
    """Open a package's templates: everything is escaped, and what is not defined is an error."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _environment() -> Environment:
    environment = templates_of("docscan.rendering")
    environment.filters["data_uri"] = _data_uri
    environment.filters["points"] = _points
    environment.globals.update(words=words, version=__version__)
    return environment


def to_html(report: Report, pictures: Pictures | None) -> str:
    """Return a report as a self-contained page.

    Parameters
    ----------
    report
        What the inspection found.
    pictures
        Made by :func:`docscan.rendering.pictures.draw`; None where the images are no longer held.
    """
    numbers = words.numbered_regions(report.checks)
    unit = 1.0 if pictures is None else max(pictures.visible.width, pictures.visible.height) / 1000
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            pictures=pictures,
            css=Markup(stylesheet()),  # our own file; a style element must not be escaped
            unit=unit,
            outlines=_outlines(report, numbers, unit),
            number_of=lambda check: numbers[check.region.name, check.region.polygon] if check.region else None,
            signs=[check for check in report.checks if words.speaks_for_forgery(check)],
            marker=_marker(report.confidence.log10_lr),
        )
    )


def _data_uri(picture: Picture) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode()


def _points(polygon: Polygon) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in polygon)


def _marker(log10_lr: float) -> float:
    """Return where the fused ratio stands on a scale of 0 (genuine, -4) to 100 (forged, +4)."""
    return round(50 + 12.5 * max(-4.0, min(4.0, log10_lr)), 1)


def _worst(checks: list[CheckResult]) -> Outcome:
    # Expired or specimen: said of the document, not of the place where it was read.
    outcomes = [check.outcome for check in checks if not words.is_note(check)]
    return min(outcomes or [Outcome.PASSED], key=_SEVERITY.index)


def _outlines(report: Report, numbers: dict[tuple[str, Polygon], int], unit: float) -> list[_Outline]:
    outlines: list[_Outline] = []
    taken: list[tuple[float, float]] = []
    for (name, polygon), number in numbers.items():
        here = [
            check
            for check in report.checks
            if check.region and (check.region.name, check.region.polygon) == (name, polygon)
        ]
        x, y = _free_corner(polygon, taken, 44 * unit)
        taken.append((x, y))
        outlines.append(_Outline(number, words.region_name(name), _worst(here), _points(polygon), x, y))
    return outlines


def _free_corner(polygon: Polygon, taken: list[tuple[float, float]], distance: float) -> tuple[float, float]:
    """Return the first corner whose label would cover no other label."""
    for x, y in polygon:
        if all(abs(x - other_x) > distance or abs(y - other_y) > distance for other_x, other_y in taken):
            return x, y
    return polygon[0]
