import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# As many processes test as there are cores: further threads of each would wait for one another, which libraries do by
# spinning. Before any of them is imported; processes that tests begin get it too.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "DOCSCAN_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parent.parent


# Tests that share what is long to make: one process has all of a group. By the beginnings of their names.
GROUPS = {
    "tests/training/region/": "region",
    "tests/docscan/documents/": "documents",
    "tests/docscan/checks/": "documents",
    "tests/docscan/visual/test_read.py": "visual",
    "tests/docscan/test_specimens.py": "specimens",
    "tests/training/mrz/": "mrz",
    "tests/end_to_end/test_pa": "served",
    "tests/end_to_end/test_corrupt_rest.py": "served",
    "tests/end_to_end/test_accessibility.py": "accessible",
    "tests/end_to_end/test_log.py": "log",
}


class Grouped(LoadScopeScheduling):
    """Gives each test to whichever process is free, but a group to one; pytest 9 knows no marks for it (xdist 3.8)."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for start, group in GROUPS.items() if nodeid.startswith(start)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return Grouped(config, log)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of real specimen images with their truth.json, which are not part of this repository."""
    folder = Path(os.environ.get("DOCSCAN_REAL", ROOT.parent / "shared" / "real"))
    if not (folder / "truth.json").is_file():
        pytest.fail(f"The real specimen images are not at {folder}; set DOCSCAN_REAL to their folder.")
    return folder
