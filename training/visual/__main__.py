"""``python -m training.visual``: measures the comparison of the visual zone with the MRZ on generated documents."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from datasets.design.states import SPLITS
from datasets.specimens import GENUINE
from training.region.measures import Rate
from training.visual.evaluate import CARDS, ENROLLED, KINDS, ONE_ZONE, Judged, groups, measured, report_of

_ROOT = Path(__file__).resolve().parents[2]


def _rate(judged: list[Judged], wrong: Callable[[Judged], bool]) -> Rate:
    return Rate(sum(wrong(one) for one in judged), len(judged))


def rows(judged: list[Judged]) -> dict[str, str]:
    """Return what was measured, as a table of two columns."""
    legible = [one for one in judged if one.legible]
    genuine = [one for one in judged if one.recipe == GENUINE]
    found = {
        "documents, of them legible": f"{len(judged)}, {len(legible)}",
        "matched to their model": f"{100 * np.mean([one.modelled for one in judged]):.1f} %",
        "genuine, contradicted (false alarms)": str(_rate(genuine, lambda one: one.contradicts)),
        "genuine, not compared in any datum": str(_rate(genuine, lambda one: not one.compared)),
        "genuine, referred for whatever reason": str(_rate(genuine, lambda one: one.referred)),
    }
    for recipe in ONE_ZONE:
        altered = [one for one in judged if one.recipe == recipe]
        readable = [one for one in altered if one.legible]
        found[f"{recipe}, legible, not caught"] = str(_rate(readable, lambda one: not one.contradicts))
        found[f"{recipe}, all captures, not referred"] = str(_rate(altered, lambda one: not one.referred))
        found[f"{recipe}, all captures, not caught"] = str(_rate(altered, lambda one: not one.contradicts))
    both = [one for one in legible if one.recipe in ONE_ZONE]
    found["both, legible, not caught"] = str(_rate(both, lambda one: not one.contradicts))
    found["reading the visual zone, median ms"] = f"{np.median([one.milliseconds for one in judged]):.0f}"
    return found


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m training.visual", description=__doc__)
    parser.add_argument("--split", choices=tuple(SPLITS), default="test", help="of states")
    parser.add_argument("--documents", type=int, default=32, help="inspected of each state and kind of side")
    parser.add_argument("--cards", action="store_true", help="both sides of cards; else sides that have both zones")
    parser.add_argument("--without-models", action="store_true", help=f"enrol nothing; else {ENROLLED} of each kind")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=_ROOT / "build" / "visual.tsv", help="gets every outcome")
    chosen = parser.parse_args()
    judged: list[Judged] = []
    wanted = groups(chosen.split, chosen.documents, CARDS if chosen.cards else KINDS)
    for number, done in enumerate(measured(wanted, enrolled=not chosen.without_models, workers=chosen.workers), 1):
        judged += done
        print(f"{number} of {len(wanted)} groups", flush=True)
    report_of(judged, chosen.out)
    for name, value in rows(judged).items():
        print(f"{name:<45} {value}")


if __name__ == "__main__":
    main()
