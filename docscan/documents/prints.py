"""How a page was printed and captured, in numbers that compare with those of genuine samples of its kind.

Two witnesses beside each other: the region network's answers for the crops where the kind's regions are, and how much
contrast of each fineness there is in each cell of the page. The network errs on some designs more than on others, and
line work differs from state to state; against samples of the same design both say far more than alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.checks.regions import Answers, mean_strongest
from docscan.documents.laying import PIXELS_PER_MM as LAID_AT
from docscan.documents.laying import Structure, correlation, on_frame, warped
from docscan.documents.model import PagePrint
from docscan.types import Homography, Image, Page

CELL_MM = 6.0  # side of a cell of the page
BANDS = 5  # of fineness, each twice as coarse as the one before
CHANNELS = 3  # lightness, red against green, yellow against blue
_PIXELS_PER_MM = 10.0  # of the picture whose contrasts are measured: page readers deliver it
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_LOGARITHM = np.log(np.arange(256, dtype=np.float32) + _DARK)
_OPPONENT = np.array(
    [[1 / 3, 1 / 3, 1 / 3], [1, -1, 0], [0.5, 0.5, -1]], np.float32
)  # ``CHANNELS`` of red, green, blue
_NOTHING = 1e-7  # contrast, squared, that is none
# By which contrast of the finest bands may exceed the samples', as natural logarithms of energy: of 480 genuine
# documents of calibration states, from all devices, four exceed one of them, and 17 of 1,401 forged ones.
SHARPEST = {"contrast_0": 1.36, "contrast_1": 0.72}
# Correlation of a page's colours, from cell to cell, with the samples' from which they are the same but for how strong
# they are: three in four genuine documents of calibration states have 0.9 and more, printed copies 0.82 in the middle.
_SAME_COLOURS = 0.85

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fineness:
    """A page's contrast by fineness, in the samples' frame.

    ``level`` is height x width x ``CHANNELS``: natural logarithms of light. ``squares`` holds, by band, the squared
    contrast of each pixel; each band is half as fine, and half as large, as the one before. Both show the whole page.
    """

    level: Numbers
    squares: tuple[Numbers, ...]


def opponents(image: Image) -> Numbers:
    """Return the natural logarithms of a picture's light, height x width x ``CHANNELS``."""
    return np.asarray(cv2.transform(cv2.LUT(image, _LOGARITHM), _OPPONENT), np.float32)


def fineness_of(page: Page, to_page: Homography) -> Fineness:
    """Take a page's contrast apart by fineness.

    Parameters
    ----------
    to_page
        From millimetres of the common frame to millimetres of the page.
    """
    image = on_frame(page.image, page, to_page, _PIXELS_PER_MM)
    first = level = opponents(image)
    squares = []
    for _ in range(BANDS):
        soft = cv2.GaussianBlur(level, (0, 0), 1.0)
        fine = cv2.subtract(level, soft)
        squares.append(np.asarray(cv2.multiply(fine, fine, dst=fine), np.float32))
        level = np.asarray(cv2.resize(soft, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
    return Fineness(first, tuple(squares))


def crops_of(answers: Answers) -> Numbers:
    """Return what ``PagePrint.crops`` holds of some crops."""
    forged = answers.forged.mean((1, 2)), mean_strongest(answers.forged)
    return np.column_stack([*forged, answers.process.mean((2, 3))]).astype(np.float32)


def print_of(page: Page, fineness: Fineness, answers: Sequence[Answers], known: Numbers) -> PagePrint:
    """Measure the print of one page.

    Parameters
    ----------
    answers
        Of the network, region by region.
    known
        Cells of the common frame where samples show the same.
    """
    contrasts, colours = _measured(fineness, (known.shape[0], known.shape[1]))
    return PagePrint(
        crops=np.concatenate([crops_of(one) for one in answers]),
        embedding=np.concatenate([one.embedding for one in answers]).mean(0),
        contrasts=contrasts,
        colours=colours,
        known=known,
        sharpness=page.quality.sharpness,
        pixels_per_mm=page.pixels_per_mm,
    )


def mean_of(prints: Sequence[PagePrint]) -> PagePrint:
    """Return the mean of some pages' prints."""

    def mean(name: str) -> Numbers:
        return np.asarray(np.mean([getattr(one, name) for one in prints], 0), np.float32)

    return PagePrint(
        crops=mean("crops"),
        embedding=mean("embedding"),
        contrasts=mean("contrasts"),
        colours=mean("colours"),
        known=mean("known"),
        sharpness=float(np.mean([one.sharpness for one in prints])),
        pixels_per_mm=float(np.mean([one.pixels_per_mm for one in prints])),
    )


def cells_of(picture: Structure) -> tuple[int, int]:
    """Return rows and columns of cells on a page whose structure has this shape."""
    rows, columns = (max(1, int(side / (CELL_MM * LAID_AT))) for side in picture.shape)
    return rows, columns


def likeness(model: Structure, page: Structure, matrix: Homography) -> Numbers:
    """Return how well a laid page shows a model's structure in each cell: correlation, rows x columns."""
    height, width = model.shape
    seen, size = warped(page, matrix, (width, height)), cells_of(model)
    mean, there = _by_cell(model, size), _by_cell(seen, size)
    covariance = _by_cell(model * seen, size) - mean * there
    variances = (_by_cell(model * model, size) - mean * mean) * (_by_cell(seen * seen, size) - there * there)
    return np.asarray(covariance / np.sqrt(np.maximum(variances, 1e-6)), np.float32)


def _by_cell(picture: Numbers, cells: tuple[int, int]) -> Numbers:
    rows, columns = cells
    return np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def _measured(fineness: Fineness, cells: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """Return contrasts, by channel and band, and colours in each cell."""
    colours = _by_cell(fineness.level, cells).transpose(2, 0, 1)
    bands = [np.log(_by_cell(square, cells) + _NOTHING) for square in fineness.squares]
    contrasts = np.stack(bands, 1).reshape(-1, BANDS, cells[1], CHANNELS).transpose(3, 1, 0, 2)
    return (
        np.ascontiguousarray(contrasts.reshape(CHANNELS * BANDS, *cells), np.float32),
        np.ascontiguousarray(colours - colours.mean((1, 2), keepdims=True), np.float32),
    )


def differences(page: PagePrint, model: PagePrint) -> dict[str, float]:
    """Return how a page's print differs from its model's: named numbers for ``reference.print`` to weigh.

    ``forged…``: the network's answers against those for genuine samples. ``process…``: by process. ``contrast…``: more
    or less contrast on the whole, by channel and band. ``pattern…``: whether contrast is where samples have it, as a
    correlation over the cells. ``colour…``: root mean square of colour differences over the cells. ``capture…``: what
    the capture is like, for the others depend on it.
    """
    known = model.known > 0
    apart = page.crops - model.crops
    forged, strongest = apart[:, 0], np.sort(apart[:, 1])
    found: dict[str, float] = {
        "forged_mean": float(forged.mean()),
        "forged_spread": float(forged.std()),
        "forged_least": float(np.quantile(forged, 0.15)),
        "forged_most": float(strongest[-6:].mean()),
        "embedding": float(np.linalg.norm(page.embedding - model.embedding)),
        "capture_scale": float(np.log(page.pixels_per_mm)),
        "capture_sharpness": page.sharpness - model.sharpness,
    }
    found |= {f"process_{index}": float(value) for index, value in enumerate(apart[:, 2:].mean(0))}
    for index, (seen, usual) in enumerate(zip(page.contrasts, model.contrasts, strict=True)):
        found[f"contrast_{index}"] = float((seen - usual)[known].mean())
        found[f"pattern_{index}"] = correlation(seen[known], usual[known])
    for index, (seen, usual) in enumerate(zip(page.colours, model.colours, strict=True)):
        found[f"colour_{index}"] = float(np.sqrt(np.square(seen - usual)[known].mean()))
    return found


def paleness(page: PagePrint, model: PagePrint) -> float:
    """Return how much paler than the samples a page is all over, as software leaves it that brightens.

    Returns
    -------
    The natural logarithm of how many times weaker its colours are, below 0 where they are stronger; 0 where they differ
    otherwise too.
    """
    known = model.known > 0
    seen, usual = (one.colours[1:, known] - one.colours[1:, known].mean(1, keepdims=True) for one in (page, model))
    if correlation(seen, usual) < _SAME_COLOURS:
        return 0.0
    return -float(np.log(np.vdot(seen, usual) / np.vdot(usual, usual)))


def sharper(found: Mapping[str, float], most: Mapping[str, float]) -> bool:
    """Tell whether a page has more fine contrast than the samples by some limit: software makes edges that print lacks.

    Parameters
    ----------
    found
        What ``differences`` returned; nothing where the page was not compared.
    most
        Limits, by the names of ``differences``.
    """
    return any(found.get(name, 0.0) > limit for name, limit in most.items())


def by_region(page: PagePrint, model: PagePrint, spots: Mapping[str, int]) -> dict[str, float]:
    """Return for each region, given its number of crops in their order, how far its print is from the samples'."""
    apart, start, found = page.crops[:, 0] - model.crops[:, 0], 0, {}
    for name, count in spots.items():
        found[name] = float(apart[start : start + count].mean())
        start += count
    return found
