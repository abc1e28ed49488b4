"""A report's plain data as XML; see the package for what is BSI's in it and what is docscan's."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from docscan.errors import UsageError
from docscan.rendering.tr03135.categories import COMBINED, OPTICAL
from docscan.rendering.tr03135.names import MANY, NAMESPACE, ONE, OVERALL
from docscan.rendering.tr03135.source import KIND, Decision, Inspected, inspected
from docscan.rendering.tr03135.tree import write_checks
from docscan.settings import LONGEST_POST_NAME, POST_NAME

_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def to_xml(report: Mapping[str, Any], *, post: str | None = None, decision: Decision | None = None) -> str:
    """Return one inspection as an XML document.

    Parameters
    ----------
    report
        Plain data of schema docscan.report/1, as ``docscan.rendering.json.to_dict`` returns them. No personal field is
        needed, and none is looked at.
    post
        Short name of the border post.
    decision
        What an officer found, where one did.

    Raises
    ------
    UsageError
        The post's name has other characters than ``docscan.settings.POST_NAME``, or too many.
    ValueError
        The data are no report.
    """
    transaction = _transaction(inspected(report), checked_post(post), decision)
    # The namespace stands as the default one: with it ElementTree would want a prefix at every attribute.
    transaction.set("xmlns", NAMESPACE)
    return f"{_HEADER}{_text(transaction)}\n"


def to_xml_chunks(
    inspections: Iterable[tuple[Mapping[str, Any], Decision | None]], *, post: str | None = None
) -> Iterator[str]:
    """Yield many inspections as one XML document, a piece for each; no more than one is held.

    Parameters
    ----------
    inspections
        Reports as ``to_xml`` takes them, each with the officer's decision.

    Raises
    ------
    UsageError, ValueError
        As ``to_xml``. What was yielded before is then no whole document.
    """
    name = checked_post(post)
    yield f'{_HEADER}<{MANY} xmlns="{NAMESPACE}">\n'
    for report, decision in inspections:
        yield f"{_text(_transaction(inspected(report), name, decision))}\n"
    yield f"</{MANY}>\n"


def schema() -> str:
    """Return the XML schema of both kinds of document, for whoever receives them."""
    return files(__package__).joinpath("docscan-tr03135.xsd").read_text(encoding="utf-8")


def checked_post(name: str | None) -> str | None:
    """Return a post's name that logs may have.

    Raises
    ------
    UsageError
        It has characters that it must not have, or too many.
    """
    if name is not None and not (len(name) <= LONGEST_POST_NAME and re.fullmatch(POST_NAME, name)):
        raise UsageError(
            f"A post's name has letters, digits, dots, dashes and single spaces, {LONGEST_POST_NAME} characters at "
            f"most: {name[:80]!r} will not do."
        )
    return name


def _text(element: Element) -> str:
    ElementTree.indent(element)
    return ElementTree.tostring(element, encoding="unicode")


def _leaf(parent: Element, name: str, text: object) -> None:
    if text is not None:
        SubElement(parent, name).text = str(text)


def _transaction(report: Inspected, post: str | None, decision: Decision | None) -> Element:
    transaction = Element(ONE)
    _leaf(transaction, "TransactionID", report.id)
    system = SubElement(transaction, "SystemInformation")
    _leaf(system, "Name", "docscan")
    _leaf(system, "Version", report.software.version if report.software else None)
    for model in report.models:
        SubElement(system, "LearnedModel", name=model.name, version=model.version, sha256=model.sha256)
    _leaf(transaction, "Location", post)
    _overall_time(transaction, report)
    _document_check(SubElement(transaction, "DocumentChecks"), report, decision)
    return transaction


def _overall_time(transaction: Element, report: Inspected) -> None:
    overall = SubElement(SubElement(transaction, "TimeMeasurement"), "Overall")
    took = report.timings_ms.get("total")
    if took is not None:
        _leaf(overall, "StartTime", _time(report.created - timedelta(milliseconds=round(took))))
    _leaf(overall, "EndTime", _time(report.created))
    _leaf(overall, "Duration", _duration(took))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _duration(milliseconds: float | None) -> str | None:
    """Return an xs:duration in whole milliseconds."""
    return None if milliseconds is None else f"PT{round(milliseconds) / 1000:.3f}S"


def _document_check(parent: Element, report: Inspected, decision: Decision | None) -> None:
    check = SubElement(parent, "DocumentCheck", result=OVERALL[report.verdict], verdict=report.verdict.value)
    document = SubElement(check, "Document", specimen=str(report.document.specimen).lower())
    _leaf(document, "Format", report.document.format)
    _leaf(document, "DocumentType", report.document.code)
    _leaf(document, "Issuer", report.document.issuing_state)
    if decision is not None:
        _decision(check, decision)
    optical = SubElement(check, OPTICAL)
    _room_times(optical, report.timings_ms)
    if report.document.model is not None:
        model = SubElement(optical, "DocumentModel")
        _leaf(model, "Name", report.document.model)
        _leaf(model, "Version", report.document.model_version)
    combined = Element(COMBINED)
    identified = "undetermined" if report.document.model is None else "successful"
    write_checks(optical, combined, report.checks, identified=identified)
    if len(combined):
        check.append(combined)


def _decision(parent: Element, decision: Decision) -> None:
    said = SubElement(parent, "OfficerDecision", finding=decision.finding.value, time=_time(decision.time))
    if decision.kind is not None:
        said.set("kind", decision.kind if re.fullmatch(KIND, decision.kind) else "other")


def _room_times(optical: Element, timings_ms: Mapping[str, float | None]) -> None:
    """Write what the guideline's table 6.4 asks for and docscan measures."""
    rooms = {"visual": "VisualZoneParsingDuration", "document": "Duration"}
    texts = {rooms[name]: _duration(timings_ms.get(name)) for name in rooms}
    if any(texts.values()):
        times = SubElement(optical, "TimeMeasurement")
        page = SubElement(SubElement(times, "ProcessingPerPage"), "Page")
        _leaf(page, "VisualZoneParsingDuration", texts["VisualZoneParsingDuration"])
        _leaf(SubElement(times, "DocumentModelIdentification"), "Duration", texts["Duration"])
