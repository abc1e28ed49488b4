import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx

from docscan.service.storage.vault import new_key
from tests.end_to_end.serving import FORGED, SAMPLE, Serving, serving

COUNT = 5


def _send(server: Serving) -> str:
    files = [("visible", (f"{number}.jpg", FORGED if number % 2 else SAMPLE)) for number in range(COUNT)]
    accepted = httpx.post(f"{server.url}/v1/batches", files=files, timeout=60)
    assert accepted.status_code == 202
    return accepted.headers["location"]


def _progress(server: Serving, location: str) -> dict[str, Any]:
    return dict(httpx.get(server.url + location, timeout=60).json())


def _until_done(server: Serving, location: str, count: int) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while (found := _progress(server, location))["documents"]["done"] < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_a_batch_outlives_a_killed_service(tmp_path: Path) -> None:
    settings = {"DOCSCAN_KEYS": new_key()}
    with serving(tmp_path, "--workers", "2", **settings) as server:
        location = _send(server)
        _until_done(server, location, 1)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
    with serving(tmp_path, "--workers", "2", **settings) as server:
        found = _until_done(server, location, COUNT)
        assert found["documents"] == {"waiting": 0, "done": COUNT, "failed": 0}
        assert found["ended"] is not None
        reports = [httpx.get(server.url + item["inspection"]).json() for item in found["items"]]
        assert len({report["id"] for report in reports}) == COUNT
        listed = httpx.get(f"{server.url}/v1/inspections").json()["inspections"]
        assert len(listed) == COUNT  # none twice
        assert server.terminate() == 0
    assert "Traceback" not in server.log.read_text()


def test_without_a_key_what_waited_says_that_it_is_lost(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        location = _send(server)
        assert server.terminate() == 0  # what is being inspected is ended, what waits is not
    with serving(tmp_path) as server:
        deadline = time.monotonic() + 30
        while (found := _progress(server, location))["documents"]["waiting"]:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        assert found["documents"]["failed"] >= COUNT - 2
        assert all("send it again" in item["error"] for item in found["items"] if item["state"] == "failed")
        assert not list((tmp_path / "data" / "blobs").glob("*"))
        assert server.terminate() == 0
