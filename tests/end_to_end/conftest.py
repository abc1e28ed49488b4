import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that shows a moving picture, and nobody who is asked.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[str]

    def peak_megabytes(self) -> float:
        """The most memory that the process ever held."""
        with Path(f"/proc/{self.process.pid}/status").open() as status:
            (line,) = [line for line in status if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The installed program, serving on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("server")
    log = folder / "log"
    command = [ROOT / ".venv/bin/docscan", "serve", "--port", "0"]
    with log.open("w") as errors:  # a file: a pipe that nobody reads would fill and stop the server
        environment = {**os.environ, "DOCSCAN_DATA": str(log.parent / "data")}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, log.read_text()
        yield Server(found[0], process)
        process.terminate()
        assert process.wait(20) in (0, -15)
    assert "Traceback" not in log.read_text()
    assert "utopia" not in log.read_text()  # no file's name


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
