"""The watcher: looks, sends, and puts away what was sent."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from docscan.dropfolder.pairing import Document, Folder
from docscan.dropfolder.sending import Later, Refused, Service, Taken, key_of

_LOOK = 0.5  # seconds between two looks at the folder
_ANNOUNCE = 30.0  # seconds between two signs of life
DONE, FAILED, REASONS = "done", "failed", "reasons.log"
# Names of files that the service has: what a crash leaves between two moves is moved at the next start, not sent again.
_JOURNAL = ".docscan-sent"


@dataclass(slots=True)
class Watcher:
    """Watches a folder until it is told to stop.

    What it says names documents by a number and by the beginning of their images' hash, never by their files' names:
    these can be personal.
    """

    folder: Folder
    service: Service
    delete: bool  # rather than move to the folder ``done``
    say: Callable[[str], None]
    stopped: bool = False
    _number: int = 0
    _announced: float = -_ANNOUNCE

    def run(self, *, once: bool) -> None:
        """Watch; with ``once`` until nothing is left to send."""
        self._resume()
        while not self.stopped:
            now = time.monotonic()
            if now - self._announced >= _ANNOUNCE:
                self.service.announce()
                self._announced = now
            for document in self.folder.ready(now):
                self._handle(document)
                if self.stopped:
                    return
            if once and self.folder.empty:
                return
            time.sleep(_LOOK)

    def _handle(self, document: Document) -> None:
        try:
            images = {light: path.read_bytes() for light, path in document.files.items()}
        except OSError as error:
            self.say(f"A document's file cannot be read ({error.strerror}); it is tried again.")
            return
        self._number += 1
        name = f"document {self._number} ({key_of(images)[:12]})"
        if not document.whole:
            self._fail(document, name, "there is no image under visible light")
            return
        outcome = self._delivered(name, images)
        if isinstance(outcome, Taken):
            self.say(f"{name}: {outcome.verdict}, inspection {outcome.inspection}")
            self._put_away(document)
        elif isinstance(outcome, Refused):
            self._fail(document, name, outcome.reason)

    def _delivered(self, name: str, images: dict[str, bytes]) -> Taken | Refused | None:
        """Try until the service has it or refuses it; None where the watcher was stopped meanwhile."""
        tries, said = 0, ""
        while not self.stopped:
            outcome = self.service.send(images, tries)
            if not isinstance(outcome, Later):
                return outcome
            if outcome.reason != said:  # once, not at every try
                self.say(f"{name} waits: {outcome.reason}")
            tries, said = tries + 1, outcome.reason
            self._wait(outcome.seconds)
        return None

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopped and (left := end - time.monotonic()) > 0:
            time.sleep(min(_LOOK, left))

    def _fail(self, document: Document, name: str, reason: str) -> None:
        self.say(f"{name} failed: {reason}")
        for path in document.files.values():
            _move(path, self.folder.path / FAILED)
        with (self.folder.path / FAILED / REASONS).open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {name}: {reason}\n")

    def _put_away(self, document: Document) -> None:
        names = [path.name for path in document.files.values()]
        written = self._journal.with_suffix(".part")
        written.write_text(json.dumps(names), encoding="utf-8")
        written.replace(self._journal)
        self._clear(names)

    def _resume(self) -> None:
        if self._journal.exists():
            self._clear(json.loads(self._journal.read_text(encoding="utf-8")))

    def _clear(self, names: Sequence[str]) -> None:
        for path in filter(Path.exists, (self.folder.path / name for name in names)):
            if self.delete:
                path.unlink()
            else:
                _move(path, self.folder.path / DONE)
        self._journal.unlink()

    @property
    def _journal(self) -> Path:
        return self.folder.path / _JOURNAL


def _move(path: Path, folder: Path) -> None:
    """Move a file into a folder, under a name that is free there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    path.rename(target)
