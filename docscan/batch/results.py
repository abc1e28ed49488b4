"""The results of a batch on disk: one JSON line a document as it is done, and a table at the end."""

import csv
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from docscan.batch.planning import Item
from docscan.errors import UsageError

SCHEMA = "docscan.batch/1"
JSONL = "results.jsonl"
CSV = "results.csv"

Row = dict[str, Any]
"""One line of ``results.jsonl``: file, size, mtime_ns, error (or null), report (or null)."""

# Kinds of error: one that lies in the file would come again; any other is tried again by the next run.
UNREADABLE = "unreadable"
BROKE = "broke"

_FIELDS = ("document_number", "surname", "given_names", "nationality", "birth_date", "sex", "expiry_date")
COLUMNS = (
    "file", "error", "verdict", "reason", "forgery_probability", "log10_lr", "format", "issuing_state",
    "specimen", *_FIELDS, "mrz_valid", "failed_checks", "usable", "report_id", "created",
)  # fmt: skip


def row(item: Item, report: dict[str, Any] | None, error: tuple[str, str] | None = None) -> Row:
    """Return a document's row; ``error`` is its kind (``UNREADABLE`` or ``BROKE``) and a sentence."""
    return {
        "schema": SCHEMA,
        "file": item.name,
        "size": item.size,
        "mtime_ns": item.mtime_ns,
        "error": None if error is None else {"kind": error[0], "message": error[1]},
        "report": report,
    }


def key(line: Row) -> tuple[str, int, int]:
    """Return what :attr:`docscan.batch.planning.Item.key` was when the row was made."""
    return line["file"], line["size"], line["mtime_ns"]


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSON Lines file, without what a kill tore off."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            parsed = _parse(line)
            if parsed is not None:
                yield parsed


def _parse(line: bytes) -> Row | None:
    if not line.endswith(b"\n"):
        return None
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) and parsed.get("schema") == SCHEMA else None


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class Results:
    """A batch's folder, held by one process at a time.

    Raises
    ------
    UsageError
        The folder cannot be made, or another batch is writing to it.
    """

    def __init__(self, folder: Path) -> None:
        self.jsonl = folder / JSONL
        self.csv = folder / CSV
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"Another batch is writing to {folder}; wait for it, or name another folder.") from error
        except OSError as error:
            raise UsageError(f"Results cannot be written to {folder}: {error.strerror}.") from error
        self._file: IO[bytes] | None = None

    def resume(self, items: Iterable[Item]) -> set[tuple[str, int, int]]:
        """Drop what is torn, outdated or worth another try, and return the keys of what is done.

        Documents that are no longer in the source keep their rows.
        """
        wanted = {item.name: item.key for item in items}
        # By key: a row that stands twice counts once.
        kept = {key(line): line for line in read(self.jsonl) if self._stands(line, wanted)}
        with _replacing(self.jsonl) as file:
            file.writelines(_line(line) for line in kept.values())
        return set(kept)

    @staticmethod
    def _stands(line: Row, wanted: dict[str, tuple[str, int, int]]) -> bool:
        if line["error"] is not None and line["error"]["kind"] != UNREADABLE:
            return False
        return wanted.get(line["file"], key(line)) == key(line)

    def append(self, line: Row) -> None:
        """Write one row, past this process's own buffers: a kill loses at most the documents in flight."""
        if self._file is None:
            self._file = self.jsonl.open("ab")
        self._file.write(_line(line).encode())
        self._file.flush()

    def write_csv(self) -> None:
        """Write the table of all rows."""
        with _replacing(self.csv) as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(_table_row(line) for line in read(self.jsonl))

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file and let the next batch in."""
        if self._file is not None:
            self._file.close()
        self._lock.close()


def _line(line: Row) -> str:
    return json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _inert(text: str) -> str:
    """Keep a spreadsheet from taking a file's name for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _table_row(line: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"file": _inert(line["file"])}
    if line["error"] is not None:
        return found | {"error": line["error"]["message"]}
    report = line["report"]
    mrz = report["mrz"] or {"fields": {}, "valid": None}
    return found | {
        "verdict": report["verdict"],
        "reason": report["reason"],
        "forgery_probability": report["confidence"]["forgery_probability"],
        "log10_lr": report["confidence"]["log10_lr"],
        "format": report["document"]["format"],
        "issuing_state": report["document"]["issuing_state"],
        "specimen": report["document"]["specimen"],
        **{name: mrz["fields"].get(name) for name in _FIELDS},
        "mrz_valid": mrz["valid"],
        "failed_checks": " ".join(check["id"] for check in report["checks"] if check["outcome"] == "failed"),
        "usable": report["quality"]["usable"],
        "report_id": report["id"],
        "created": report["created"],
    }
