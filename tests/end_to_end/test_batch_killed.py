import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.conftest import ROOT

SAMPLE = (ROOT / "datasets/samples/genuine-utopia.jpg").read_bytes()
COUNT = 5


def _rows(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line for line in path.read_text().splitlines() if line.endswith("}")]


def test_a_killed_batch_goes_on_where_it_was(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for index in range(COUNT):
        # A trailing byte makes each file another one; decoders ignore what follows the image.
        (source / f"{index:02d}.jpg").write_bytes(SAMPLE + bytes([index]))
    command = [ROOT / ".venv/bin/docscan", "batch", str(source), "--out", str(out), "--workers", "2"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while len(_rows(out / "results.jsonl")) < 1 and time.monotonic() < deadline:
        assert process.poll() is None, "the batch ended by itself"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(_rows(out / "results.jsonl"))
    assert 1 <= done < COUNT
    with (out / "results.jsonl").open("a") as torn:
        torn.write('{"file": "04.jp')  # what a kill in the middle of a line leaves
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    names = sorted(Path(row["file"]).name for row in rows)
    assert names == [f"{index:02d}.jpg" for index in range(COUNT)]
    assert all(row["error"] is None for row in rows)
    assert f"Inspected {COUNT - done} now" in " ".join(again.stderr.split())
