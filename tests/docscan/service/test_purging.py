import asyncio
import logging
import time
from pathlib import Path

import pytest

from docscan.service import purging
from docscan.service.storage import vault
from docscan.service.storage.database import StorageError
from docscan.service.storage.retention import Purged, Retention
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import IMAGE
from tests.loops import run_apart


def test_it_goes_on_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    results: list[Purged | Exception] = [
        StorageError("The database does not answer."),
        RuntimeError("ERIKSSON"),
        Purged(2, 1),
        *[Purged(0, 0)] * 7,
    ]

    turns: list[bool] = []

    class Purging:
        def purge(self, *, orphans: bool) -> Purged:
            turns.append(orphans)
            if not results:
                raise asyncio.CancelledError
            result = results.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

    monkeypatch.setattr(purging, "PURGE_SECONDS", 0)
    with caplog.at_level(logging.INFO, "docscan.service"), pytest.raises(asyncio.CancelledError):
        run_apart(purging.purge_for_ever(Purging()))  # type: ignore[arg-type]
    said = [entry.getMessage() for entry in caplog.records if entry.name == "docscan.service"]
    assert said == [
        "not everything could be purged: The database does not answer.",
        "the purge broke: RuntimeError",
        "purged 2 sealed files, 1 without a row",
    ]
    assert turns == [True, *[False] * 9, True]


def test_a_service_purges_by_itself(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[Purged] = []
    purge = Retention.purge

    def noted(self: Retention, *, orphans: bool) -> Purged:
        purged.append(purge(self, orphans=orphans))
        return purged[-1]

    monkeypatch.setattr(Retention, "purge", noted)
    monkeypatch.setattr(purging, "PURGE_SECONDS", 0.05)
    make_client()
    deadline = time.monotonic() + 20
    while len(purged) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(purged) >= 2


def test_at_the_end_the_desks_files_go(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(data=tmp_path)
    assert client.post("/v1/inspections", files=IMAGE).status_code == 201
    assert len(list((tmp_path / "blobs").iterdir())) == 2
    client.__exit__(None, None, None)
    assert list((tmp_path / "blobs").iterdir()) == []
    client.__enter__()


def test_a_storage_that_is_gone_at_the_end_is_said_in_a_line(
    make_client: MakeClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(data=tmp_path)
    client.post("/v1/inspections", files=IMAGE)
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    (tmp_path / "blobs").write_text("no folder")
    client.__exit__(None, None, None)
    assert "left to the next purge" in caplog.text
    (tmp_path / "blobs").unlink()
    client.__enter__()


def test_where_workers_share_the_key_the_first_to_end_takes_nothing_from_the_others(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(vault.SHARED, vault.new_key())
    one, other = make_client(data=tmp_path), make_client(data=tmp_path)
    created = one.post("/v1/inspections", files=IMAGE)
    one.__exit__(None, None, None)
    assert other.get(created.headers["location"]).json() == created.json()
    one.__enter__()
