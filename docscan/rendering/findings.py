"""What an officer must look at: the findings of a report, numbered, those that weigh most first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from docscan.rendering.language import Sentence
from docscan.rendering.messages import message
from docscan.rendering.words import check_name, family_name
from docscan.types import CheckResult, Outcome, Region, Report, Spectrum, Verdict

# Share of two regions' common area from which they are one place: a reader's MRZ and the network's differ by a margin.
_SAME = 0.4


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A place under one light, and every check that found something there.

    A region has one number under each light: what was seen under ultraviolet light is shown under ultraviolet light.
    """

    number: int  # from 1
    checks: tuple[CheckResult, ...]  # the one that weighs most first; at least one
    region: Region | None  # None: of the whole page
    spectrum: Spectrum

    @property
    def main(self) -> CheckResult:
        """The check that weighs most."""
        return self.checks[0]

    @property
    def outcome(self) -> Outcome:
        """Of the check that weighs most."""
        return self.main.outcome


def findings_of(checks: Iterable[CheckResult]) -> tuple[NumberedFinding, ...]:
    """Return what failed and weighs for a forgery, then what is undetermined at a place to compare by eye.

    An expired document or a specimen is no finding: the list of checks says so.
    """
    every = list(checks)
    weighing = sorted((check for check in every if check.speaks_for_forgery), key=lambda check: -check.log10_lr)
    unclear = [check for check in every if check.outcome is Outcome.UNDETERMINED and check.region]
    groups: list[list[CheckResult]] = []
    for check in (*weighing, *unclear):
        here = next((group for group in groups if _same_place(check, group[0])), None)
        if here is None:
            groups.append([check])
        else:
            here.append(check)
    return tuple(
        NumberedFinding(number, tuple(group), group[0].region, group[0].spectrum)
        for number, group in enumerate(groups, 1)
    )


def _same_place(one: CheckResult, other: CheckResult) -> bool:
    if one.spectrum is not other.spectrum or one.region is None or other.region is None:
        return one.spectrum is other.spectrum and one.region is other.region
    hull, other_hull = (cv2.convexHull(np.array(at.polygon, np.float32)) for at in (one.region, other.region))
    shared, _ = cv2.intersectConvexConvex(hull, other_hull)
    together = cv2.contourArea(hull) + cv2.contourArea(other_hull) - shared
    return bool(shared >= _SAME * together)


def numbers_of(findings: Iterable[NumberedFinding]) -> dict[str, int]:
    """Return the number of each finding's checks, by the check's id."""
    return {check.id: finding.number for finding in findings for check in finding.checks}


@dataclass(frozen=True, slots=True)
class Reason:
    """Checks that share an outcome and its reason."""

    outcome: Outcome
    explanation: str
    checks: tuple[Sentence, ...]  # names for a person, each with its family's where the names alone are not clear


def not_looked_at(checks: Sequence[CheckResult]) -> list[Reason]:
    """Group what was not performed, or broke, by its reason."""
    return _grouped(checks, lambda check: check.outcome in (Outcome.NOT_PERFORMED, Outcome.ABORTED))


def not_decided(checks: Sequence[CheckResult]) -> list[Reason]:
    """Group what ran and cannot say, and has no place on the page, by its reason."""
    return _grouped(checks, lambda check: check.outcome is Outcome.UNDETERMINED and check.region is None)


def _grouped(checks: Sequence[CheckResult], wanted: Callable[[CheckResult], bool]) -> list[Reason]:
    groups: dict[tuple[Outcome, str], list[Sentence]] = {}
    for check in filter(wanted, checks):
        groups.setdefault((check.outcome, check.explanation), []).append(_full_name(check.id, checks))
    return [Reason(outcome, explanation, tuple(names)) for (outcome, explanation), names in groups.items()]


def _full_name(check_id: str, checks: Sequence[CheckResult]) -> Sentence:
    """Return a check's name, with its family's where another check has the same."""
    name = check_name(check_id)
    alike = sum(check_name(check.id) == name for check in checks)
    if alike == 1:
        return Sentence(name)
    family = Sentence(family_name(check_id), inside=True)
    return Sentence(message("%(check)s (%(family)s)"), {"check": Sentence(name), "family": family})


def deciding(report: Report, findings: Sequence[NumberedFinding]) -> int | None:
    """Return the number of the finding that the verdict's main reason names; None where it names none."""
    if report.verdict is not Verdict.REFER:
        return None
    return next((one.number for one in findings for check in one.checks if check.explanation == report.reason), None)
