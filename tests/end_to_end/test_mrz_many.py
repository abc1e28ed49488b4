"""``docscan mrz`` on many files, as a person at a terminal and a program in a pipe meet it."""

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

SAMPLES = ROOT / "datasets/samples"


def _on_a_terminal(command: list[str]) -> tuple[int, bytes, str]:
    """Run a program with standard error on a terminal and standard output in a pipe."""
    controller, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment)
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(controller, 65536)
        except OSError:  # how Linux says that the other end has closed
            break
        if not piece:
            break
        shown += piece
    os.close(controller)
    assert process.stdout is not None
    out = process.stdout.read()
    return process.wait(), out, shown.decode("utf-8", "replace")


def test_a_bar_on_the_terminal_json_lines_in_the_pipe_and_a_bad_file_costs_nothing_else(tmp_path: Path) -> None:
    paths = []
    for index in range(6):
        paths.append(tmp_path / f"{index}.jpg")
        shutil.copy(SAMPLES / "genuine-utopia.jpg", paths[-1])
    paths[2].write_bytes(b"\xff\xd8\xff\xe0 no picture")
    paths.insert(4, tmp_path / "absent.jpg")
    command = [str(ROOT / ".venv/bin/docscan"), "mrz", "--json", "--workers", "2", *map(str, paths)]
    code, out, shown = _on_a_terminal(command)
    assert code == 3
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["file"] for line in lines] == [str(path) for path in paths]
    bad = {Path(line["file"]).name for line in lines if line["error"]}
    assert bad == {"2.jpg", "absent.jpg"}
    read = [line["mrz"] for line in lines if not line["error"]]
    assert all(zone is not None and zone["valid"] and zone["reader"] == "docscan" for zone in read)
    assert "Reading" in shown
    assert "7/7" in shown
    assert "{" not in shown
