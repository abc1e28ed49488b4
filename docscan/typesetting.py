"""How a zone is set: its characters one by one, and the grid on which they stand."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.documents.laying import Laid
from docscan.documents.pictures import LEAST_SHARE
from docscan.mrz.glyphs import Glyphs, glyphs
from docscan.mrz.rectify import Grey, Points, place
from docscan.page_geometry import MRZ_LINE_SPACING, MRZ_PITCH, Corners, zone_corners
from docscan.types import Capture, Image, Mrz, Page

FOUND = 0.5  # likeness to its shape from which a character's place counts
_FEWEST = 0.5  # of the zone's characters that must stand on its grid
_OUTLYING = 3.0  # times the median by which a character stands beside its place and is left out
_ROUNDS = 3
_ASKEW = 1.15  # by which lines' distance and pitch may differ on a page whose characters' height they tell
_ROOM = 0.1  # of a zone's length, that is cut out about it


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid on which a zone's characters stand, in the unit of their places; ``left`` and ``middle`` are its."""

    pitch: float
    line_distance: float
    left: float  # of the first characters' cells
    middle: float  # of its height


@dataclass(frozen=True, slots=True)
class Typesetting:
    """A zone's characters, and their grid in millimetres of the page and of the samples on which the page was laid."""

    glyphs: Glyphs
    on_page: Grid | None  # None: too few characters stand on one
    on_samples: Grid | None  # None: the same, or the page was not laid on samples

    @property
    def askew(self) -> bool:
        """Whether the page's millimetres make the characters too high or too low.

        Its border was not seen, and the camera looked from the side; or it was found where it is not.
        """
        if not self.glyphs.by_lines:
            return False
        grid = self.on_page
        return grid is None or not 1 / _ASKEW < grid.line_distance / grid.pitch * MRZ_PITCH / MRZ_LINE_SPACING < _ASKEW

    @property
    def found(self) -> NDArray[np.bool_]:
        """Which characters were found, lines x columns."""
        return self.glyphs.likeness >= FOUND

    @property
    def bow(self) -> float:
        """How far the lines' middles stand above or below what their ends say, pitches; 0 where too few were found."""
        return abs(float(np.mean([_bow(*line) for line in zip(self.glyphs.stands, self.found, strict=True)])))


def _bow(stands: Points, found: NDArray[np.bool_]) -> float:
    """Return how far a line's middle stands below what its ends say, in pitches."""
    known = found & np.isfinite(stands).all(-1)
    if known.mean() < _FEWEST:
        return 0.0
    along = np.linspace(-1, 1, len(stands))[known]
    return -float(np.polyfit(along, stands[known, 1], 2)[0])


def grid_of(places: Points, found: NDArray[np.bool_]) -> Grid | None:
    """Fit the grid to characters' places (lines x columns x 2), those that stand beside it left out; None: too few."""
    lines, columns = found.shape
    line, column = np.mgrid[:lines, :columns]
    known = np.stack([np.ones(found.size), column.ravel() - (columns - 1) / 2, line.ravel() - (lines - 1) / 2], -1)
    points, used = places.reshape(-1, 2), found.ravel() & np.isfinite(places).all(-1).ravel()
    fitted = np.zeros((3, 2))
    for _ in range(_ROUNDS):
        if used.mean() < _FEWEST:
            return None
        fitted = np.linalg.lstsq(known[used], points[used], rcond=None)[0]
        beside = np.hypot(*(points - known @ fitted).T)
        used &= beside <= _OUTLYING * float(np.median(beside[used])) + 1e-9
    centre, along, down = fitted
    pitch = float(np.hypot(*along))
    return Grid(
        pitch=pitch,
        line_distance=abs(float(along[0] * down[1] - along[1] * down[0])) / pitch,
        left=float(centre[0] - along[0] * columns / 2),
        middle=float(centre[1]),
    )


def _about(image: Image, outline: Corners) -> tuple[Grey, Points]:
    """Cut a zone out of an image, with room about it; return it in grey, and its upper left corner in the image."""
    room = _ROOM * float(np.hypot(*(outline[1] - outline[0])))
    height, width = image.shape[:2]
    left, top = (int(value) for value in np.clip(outline.min(0) - room, 0, (width - 1, height - 1)))
    right, bottom = (int(value) for value in np.ceil(np.maximum(outline.max(0) + room, (left + 1, top + 1))))
    cut = np.ascontiguousarray(image[top:bottom, left:right])
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), np.uint8), np.array([left, top], np.float64)


def typesetting_of(capture: Capture, page: Page, mrz: Mrz | None, laid: Laid | None) -> Typesetting | None:
    """Look at a zone's characters one by one; None without a zone whose characters and outline are surely known.

    Parameters
    ----------
    laid
        How the page lies on genuine samples of its kind; None: there are none.
    """
    if mrz is None or not mrz.zone.character_confidence or len({len(line) for line in mrz.zone.lines}) != 1:
        return None
    outline = zone_corners(mrz.zone.polygon)
    grey, offset = _about(capture.visible, outline)
    to_page = np.asarray(np.linalg.inv(page.to_capture), np.float64)
    moved = np.array([[1.0, 0.0, offset[0]], [0.0, 1.0, offset[1]], [0.0, 0.0, 1.0]])
    seen = glyphs(grey, outline - offset, np.asarray(to_page @ moved, np.float64), mrz.zone.lines)
    if seen is None:
        return None
    seen = replace(seen, places=seen.places + offset)
    found, on_page = seen.likeness >= FOUND, place(to_page, seen.places)
    on_samples = None
    if laid is not None and laid.share >= LEAST_SHARE:
        on_samples = grid_of(place(np.asarray(np.linalg.inv(laid.in_millimetres), np.float64), on_page), found)
    return Typesetting(seen, grid_of(on_page, found), on_samples)
