"""The genuine specimens that are for measuring, never for training."""

import json
import os
from pathlib import Path

FOLDER = Path(os.environ.get("DOCSCAN_REAL", Path(__file__).resolve().parents[2] / "shared" / "real"))
"""Where they are, unless a command is told otherwise; they are not part of the repository."""


def pictures(folder: Path) -> list[Path]:
    """Return the specimens' files.

    Raises
    ------
    ValueError
        The folder's ``truth.json`` names none.
    """
    if not json.loads((folder / "truth.json").read_text(encoding="utf-8")):
        raise ValueError(f"{folder / 'truth.json'} names no specimen")
    return sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
