import os
from pathlib import Path

import pytest

# As many processes test as there are cores: further threads of each would wait for one another, which libraries do by
# spinning. Before any of them is imported; processes that tests begin get it too.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "DOCSCAN_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of real specimen images with their truth.json, which are not part of this repository."""
    folder = Path(os.environ.get("DOCSCAN_REAL", ROOT.parent / "shared" / "real"))
    if not (folder / "truth.json").is_file():
        pytest.fail(f"The real specimen images are not at {folder}; set DOCSCAN_REAL to their folder.")
    return folder
