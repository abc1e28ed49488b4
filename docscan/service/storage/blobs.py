"""Files of sealed bytes: in a folder of this machine, or wherever fsspec reaches (S3-compatible storage by URL)."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from docscan.errors import UsageError
from docscan.service.storage.database import StorageError, private_folder


class MissingError(StorageError):
    """There is no file of this name."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that lies there."""

    path: str
    modified: datetime


class Blobs:
    """A flat folder of files, each written once.

    Parameters
    ----------
    url
        A folder, or a URL of fsspec.

    Raises
    ------
    UsageError
        fsspec knows no such URL, what it needs for it is not installed, or the folder cannot be made.
    """

    def __init__(self, url: str) -> None:
        try:
            # Without a cache: other processes write and delete here too.
            self._files, self._root = url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise UsageError(f"The setting DOCSCAN_BLOBS cannot be used: {error}.") from error
        self._folder = Path(self._root) if isinstance(self._files, LocalFileSystem) else None
        if self._folder is not None:
            private_folder(self._folder)

    def write(self, path: str, data: bytes, *, durable: bool) -> None:
        """Write a file, whole or not at all.

        Parameters
        ----------
        durable
            It outlives a loss of power.

        Raises
        ------
        StorageError
            It could not be written.
        """
        with _reached():
            if self._folder is None:
                self._files.pipe_file(f"{self._root}/{path}", data)
            else:
                _write_locally(self._folder, path, data, durable=durable)

    def read(self, path: str) -> bytes:
        """Return what a file holds.

        Raises
        ------
        MissingError
            There is no such file.
        StorageError
            It could not be read.
        """
        with _reached():
            return bytes(self._files.cat_file(f"{self._root}/{path}"))

    def remove(self, paths: Collection[str]) -> None:
        """Delete files; what is not there is passed over.

        Raises
        ------
        StorageError
            One could not be deleted.
        """
        for path in paths:
            try:
                with _reached():
                    self._files.rm_file(f"{self._root}/{path}")
            except MissingError:
                continue

    def every(self) -> Iterator[Listed]:
        """List all files, those half written too.

        Raises
        ------
        StorageError
            They could not be listed.
        """
        try:
            with _reached():
                entries = self._files.ls(self._root, detail=True)
        except MissingError:  # S3 knows no empty folders
            return
        for entry in entries:
            if entry["type"] == "file":
                yield Listed(entry["name"].rpartition("/")[2], _modified(entry))


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingError("A sealed file is not where it was put.") from error
    except Exception as error:  # each of fsspec's file systems has errors of its own, and their texts name places
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise StorageError(f"The place of the sealed files cannot be used ({reason}).") from error


def _write_locally(folder: Path, path: str, data: bytes, *, durable: bool) -> None:
    """Write as fsspec cannot promise to: to a temporary name, to the disk, and only then under its own name."""
    temporary = folder / f"{path}.part"
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(folder / path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _modified(entry: dict[str, Any]) -> datetime:
    moment = entry.get("LastModified") or entry.get("mtime") or entry.get("created")
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(moment or 0), UTC)
