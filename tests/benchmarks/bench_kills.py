"""``python -m tests.benchmarks.bench_kills``: kill -9 at random moments under load, on SQLite and on PostgreSQL."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.killing import Outcome, run, settings_for
from tests.postgres import empty_database, running

SEED = 20261126


def _line(name: str, outcome: Outcome, seconds: float) -> str:
    cells = (
        name,
        outcome.kills,
        len(outcome.acknowledged),
        len(outcome.unanswered),
        outcome.kept_unanswered,
        outcome.files_without_row,
        outcome.audit_entries,
        len(outcome.faults),
        f"{seconds:.0f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    print(
        "| database | kills | acknowledged, and there | not answered | of these kept | files without a row "
        "| audit entries | faults | seconds |\n|" + " --- |" * 9
    )
    faults: list[str] = []
    with running() as server:
        for name in ("SQLite", "PostgreSQL"):
            with tempfile.TemporaryDirectory(prefix="docscan-kills-") as folder:
                data = Path(folder) / "data"
                url = f"sqlite:///{data / 'docscan.db'}" if name == "SQLite" else empty_database(server)
                begun = time.monotonic()
                outcome = run(settings_for(data, url), wanted.kills, wanted.seed)
                print(_line(name, outcome, time.monotonic() - begun), flush=True)
                print(*outcome.faults, sep="\n", file=sys.stderr, flush=True)
                faults += outcome.faults
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
