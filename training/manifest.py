"""Writes ``models/manifest.json``, one entry at a time."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docscan.runtime import SCHEMA, Calibration, Manifest, ManifestEntry


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
    known = _known(folder)
    known["models"][name] = entry.model_dump()
    _write(folder, known)
    return entry


def remeasured(
    folder: Path,
    name: str,
    error_rates: dict[str, float],
    evaluation: dict[str, Any],
    parameters: dict[str, Any] | None = None,
) -> None:
    """Write anew what was measured of a model that stays as it is; ``evaluation`` says on what.

    ``parameters`` are those that changed, its calibration perhaps.
    """
    known = _known(folder)
    entry = known["models"][name]
    entry["error_rates"] = error_rates
    entry["dataset"] |= evaluation
    entry["parameters"] |= parameters or {}
    _write(folder, known)


def calibrated(folder: Path, checks: dict[str, Calibration]) -> None:
    """Write the calibrations of measured checks, and keep the others."""
    known = _known(folder)
    known.setdefault("checks", {}).update({name: one.model_dump() for name, one in checks.items()})
    _write(folder, known)


def _known(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"schema": SCHEMA, "models": {}}


def _write(folder: Path, known: dict[str, Any]) -> None:
    Manifest.model_validate(known)
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
