from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.killing import run, settings_for
from tests.postgres import empty_database, running

KILLS = 1  # make bench-kills has fifty


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'docscan.db'}"
        return
    with running() as server:
        yield empty_database(server)


def test_what_was_acknowledged_outlives_a_kill(database_url: str, tmp_path: Path) -> None:
    outcome = run(settings_for(tmp_path / "data", database_url), KILLS, seed=20261126)
    assert outcome.faults == []
    assert outcome.kills == KILLS
    assert len(outcome.acknowledged) >= 2 * KILLS
    assert outcome.unanswered  # a kill did interrupt something
    assert outcome.audit_entries >= len(outcome.acknowledged)
    assert "Traceback" not in (tmp_path / "log").read_text()
