"""Generates a set: images, and ``documents.jsonl`` with one line a document; goes on where it was stopped.

The same seed makes the same set, whatever the number of workers and however often it was interrupted.
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2

from datasets.specimens import Order, make, order
from datasets.truth import truth
from docscan.processes import each, keep_memory

LIST = "documents.jsonl"
_SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}

_GROUP = 50  # documents that a process makes at a time

Line = dict[str, Any]
Group = tuple[Order, ...]


def _write(folder: Path, lights: tuple[str, ...], wanted: Order) -> Line:
    """Make one document, write its images and return its line."""
    made = make(wanted, lights)
    files = {}
    for light, (data, form) in made.captured.files.items():
        # Numbered only: a name must not tell what a network is to find.
        name = f"images/{wanted.index // 1000:03d}/{wanted.index:06d}-{light}{_SUFFIX[form]}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}")
        new.write_bytes(data)
        new.replace(path)
        files[light] = name
    return truth(made, files)


def _write_group(folder: Path, lights: tuple[str, ...], group: Group) -> list[Line]:
    cv2.setNumThreads(1)
    keep_memory()
    return [_write(folder, lights, wanted) for wanted in group]


def _died(group: Group) -> list[Line]:
    return [{"index": wanted.index, "error": "the process died"} for wanted in group]


def grouped(orders: Iterable[Order], most: int = _GROUP) -> list[Group]:
    """Put documents of one state and kind together, ``most`` a group: a process draws their artwork once."""
    ordered = sorted(orders, key=lambda wanted: (wanted.code, wanted.kind, wanted.index))
    groups = []
    for _, same in groupby(ordered, key=lambda wanted: (wanted.code, wanted.kind)):
        alike = tuple(same)
        groups += [alike[start : start + most] for start in range(0, len(alike), most)]
    return groups


def read(folder: Path) -> list[Line]:
    """Return the lines of a set; a last line that was torn by a kill is left out."""
    path = folder / LIST
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def _settings_line(
    seed: int, recipes: tuple[str, ...], lights: tuple[str, ...], device: str | None, states: tuple[str, ...] | None
) -> str:
    settings: dict[str, object] = {"seed": seed, "recipes": list(recipes), "lights": list(lights)}
    return json.dumps(settings | ({"device": device} if device else {}) | ({"states": list(states)} if states else {}))


def _begin(folder: Path, settings: str) -> None:
    """Make the folder; refuse to go on with another set than the one that was begun there.

    Raises
    ------
    ValueError
        The folder holds a set made with other settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "set.json"
    if path.exists() and path.read_text(encoding="utf-8") != settings:
        raise ValueError(f"{folder} holds a set with other settings: {path.read_text(encoding='utf-8')}")
    path.write_text(settings, encoding="utf-8")


def _save(folder: Path, lines: Iterable[Line]) -> None:
    new = folder / f".{LIST}"
    ordered = sorted(lines, key=lambda line: int(line["index"]))
    new.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in ordered), encoding="utf-8")
    new.replace(folder / LIST)


def generate(
    folder: Path,
    *,
    documents: int,
    seed: int,
    recipes: tuple[str, ...],
    lights: tuple[str, ...] = ("visible",),
    device: str | None = None,
    states: tuple[str, ...] | None = None,
    workers: int = 2,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Line]:
    """Generate a set and return its lines.

    Parameters
    ----------
    folder
        Of the set; what is there already is not made again.
    documents
        How many; every other one is genuine.
    recipes
        Of the forged ones, in equal shares.
    device
        Of all captures; None: drawn, and a page reader where a forgery does not show by daylight.
    states
        That the documents are of; None: any that is in a set.
    progress
        Told how many documents are done.

    Raises
    ------
    ValueError
        The folder holds a set made with other settings.
    """
    _begin(folder, _settings_line(seed, recipes, lights, device, states))
    lines = {int(line["index"]): line for line in read(folder) if "error" not in line}
    _save(folder, lines.values())
    todo = grouped(
        order(seed, index, recipes, device=device, states=states) for index in range(documents) if index not in lines
    )
    progress(len(lines))
    with (folder / LIST).open("a", encoding="utf-8") as out:
        for _, made in each(todo, partial(_write_group, folder, lights), died=_died, workers=workers):
            lines |= {int(line["index"]): line for line in made}
            out.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in made)
            out.flush()
            progress(len(lines))
    _save(folder, lines.values())
    return [lines[index] for index in sorted(lines)]
