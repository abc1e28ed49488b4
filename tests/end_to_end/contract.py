"""schemathesis on the interface's own description, with all of its checks.

python -m tests.end_to_end.contract --cases 2000
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_HERE = Path(__file__).parent
_BIN = ROOT / ".venv/bin"


@dataclass(frozen=True)
class Outcome:
    """What a run found."""

    cases: int
    failed: bool
    output: str
    log: str  # the service's


@contextmanager
def _instant(folder: Path) -> Iterator[tuple[str, str]]:
    settings = {"DOCSCAN_DATA": str(folder / "data"), "DOCSCAN_REQUESTS_PER_MINUTE": "1000000"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.instant"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            url, key = process.stdout.readline().split()
            yield url, key
        finally:
            process.terminate()
            process.wait(30)


ALL_PHASES = "examples,coverage,fuzzing,stateful"


def check(folder: Path, *, examples: int, phases: str = ALL_PHASES, seed: int = 9303) -> Outcome:
    """Send requests made from the description, those it allows and those it does not, and judge every answer.

    Parameters
    ----------
    folder
        For the service's data and log.
    examples
        Requests for each operation, beside those that schemathesis makes of examples and limits.
    phases
        Of schemathesis; coverage alone makes about a thousand.
    seed
        The same requests for the same seed.
    """
    with _instant(folder) as (url, key):
        run = subprocess.run(
            [
                *(_BIN / "schemathesis", "--config-file", _HERE / "contract.toml", "run", f"{url}/openapi.json"),
                *("--header", f"Authorization: Bearer {key}", "--checks", "all", "--continue-on-failure"),
                *(
                    "--phases",
                    phases,
                    "--max-examples",
                    str(examples),
                    "--seed",
                    str(seed),
                    "--generation-database",
                    "none",
                ),
                *("--suppress-health-check", "all"),
            ],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.end_to_end.contract_images", "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"(\d+) generated", run.stdout)
    return Outcome(
        int(found[1]) if found else 0, run.returncode != 0, run.stdout + run.stderr, (folder / "log").read_text()
    )


def main() -> None:
    """Run until as many cases were sent, with a new seed each time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--examples", type=int, default=30)
    chosen = parser.parse_args()
    total, seed = 0, 1
    while total < chosen.cases:
        with tempfile.TemporaryDirectory() as folder:
            outcome = check(Path(folder), examples=chosen.examples, seed=seed)
        if outcome.failed or "broke:" in outcome.log:
            print(outcome.output, outcome.log if "broke:" in outcome.log else "")
            sys.exit(1)
        total, seed = total + outcome.cases, seed + 1
    print(f"{total} cases in {seed - 1} runs, all checks of schemathesis: no failure.")


if __name__ == "__main__":
    main()
