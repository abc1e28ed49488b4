"""``python -m training.witnesses``: calibrates the measured checks, or judges them on states that they never saw."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from docscan.checks import CHECKS
from docscan.runtime import Models, open_models
from docscan.types import Report
from training.manifest import calibrated
from training.witnesses import processed, reference
from training.witnesses.documents import ENROLLED, Group, Wanted, groups, make_all
from training.witnesses.fitting import FINDS, calibration
from training.witnesses.judging import judged_anew, processed_rows, rows, rows_of_checks
from training.witnesses.measuring import Witnessed, witness

_MEASURED = [check.id for check in CHECKS if check.measure is not None]
_FITTED = [check for check in _MEASURED if check in FINDS]
_ROOT = Path(__file__).resolve().parents[2]


def _write_reference(wanted: list[Group], models: Path, workers: int) -> None:
    _make(wanted, workers)
    reports: list[Report] = []
    for number, found in enumerate(reference.inspected(wanted, models, workers), 1):
        reports += found
        print(f"inspected {number} of {len(wanted)} groups", flush=True)
    reference.write(reference.reference_of(reports, wanted, _opened(models)), models)


def _make(wanted: list[Group], workers: int) -> None:
    for number, _ in enumerate(make_all(wanted, workers), 1):
        print(f"made {number} of {len(wanted)} groups", flush=True)


def _inspected(wanted: list[Group], models: Path, workers: int, *, enrolled: bool = True) -> list[Witnessed]:
    _make(wanted, workers)
    documents: list[Witnessed] = []
    for number, found in enumerate(witness(wanted, models, workers, enrolled=enrolled), 1):
        documents += found
        print(f"inspected {number} of {len(wanted)} groups", flush=True)
    return documents


def _calibrate(wanted: list[Group], by_hand: list[Group], checks: list[str], models: Path, workers: int) -> None:
    """Fit checks, few of them on genuine documents and those that they are there to find; print what they then say."""
    every = checks == _FITTED
    if not every:
        recipes = {recipe for check in checks for recipe in FINDS[check]}
        wanted, by_hand = ([group.only(recipes) for group in some] for some in (wanted, by_hand))
    documents = _inspected(wanted, models, workers)
    phones = _inspected(by_hand, models, workers)
    fitted = {check: calibration(check, documents, phones) for check in checks}
    calibrated(models, fitted)
    anew = judged_anew(documents, fitted)
    # Without the other checks' forgeries, what is said of whole documents would say nothing.
    _print(rows(anew, _opened(models), _MEASURED) if every else rows_of_checks(anew, checks))


def _judge_processed(wanted: list[Group], models: Path, workers: int, like: str) -> None:
    _make(wanted, workers)
    found: dict[str, list[Witnessed]] = {}
    for number, of_group in enumerate(processed.witness(wanted, models, workers, like), 1):
        for name, documents in of_group.items():
            found.setdefault(name, []).extend(documents)
        print(f"inspected {number} of {len(wanted)} groups", flush=True)
    _print(processed_rows(found, _opened(models)))


def _opened(models: Path) -> Models:
    return open_models(models, providers=["CPUExecutionProvider"], threads=1, only=["region"])


def _print(table: Mapping[str, str]) -> None:
    for name, value in table.items():
        print(f"{name:<70} {value}")


def main() -> None:
    """Make the documents that are missing, inspect them, and fit or judge."""
    parser = argparse.ArgumentParser(prog="python -m training.witnesses", description=__doc__)
    parser.add_argument(
        "what",
        choices=("calibrate", "evaluate", "processed", "reference"),
        help="calibrates; the others use test states, processed what software makes of their pictures",
    )
    parser.add_argument("--work", type=Path, default=_ROOT / "build" / "witnesses", help="keeps the documents")
    parser.add_argument("--models", type=Path, default=_ROOT / "models", help="that inspect and are judged by")
    parser.add_argument("--states", type=int, help="the first so many of them; all where not given")
    parser.add_argument(
        "--which", choices=[which.value for which in Wanted], default=Wanted.USUAL.value, help="evaluate judges on them"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CHECK",
        choices=_FITTED,
        default=_FITTED,
        help="checks to calibrate; all others stay",
    )
    parser.add_argument(
        "--like", default="", metavar="TEXT", help="processed: of what software does, that with it in its name"
    )
    parser.add_argument(
        "--without-models", action="store_true", help=f"evaluate: enrol nothing; else {ENROLLED} of each kind"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    split = "calibration" if chosen.what == "calibrate" else "test"
    which = Wanted(chosen.which) if chosen.what == "evaluate" else Wanted.USUAL
    wanted = groups(chosen.work, split, chosen.states, which)
    if chosen.what == "reference":
        _write_reference(wanted, chosen.models, chosen.workers)
        return
    if chosen.what == "processed":
        _judge_processed(wanted, chosen.models, chosen.workers, chosen.like)
        return
    if chosen.what == "calibrate":
        by_hand = groups(chosen.work, split, chosen.states, Wanted.BY_HAND)
        _calibrate(wanted, by_hand, chosen.only, chosen.models, chosen.workers)
        return
    documents = _inspected(wanted, chosen.models, chosen.workers, enrolled=not chosen.without_models)
    _print(rows(documents, _opened(chosen.models), _MEASURED))


if __name__ == "__main__":
    main()
