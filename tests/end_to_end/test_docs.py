import os
import re
import subprocess
from pathlib import Path

import pytest

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from tests.conftest import ROOT
from tests.end_to_end.serving import FORGED, SAMPLE, serving

PAGE = ROOT / "docs" / "rest.md"


def _key(folder: Path) -> str:
    command = [ROOT / ".venv/bin/docscan", "keys", "add", "docs"]
    for scope in ("inspect", "read", "decide"):
        command += ["--scope", scope]
    made = subprocess.run(
        command,
        env={**os.environ, "DOCSCAN_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"dsk_\w+_[\w-]+", made.stdout)
    assert found, made.stdout
    return found[0]


def test_what_the_page_on_rest_says_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 9
    monkeypatch.setenv("DOCSCAN_KEY", _key(tmp_path))
    monkeypatch.chdir(tmp_path)
    Path("passport.jpg").write_bytes(SAMPLE)
    Path("card.jpg").write_bytes(FORGED)
    for kind in (Kind.TD1_FRONT, Kind.TD1_BACK):
        made = make(Order(4711, 1, "UTO", kind, GENUINE), ("visible",), "reader", 250)
        Path(f"card-{kind.removeprefix('TD1-')}.jpg").write_bytes(made.captured.files["visible"][0])
    with serving(tmp_path) as server:
        names: dict[str, object] = {}
        for number, block in enumerate(blocks, 1):
            code = compile(block.replace("http://127.0.0.1:8080", server.url), f"{PAGE}, block {number}", "exec")
            exec(code, names)
        assert server.terminate() == 0
