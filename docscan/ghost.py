"""The ghost image: the portrait printed a second time, small and faint, as many issuers do.

Doc 9303 part 2, appendix A, lists it among what guards against substitution of the photograph: one that was exchanged
stands beside the ghost image of another. The two pictures are compared, never identities: the ghost must be the
portrait, faded, over the artwork that all documents of the kind have there. What of it is artwork and how faint it
is, and where it stands at all, the samples tell: where their pages differ from each other as their portraits do,
there is the ghost image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import grown, part_of, straightened
from docscan.documents.model import GHOST_PAD, GHOST_SIZE, GhostImage
from docscan.types import Box, Homography, Page

Picture = NDArray[np.float32]
"""Height x width, of ``GHOST_SIZE`` with ``GHOST_PAD`` on each side."""

_WIDTH, _HEIGHT = GHOST_SIZE
_PAD_X, _PAD_Y = GHOST_PAD
_DARK = 12.0  # grey levels added before the logarithm: noise in the dark must not count
_FINER = 2  # times as fine a page is cut, so that lines of the artwork make no new ones
_FINE, _COARSE = 1.0, 8.0  # pixels, deviations between which structure is looked at
_SHIFTS = tuple((down, right) for down in range(-2, 3) for right in range(-2, 3))  # pixels, about a millimetre in all
_AROUND = 1.25  # of the picture's half axes, from which nothing of a face is left
_STEADY = 0.08  # deviation of the logarithm between samples up to which what is around the ghost is theirs
_SMOOTH = 3.5  # pixels; fingers, glare and shadows are larger
_FEWEST_AROUND = 200  # pixels that tell whether something covers the ghost
# How strong the samples' artwork may be on a page: software that brightens makes it weaker. As captured 57 genuine
# documents of calibration states had 0.57 to 1.12 (nine in ten), brightened by a gamma of 0.7 0.5 to 0.78.
_STRENGTHS = (0.5, 1.6)


@dataclass(frozen=True, slots=True)
class Pair:
    """Portrait and ghost image of one page, cut where the samples have them."""

    portrait: Picture  # 0 to 1
    ghost: Picture  # logarithm


@dataclass(frozen=True, slots=True)
class GhostLikeness:
    """How a ghost image stands to the portrait beside it."""

    correlation: float  # of the two pictures, the artwork taken away; 1 the same
    contrast: float  # of the portrait: deviation of its structure, 0 to 1
    covered: float  # how much lighter or darker than the samples' something about the ghost is; logarithm


def _radius() -> NDArray[np.float32]:
    """Return each pixel's distance from the middle of a padded picture, in half axes of the picture within."""
    rows = (np.arange(_HEIGHT + 2 * _PAD_Y) - _PAD_Y + 0.5) / _HEIGHT * 2 - 1
    columns = (np.arange(_WIDTH + 2 * _PAD_X) - _PAD_X + 0.5) / _WIDTH * 2 - 1
    return np.asarray(np.hypot(rows[:, None], columns), np.float32)


_WEIGHT = np.clip((1 - _radius()[_PAD_Y:-_PAD_Y, _PAD_X:-_PAD_X]) / 0.2, 0, 1)


def _halves() -> tuple[Picture, ...]:
    """Return the weights of eight halves of a picture, to each side and to each corner."""
    rows, columns = (np.linspace(-1, 1, side) for side in (_HEIGHT, _WIDTH))
    turns = np.arange(8) * np.pi / 4
    return tuple(
        np.asarray(_WEIGHT * (rows[:, None] * np.sin(turn) + columns * np.cos(turn) > 0), np.float32) for turn in turns
    )


_HALVES = _halves()
_OUTSIDE = _radius() > _AROUND


def pair_of(page: Page, to_page: Homography, portrait: Box, ghost: Box) -> Pair:
    """Cut portrait and ghost image from a page.

    Parameters
    ----------
    to_page
        From millimetres of the samples' frame, in which the boxes are, to those of the page.
    """
    light, dark = _cut(page, to_page, portrait), _cut(page, to_page, ghost)
    return Pair(np.asarray(light / 255, np.float32), np.asarray(np.log(dark + _DARK), np.float32))


def _cut(page: Page, to_page: Homography, box: Box) -> Picture:
    across, down = box.width / _WIDTH / _FINER, box.height / _HEIGHT / _FINER  # millimetres of a pixel
    width, height = _WIDTH + 2 * _PAD_X, _HEIGHT + 2 * _PAD_Y
    around = grown(box, _FINER * _PAD_X * across, _FINER * _PAD_Y * down)
    image, matrix = part_of(page, to_page, around, 1 / across)
    to_frame = np.array([[across, 0, around.x], [0, down, around.y], [0, 0, 1]])
    cut = straightened(image, matrix, to_frame, (_FINER * width, _FINER * height))
    return np.asarray(cv2.resize(cut.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _structure(picture: Picture) -> Picture:
    fine, coarse = (cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in (_FINE, _COARSE))
    return np.asarray(fine - coarse, np.float32)


def _inner(picture: Picture, shift: tuple[int, int] = (0, 0), weight: Picture = _WEIGHT) -> Picture:
    """Return what is within the pad, freed of its weighted mean."""
    top, left = _PAD_Y + shift[0], _PAD_X + shift[1]
    part = picture[top : top + _HEIGHT, left : left + _WIDTH]
    return np.asarray(part - np.average(part, weights=weight), np.float32)


def _correlation(one: Picture, other: Picture, weight: Picture) -> float:
    norm = float((one * one * weight).sum()) * float((other * other * weight).sum())
    return float((one * other * weight).sum() / np.sqrt(max(norm, 1e-12)))


def _best(portrait: Picture, ghost: Picture, weight: Picture = _WEIGHT) -> tuple[float, tuple[int, int]]:
    """Return the correlation of a portrait's structure, shifted to fit best, with a ghost's; and the shift."""
    return max((_correlation(_inner(portrait, shift, weight), ghost, weight), shift) for shift in _SHIFTS)


def learned(pairs: Sequence[Pair], portrait: Box, ghost: Box) -> GhostImage:
    """Learn from samples what their ghost images are printed on, and how faint they are."""
    portraits = [_structure(pair.portrait) for pair in pairs]
    seen = np.stack([_inner(_structure(pair.ghost)) for pair in pairs])
    artwork, gain = np.zeros_like(seen[0]), 0.0
    for _ in range(3):
        shifts = [_best(one, of - artwork)[1] for one, of in zip(portraits, seen, strict=True)]
        shown = np.stack([_inner(one, shift) for one, shift in zip(portraits, shifts, strict=True)])
        differ, ghosts_differ = shown - shown.mean(0), seen - seen.mean(0)
        gain = float((differ * ghosts_differ * _WEIGHT).sum() / max((differ * differ * _WEIGHT).sum(), 1e-9))
        artwork = np.asarray(seen.mean(0) - gain * shown.mean(0), np.float32)
    around = np.stack([_levelled(pair.ghost) * _OUTSIDE for pair in pairs])  # without the faces
    return GhostImage(portrait, ghost, artwork, np.stack([around.mean(0), around.std(0, ddof=1)]))


def _levelled(ghost: Picture) -> Picture:
    """Return a ghost's logarithm of brightness, against that of what is about it."""
    return np.asarray(ghost - np.median(ghost[_OUTSIDE]), np.float32)


def _without_artwork(ghost: Picture, portrait: Picture, artwork: Picture, weight: Picture) -> Picture:
    """Take the samples' artwork away from a ghost, as strong as it is on this page beside what is the portrait's."""
    drawn, own = artwork * weight, portrait * weight
    both, alone = float((drawn * portrait).sum()), float((own * portrait).sum())
    shows = float((drawn * ghost).sum()) * alone - float((own * ghost).sum()) * both  # least squares of two
    strength = shows / max(float((drawn * artwork).sum()) * alone - both * both, 1e-12)
    return np.asarray(ghost - np.clip(strength, *_STRENGTHS) * artwork, np.float32)


def sample_likeness(pair: Pair, known: GhostImage) -> float:
    """Return how alike portrait and ghost image of a sample are, the artwork as strong as all samples have it.

    Left free, a kind of calibration states that has no ghost image was found to have one.
    """
    return _best(_structure(pair.portrait), _inner(_structure(pair.ghost)) - known.artwork)[0]


def likeness(pair: Pair, known: GhostImage) -> GhostLikeness:
    """Compare the portrait and the ghost image of one page."""
    portrait, ghost = _structure(pair.portrait), _structure(pair.ghost)
    correlation, shift = _compared(portrait, ghost, known, _WEIGHT)
    contrast = float(np.average(_inner(portrait, shift) ** 2, weights=_WEIGHT)) ** 0.5
    return GhostLikeness(correlation, contrast, _covered(pair.ghost, known))


def likest_half(pair: Pair, known: GhostImage) -> float:
    """Return the correlation of that half of the two pictures which correlates best: 1 the same."""
    portrait, ghost = _structure(pair.portrait), _structure(pair.ghost)
    return max(_compared(portrait, ghost, known, half)[0] for half in _HALVES)


def _compared(portrait: Picture, ghost: Picture, known: GhostImage, weight: Picture) -> tuple[float, tuple[int, int]]:
    """Return what ``_best`` does of two structures, the samples' artwork taken away."""
    seen = _inner(ghost, weight=weight)
    _, shift = _best(portrait, seen - known.artwork, weight)
    return _best(portrait, _without_artwork(seen, _inner(portrait, shift, weight), known.artwork, weight), weight)


def _covered(ghost: Picture, known: GhostImage) -> float:
    """Return how far something large about the ghost is from what the samples show there."""
    mean, spread = known.around
    steady = ((spread < _STEADY) & _OUTSIDE).astype(np.float32)
    share = cv2.GaussianBlur(steady, (0, 0), _SMOOTH)
    apart = cv2.GaussianBlur((_levelled(ghost) - mean) * steady, (0, 0), _SMOOTH)
    told = share > 0.3
    if int(told.sum()) < _FEWEST_AROUND:
        return 0.0
    values = apart[told] / share[told]
    low, middle, high = np.percentile(values, (2, 50, 98))
    return float(max(high - middle, middle - low))
