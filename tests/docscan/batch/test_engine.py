import os
import signal
from pathlib import Path

from docscan.batch.engine import run
from docscan.batch.planning import Item
from docscan.batch.results import BROKE, Row, row
from docscan.settings import Settings


def items(folder: Path, *names: str) -> list[Item]:
    return [Item(folder / name, name, 1, 1) for name in names]


def work(item: Item, settings: Settings) -> Row:
    """Stands for an inspection; runs in the worker process."""
    assert settings.threads == 1
    if item.name.startswith("kills"):
        os.kill(os.getpid(), signal.SIGKILL)
    if item.name.startswith("once") and not item.path.exists():
        item.path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return row(item, {"verdict": "refer"})


def test_a_worker_that_dies_costs_only_the_document_that_kills_it(tmp_path: Path) -> None:
    names = ["a", "b", "kills", "once", "c", "d", "e"]
    rows = list(run(items(tmp_path, *names), Settings(threads=3), workers=2, work=work))
    assert sorted(line["file"] for line in rows) == sorted(names)  # nothing lost, nothing doubled
    errors = {line["file"]: line["error"]["kind"] for line in rows if line["error"]}
    assert errors == {"kills": BROKE}


def test_nothing_to_do_yields_nothing(tmp_path: Path) -> None:
    assert list(run(items(tmp_path), Settings(), workers=2, work=work)) == []
