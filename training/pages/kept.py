"""Pages and their labels in files that are mapped into memory: cut once, opened every time after."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.processes import each

Line = Mapping[str, Any]
Page = tuple[NDArray[np.uint8], NDArray[np.int8]]
"""A page's picture, and the labels of its cells."""
Cut = Callable[[Path, tuple[int, Line]], Page]
"""Cuts a document: of a set's folder, by its row and line."""

_NAMED = ("index", "recipe", "state", "kind")  # of a line: what tells documents apart


def _named(numbered: tuple[int, Line]) -> str:
    return f"document {numbered[1]['index']}"


def _shape(pixels: Path) -> tuple[int, ...]:
    found: tuple[int, ...] = np.load(pixels, mmap_mode="r").shape
    return found


def kept(
    work: Path,
    split: str,
    lines: Sequence[Line],
    cut: Cut,
    page: tuple[int, ...],
    cells: tuple[int, ...],
    workers: int,
) -> Page:
    """Open the pages of a split's documents, and cut them first unless they are those that were cut before.

    Parameters
    ----------
    work
        Has the set in the folder ``split``, and gets the files beside it.
    page, cells
        Shapes of one page and of its labels.

    Returns
    -------
    Page
        Of all documents, n x ``page`` and n x ``cells``.
    """
    pixels, labels, about = (work / f"{split}-{name}" for name in ("pixels.npy", "cells.npy", "lines.json"))
    named = [{name: line[name] for name in _NAMED} for line in lines]
    if not about.exists() or json.loads(about.read_text(encoding="utf-8")) != named or _shape(pixels)[1:] != page:
        out = np.lib.format.open_memmap(pixels, mode="w+", dtype=np.uint8, shape=(len(lines), *page))
        marked = np.zeros((len(lines), *cells), np.int8)
        for (row, _), made in each(list(enumerate(lines)), partial(cut, work / split), named=_named, workers=workers):
            out[row], marked[row] = made
        out.flush()
        np.save(labels, marked)
        about.write_text(json.dumps(named), encoding="utf-8")  # the last: it tells that all is cut
    return np.load(pixels, mmap_mode="r"), np.load(labels)
