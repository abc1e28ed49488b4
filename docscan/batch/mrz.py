"""Reads the machine-readable zones of many files: one line a file, in the order given, whatever a file does."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docscan.errors import InputError
from docscan.processes import DIED, each
from docscan.settings import Settings

if TYPE_CHECKING:
    from docscan.tools import Tools

Line = dict[str, Any]


def read_file_line(path: Path, settings: Settings) -> tuple[Line, bool]:
    """Read one file's zones.

    Returns
    -------
    Its line to the contract (``file``, ``mrz``, ``others``, ``error``), and whether the file could be read as an image.
    """
    from docscan.capture import read_file
    from docscan.inspection import read_mrz
    from docscan.rendering.json import mrz_to_dict

    try:
        file = read_file(path, max_bytes=settings.max_bytes)
        zones = [mrz_to_dict(mrz) for mrz in read_mrz(file, tools=_tools(settings))]
    except InputError as error:
        return _line(path, error=str(error)), False
    except Exception as error:  # one bad file never stops the others; only the type: a message may quote the document
        return _line(path, error=f"Reading broke ({type(error).__name__})."), False
    return _line(path, zones), True


def _line(path: Path, zones: Sequence[dict[str, Any]] = (), error: str | None = None) -> Line:
    return {"file": str(path), "mrz": zones[0] if zones else None, "others": list(zones[1:]), "error": error}


@cache
def _tools(settings: Settings) -> "Tools":
    """Open the models once a process."""
    from docscan.tools import open_mrz_tools

    return open_mrz_tools(settings)


def _task(settings: Settings, numbered: tuple[int, Path]) -> tuple[Line, bool]:
    return read_file_line(numbered[1], settings)


def _died(numbered: tuple[int, Path]) -> tuple[Line, bool]:
    return _line(numbered[1], error=DIED), False


def read_many(paths: Sequence[Path], settings: Settings, *, workers: int) -> Iterator[tuple[Line, bool]]:
    """Read files on several processes (a single file in this one) and yield their lines in the order given.

    Parameters
    ----------
    paths
        Image files.
    settings
        Handed to every process, with one inference thread each.
    workers
        Processes.
    """
    if len(paths) == 1:
        yield read_file_line(paths[0], settings)
        return
    task = partial(_task, settings.model_copy(update={"threads": 1}))
    waiting: dict[int, tuple[Line, bool]] = {}
    following = 0
    for (number, _), answer in each(enumerate(paths), task, died=_died, workers=min(workers, max(1, len(paths)))):
        waiting[number] = answer
        while following in waiting:
            yield waiting.pop(following)
            following += 1
