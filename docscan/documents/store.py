"""The library: a folder with one folder a model, ``NAME/VERSION``, written whole or not at all."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docscan.documents.model import DocumentModel
from docscan.documents.packing import FILES, MAX_BYTES, digest, pack, unpack
from docscan.documents.record import LONGEST_NAME, NAME
from docscan.errors import DocscanError, DocumentModelError, UsageError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one version of a model lies."""

    name: str
    version: int  # 0: the folder's name is no version
    path: Path

    @property
    def label(self) -> str:
        """Name and version, for messages."""
        return f"{self.name} {self.path.name}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A model with the files that it was read from, which are kept byte for byte wherever it goes."""

    model: DocumentModel
    files: Mapping[str, bytes]

    @staticmethod
    def of(files: Mapping[str, bytes], where: str) -> "Stored":
        """Verify files and read them.

        Raises
        ------
        DocumentModelError
            As ``unpack``.
        """
        return Stored(unpack(files, where), files)

    @property
    def sha256(self) -> str:
        """The hash that stands for the whole model."""
        return digest(self.files)


def checked_name(name: str) -> str:
    """Return a name that a model may have.

    Raises
    ------
    UsageError
        It has other characters than lowercase letters, digits and single dashes between them.
    """
    if not re.fullmatch(NAME, name) or len(name) > LONGEST_NAME:
        raise UsageError(
            f"A document model's name has lowercase letters, digits and dashes, {LONGEST_NAME} at most (uto-p-2019), "
            f"and is never a person's: {name[:80]!r} will not do."
        )
    return name


def entries(library: Path) -> tuple[Entry, ...]:
    """Return every version of every model, by name and version; an absent library is empty."""
    found = [
        Entry(folder.name, int(path.name) if path.name.isascii() and path.name.isdigit() else 0, path)
        for folder in _folders(library)
        for path in _folders(folder)
    ]
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.version)))


def _folders(path: Path) -> list[Path]:
    # What begins with a dot is being written, or is no business of ours.
    return [inner for inner in path.iterdir() if inner.is_dir() and inner.name[0] != "."] if path.is_dir() else []


def newest(library: Path) -> tuple[Entry, ...]:
    """Return the newest version of every model."""
    return tuple({entry.name: entry for entry in entries(library)}.values())


def find(library: Path, name: str, version: int | None = None) -> Entry:
    """Return one model, the newest version where none is named.

    Raises
    ------
    UsageError
        The library has none.
    """
    found = [entry for entry in entries(library) if entry.name == name and version in (None, entry.version)]
    if not found:
        which = name if version is None else f"{name} {version}"
        raise UsageError(f"There is no document model {which} in {library}.")
    return found[-1]


def next_version(library: Path, name: str) -> int:
    """Return the version that the next model of this name gets."""
    return 1 + max((entry.version for entry in entries(library) if entry.name == name), default=0)


def _read(entry: Entry) -> dict[str, bytes]:
    """Return a model's files.

    Raises
    ------
    DocumentModelError
        One is missing or larger than a model's can be.
    """
    files = {}
    for name in FILES:
        path = entry.path / name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise DocumentModelError(f"The document model {entry.label} is broken: {path} is too large.")
            files[name] = path.read_bytes()
        except OSError as error:
            raise DocumentModelError(
                f"The document model {entry.label} is broken: {path} cannot be read ({error.strerror})."
            ) from error
    return files


def load(entry: Entry) -> Stored:
    """Read one model and verify it.

    Raises
    ------
    DocumentModelError
        A file is missing, a hash does not agree, or the content is not of the model that the folder names.
    """
    stored = Stored.of(_read(entry), entry.label)
    model = stored.model
    if (model.name, model.version) != (entry.name, entry.version):
        raise DocumentModelError(
            f"The document model in {entry.path} is {model.name} {model.version}: it lies in the wrong folder."
        )
    return stored


def verify(library: Path) -> dict[Entry, str | None]:
    """Read every model; say what is wrong with each, or None."""
    return {entry: _fault(entry) for entry in entries(library)}


def _fault(entry: Entry) -> str | None:
    try:
        load(entry)
    except DocscanError as error:
        return str(error)
    return None


def save(library: Path, model: DocumentModel) -> Path:
    """Write a new model into a library; as ``put``."""
    return put(library, Stored(model, pack(model)))


def put(library: Path, stored: Stored, *, replace: bool = False) -> Path:
    """Write a model into a library, whole or not at all.

    Returns
    -------
    Path
        Its folder.

    Raises
    ------
    UsageError
        The library has this version already and ``replace`` is not set, or nothing can be written there.
    """
    model = stored.model
    target = library / checked_name(model.name) / str(model.version)
    with _writable(library):
        library.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=library, prefix=".new-") as scratch:
            new = Path(scratch) / "new"
            _write(new, stored.files)
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                if not replace:
                    raise UsageError(f"There is a document model {model.name} {model.version} already: {target}.")
                target.rename(Path(scratch) / "old")
            new.rename(target)
    return target


@contextmanager
def _writable(library: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"The library {library} cannot be written: {error.strerror}.") from error


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
