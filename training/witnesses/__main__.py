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
from training.witnesses.documents import Group, Wanted, groups, make_all
from training.witnesses.fitting import FINDS, calibration
from training.witnesses.judging import processed_rows, rows
from training.witnesses.measuring import Witnessed, witness

_ROOT = Path(__file__).resolve().parents[2]


def _write_reference(wanted: list[Group], models: Path, workers: int) -> None:
    _make(wanted, workers)
    reports: list[Report] = []
    for number, found in enumerate(reference.inspected(wanted, workers), 1):
        reports += found
        print(f"inspected {number} of {len(wanted)} groups", flush=True)
    reference.write(reference.reference_of(reports, wanted, _opened(models)), models)


def _make(wanted: list[Group], workers: int) -> None:
    for number, _ in enumerate(make_all(wanted, workers), 1):
        print(f"made {number} of {len(wanted)} groups", flush=True)


def _inspected(wanted: list[Group], workers: int) -> list[Witnessed]:
    _make(wanted, workers)
    documents: list[Witnessed] = []
    for number, found in enumerate(witness(wanted, workers), 1):
        documents += found
        print(f"inspected {number} of {len(wanted)} groups", flush=True)
    return documents


def _judge_processed(wanted: list[Group], models: Path, workers: int) -> None:
    _make(wanted, workers)
    found: dict[str, list[Witnessed]] = {}
    for number, of_group in enumerate(processed.witness(wanted, workers), 1):
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
    parser.add_argument("--models", type=Path, default=_ROOT / "models", help="whose manifest is written")
    parser.add_argument("--states", type=int, help="the first so many of them; all where not given")
    parser.add_argument(
        "--which", choices=[which.value for which in Wanted], default=Wanted.USUAL.value, help="evaluate judges on them"
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
        _judge_processed(wanted, chosen.models, chosen.workers)
        return
    documents = _inspected(wanted, chosen.workers)
    measured = [check.id for check in CHECKS if check.measure is not None]
    if chosen.what == "calibrate":
        by_hand = _inspected(groups(chosen.work, split, chosen.states, Wanted.BY_HAND), chosen.workers)
        fitted = {check: calibration(check, documents, by_hand) for check in measured if check in FINDS}
        calibrated(chosen.models, fitted)
    _print(rows(documents, _opened(chosen.models), measured))


if __name__ == "__main__":
    main()
