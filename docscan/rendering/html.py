"""The report as one HTML file: no script, nothing fetched from elsewhere, readable in ten years."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from docscan.rendering import words
from docscan.rendering.fields import AGREEMENTS, field_rows, lines_by_certainty, mrz_remarks
from docscan.rendering.findings import deciding, findings_of, not_decided, not_looked_at, numbers_of
from docscan.rendering.language import ENGLISH, Language, Sentence
from docscan.rendering.messages import message
from docscan.rendering.outlines import RADIUS, outlines
from docscan.rendering.paper import MOST_CARDS, setting
from docscan.rendering.pictures import Picture, Pictures
from docscan.sides import mrz_of_document, on_other_side, printed_data
from docscan.types import Polygon, Report
from docscan.version import __version__

# Sentences in other languages against English ones: French, the longest, has 1.07 on average; the rest is room.
_LONGER = 1.2

_BOTH_SIDES = message("Both sides of the card")
_OTHER_SIDE = message("The card's other side")


def stylesheet() -> str:
    """Return the report's CSS, which the service's page uses as well."""
    return files("docscan.rendering").joinpath("templates/report.css").read_text(encoding="utf-8")


@cache
def stylesheet_digest() -> str:
    """Return the CSS's hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()


def templates_of(package: str, language: Language) -> Environment:
    """Open a package's templates in a language: everything is escaped, and what is not defined is an error.

    ``_()`` in them is for messages that stand there; what comes from elsewhere goes through a filter, which leaves
    escaping to the template: ``translated``, ``said`` (a sentence), ``explained`` (maybe English), ``number``, ….
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translate = environment.install_gettext_callables  # type: ignore[attr-defined]  # the extension adds it
    translate(language.gettext, language.ngettext, newstyle=True)
    environment.filters.update(
        translated=language.gettext,
        said=language.say,
        explained=language.explained,
        remarked=language.remarked,
        number=language.number,
        signed=language.signed,
        moment=language.moment,
        day=language.day,
        clock=language.clock,
        data_uri=_data_uri,
        points=_points,
    )
    environment.globals.update(
        language=language, words=words, agreements=AGREEMENTS, radius=RADIUS, most_cards=MOST_CARDS, version=__version__
    )
    return environment


@cache
def _environment(language: Language) -> Environment:
    return templates_of("docscan.rendering", language)


def to_html(report: Report, pictures: Pictures | None, language: Language = ENGLISH) -> str:
    """Return a report as a self-contained page that prints on one sheet of A4.

    Parameters
    ----------
    report
        What the inspection found.
    pictures
        Made by :func:`docscan.rendering.pictures.draw`; None where the images are no longer held.
    language
        That it is written in.
    """
    # The CSS is our own file; a style element must not be escaped.
    template, other = _environment(language).get_template("report.html"), None
    if report.other_side is not None:
        other = _sheet(report.other_side, None if pictures is None else pictures.other_side, language)
    return template.render(_context(report, pictures, language), css=Markup(stylesheet()), other=other)


@dataclass(frozen=True, slots=True)
class Parts:
    """A report's HTML in two parts, for a page that puts something between them."""

    verdict: Markup
    evidence: Markup


def to_parts(report: Report, pictures: Pictures | None, language: Language = ENGLISH) -> Parts:
    """Return a report as parts of a page that has :func:`stylesheet`; parameters as of :func:`to_html`."""
    context = _context(report, pictures, language)
    verdict, evidence = _parts(context, language)
    if report.other_side is not None:
        evidence += _sheet(report.other_side, None if pictures is None else pictures.other_side, language).html
    return Parts(verdict, evidence)


def _parts(context: Mapping[str, Any], language: Language) -> tuple[Markup, Markup]:
    environment = _environment(language)
    verdict, evidence = (environment.get_template(name).render(context) for name in ("verdict.html", "evidence.html"))
    return Markup(verdict), Markup(evidence)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A card's other side: how close it is printed, and what stands there."""

    setting: str
    html: Markup


def _sheet(other: Report, pictures: Pictures | None, language: Language) -> _Sheet:
    context = _context(other, pictures, language) | {"which": _OTHER_SIDE, "is_other": True}
    verdict, evidence = _parts(context, language)
    return _Sheet(context["setting"], verdict + evidence)


def _context(report: Report, pictures: Pictures | None, language: Language) -> dict[str, Any]:
    findings = findings_of(report.checks)
    seen = None if pictures is None else pictures.page
    mrz = mrz_of_document(report)
    rows = field_rows(mrz, printed_data(report)) if mrz else []
    return {
        "report": report,
        "mrz": mrz,
        "which": None if report.other_side is None else _BOTH_SIDES,
        "is_other": False,
        "on_other_side": on_other_side(report),
        "pictures": pictures,
        "findings": findings,
        "deciding": deciding(report, findings),
        "numbers": numbers_of(findings),
        "outlines": outlines(findings, pictures.places, seen.width, seen.height) if pictures and seen else [],
        "unit": max(seen.width, seen.height) / 1000 if seen else 1.0,
        "setting": setting(report, findings, rows, longer=1.0 if language.is_source else _LONGER).value,
        "comparison": _comparison(report, pictures),
        "rows": rows,
        "remarks": mrz_remarks(mrz) if mrz else [],
        "mrz_lines": lines_by_certainty(mrz) if mrz else [],
        "unseen": [*not_looked_at(report.checks), *not_decided(report.checks)],
        "marker": _marker(report.confidence.log10_lr),
    }


def _comparison(report: Report, pictures: Pictures | None) -> Sentence | None:
    """Say why nothing stands beside the findings; None where genuine samples do."""
    if pictures is None:
        return Sentence(message("The pictures of this inspection are no longer held."))
    if pictures.lights:
        return None
    model = report.document.model
    if model is None:
        text = message("No document model matched this document, so there are no genuine samples to lay beside it.")
        return Sentence(text)
    return Sentence(message("The document model %(model)s holds no pictures to lay beside it."), {"model": model})


def _data_uri(picture: Picture) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode()


def _points(polygon: Polygon) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in polygon)


def _marker(log10_lr: float) -> float:
    """Return where the fused ratio stands on a scale of 0 (genuine, -4) to 100 (forged, +4)."""
    return round(50 + 12.5 * max(-4.0, min(4.0, log10_lr)), 1)
