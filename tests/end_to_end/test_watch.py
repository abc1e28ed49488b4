"""docscan watch, as it is installed, against the service: also when it is killed, also when the service is."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from PIL import Image

from tests.conftest import ROOT
from tests.end_to_end.serving import Serving

SAMPLES = ROOT / "datasets/samples"


def _watch(folder: Path, url: str, *options: str) -> subprocess.Popen[str]:
    command = [str(ROOT / ".venv/bin/docscan"), "watch", str(folder), "--url", url, "--settled", "0.2", *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})


def _ids(url: str) -> set[str]:
    return {one["id"] for one in httpx.get(f"{url}/v1/inspections", params={"limit": 200}).json()["inspections"]}


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def _different(sample: Path, remark: str, target: Path) -> None:
    """Write a sample again so that its bytes are its own."""
    Image.open(sample).convert("RGB").save(target, quality=90, comment=remark.encode())


def test_a_reader_writes_and_its_lights_arrive_as_one_document(server: Serving, tmp_path: Path) -> None:
    before = _ids(server.url)
    shutil.copy(SAMPLES / "genuine-utopia.jpg", tmp_path / "7_VIS.jpg")
    shutil.copy(SAMPLES / "genuine-utopia.jpg", tmp_path / "7_IR.jpg")
    shutil.copy(SAMPLES / "genuine-utopia.jpg", tmp_path / "portrait.jpg")  # not named by the pattern
    watcher = _watch(tmp_path, server.url, "--once", "--patience", "1")
    _, said = watcher.communicate(timeout=90)
    assert watcher.returncode == 0, said
    (new,) = _ids(server.url) - before
    report = httpx.get(f"{server.url}/v1/inspections/{new}").json()
    outcomes = {check["id"]: check["outcome"] for check in report["checks"]}
    assert outcomes["ir.image"] != "not_performed"
    assert outcomes["uv.image"] == "not_performed"
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["7_IR.jpg", "7_VIS.jpg"]
    assert (tmp_path / "portrait.jpg").exists()
    assert "7_VIS" not in said


def test_a_killed_watcher_sends_nothing_twice(server: Serving, tmp_path: Path) -> None:
    before = _ids(server.url)
    for number in range(4):
        _different(SAMPLES / "genuine-utopia.jpg", f"killed {number}", tmp_path / f"{number}_VIS.jpg")
    first = _watch(tmp_path, server.url, "--lights", "visible")
    time.sleep(1.6)  # some are sent, others not
    first.kill()
    first.communicate()
    second = _watch(tmp_path, server.url, "--lights", "visible", "--once")
    _, said = second.communicate(timeout=120)
    assert second.returncode == 0, said
    assert len(_ids(server.url) - before) == 4
    assert len(list((tmp_path / "done").iterdir())) == 4


def test_it_ends_when_it_is_told_to(server: Serving, tmp_path: Path) -> None:
    watcher = _watch(tmp_path, server.url)
    time.sleep(2)
    watcher.terminate()
    assert watcher.wait(10) == 0


def test_what_is_no_image_is_put_aside(server: Serving, tmp_path: Path) -> None:
    (tmp_path / "3_VIS.jpg").write_text("no image")
    watcher = _watch(tmp_path, server.url, "--once", "--lights", "visible")
    _, said = watcher.communicate(timeout=60)
    assert "failed" in said
    _until(lambda: (tmp_path / "failed/3_VIS.jpg").exists(), 1)
