"""How much fine contrast each place of a page has, against the same place of genuine samples.

A line of microtext that was left out, a printer's raster where the samples have line work, a portrait printed by
another process: each changes the contrast of some fineness at some place, whatever is drawn there. What a capture does
to the whole page, blur above all, is taken out first.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.documents.compared import FaintLine
from docscan.documents.model import PageTexture
from docscan.documents.prints import Fineness
from docscan.page_geometry import moved
from docscan.types import Box, Homography, MrzFormat, PageSize
from docscan.zones import corners_mm, layout_of

CELL_MM = 2.0
BANDS = 4  # of fineness
CHANNELS = 3  # lightness, red against green, yellow against blue
AREAS = ("portrait", "mrz", "data")  # holders differ there: only their mean is compared

_RIM_MM = 3.0  # of the document's edge that is left out: a border is never found exactly
_EDGE_MM = 6.0  # the same for the background: the edge of a page that was found too large is a line that others lack
_AROUND_MM = 1.5  # about what holders have of their own, that is no background
_VARIES = 0.7  # spread of the samples from which a place tells nothing
_LEAST_SPREAD = 0.25  # natural logarithm of squared contrast: five samples may agree by chance
_FEW = 1.2  # by which a variance of few samples is too small
_EXTREME = 0.996  # quantile of places that counts as the most extreme
_ROUND = 3  # cells, side of a place
_LEAST_ROUND, _LEAST_ALONG = 0.5, 0.6  # share of a place, and of a line, that must be known
_LINE = 13  # cells: microtext runs over much of a page, a scratch does not
_LINE_CHANNELS = (6, 9)  # lightness, a half to two millimetres: a line as a whole, whether its letters show or not
_BESIDE = 2  # cells from a line, where its lack must have ended: glare and folds reach farther
_FITTED, _TUKEY = 6, 4.7  # rounds of a robust fit; deviations from which a cell has no say in it
_NO_SPREAD = 1e-9  # of points that all lie over each other: no line rises
_GLARE = 5.549  # logarithm of grey 245, as ``Fineness.level`` holds it

Numbers = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]


def cells_of(size: PageSize) -> tuple[int, int]:
    """Return rows and columns of a page's cells."""
    width, height = size.millimetres
    return int(height / CELL_MM), int(width / CELL_MM)


def areas_of(
    size: PageSize, mrz_format: MrzFormat | None, portrait: Box | None, data: Sequence[Box]
) -> dict[str, Mask]:
    """Return the cells of each of ``AREAS``, and of the "background", where all pages of a kind should be the same."""
    layout, shape = layout_of(size, mrz_format), cells_of(size)
    inside, inner = (_cells(shape, [layout.page], -rim) for rim in (_RIM_MM, _EDGE_MM))
    boxes = {
        "portrait": [portrait] if portrait else [],
        "mrz": [layout.mrz] if layout.mrz else [],
        "data": list(data),
    }
    own = _cells(shape, [box for some in boxes.values() for box in some], _AROUND_MM)
    return {name: _cells(shape, boxes[name], 0.0) & inside for name in AREAS} | {"background": inner & ~own}


def _cells(shape: tuple[int, int], boxes: Sequence[Box], grow: float) -> Mask:
    """Return the cells that some boxes touch, grown on each side."""
    found = np.zeros(shape, bool)
    for box in boxes:
        left, top = (max(0, int((value - grow) / CELL_MM)) for value in (box.x, box.y))
        right, bottom = (
            max(0, int(np.ceil((value + grow) / CELL_MM))) for value in (box.x + box.width, box.y + box.height)
        )
        found[top:bottom, left:right] = True
    return found


def texture_of(fineness: Fineness, size: PageSize) -> Numbers:
    """Return the natural logarithm of squared contrast in each cell: ``BANDS * CHANNELS`` x rows x columns."""
    rows, columns = cells_of(size)
    shrunk = (cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA) for one in fineness.squares[:BANDS])
    # A page lies on the samples to some tenths of a millimetre: a line at a cell's edge must not jump.
    cells = np.concatenate([cv2.GaussianBlur(one, (0, 0), 0.5) for one in shrunk], 2)
    return np.ascontiguousarray(np.log(cells + 1e-7).transpose(2, 0, 1), np.float32)


def glare_of(fineness: Fineness, size: PageSize) -> Mask:
    """Return the cells where the capture is so bright that print does not show."""
    rows, columns = cells_of(size)
    light = cv2.resize(fineness.level[..., 0], (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dilate((light > _GLARE).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def seen_of(to_page: Homography, size: PageSize) -> Mask:
    """Return the cells of the samples' frame that are surely on the page as it was found."""
    rows, columns = cells_of(size)
    x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    places = moved(np.column_stack([x.ravel(), y.ravel()]) * CELL_MM, to_page)
    width, height = size.millimetres
    inside = (places > _RIM_MM).all(1) & (places[:, 0] < width - _RIM_MM) & (places[:, 1] < height - _RIM_MM)
    return np.asarray(inside.reshape(rows, columns))


def learned_texture(textures: Sequence[Numbers], background: Mask) -> PageTexture:
    """Return mean and spread of some samples' textures."""
    seen = np.stack(textures)
    mean = np.asarray(seen.mean(0), np.float32)
    apart = np.stack([_freed(one - mean, mean, background)[0] for one in seen])
    spread = np.sqrt(np.square(apart).sum(0) / max(len(seen) - 1, 1))
    soft = cv2.blur(np.ascontiguousarray(spread.transpose(1, 2, 0)), (_ROUND, _ROUND)).transpose(2, 0, 1)
    return PageTexture(mean, np.ascontiguousarray(soft, np.float32))


def _freed(apart: Numbers, mean: Numbers, background: Mask) -> tuple[Numbers, Numbers]:
    """Free differences of what the capture did to the whole page; return them, and how much they vary, by channel.

    A capture adds to the contrasts of a band and stretches them: a line is fitted to the background, by what most cells
    say (Tukey's biweight), so that an element that is missing does not pull the line its way.
    """
    seen, usual = apart[:, background].astype(np.float64), mean[:, background].astype(np.float64)
    centre = usual.mean(1, keepdims=True)
    usual -= centre
    level, slope = np.median(seen, axis=1, keepdims=True), np.zeros((len(apart), 1))
    for _ in range(_FITTED):
        left = seen - (level + slope * usual)
        weight = np.square(np.clip(1 - np.square(left / (_TUKEY * _usual(left))), 0, None))
        level, slope = _line(usual, seen, weight)
    varies = _usual(seen - (level + slope * usual))[:, 0]
    line = level[..., None] + slope[..., None] * (mean - centre[..., None])
    return np.asarray(apart - line, np.float32), np.asarray(varies, np.float32)


def _line(x: Doubles, y: Doubles, weight: Doubles) -> tuple[Doubles, Doubles]:
    """Fit a line to weighted points in each row; return where each begins and how it rises, as columns."""
    total = weight.sum(1, keepdims=True)
    middle_x, middle_y = ((weight * one).sum(1, keepdims=True) / total for one in (x, y))
    spread = (weight * np.square(x - middle_x)).sum(1, keepdims=True)
    rises = (weight * (x - middle_x) * (y - middle_y)).sum(1, keepdims=True) / np.maximum(spread, _NO_SPREAD)
    return middle_y - rises * middle_x, rises


def _usual(left: Doubles) -> Doubles:
    """Return the standard deviation of what most of each row say, as a column."""
    return np.asarray(1.4826 * np.median(np.abs(left), axis=1, keepdims=True) + 1e-3, np.float64)


def deviations(texture: Numbers, usual: PageTexture, background: Mask) -> Numbers:
    """Return by how many deviations each place has more contrast than the samples: channels x rows x columns."""
    freed, varies = _freed(texture - usual.mean, usual.mean, background)
    spread = _FEW * np.square(usual.spread) + np.square(np.maximum(varies, _LEAST_SPREAD))[:, None, None]
    return np.asarray(freed / np.sqrt(spread), np.float32)


def known_of(usual: PageTexture, background: Mask, picture: Mask) -> Mask:
    """Return the cells of the background where the samples agree, in contrast and in their common picture."""
    rows, columns = background.shape
    share = cv2.resize(picture.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(background & (usual.spread[CHANNELS] < _VARIES) & (share > 0.5))


def texture_numbers(apart: Numbers, known: Mask, areas: Mapping[str, Mask]) -> dict[str, float]:
    """Return how a page's texture differs from the samples', in named numbers by channel, for a check to weigh.

    ``less…`` and ``more…``: the most extreme lack and excess at one place of the background; ``portrait…``, ``mrz…``
    and ``data…``: mean over that area, 0 where there is none.
    """
    shares = known.astype(np.float32)
    share = np.asarray(cv2.blur(shares, (_ROUND, _ROUND)), np.float32)
    judged = known & (share > _LEAST_ROUND)
    round_ones = np.stack([_means(one, shares, share, (_ROUND, _ROUND))[judged] for one in apart])
    ends = np.quantile(round_ones, (1 - _EXTREME, _EXTREME), axis=1) if judged.any() else np.zeros((2, len(apart)))
    found: dict[str, float] = {}
    for index, (least, most) in enumerate(ends.T):
        found |= {f"less_{index}": -float(least), f"more_{index}": float(most)}
        for name in AREAS:
            found[f"{name}_{index}"] = float(apart[index][areas[name]].mean()) if areas[name].any() else 0.0
    return found


def _means(apart: Numbers, known: Numbers, share: Numbers, size: tuple[int, int]) -> Numbers:
    """Return means about each cell of what is known (0 or 1); ``share`` is the share of the cells there that are."""
    return np.asarray(cv2.blur(apart * known, size) / np.maximum(share, 1e-6), np.float32)


def faintest_line(apart: Numbers, known: Mask, to_page: Homography) -> FaintLine | None:
    """Find the line, along or across the page, that lacks most of what the samples show there.

    Parameters
    ----------
    apart
        What ``deviations`` returned.
    known
        Cells that can be judged.
    to_page
        From millimetres of the samples' frame to millimetres of the page.
    """
    contrast = np.asarray(apart[list(_LINE_CHANNELS)].mean(0), np.float32)
    found = []
    for turned in (False, True):
        lacks = _lacks(contrast.T if turned else contrast, known.T if turned else known)
        row, column = np.unravel_index(int(np.argmax(lacks)), lacks.shape)
        along, across = (int(column) - _LINE // 2) * CELL_MM, int(row) * CELL_MM
        length = _LINE * CELL_MM
        box = Box(across, along, CELL_MM, length) if turned else Box(along, across, length, CELL_MM)
        found.append((float(lacks[row, column]), box))
    worst, box = max(found, key=lambda one: one[0])
    return FaintLine(worst, moved(corners_mm(box), to_page)) if np.isfinite(worst) else None


def _lacks(contrast: Numbers, known: Mask) -> Numbers:
    """Return how much less contrast there is along the row about each cell than in the rows beside it, and at all."""
    shares, size = np.ascontiguousarray(known, np.float32), (_LINE, 1)
    share = np.asarray(cv2.blur(shares, size), np.float32)
    along, judged = _means(np.ascontiguousarray(contrast), shares, share, size), share > _LEAST_ALONG
    beside = np.where(judged, along, 0.0)
    edge = np.zeros((_BESIDE, along.shape[1]))
    above, below = np.vstack([edge, beside[:-_BESIDE]]), np.vstack([beside[_BESIDE:], edge])
    background = np.minimum(np.minimum(above, below), 0.0)
    return np.asarray(np.where(judged, background - along, -np.inf), np.float32)
