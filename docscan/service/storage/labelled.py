"""Decided documents as labelled samples: what people found, with the images, for the laboratory."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from docscan.capture import format_of
from docscan.errors import UsageError
from docscan.service.storage.audit import Audit
from docscan.service.storage.opening import Storage
from docscan.service.storage.tables import Decision, Sealed
from docscan.service.storage.vocabulary import Finding, Record
from docscan.types import IMAGE_PARTS

LABELS = (Finding.GENUINE, Finding.FORGED)
"""Findings that teach something; unclear is none."""

_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WebP": ".webp", "BMP": ".bmp", "JPEG 2000": ".jp2"}


def export(storage: Storage, folder: Path, *, actor: str) -> tuple[int, int]:
    """Write each decided document whose images are kept: a folder with the images and ``label.json``.

    Parameters
    ----------
    folder
        New or empty; only its owner may enter it.

    Returns
    -------
    tuple[int, int]
        Documents written, and decided ones without an image.

    Raises
    ------
    UsageError
        The folder is not empty or cannot be written to.
    StorageError
        A sealed file cannot be opened; those before it are written.
    """
    _emptied(folder)
    done = without = 0
    for inspection_id in _decided(storage):
        record = storage.records.record(inspection_id)
        if record.summary.finding not in LABELS:
            continue
        images = _images(storage, inspection_id)
        if not images:
            without += 1
            continue
        with storage.database.begin() as session:  # before anything is written
            Audit.append(session, actor=actor, action="inspection.exported", subject=inspection_id)
        _write(folder / inspection_id, images, _label(record))
        done += 1
    return done, without


def _emptied(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if any(folder.iterdir()):
            raise UsageError(f"The folder {folder} is not empty; labelled samples go to a new one.")
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be used: {error.strerror}.") from error


def _decided(storage: Storage) -> list[str]:
    with storage.database.read() as session:
        return list(session.scalars(select(Decision.inspection_id).distinct().order_by(Decision.inspection_id)))


def _images(storage: Storage, inspection_id: str) -> dict[str, bytes]:
    with storage.database.read() as session:
        chosen = select(Sealed.name, Sealed.path).where(
            Sealed.inspection_id == inspection_id, Sealed.name.in_(IMAGE_PARTS), Sealed.expires > datetime.now(UTC)
        )
        paths = [(row.name, row.path) for row in session.execute(chosen)]
    return {name: storage.safe.get(path) for name, path in paths}


def _label(record: Record) -> dict[str, Any]:
    summary, decision = record.summary, record.decisions[-1]
    return {
        "inspection": summary.id,
        "inspected": summary.created.isoformat(),
        "finding": decision.finding.value,
        "kind": None if decision.kind is None else decision.kind.value,
        "line": decision.line,
        "decided": decision.at.isoformat(),
        "issuing_state": summary.issuing_state,
        "document_code": summary.document_code,
        "format": summary.format,
        "model": summary.model,
        "verdict": summary.verdict.value,
        "log10_lr": summary.log10_lr,
    }


def _write(folder: Path, images: Mapping[str, bytes], label: Mapping[str, Any]) -> None:
    try:
        folder.mkdir(mode=0o700)
        for name, data in _files(images, label):
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
    except OSError as error:
        raise UsageError(f"The samples cannot be written to {folder}: {error.strerror}.") from error


def _files(images: Mapping[str, bytes], label: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for light, data in images.items():
        yield light + _SUFFIXES.get(format_of(data) or "", ""), data
    yield "label.json", json.dumps(label, indent=2).encode()
