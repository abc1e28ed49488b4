"""The installed program serving, as each test wants it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

SAMPLE = (ROOT / "datasets/samples/genuine-utopia.jpg").read_bytes()
FORGED = (ROOT / "datasets/samples/forged-utopia.jpg").read_bytes()


@dataclass(frozen=True)
class Serving:
    """A service of a test's own; ``log`` is a file, for a pipe that nobody reads would fill and stop it."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    def peak_megabytes(self) -> float:
        """The most memory that the process ever held."""
        with Path(f"/proc/{self.process.pid}/status").open() as status:
            (line,) = [line for line in status if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024

    def terminate(self) -> int:
        """Ask it to end, and return with what code it did."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Serving]:
    """Serve on a free port, with data in a folder of the test's own; killed at the end if it still runs."""
    log = folder / "log"
    command = [ROOT / ".venv/bin/docscan", "serve", "--port", "0", *options]
    settings = {"DOCSCAN_DATA": str(folder / "data"), "DOCSCAN_DOCUMENTS": str(folder / "documents"), **environment}
    with log.open("a") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **settings},
            start_new_session=True,  # so that a test may kill all its processes at once
        )
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, log.read_text()
            yield Serving(found[0], process, log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
