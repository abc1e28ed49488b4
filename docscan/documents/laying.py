"""Lays pages of one design on each other: each was found a millimetre or several from where it is.

Patches of the one are looked for in the other and a homography is fitted to those that were found where the others say;
what a holder's page has of its own finds nothing and does no harm. (cv2.findTransformECC, which fits whole pictures,
strays where pages lie more than 2 mm apart, and does not reach this precision where they lie close.)
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Homography, Image, Page

PIXELS_PER_MM = 4.0  # of the pictures that are laid
_FINE_MM, _COARSE_MM = 0.3, 2.0  # standard deviations between which structure is looked at
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_MOST = 3.0  # deviations: a black title is worth no more than a line of the background
_PLAIN = 0.2  # deviation of a patch below which it shows nothing
_ALIKE = 0.3  # correlation from which a patch counts as found
_FEWEST = 8  # patches that tell a place

Structure = NDArray[np.float32]
"""Height x width at ``PIXELS_PER_MM``: light and dark against the surroundings, in standard deviations."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """How patches are looked for; millimetres."""

    side: float
    step: float
    reach: float
    tolerance: float  # by which a patch may miss where the others say


_ROUGHLY = _Pass(14, 9, 6.0, 0.6)
_FINELY = (_Pass(10, 6, 1.2, 0.3), _Pass(10, 6, 0.6, 0.15))
_PLAINER = 0.93  # share of a homography's patches from which an affine map, which strays less, explains enough


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a page lies on another: maps pixels of the other's structure to those of its own."""

    matrix: Homography
    share: float  # of the other page's patches that were found where it says, 0 to 1; 0: it could not be laid
    alike: float = 0.0  # correlation of both pages' structure where samples show the same; 0: not compared

    @property
    def in_millimetres(self) -> Homography:
        """The same, from millimetres of the other page to millimetres of this one."""
        scale = np.diag([PIXELS_PER_MM, PIXELS_PER_MM, 1.0])
        return np.asarray(np.linalg.inv(scale) @ self.matrix @ scale, np.float64)


def structure_of(page: Page) -> Structure:
    """Return what is light and dark on a page, whatever the exposure."""
    return structure_of_image(page.image, page.pixels_per_mm)


def structure_of_image(image: Image, pixels_per_mm: float) -> Structure:
    """Return what is light and dark on the picture of a whole page, height x width x 3."""
    scale = PIXELS_PER_MM / pixels_per_mm
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    logarithm = np.log(small + _DARK)
    fine, coarse = (cv2.GaussianBlur(logarithm, (0, 0), part * PIXELS_PER_MM) for part in (_FINE_MM, _COARSE_MM))
    found = fine - coarse
    return np.asarray(np.clip(found / (found.std() + 1e-6), -_MOST, _MOST), np.float32)


def lay(page: Structure, other: Structure) -> Laid:
    """Lay a page on another of the same design and size."""
    matrix, share = np.eye(3), 0.0
    for look in (_ROUGHLY, *_FINELY):
        source, target, tried = _patches(other, page, matrix, look)
        if len(source) < _FEWEST:
            return Laid(np.eye(3), 0.0)
        fitted, agree = _fitted(source, target, look.tolerance * PIXELS_PER_MM)
        matrix, share = matrix @ fitted, agree / tried
    return Laid(matrix / matrix[2, 2], share)


def _fitted(source: NDArray[np.float32], target: NDArray[np.float32], tolerance: float) -> tuple[Homography, int]:
    """Fit a map to patches; return it with how many of them agree."""
    affine, agree = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=tolerance)
    free, agree_freely = cv2.findHomography(source, target, cv2.USAC_MAGSAC, tolerance)
    plain = 0 if affine is None else int(agree.sum())
    bent = 0 if free is None else int(agree_freely.sum())
    if plain == bent == 0:
        return np.eye(3), 0
    if plain >= _PLAINER * bent:
        return np.vstack([affine, [0.0, 0.0, 1.0]]), plain
    return np.asarray(free, np.float64), bent


def _patches(
    model: Structure, page: Structure, matrix: Homography, look: _Pass
) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Look for the patches of one picture in another that a matrix brings near.

    Returns
    -------
    tuple
        The centres of those found, in each picture, n x 2 in pixels; how many were looked for.
    """
    height, width = model.shape
    side, reach = round(look.side * PIXELS_PER_MM), round(look.reach * PIXELS_PER_MM)
    edge = (reach, reach, reach, reach)
    near = np.asarray(cv2.copyMakeBorder(warped(page, matrix, (width, height)), *edge, cv2.BORDER_CONSTANT), np.float32)
    source, target = [], []
    patches = _telling(model, _grid((width, height), side, look.step * PIXELS_PER_MM), side)
    for x, y in patches.tolist():
        window = near[y : y + side + 2 * reach, x : x + side + 2 * reach]
        shift = _shift(model[y : y + side, x : x + side], window, reach)
        if shift is not None:
            centre = x + side / 2, y + side / 2
            source.append(centre)
            target.append((centre[0] + shift[0], centre[1] + shift[1]))
    found, there = (np.array(points, np.float32).reshape(-1, 2) for points in (source, target))
    return found, there, len(patches)


def _grid(size: tuple[int, int], side: int, step: float) -> NDArray[np.int64]:
    """Return the upper left corners of patches spread evenly over a picture: n x 2."""
    xs, ys = (
        np.linspace(0, length - side, max(2, round((length - side) / step) + 1)).astype(np.int64) for length in size
    )
    return np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)


def _telling(model: Structure, corners: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Return the corners of those patches that show anything."""
    sums, squares = cv2.integral2(model)
    (left, top), (right, bottom) = corners.T, (corners + side).T
    mean, square = (
        (total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]) / side**2
        for total in (sums, squares)
    )
    return np.asarray(corners[square - mean * mean >= _PLAIN**2], np.int64)


def _shift(patch: Structure, window: Structure, reach: int) -> tuple[float, float] | None:
    """Return a patch's shift from a window's middle, to a part of a pixel; None where it is not found."""
    fit = np.asarray(cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(fit)
    if best < _ALIKE or x in (0, 2 * reach) or y in (0, 2 * reach):
        return None
    across, down = peak(fit[y, x - 1 : x + 2]), peak(fit[y - 1 : y + 2, x])
    return x + across - reach, y + down - reach


def peak(values: NDArray[np.float32]) -> float:
    """Return where a parabola through three values is highest, from the middle one."""
    before, middle, after = values.tolist()
    bend = before - 2 * middle + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend


def on_frame(image: Image, page: Page, to_page: Homography, pixels_per_mm: float) -> Image:
    """Return a page's picture under one light in a common frame.

    Parameters
    ----------
    image
        Of the whole page, as ``page.image`` lies.
    to_page
        From millimetres of the frame to millimetres of the page.
    pixels_per_mm
        Of the result.
    """
    scale, wanted = page.pixels_per_mm, pixels_per_mm
    if scale > 1.3 * wanted:
        factor = wanted / scale
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        scale = wanted
    matrix = np.diag([scale, scale, 1.0]) @ to_page @ np.diag([1 / wanted, 1 / wanted, 1.0])
    width, height = (round(side * wanted) for side in page.size.millimetres)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(image, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8)


def warped(picture: NDArray[np.float32], matrix: Homography, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a picture as ``matrix`` maps the pixels of the result, of width and height ``size``, to its own."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(picture, matrix, size, flags=flags), np.float32)


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return how alike two pictures of one shape are, 1 at most; 0 where one of them is flat or empty."""
    if not one.size or not one.std() or not other.std():
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
