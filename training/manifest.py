"""Writes ``models/manifest.json``, one entry at a time."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docscan.runtime import SCHEMA, Manifest, ManifestEntry


def update_manifest(
    folder: Path,
    name: str,
    *,
    file: str,
    version: str,
    dataset: dict[str, Any],
    error_rates: dict[str, float],
    parameters: dict[str, Any],
) -> ManifestEntry:
    """Put a model's entry into the manifest of a folder, and keep the others.

    The sha256 is computed from the file, which must be in the folder already.
    """
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    entry = ManifestEntry(
        file=file,
        version=version,
        sha256=digest,
        created=datetime.now(UTC).date().isoformat(),
        dataset=dataset,
        error_rates=error_rates,
        parameters=parameters,
    )
    path = folder / "manifest.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"schema": SCHEMA, "models": {}}
    known["models"][name] = entry.model_dump()
    Manifest.model_validate(known)
    path.write_text(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return entry
