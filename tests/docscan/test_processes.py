"""As many threads as were asked for: libraries begin their own, which spin where nobody tells them not to."""

import subprocess
import sys

import cv2
import pytest
from threadpoolctl import threadpool_info

from docscan.processes import pool
from tests.conftest import ROOT


def _of_libraries() -> list[int]:
    import scipy.linalg  # noqa: F401 - loaded after the process was begun

    blas = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
    return [cv2.getNumThreads(), *blas]


def test_an_inspection_leaves_libraries_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    script = """
from pathlib import Path
import cv2
from docscan.capture import ImageFile
from docscan.inspection import inspect
from docscan.tools import open_tools
from docscan.settings import Settings
from threadpoolctl import threadpool_info

inspect(ImageFile("sample", Path("datasets/samples/genuine-utopia.jpg").read_bytes()), tools=open_tools(Settings()))
print(cv2.getNumThreads(), *(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"))
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, capture_output=True, text=True)
    assert set(done.stdout.split()) == {"1"}


def test_a_process_of_a_pool_leaves_libraries_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    with pool(1) as process:
        assert set(process.submit(_of_libraries).result()) == {1}
