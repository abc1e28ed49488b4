"""What a batch consists of: a source becomes a list of work, and a first run's results shorten it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docscan.errors import UsageError

# Names under which a folder's images are looked for; a list names its files, whatever they are called.
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp", ".bmp", ".jp2", ".j2k", ".jpx"})

_LONGEST_LIST = 100_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Item:
    """One file to inspect; equal keys mean that nothing changed since it was inspected."""

    path: Path
    name: str  # relative to the source, with forward slashes: what the results call it
    size: int  # bytes; -1: the file is not there
    mtime_ns: int

    @property
    def key(self) -> tuple[str, int, int]:
        """Identify the file and its content without reading it."""
        return self.name, self.size, self.mtime_ns


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a batch, in the order of names (a list: in its own order)."""

    items: tuple[Item, ...]
    passed_over: int = 0  # files of a folder that are no images by their names


def plan(source: Path) -> Plan:
    """Turn a source into work.

    Parameters
    ----------
    source
        A folder (searched recursively), an image, or a text file that names one image a line, relative to
        itself; empty lines and lines that begin with ``#`` are left out.

    Raises
    ------
    UsageError
        The source does not exist, or is neither of these.
    """
    if source.is_dir():
        return _folder(source)
    if not source.is_file():
        raise UsageError(f"There is no folder, list or image at {source}.")
    if source.suffix.lower() in IMAGE_SUFFIXES:
        return Plan((_item(source, source.name),))
    return _list(source)


def missing(items: Iterable[Item], done: set[tuple[str, int, int]]) -> list[Item]:
    """Return the items whose results are not there yet."""
    return [item for item in items if item.key not in done]


def _item(path: Path, name: str) -> Item:
    try:
        status = path.stat()
    except OSError:
        return Item(path, name, -1, 0)  # its row will say that it cannot be read
    return Item(path, name, status.st_size, status.st_mtime_ns)


def _folder(source: Path) -> Plan:
    files = sorted(path for path in source.rglob("*") if path.is_file())
    images = [path for path in files if path.suffix.lower() in IMAGE_SUFFIXES]
    items = tuple(_item(path, path.relative_to(source).as_posix()) for path in images)
    return Plan(items, passed_over=len(files) - len(images))


def _list(source: Path) -> Plan:
    if source.stat().st_size > _LONGEST_LIST:
        raise UsageError(f"{source} is too large for a list of files.")
    try:
        text = source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{source} is neither a folder, an image by its name, nor a text file that names images."
        ) from error
    if "\0" in text:
        raise UsageError(f"{source} is neither a folder, an image by its name, nor a text file that names images.")
    lines = (line.strip() for line in text.splitlines())
    # A file named twice is inspected once.
    names = dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    return Plan(tuple(_item(source.parent / name, name) for name in names))
