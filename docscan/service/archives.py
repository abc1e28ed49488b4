"""Documents in a zip: nothing is unpacked to a path of its choosing, nor beyond the limits that it is read with."""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from docscan.batch.planning import IMAGE_SUFFIXES
from docscan.errors import DocscanError, TooLargeError

# Of ZIP's methods those whose memory is small whatever the file says.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

# Pictures hardly shrink; what unpacks to more than this times its size was made to fill a disk.
_MOST_UNPACKED = 100
_ANYWAY = 10_000_000  # bytes that are no harm whatever they came from

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_LONGEST_END = 22 + 65_535  # the record and its comment
_ENTRY_BYTES = 46 + 400  # of the directory, with a name


class ArchiveError(DocscanError):
    """The zip is not one that documents are taken from."""

    status = 422
    title = "The zip cannot be taken"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a zip may hold."""

    documents: int
    file_bytes: int
    bytes: int


def documents_of(file: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield the images of a zip, in its order; what is no image by its name is passed over.

    Parameters
    ----------
    file
        The zip, at any place.
    limits
        What it says of itself is held against them before anything is unpacked.

    Raises
    ------
    ArchiveError
        It is none, is damaged or encrypted, holds paths that lead out of it, or is made to be larger than it looks.
    TooLargeError
        It holds too much.
    """
    _refuse_long_directories(file, limits.documents)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in entries:
                _refuse_odd(entry)
            images = [entry for entry in entries if _is_image(entry.filename)]
            _refuse_large(images, limits)
            for entry in images:
                # zipfile reads no more than the entry's size, which was looked at.
                yield archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError, ValueError, OSError) as error:
        raise ArchiveError("The zip is damaged, or is none.") from error


def _refuse_long_directories(file: IO[bytes], documents: int) -> None:
    """Refuse a directory that would fill memory as it is read: zipfile reads the whole of it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END - 20))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise ArchiveError("The zip is damaged, or is none.")
    if tail[max(0, end - 20) : end].startswith(_END_64):
        raise ArchiveError("The zip is of the large kind (ZIP64); send several smaller ones.")
    # Folders and what is passed over come on top.
    if int.from_bytes(tail[end + 12 : end + 16], "little") > (4 * documents + 100) * _ENTRY_BYTES:
        raise TooLargeError(f"The zip lists too many files: a batch may have {documents:,} documents.")


def _refuse_odd(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise ArchiveError("The zip holds a path that leads out of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveError("The zip holds a link.")
    if entry.flag_bits & 0x1:
        raise ArchiveError("The zip is encrypted.")
    if entry.compress_type not in _METHODS:
        raise ArchiveError("The zip is packed by a method other than deflate.")


def _is_image(name: str) -> bool:
    path = PurePosixPath(name)
    # macOS puts its own files beside the pictures, under their names.
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith("._") and "__MACOSX" not in path.parts


def _refuse_large(images: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not images:
        raise ArchiveError("The zip holds no image by its name.")
    if len(images) > limits.documents:
        raise TooLargeError(f"The zip holds {len(images):,} documents; {limits.documents:,} are the most.")
    if max(entry.file_size for entry in images) > limits.file_bytes:
        raise TooLargeError(f"The zip holds a file of more than {limits.file_bytes:,} bytes.")
    unpacked, packed = sum(entry.file_size for entry in images), sum(entry.compress_size for entry in images)
    if unpacked > limits.bytes:
        raise TooLargeError(f"The zip holds {unpacked:,} bytes; {limits.bytes:,} are the most.")
    if unpacked > _MOST_UNPACKED * packed + _ANYWAY:
        raise ArchiveError("The zip unpacks to far more than pictures do.")
