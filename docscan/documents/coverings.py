"""Finds what lies on a page, as fingers do and gloves: print that is hidden must not pass for print that is missing.

Whatever lies there is darker than genuine samples at its place, or has another colour, over millimetres; the rest of
the page is as theirs, once light that falls from one side is taken out. Holders' portraits and data differ as well, but
nothing that is printed differs from the page's edge on far into it: what does lies on the page, whatever it covers.
What is as pale as paper is not found.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.documents.laying import Laid, on_frame
from docscan.documents.model import ReferencePicture
from docscan.documents.prints import opponents
from docscan.documents.texture import CELL_MM, Mask, cells_of
from docscan.page_geometry import Corners, moved
from docscan.types import Box, Image, Page, PageSize
from docscan.zones import corners_mm

_PIXELS_PER_MM = 4.0  # of the pictures that are compared
_STROKE = 7  # pixels: what is dark and not wider is text, not the colour of the page
_RIM = 2  # cells of the page's edge, which is never found exactly
_KNOWN = 0.9  # share of a cell that samples must show alike for it to tell what light falls on the page
_ROUNDS, _REACH = 5, 3.0  # of the robust fit of that light; deviations from which a cell has no say in it
_FEWEST = 60  # known cells that tell it
_LEAST_SPREAD = 0.02  # of cells about it: flat pages agree by chance
_DIFFERS = 0.35  # from the samples' colours, all logarithms together, from which something lies on a cell
_LIGHTER = 0.12  # than the samples, from which it is glare
# Cells of what comes in over the page's edge: how wide it is at least, how wide at most where it does, and how far in
# it reaches. On 238 captures of calibration states, 58 of them genuine, on which the generator's thumbs alone lay, what
# is 3 to 16 wide at the edge reaches 4 cells or less; of 25 under fingers that reach 12 to 26 mm 24 show more, where
# what samples tell alone finds 17. A passport's portrait that is printed to the edge is wider there.
_WIDE, _WIDEST, _REACHES = 3, 16, 5
BLEEDS = "viz.bleeds"  # name of what samples are measured on: the share of them whose own print does
# Square millimetres in all, from which too much is hidden to judge the rest. Of 276 genuine documents of calibration
# states none has as much hidden, and of 906 forged ones and counterfeits five. Of 202 over which a script drew fingers
# and gloves that reach 14 to 30 mm into the page 118 have; on most others they lie on the portrait.
_TOO_MUCH = 80.0

Colours = NDArray[np.float32]
"""Rows x columns x 3: logarithms of light, of red against green, of yellow against blue."""


def hidden_cells(page: Page, laid: Laid, picture: ReferencePicture, own: Mask, *, bleeds: bool = False) -> Mask:
    """Find the cells of a page that something hides.

    Parameters
    ----------
    picture
        Of the samples by daylight.
    own
        Cells where pages have text of their own, between whose letters paper shows.
    bleeds
        Whether holders' own print runs over the page's edge on this kind of document, so that it tells nothing.

    Returns
    -------
    NDArray[np.bool_]
        Cells of the samples' frame, as ``texture.cells_of`` counts them.
    """
    differs, looked = _differing(page, laid, picture)
    hidden = _opened(differs & (looked | own), 2)
    return hidden if bleeds else hidden | _reaching_in(differs)


def print_bleeds(page: Page, laid: Laid, picture: ReferencePicture) -> bool:
    """Tell whether a sample's own print comes in over the edge of its page, as a portrait may that is cut with it."""
    return bool(_reaching_in(_differing(page, laid, picture)[0]).any())


def _differing(page: Page, laid: Laid, picture: ReferencePicture) -> tuple[Mask, Mask]:
    """Return the cells that differ from the samples' picture, and those where samples agree; none where few do."""
    image = on_frame(page.image, page, laid.in_millimetres, _PIXELS_PER_MM)
    usual, known = _of_samples(picture, page.size)
    looked = np.zeros(known.shape, bool)
    looked[_RIM:-_RIM, _RIM:-_RIM] = known[_RIM:-_RIM, _RIM:-_RIM]
    if looked.sum() < _FEWEST:
        return np.zeros(known.shape, bool), looked
    apart = _in_its_light(_colours(image, page.size) - usual, looked)
    return (np.linalg.norm(apart, axis=2) > _DIFFERS) & (apart[..., 0] < _LIGHTER), looked


def _opened(cells: Mask, wide: int) -> Mask:
    """Return the cells of what is so many cells wide."""
    return np.asarray(cv2.morphologyEx(cells.astype(np.uint8), cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8)) > 0)


def _reaching_in(differs: Mask) -> Mask:
    """Return the cells of what comes in over the page's edge and reaches far over the page."""
    beyond = cv2.copyMakeBorder(differs.astype(np.uint8), *(_WIDE,) * 4, cv2.BORDER_REPLICATE)
    wide = _opened(beyond > 0, _WIDE)[_WIDE:-_WIDE, _WIDE:-_WIDE]
    rows, columns = wide.shape
    down, across = np.arange(rows)[:, None], np.arange(columns)
    inwards = np.minimum(np.minimum(down, rows - 1 - down), np.minimum(across, columns - 1 - across))
    found = np.zeros(wide.shape, bool)
    count, labels = cv2.connectedComponents(wide.astype(np.uint8), connectivity=4)
    for label in range(1, count):
        cells = labels == label
        at_edge = max(int(side.sum()) for side in (cells[0], cells[-1], cells[:, 0], cells[:, -1]))
        if _WIDE <= at_edge <= _WIDEST and inwards[cells].max() >= _REACHES:
            found |= cells
    return found


def too_much(hidden: Mask, laid: Laid) -> Corners | None:
    """Return the corners of the box about all that is hidden, millimetres of the page; None where it is little."""
    if hidden.sum() * CELL_MM**2 < _TOO_MUCH:
        return None
    box = Box(*(part * CELL_MM for part in cv2.boundingRect(hidden.astype(np.uint8))))
    return moved(corners_mm(box), laid.in_millimetres)


@lru_cache(16)  # for the next page of its kind: 40 kB each
def _of_samples(picture: ReferencePicture, size: PageSize) -> tuple[Colours, Mask]:
    """Return the samples' colours, and the cells where they agree."""
    rows, columns = cells_of(size)
    share = cv2.resize(picture.known.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    colours, known = _colours(picture.image, size), np.asarray(share > _KNOWN)
    for plane in (colours, known):
        plane.setflags(write=False)  # whoever asks next gets the same ones
    return colours, known


def _colours(image: Image, size: PageSize) -> Colours:
    """Return the colours between the letters of a whole page's picture."""
    width, height = (round(side * _PIXELS_PER_MM) for side in size.millimetres)
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE, _STROKE)))
    rows, columns = cells_of(size)
    return np.asarray(
        cv2.resize(opponents(np.asarray(paper, np.uint8)), (columns, rows), interpolation=cv2.INTER_AREA), np.float32
    )


def _in_its_light(apart: Colours, told: Mask) -> Colours:
    """Take from differences of colour a plane each: the light that falls on the page, by what most known cells say."""
    down, across = np.indices(told.shape)
    place = np.stack([np.ones(told.size), across.ravel() / told.shape[1], down.ravel() / told.shape[0]], 1)
    at, values = place[told.ravel()], apart[told].astype(np.float64)
    light = np.zeros((3, 3))
    light[0] = np.median(values, axis=0)
    for _ in range(_ROUNDS):
        distance = np.linalg.norm(values - at @ light, axis=1)
        spread = 1.4826 * np.median(distance) + _LEAST_SPREAD
        weight = np.clip(1 - np.square(distance / (_REACH * spread)), 0, None)[:, None]  # Tukey's biweight's root
        light = np.linalg.lstsq(weight * at, weight * values, rcond=None)[0]
    return np.asarray(apart - (place @ light).reshape(apart.shape), np.float32)
