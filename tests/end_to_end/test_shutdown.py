import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.end_to_end.serving import SAMPLE, Serving, serving


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _send(url: str) -> httpx.Response:
    return httpx.post(f"{url}/v1/inspections", files={"visible": SAMPLE}, timeout=90)


def _refuses(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz", timeout=2)
    except httpx.TransportError:
        return True
    return False


def _children(process: int) -> list[int]:
    """Return the processes that answer; the other child is multiprocessing's own."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("processes", ["1", "2"])
def test_what_was_accepted_is_answered(tmp_path: Path, processes: str) -> None:
    with (
        serving(tmp_path, "--workers", processes, DOCSCAN_SERVICE_WORKERS="1", DOCSCAN_SERVICE_QUEUE="12") as server,
        ThreadPoolExecutor(5) as clients,
    ):
        ready = [httpx.Client(base_url=server.url, timeout=90) for _ in range(5)]  # which takes long
        answers = [clients.submit(each.post, "/v1/inspections", files={"visible": SAMPLE}) for each in ready]
        time.sleep(1)  # enough for bodies of some kilobytes, too short for five inspections
        assert not all(answer.done() for answer in answers)
        server.process.send_signal(signal.SIGTERM)
        _until(lambda: _refuses(server.url), 30)
        assert [answer.result().status_code for answer in answers] == [201] * 5
        assert server.process.wait(60) == 0
    assert "Traceback" not in server.log.read_text()


def test_a_process_that_dies_is_begun_again_and_none_outlives_the_first(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        before = _children(server.process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        _until(lambda: len(set(_children(server.process.pid)) - {before[0]}) == 2)
        assert _send(server.url).status_code == 201
        after = _children(server.process.pid)
        server.process.kill()
        _until(lambda: not any(map(_lives, after)))
    assert _refuses(server.url)


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    command = [ROOT / ".venv/bin/docscan", "serve", "--port", "0", "--workers", "2"]
    run = subprocess.run(
        command,
        env={**os.environ, "DOCSCAN_DATA": str(tmp_path), "DOCSCAN_MODELS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert run.returncode == 1
    assert "manifest" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_a_client_that_sends_no_body_holds_no_place_for_long(tmp_path: Path) -> None:
    def never_ends() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="visible"; filename="a"\r\n\r\n'
        time.sleep(4)
        yield b"pixels\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with serving(tmp_path, DOCSCAN_SERVICE_QUEUE="1", DOCSCAN_BODY_SECONDS="2") as server:
        with ThreadPoolExecutor(1) as slow, httpx.Client(base_url=server.url) as client:
            answer = slow.submit(httpx.post, f"{server.url}/v1/inspections", content=never_ends(), headers=headers)
            _until(lambda: client.get("/readyz").status_code == 503, 2)
            _until(lambda: client.get("/readyz").status_code == 200, 6)
            assert answer.result().status_code == 408
        assert server.terminate() == 0


def test_a_refused_client_has_its_answer_though_its_body_is_large(tmp_path: Path) -> None:
    """It must read 503, not find its connection broken while it sends."""
    with serving(tmp_path, DOCSCAN_SERVICE_WORKERS="1", DOCSCAN_SERVICE_QUEUE="2") as server:
        large = SAMPLE + bytes(20_000_000)

        def send(_: int) -> httpx.Response:
            return httpx.post(f"{server.url}/v1/inspections", files={"visible": large}, timeout=90)

        with ThreadPoolExecutor(12) as clients:
            answers = list(clients.map(send, range(12)))
        assert {answer.status_code for answer in answers} == {201, 503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 503)
        assert _memory(server) < 900
        assert server.terminate() == 0


def _memory(server: Serving) -> float:
    """Return the most megabytes that it ever held."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
