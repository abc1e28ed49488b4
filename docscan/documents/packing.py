"""A document model as three plain files, with their hashes; what does not hold together is refused.

``model.json`` and ``arrays.npz`` are the model; ``SHA256`` has the hash of both, for ``sha256sum -c`` too.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from docscan.documents.model import DocumentModel
from docscan.documents.record import Record, arrays_of, model_of, record_of
from docscan.errors import DocumentModelError

RECORD, ARRAYS, HASHES = "model.json", "arrays.npz", "SHA256"
FILES = (RECORD, ARRAYS, HASHES)
MAX_BYTES = 4_000_000  # of one file, and of all arrays unpacked; a model with three lights has some 500,000


def pack(model: DocumentModel) -> dict[str, bytes]:
    """Return a model's files by name; the same model makes the same bytes."""
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays_of(model))
    text = json.dumps(record_of(model).model_dump(mode="json", by_alias=True), indent=2, sort_keys=True)
    files = {RECORD: f"{text}\n".encode(), ARRAYS: written.getvalue()}
    return {**files, HASHES: _hashes(files)}


def _hashes(files: Mapping[str, bytes]) -> bytes:
    """Return what ``sha256sum model.json arrays.npz`` says."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in (RECORD, ARRAYS)).encode()


def digest(files: Mapping[str, bytes]) -> str:
    """Return the sha256 that stands for the whole model."""
    return hashlib.sha256(files[HASHES]).hexdigest()


def unpack(files: Mapping[str, bytes], where: str) -> DocumentModel:
    """Make a model of its files.

    Parameters
    ----------
    files
        By name, exactly ``FILES``.
    where
        They came from, for the message.

    Raises
    ------
    DocumentModelError
        A hash does not agree, or the content is not of a document model.
    """
    if files[HASHES] != _hashes(files):
        raise DocumentModelError(
            f"The document model {where} is not as it was enrolled: the sha256 of {RECORD} and {ARRAYS} do not agree "
            f"with {HASHES}. Put the right files back, or import it again."
        )
    try:
        return model_of(Record.model_validate_json(files[RECORD]), _arrays(files[ARRAYS]))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise DocumentModelError(
            f"The document model {where} cannot be understood: {place}: {fault['msg']}."
        ) from error
    except (ValueError, OSError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise DocumentModelError(f"The document model {where} cannot be understood: {error}.") from error


def _arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Read arrays; a stranger's file may claim to unpack into more than the memory holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
            raise ValueError(f"its arrays are larger than {MAX_BYTES:,} bytes")
    with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}
