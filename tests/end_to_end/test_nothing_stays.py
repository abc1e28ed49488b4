"""With retention off, nothing of a holder is in database, write-ahead log, files or logs; nor after the end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from docscan.service.storage.vault import new_key
from tests.conftest import ROOT
from tests.docscan.service.holders import all_bytes, found_in, said_of_holder
from tests.end_to_end.serving import serving

SAMPLES = [ROOT / "datasets/samples" / name for name in ("genuine-utopia.jpg", "forged-utopia.jpg")]
IMAGES = tuple(sample.read_bytes() for sample in SAMPLES)


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    with serving(folder, **settings) as service, httpx.Client(base_url=service.url, timeout=60) as client:
        yield client, service.process


def inspected(client: httpx.Client) -> set[str]:
    """Inspect, look and decide as an officer does; return what tells who carried the documents."""
    said: set[str] = set()
    for image in IMAGES:
        answer = client.post("/v1/inspections", files={"visible": ("page.jpg", image)})
        assert answer.status_code == 201
        said |= said_of_holder(answer.json())
        location = answer.headers["location"]
        assert "data:image/jpeg" in client.get(location, headers={"Accept": "text/html"}).text
        assert client.get(location).json() == answer.json()
        assert client.post(f"{location}/decision", json={"finding": "unclear"}).status_code == 201
    assert len(said) > 12
    return said


def retention(command: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCSCAN_DATA": str(folder / "data"), **settings}
    program = [ROOT / ".venv/bin/docscan", "retention", command]
    return subprocess.run(program, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_a_holder_is_on_the_disk(tmp_path: Path, ended: signal.Signals) -> None:
    with served(tmp_path) as (client, process):
        said = inspected(client)
        sealed = list((tmp_path / "data/blobs").iterdir())
        assert len(sealed) == 4
        assert (tmp_path / "data/docscan.db-wal").stat().st_size > 0
        assert found_in(all_bytes(tmp_path), said, IMAGES) == []
        proof = retention("prove", tmp_path)
        assert (proof.returncode, proof.stderr) == (0, "")
        assert "4 open under the memory of a running service alone" in proof.stdout
        process.send_signal(ended)
        process.wait(30)
    assert found_in(all_bytes(tmp_path), said, IMAGES) == []
    left = list((tmp_path / "data/blobs").iterdir())
    assert left == [] if ended is signal.SIGTERM else len(left) == 4  # which nobody can open any more
    assert retention("prove", tmp_path).returncode == 0


def test_what_is_kept_is_sealed_and_the_key_alone_opens_it(tmp_path: Path) -> None:
    key = {"DOCSCAN_KEYS": new_key()}
    with served(tmp_path, DOCSCAN_RETENTION_DAYS="30", **key) as (client, process):
        said = inspected(client)
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM)
    assert found_in(all_bytes(tmp_path), said, IMAGES) == []
    proof = retention("prove", tmp_path, **key)
    assert proof.returncode == 0
    assert "6 sealed files open under keys that are here" in proof.stdout
    lost = retention("prove", tmp_path, DOCSCAN_KEYS=new_key())
    assert lost.returncode == 1
    assert "is not among those of DOCSCAN_KEY_FILE" in lost.stderr
