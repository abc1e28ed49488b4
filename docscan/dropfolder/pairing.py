"""Which files of a folder are one document, and when they are all there."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docscan.errors import UsageError

DEFAULT_PATTERN = "{id}_{light}.{ext}"
LIGHTS = ("visible", "uv", "ir")
_OTHER = "other_"  # before the light, of a card's other side

# What page readers call their lights, in small letters.
_WORDS = {
    "visible": ("visible", "vis", "white", "wl", "rgb"),
    "uv": ("uv365", "uv-a", "uva", "uv", "ultraviolet"),
    "ir": ("infrared", "ir", "nir", "b900"),
}
_LIGHT_OF = {word: light for light, words in _WORDS.items() for word in words}
# And the sides of a card, the one that they have of other documents too first.
_FRONT, _BACK = ("front", "recto", "f", "1"), ("back", "rear", "verso", "b", "2")
_EXTENSIONS = ("jpeg", "jpg", "png", "tiff", "tif", "webp", "bmp", "jp2", "j2k")


@dataclass(frozen=True, slots=True)
class Named:
    """What a file's name says."""

    document: str
    part: str  # of ``IMAGE_PARTS``


class Pattern:
    """How a page reader names its files.

    Parameters
    ----------
    text
        A file's name with ``{id}`` (what the files of one document share), ``{side}``, ``{light}`` and ``{ext}`` in it;
        without ``{light}`` every file is under visible light, without ``{side}`` every document has one side.

    Raises
    ------
    UsageError
        It has no ``{id}``, or something else in braces, or one of them twice.
    """

    def __init__(self, text: str) -> None:
        names = re.findall(r"{(.*?)}", text)
        if "id" not in names or set(names) - {"id", "side", "light", "ext"} or len(names) != len(set(names)):
            raise UsageError(
                f"The pattern {text} has not {{id}} once, and {{side}}, {{light}} and {{ext}} once or not at all."
            )
        self.has_sides = "side" in names
        groups = {
            "id": "(?P<id>.+?)",
            "side": f"(?P<side>{'|'.join(map(re.escape, (*_FRONT, *_BACK)))})",
            "light": f"(?P<light>{'|'.join(map(re.escape, _LIGHT_OF))})",
            "ext": f"(?:{'|'.join(_EXTENSIONS)})",
        }
        pieces = re.split(r"{(id|side|light|ext)}", text)
        expression = "".join(groups[piece] if odd % 2 else re.escape(piece) for odd, piece in enumerate(pieces))
        self._expression = re.compile(expression, re.IGNORECASE)

    def read(self, name: str) -> Named | None:
        """Return what a file's name says; None where it does not follow the pattern."""
        found = self._expression.fullmatch(name)
        if found is None:
            return None
        parts = found.groupdict()
        light = _LIGHT_OF[(parts.get("light") or "visible").lower()]
        return Named(parts["id"], _OTHER + light if (parts.get("side") or "").lower() in _BACK else light)


@dataclass(frozen=True, slots=True)
class Document:
    """The files of one document, by what the service calls them."""

    files: Mapping[str, Path]

    @staticmethod
    def of(files: Mapping[str, Path]) -> "Document":
        """Return the document of some files; a back without its front is a document of its own."""
        if all(part.startswith(_OTHER) for part in files):
            return Document({part.removeprefix(_OTHER): path for part, path in files.items()})
        return Document(files)

    @property
    def whole(self) -> bool:
        """Whether it has the image without which nothing can be inspected."""
        return "visible" in self.files


@dataclass(frozen=True, slots=True)
class _Seen:
    size: int
    changed: int  # nanoseconds, as the file system says
    since: float  # of the watcher's clock


class Folder:
    """A folder that is looked at again and again.

    Parameters
    ----------
    path
        The folder; what lies in folders within is not seen.
    pattern
        How its files are named.
    lights
        Those of a document that is whole: it goes at once when they are there, where files' names tell sides those of
        both.
    settled
        Seconds for which a file must not have changed: it may still be written.
    patience
        Seconds that a document waits for its other lights and side; what has no visible image waits ten times as long.
    """

    def __init__(
        self, path: Path, pattern: Pattern, lights: Collection[str], *, settled: float, patience: float
    ) -> None:
        self.path = path
        self._pattern = pattern
        self._wanted = set(lights) | ({_OTHER + light for light in lights} if pattern.has_sides else set())
        self._settled = settled
        self._patience = patience
        self._seen: dict[Path, _Seen] = {}

    def ready(self, now: float) -> list[Document]:
        """Look, and return the documents that wait for nothing any more, that which waits longest first.

        Parameters
        ----------
        now
            Seconds of a clock that is never set back.
        """
        self._look(now)
        documents = sorted(self._documents(), key=self._begun)
        return [document for document in documents if self._is_ready(document, now)]

    @property
    def empty(self) -> bool:
        """Whether the last look saw no file that follows the pattern."""
        return not self._seen

    def _look(self, now: float) -> None:
        seen = {}
        for path, size, changed in self._files():
            before = self._seen.get(path)
            same = before is not None and (before.size, before.changed) == (size, changed)
            seen[path] = before if before and same else _Seen(size, changed, now)
        self._seen = seen

    def _files(self) -> Iterator[tuple[Path, int, int]]:
        for path in self.path.iterdir():
            if self._pattern.read(path.name) is None:
                continue
            try:
                state = path.stat()
            except OSError:  # gone meanwhile
                continue
            if path.is_file() and state.st_size:
                yield path, state.st_size, state.st_mtime_ns

    def _documents(self) -> Iterator[Document]:
        groups: dict[str, dict[str, Path]] = {}
        for path in sorted(self._seen):
            named = self._pattern.read(path.name)
            assert named is not None  # _files has seen to it
            groups.setdefault(named.document, {}).setdefault(named.part, path)
        yield from map(Document.of, groups.values())

    def _begun(self, document: Document) -> float:
        return min(self._seen[path].since for path in document.files.values())

    def _is_ready(self, document: Document, now: float) -> bool:
        newest = max(self._seen[path].since for path in document.files.values())
        if now - newest < self._settled:
            return False
        if self._wanted <= set(document.files):
            return True
        return now - newest >= self._patience * (1 if document.whole else 10)
