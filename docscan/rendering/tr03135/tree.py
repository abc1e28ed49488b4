"""The checks of a log entry, in the guideline's tree, and the results of what stands above single checks."""

from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement

from docscan.rendering.tr03135.categories import GROUP, OPTICAL, ORDER, category
from docscan.rendering.tr03135.names import LIGHTS, NAMESPACE, RESULTS, STRICTEST_FIRST
from docscan.rendering.tr03135.source import Check
from docscan.types import Outcome

_STRICTEST_FIRST = tuple(RESULTS[outcome] for outcome in STRICTEST_FIRST)
_LEAST_MARGIN = 0.001  # of a check that failed right at its threshold; 0 would say that it passed


def write_checks(optical: Element, combined: Element, checks: Iterable[Check], *, identified: str) -> None:
    """Write checks below the two components that they may be of, each below its ``Checks``.

    Parameters
    ----------
    combined
        Stays empty where no check is of it.
    identified
        The result of identifying the document model.
    """
    trees = {OPTICAL: SubElement(optical, "Checks", result="")}
    SubElement(trees[OPTICAL], "DocumentModelIdentificationCheck", result=identified)
    for check in checks:
        component = category(check.id).component
        if component not in trees:
            trees[component] = SubElement(combined, "Checks", result="")
        _place(trees[component], check)
    for tree in trees.values():
        _finish(tree)


def _uuid(what: str) -> str:
    """Return the UUID that the guideline wants of a vendor's check or group; the same for ever."""
    return str(uuid5(NAMESPACE_URL, f"{NAMESPACE}:{what}"))


def _place(tree: Element, check: Check) -> None:
    """Put a check where its category has it."""
    row, light = category(check.id), LIGHTS[check.spectrum]
    place = tree
    for name in row.parents:
        names = {"uuid": _uuid(f"group:{light}"), "groupName": light} if name == GROUP else {}
        place = _below(place, name, names)
    element = SubElement(place, row.element, uuid=_uuid(f"check:{check.id}"), proprietaryCheck=check.id)
    if row.generic is not None:
        element.set("genericCheckIdentifier", row.generic)
    if row.nearest:
        element.set("nearest", "true")
    element.set("spectrum", light)
    element.set("runMode", "evaluatory" if row.evaluatory else "mandatory")
    element.set("result", RESULTS[check.outcome])
    numbers = {"margin": _margin(check), "score": check.score, "threshold": check.threshold, "log10LR": check.log10_lr}
    for name, value in numbers.items():
        if value is not None:
            element.set(name, f"{value:g}")


def _below(parent: Element, name: str, attributes: Mapping[str, str]) -> Element:
    """Return a child of a name and attributes; make it where there is none."""
    for child in parent.findall(name):
        if attributes.items() <= child.attrib.items():
            return child
    return SubElement(parent, name, {**attributes, "result": ""})


def _margin(check: Check) -> float | None:
    """Return how far a score lies from its threshold: 1 wholly passed, below 0 failed, -1 wholly."""
    score, threshold = check.score, check.threshold
    if score is None or threshold is None or not 0 < threshold < 1 or not 0 <= score <= 1:
        return None
    margin = round((threshold - score) / (threshold if score <= threshold else 1 - threshold), 3)
    if check.outcome is Outcome.PASSED:
        return max(margin, 0.0)
    return min(margin, -_LEAST_MARGIN) if check.outcome is Outcome.FAILED else None


def _finish(element: Element) -> list[tuple[str, bool]]:
    """Bring siblings into the guideline's order and write the results of what is above single checks.

    Returns
    -------
    list
        Of each single check its result, and whether it has no part in those above.
    """
    if not len(element):
        return [(element.get("result", ""), element.get("runMode") == "evaluatory")]
    element[:] = sorted(element, key=lambda child: ORDER.index(child.tag) if child.tag in ORDER else -1)
    singles = [single for child in element for single in _finish(child)]
    # Where nothing else stands the result is of what is logged alone.
    counting = [result for result, evaluatory in singles if not evaluatory] or [result for result, _ in singles]
    element.set("result", min(counting, key=_STRICTEST_FIRST.index))
    return singles
