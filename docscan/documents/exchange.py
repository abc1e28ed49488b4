"""A document model as one zip, to go from office to office; a stranger's is read by its members, never unpacked."""

import zipfile
import zlib
from pathlib import Path

from docscan.documents.packing import FILES, MAX_BYTES
from docscan.documents.store import Entry, Stored, load
from docscan.errors import DocumentModelError, UsageError

SUFFIX = ".docmodel.zip"


def export(entry: Entry, path: Path) -> None:
    """Write a model, verified, as one zip; an existing file is not overwritten.

    Raises
    ------
    DocumentModelError
        The model is broken.
    UsageError
        The file exists or cannot be written.
    """
    stored = load(entry)
    try:
        with path.open("xb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in stored.files.items():
                archive.writestr(zipfile.ZipInfo(name), data)  # no time: the same model makes the same zip
    except FileExistsError as error:
        raise UsageError(f"There is a file {path} already.") from error
    except OSError as error:
        raise UsageError(f"The document model cannot be written to {path}: {error.strerror}.") from error


def read_export(path: Path) -> Stored:
    """Read an exported model and verify it.

    Raises
    ------
    UsageError
        The file cannot be read.
    DocumentModelError
        It is no exported model: it has other members than a model's files, they are too large, or do not agree.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = _members(archive, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        # Damaged, packed in a way that Python does not know, or encrypted.
        raise DocumentModelError(f"{path} is not an exported document model: {error}.") from error
    stored = Stored.of(files, f"in {path}")
    for picture in stored.model.pictures.values():
        picture.image, picture.known  # noqa: B018  - unpacked once: what a stranger sent is not kept unseen
    return stored


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    """Return the members' bytes; names are compared, never used as paths."""
    if sorted(archive.namelist()) != sorted(FILES):
        raise DocumentModelError(
            f"{path} is not an exported document model: it holds other files than {', '.join(FILES)}."
        )
    files = {}
    for name in FILES:
        with archive.open(name) as member:
            files[name] = member.read(MAX_BYTES + 1)  # what the header claims of the size is not believed
        if len(files[name]) > MAX_BYTES:
            raise DocumentModelError(f"{path} is not an exported document model: its {name} is too large.")
    return files
