import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of real specimen images with their truth.json, which are not part of this repository."""
    folder = Path(os.environ.get("DOCSCAN_REAL", ROOT.parent / "shared" / "real"))
    if not (folder / "truth.json").is_file():
        pytest.fail(f"The real specimen images are not at {folder}; set DOCSCAN_REAL to their folder.")
    return folder
