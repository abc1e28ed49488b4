"""What the logs of several posts say together: counts of verdicts, findings and results; no single inspection."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from docscan.errors import LogError, UsageError
from docscan.rendering.tr03135.categories import CATEGORIES
from docscan.rendering.tr03135.names import RESULTS
from docscan.rendering.tr03135.reading import Entry, read
from docscan.types import Verdict

CSV_COLUMNS = ("post", "what", "verdict", "finding", "check", "light", "result", "number")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some inspections."""

    verdicts: Counter[str] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)  # by verdict and officer's finding
    checks: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # results by check and light
    durations: list[float] = field(default_factory=list)  # milliseconds

    @property
    def inspections(self) -> int:
        """How many."""
        return self.verdicts.total()

    @property
    def median_ms(self) -> float | None:
        """Of the inspections whose duration is known; None where none is."""
        return round(median(self.durations), 1) if self.durations else None

    @property
    def rows(self) -> list[tuple[str, str, Counter[str]]]:
        """Check, light and results, in the order of docscan's list of checks, unknown ones last."""
        order = {name: place for place, name in enumerate(CATEGORIES)}
        known = sorted(self.checks, key=lambda seen: (order.get(seen[0], len(order)), seen))
        return [(check, light, self.checks[check, light]) for check, light in known]

    def add(self, entry: Entry) -> None:
        """Count one inspection."""
        self.verdicts[entry.verdict.value] += 1
        if entry.finding is not None:
            self.findings[entry.verdict.value, entry.finding.value] += 1
        if entry.milliseconds is not None:
            self.durations.append(entry.milliseconds)
        for check, light, result in entry.checks:
            self.checks.setdefault((check, light), Counter())[result] += 1


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of all inspections, and of each post's; ``None`` is the post of logs that name none."""

    total: Tally
    posts: dict[str | None, Tally]
    refused: tuple[str, ...]  # of each file that could not be read, why, with its name
    repeated: int  # inspections that stood in more than one place, counted once


def log_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and every ``*.xml`` of the folders that are.

    Raises
    ------
    UsageError
        There is none.
    """
    found = [file for path in paths for file in (sorted(path.rglob("*.xml")) if path.is_dir() else [path])]
    if not found:
        raise UsageError("There are no logs (*.xml) in what was named.")
    return found


def gather(files: Iterable[Path]) -> Statistics:
    """Count every inspection of some files; one that cannot be read is named and the others count.

    Of an inspection that is there more than once the last with an officer's finding counts, else the first.
    """
    entries: dict[str, Entry] = {}
    refused, seen = [], 0
    for file in files:
        try:
            found = read(file)
        except LogError as error:
            refused.append(str(error))
            continue
        seen += len(found)
        for entry in found:
            if entry.id not in entries or entry.finding is not None:
                entries[entry.id] = entry
    total, posts = Tally(), dict[str | None, Tally]()
    for entry in entries.values():
        total.add(entry)
        posts.setdefault(entry.post, Tally()).add(entry)
    ordered = {post: posts[post] for post in sorted(posts, key=lambda post: post or "")}
    return Statistics(total, ordered, tuple(refused), seen - len(entries))


def to_dict(statistics: Statistics) -> dict[str, Any]:
    """Return statistics as plain data."""
    return {
        "schema": "docscan.statistics/1",
        "refused": list(statistics.refused),
        "repeated": statistics.repeated,
        "total": _tally(statistics.total),
        "posts": [{"post": post, **_tally(tally)} for post, tally in statistics.posts.items()],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "inspections": tally.inspections,
        "verdicts": {verdict.value: tally.verdicts[verdict.value] for verdict in Verdict},
        "findings": [
            {"verdict": verdict, "finding": finding, "number": number}
            for (verdict, finding), number in sorted(tally.findings.items())
        ],
        "median_ms": tally.median_ms,
        "checks": [
            {
                "check": check,
                "light": light,
                "results": {name: results[name] for name in RESULTS.values()},
                "share_undetermined": share(results, "undetermined"),
                "share_not_performed": share(results, "notPerformed"),
            }
            for check, light, results in tally.rows
        ],
    }


def share(results: Counter[str], result: str) -> float:
    """Return a result's share of all inspections whose log has the check."""
    return round(results[result] / results.total(), 4)


def to_rows(statistics: Statistics) -> Iterator[tuple[str | float, ...]]:
    """Yield the counts of each post as rows of ``CSV_COLUMNS``, one number a row: sums over posts are the reader's."""
    for name, tally in statistics.posts.items():
        post = name or ""
        for verdict in Verdict:
            yield post, "verdict", verdict.value, "", "", "", "", tally.verdicts[verdict.value]
        for (verdict_name, finding), number in sorted(tally.findings.items()):
            yield post, "finding", verdict_name, finding, "", "", "", number
        for check, light, results in tally.rows:
            for result in RESULTS.values():
                yield post, "check", "", "", check, light, result, results[result]
        if tally.median_ms is not None:
            yield post, "median_ms", "", "", "", "", "", tally.median_ms
