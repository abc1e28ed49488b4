"""What the region network says of each place of a page, beside what it said of the same place of genuine samples.

The network errs on some line work more than on other, and alike on all pages of a design: what it says of samples is
taken off, and what is left is of this page. A line of microtext that runs together is one row of cells, too narrow to
stand out of a whole crop; an altered datum is a few cells, a portrait many. Each is looked for by its shape.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.checks.regions import ALTERATIONS, CELL_MM, PROCESSES, Answers, cells_at, cells_shape
from docscan.documents.compared import Places
from docscan.types import Box, PageSize
from docscan.zones import Spots

CHANNELS = ("forged", "unaltered", *PROCESSES)
# Cells across and down, and the share of them that crops must show: 26 mm of a line, a datum's characters, a short
# datum, a portrait or a stamp.
_SHAPES: Mapping[str, tuple[int, int, float]] = {
    "row": (18, 1, 0.6),
    "column": (1, 18, 0.6),
    "characters": (4, 4, 0.9),
    "datum": (6, 2, 0.9),
    "area": (8, 8, 0.9),
}
_LINES = ("row", "column")
_SHOWN = "characters"  # the shape of the place that a finding shows

Cells = NDArray[np.floating]
"""Crops x ``CHANNELS`` x 11 x 11: logits of the cells of a page's crops."""


def cells_of(answers: Sequence[Answers]) -> Cells:
    """Return what is compared of the network's answers, region by region in the order of the kind's spots."""
    unaltered = ALTERATIONS.index("none")
    parts = [
        np.concatenate([one.forged[:, None], one.alteration[:, [unaltered]], one.process], axis=1) for one in answers
    ]
    return np.concatenate(parts)


def mean_of_samples(samples: Sequence[Cells]) -> NDArray[np.float16]:
    """Return what a model keeps: the samples' mean, in half precision, which is finer than samples agree."""
    return np.asarray(np.mean(samples, 0), np.float16)


def _on_page(apart: Cells, spots: Spots, size: PageSize) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lay the crops' cells on the page; where crops overlap their mean counts.

    Returns
    -------
    tuple
        Rows x columns x channels; rows x columns, 1 where a crop shows the cell, else 0.
    """
    shape = cells_shape(size)
    sums, counts = np.zeros((*shape, apart.shape[1]), np.float32), np.zeros(shape, np.float32)
    for spot, cells in zip(spots, apart, strict=True):
        sums[cells_at(spot)] += cells.transpose(1, 2, 0)
        counts[cells_at(spot)] += 1
    means = sums / np.maximum(counts, 1)[..., None]
    return np.asarray(means, np.float32), np.asarray(counts > 0, np.float32)


def _means(
    apart: NDArray[np.float32], seen: NDArray[np.float32], shape: str
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Take the mean over a shape's cells about each cell, where crops show enough of them.

    Returns
    -------
    tuple
        Places x channels; which cells of the page, counted row by row, they are about.
    """
    across, down, least = _SHAPES[shape]
    sums, share = (
        cv2.boxFilter(values, -1, (across, down), normalize=True, borderType=cv2.BORDER_CONSTANT)
        for values in (apart, seen)
    )
    places = np.flatnonzero(share >= least)
    means = sums.reshape(share.size, -1)[places] / share.reshape(-1, 1)[places]
    return np.asarray(means, np.float32), places


def _extremes(means: NDArray[np.float32]) -> dict[str, float]:
    """Return each channel's largest mean as it grows with forgery; a process may be more or less likely than usual."""
    more, less = means.max(0), -means.min(0)
    found = {name: float(value) for name, value in zip(CHANNELS, more, strict=True) if name != "unaltered"}
    return found | {
        f"less_{name}": float(value) for name, value in zip(CHANNELS, less, strict=True) if name != "forged"
    }


def compared_by_place(cells: Cells, usual: Cells, spots: Spots, size: PageSize) -> Places:
    """Compare a page with the genuine samples of its kind, place by place.

    Parameters
    ----------
    cells, usual
        Of the page and of the samples, crop by crop.
    spots
        Where the crops were cut, in the same order.

    Returns
    -------
    Places
        By shape and channel, the largest mean difference of logits at any place: ``line_forged``, ``area_less_offset``;
        and the place that looks most altered.
    """
    apart, seen = _on_page(np.asarray(cells - usual, np.float32), spots, size)
    means = {shape: _means(apart, seen, shape) for shape in _SHAPES}
    found = {shape: _extremes(some) for shape, (some, _) in means.items()}
    found["line"] = {name: max(value, found["column"][name]) for name, value in found["row"].items()}
    numbers = {
        f"{shape}_{name}": value for shape, some in found.items() if shape not in _LINES for name, value in some.items()
    }
    characters, places = means[_SHOWN]
    forged, unaltered = (characters[:, CHANNELS.index(name)] for name in ("forged", "unaltered"))
    return Places(numbers, _box(int(places[(forged - unaltered).argmax()]), apart.shape[1]))


def _box(place: int, columns: int) -> Box:
    """Return the box, millimetres of the page, over whose cells a place's mean was taken."""
    across, down, _ = _SHAPES[_SHOWN]
    row, column = divmod(place, columns)
    return Box((column - across // 2) * CELL_MM, (row - down // 2) * CELL_MM, across * CELL_MM, down * CELL_MM)
