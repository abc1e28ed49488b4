"""Pictures of what all genuine samples of a kind show alike, under each light; of holders nothing is kept.

The samples' pages are laid on each other and averaged. Where a portrait, a datum or the MRZ stands, and wherever else
the samples differ, the picture is not known: filled from around, so that nobody's text or face shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.cutting import place_of
from docscan.documents.laying import PIXELS_PER_MM as LAID_AT
from docscan.documents.laying import (
    Laid,
    Structure,
    correlation,
    lay,
    on_frame,
    structure_of,
    structure_of_image,
    warped,
)
from docscan.documents.model import ReferencePicture
from docscan.page_geometry import moved, rectangle
from docscan.types import Box, Homography, Image, Page, PageSize, Spectrum

PIXELS_PER_MM = 8.0  # about 200 dpi: a finding's place can be shown beside it, enlarged
# Of a picture's patches, that a page of its design shows at least; all of some hundred training pages did.
LEAST_SHARE = 0.25
# Correlation of a page with the samples by daylight from which it lies on them line on line; of 856 documents of
# training states 1 % have less. What is below was laid askew or not found exactly: nothing is expected at its place.
LEAST_ALIKE = 0.5
_EDGE = 5  # pixels of structure at the edge of what is known that what is filled in reaches
_FEWEST = 3  # samples of which a picture is the mean: of fewer it would show single documents
_DIFFERS = 0.55  # deviations of structure between samples, from which a place is one that differs
_AROUND_MM = 0.6  # about such a place that is left out with it
_SPREAD_MM = 0.5  # standard deviation of the blur under which samples are compared: they lie on each other to 0.3 mm
_AT_HAND = 16  # samples' structures that are kept for the next page of their kind, 0.9 MB each
_FILL_MM = 3.0  # over which what is not known is filled from around


def laid_together(structures: Sequence[Structure], size: PageSize) -> tuple[Structure, list[Laid]]:
    """Lay samples of one kind on each other.

    Returns
    -------
    tuple
        Their mean structure, in the frame of the sample that lies most usually; how each lies on it.
    """
    first = [lay(structure, structures[0]) for structure in structures]
    width, height = size.millimetres
    corners = rectangle(width * LAID_AT, height * LAID_AT)
    places = np.stack([moved(corners, laid.matrix) for laid in first])
    usual = int(np.linalg.norm(places - np.median(places, 0), axis=2).mean(1).argmin())
    mean = _mean(structures, [lay(structure, structures[usual]) for structure in structures])
    found = [lay(structure, mean) for structure in structures]
    return _mean(structures, found), found


def _mean(structures: Sequence[Structure], laid: Sequence[Laid]) -> Structure:
    height, width = structures[0].shape
    good = [
        warped(structure, place.matrix, (width, height))
        for structure, place in zip(structures, laid, strict=True)
        if place.share >= LEAST_SHARE
    ]
    return np.asarray(np.mean(good, 0, dtype=np.float32)) if good else structures[0]


def laid_on_samples(page: Page, pictures: Mapping[Spectrum, ReferencePicture]) -> Laid | None:
    """Lay a page on its kind's picture by daylight; None where there is none.

    ``share`` tells whether it could be laid, ``alike`` whether it lies so exactly that line stands on line.
    """
    picture = pictures.get(Spectrum.VISIBLE)
    if picture is None:
        return None
    seen, (samples, known) = structure_of(page), _structure_of_samples(picture)
    height, width = samples.shape
    laid = lay(seen, samples)
    return replace(laid, alike=correlation(warped(seen, laid.matrix, (width, height))[known], samples[known]))


@lru_cache(_AT_HAND)
def _structure_of_samples(picture: ReferencePicture) -> tuple[Structure, NDArray[np.bool_]]:
    """Return the structure that samples share, 0 where they do not, and where they do."""
    samples = structure_of_image(picture.image, picture.pixels_per_mm)
    height, width = samples.shape
    mask = cv2.resize(picture.known.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    # What was filled in, and its edges, no page shows.
    known = cv2.erode(mask, np.ones((_EDGE, _EDGE), np.uint8)) > 0
    shared = np.where(known, samples, np.float32(0))
    for plane in (shared, known):
        plane.setflags(write=False)  # whoever asks next gets the same ones
    return shared, known


def lies_exactly(laid: Laid) -> bool:
    """Tell whether a page lies on its samples so exactly that single places of it can be compared."""
    return laid.share >= LEAST_SHARE and laid.alike >= LEAST_ALIKE


def exactly_on_page(laid: Laid | None) -> Homography | None:
    """Return the map from millimetres of the samples' frame to those of a page that lies on them exactly; else None."""
    return laid.in_millimetres if laid is not None and lies_exactly(laid) else None


def pictures_of(
    pages: Sequence[Page], laid: Sequence[Laid], of_holders: Sequence[Box]
) -> dict[Spectrum, ReferencePicture]:
    """Return the mean picture of some samples, under ultraviolet the median, under each light that all have.

    Parameters
    ----------
    laid
        How each page lies on their common frame.
    of_holders
        What every holder's page has of its own, in millimetres: portrait, MRZ, data.
    """
    good = [(page, place) for page, place in zip(pages, laid, strict=True) if place.share >= LEAST_SHARE]
    if len(good) < _FEWEST:
        return {}
    found, apart = {}, _apart_from(of_holders, good[0][0].size)
    by_daylight = apart
    for light in Spectrum:
        images = [(page.light(light), page, place) for page, place in good]
        seen = [
            on_frame(image, page, place.in_millimetres, PIXELS_PER_MM).astype(np.float32)
            for image, page, place in images
            if image is not None
        ]
        if len(seen) == len(good):
            alike = _of_one_exposure(np.stack(seen))
            # What shows a holder's text by daylight may show it faintly under infrared; ultraviolet shows what glows.
            glows = light is Spectrum.UV
            known = _agree(alike, but_one=glows) & (by_daylight if light is Spectrum.IR else apart)
            # A fibre glows on one sample alone: no half of them shows it.
            usual = np.clip(np.median(alike, axis=0) if glows else alike.mean(0), 0, 255)
            found[light] = ReferencePicture.of(_filled(usual, known), known, PIXELS_PER_MM)
            by_daylight = known if light is Spectrum.VISIBLE else by_daylight
    return found


def _apart_from(boxes: Sequence[Box], size: PageSize) -> NDArray[np.bool_]:
    """Return a page's pixels, True where none of some boxes in millimetres is."""
    width, height = (round(side * PIXELS_PER_MM) for side in size.millimetres)
    apart = np.ones((height, width), bool)
    for box in boxes:
        apart[place_of(box, _AROUND_MM, PIXELS_PER_MM)] = False
    return apart


def _of_one_exposure(seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring samples, n x height x width x 3, to their mean colour."""
    level = seen.mean((1, 2), keepdims=True)
    return np.asarray(seen * (level.mean(0) / np.maximum(level, 1.0)), np.float32)


def _agree(seen: NDArray[np.float32], *, but_one: bool) -> NDArray[np.bool_]:
    """Tell where samples agree, but for their exposure; ``but_one``: where all of them do or all but one."""
    grey = np.log(seen.mean(-1) + 12.0)
    soft = np.stack([cv2.GaussianBlur(one, (0, 0), _SPREAD_MM * PIXELS_PER_MM) for one in grey])
    local = soft - np.stack([cv2.GaussianBlur(one, (0, 0), 8 * _SPREAD_MM * PIXELS_PER_MM) for one in grey])
    contrast = max(float(local.std(axis=(1, 2)).mean()), 1e-6)
    spread = _spread_but_one(local) if but_one else local.std(axis=0)
    differs = (spread / contrast > _DIFFERS).astype(np.uint8)
    side = 2 * round(_AROUND_MM * PIXELS_PER_MM) + 1
    return np.asarray(cv2.dilate(differs, np.ones((side, side), np.uint8)) == 0)


def _spread_but_one(local: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the samples' deviation from their median, at each place without the one that deviates most."""
    away = np.sort(np.abs(local - np.median(local, axis=0)), axis=0)[:-1]
    return np.asarray(np.sqrt((away**2).mean(0)), np.float32)


def _filled(mean: NDArray[np.float32], known: NDArray[np.bool_]) -> Image:
    """Fill what is not known with the colours around it."""
    weight = known.astype(np.float32)
    sigma = _FILL_MM * PIXELS_PER_MM
    total = cv2.GaussianBlur(mean * weight[..., None], (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)
    around = total / np.maximum(share, 1e-3)[..., None]
    usual = mean[known].mean(0) if known.any() else mean.mean((0, 1))
    around = np.where((share > 0.01)[..., None], around, usual)
    return np.asarray(np.clip(np.where(known[..., None], mean, around), 0, 255), np.uint8)
