"""What is measured of a page under ultraviolet and infrared: by the checks, and on the samples of a document model.

Every value is relative: to the brightest thing on the page, to the surroundings, to the same place under visible light.
Readers differ in exposure. Pictures are those of ``Lights``; contrast is a share of the paper's light about it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.colour import Pixel, strongest
from docscan.documents.laying import PIXELS_PER_MM
from docscan.lights import Expected, Lights
from docscan.types import Box, Image, Spectrum

Plane = NDArray[np.float32]

RIM = 8  # pixels of a page's edge that are left out: a border is never found exactly
_LINE = np.ones((7, 7), np.uint8)  # wider than a fluorescent line
_DIM = 0.02  # of full light, added before a logarithm: noise in the dark must not count
_LEAST_KNOWN = 2000  # pixels: a bit more than a square centimetre
_NO_PATTERN = 0.01  # deviation of the samples' picture, from which something thin glows on it
_PRINTED = 0.03  # contrast of the samples' own lines, from which they hide a fibre of that colour
_FIBRE = 0.12  # of the brightest lines, from which one may be a fibre
_LINEAR = np.asarray((np.arange(256) / 255) ** 2.2, np.float32)
_ROOT = np.sqrt(_LINEAR)


def linear(image: NDArray[np.uint8]) -> Plane:
    """Return light, 0 to 1, of grey levels as cameras store them."""
    return np.asarray(cv2.LUT(image, _LINEAR), np.float32)


def _glowing(image: Image) -> Plane:
    """Return the square root of light of what is brightest at each pixel: faint things count too."""
    return np.asarray(cv2.LUT(strongest(image), _ROOT), np.float32)


def part(picture: NDArray[Pixel], box: Box, grow: float = 0.0) -> NDArray[Pixel]:
    """Return a box of a picture, in millimetres, as a view; grown on each side."""
    left, top = (max(0, round((value - grow) * PIXELS_PER_MM)) for value in (box.x, box.y))
    right, bottom = (round((value + grow) * PIXELS_PER_MM) for value in (box.x + box.width, box.y + box.height))
    return picture[top : max(top, bottom), left : max(left, right)]


def inner(box: Box, share: float = 0.6) -> Box:
    """Return the middle of a box: about a portrait, surely the portrait."""
    width, height = box.width * share, box.height * share
    return Box(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height)


def grey(image: Image) -> Plane:
    """Return light and dark of a picture, grey levels."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)


def portrait_stays(lights: Lights, portrait: Box) -> float:
    """Return which share of a portrait's light and dark is left under infrared, 0 to about 1."""
    return _left(lights, inner(portrait))


def quarters_stay(lights: Lights, portrait: Box) -> tuple[float, ...]:
    """Return the same of each quarter of what ``portrait_stays`` looks at."""
    middle = inner(portrait)
    width, height = middle.width / 2, middle.height / 2
    boxes = [Box(middle.x + x * width, middle.y + y * height, width, height) for y in (0, 1) for x in (0, 1)]
    return tuple(_left(lights, box) for box in boxes)


def _left(lights: Lights, box: Box) -> float:
    one, other = (_tones(lights.seen[light], box) for light in (Spectrum.VISIBLE, Spectrum.IR))
    return float((one * other).sum() / max(float((one * one).sum()), 1e-6))


def _tones(image: Image, box: Box) -> Plane:
    soft = cv2.GaussianBlur(np.log(grey(image) + 12), (0, 0), 0.4 * PIXELS_PER_MM)
    tones = part(np.asarray(soft, np.float32), box)
    return np.asarray(tones - tones.mean(), np.float32)


def portrait_glow(lights: Lights, portrait: Box) -> float:
    """Return how much more a portrait glows than the paper about it, as a logarithm."""
    image = lights.seen[Spectrum.UV]
    inside, around = (
        linear(part(image, portrait_part, grow)).sum(axis=2) / 2
        for portrait_part, grow in ((inner(portrait), 0.0), (portrait, 5.0))
    )
    edge = round(4.0 * PIXELS_PER_MM)
    around[edge:-edge, edge:-edge] = np.nan
    return float(np.log((float(np.median(inside)) + _DIM / 2) / (float(np.nanpercentile(around, 30)) + _DIM / 2)))


def paper_glow(image: Image) -> float:
    """Return how much of the brightest light on a page its paper sends out under ultraviolet, as log10."""
    page = image[RIM:-RIM, RIM:-RIM]
    brightest = float(np.percentile(linear(strongest(page)), 99.5))
    return float(np.log10((np.percentile(linear(page[..., 2]), 40) + 0.003) / max(brightest, 0.25)))


def lines(image: Image) -> Plane:
    """Return what is thin and bright under ultraviolet in each colour, as the square root of light."""
    return np.asarray(cv2.morphologyEx(cv2.LUT(image, _ROOT), cv2.MORPH_TOPHAT, _LINE), np.float32)


def fibres(image: Image, expected: Expected) -> tuple[int, float]:
    """Count fluorescent fibres where the samples show nothing in common, colour by colour.

    A blue fibre is seen across a red pattern: only lines of its own colour hide it.

    Returns
    -------
    tuple
        How many pieces of fibres there are; on how many square centimetres they were looked for.
    """
    printed = cv2.dilate(lines(expected.image), np.ones((5, 5), np.uint8)) >= _PRINTED
    known = cv2.erode(expected.known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inside = np.zeros_like(known)
    inside[RIM + 4 : -RIM - 4, RIM + 4 : -RIM - 4] = known[RIM + 4 : -RIM - 4, RIM + 4 : -RIM - 4]
    free = inside[..., None] & ~printed
    thin = lines(image)
    brightest = max(0.5, float(np.percentile(strongest(thin), 99.5)))
    hit = strongest(((thin > _FIBRE * brightest) & free).view(np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(hit, connectivity=8)
    length = found[1:, 2:4].max(axis=1) / PIXELS_PER_MM if len(found) > 1 else np.zeros(0)
    searched = cv2.countNonZero(strongest(free.view(np.uint8))) / PIXELS_PER_MM**2 / 100
    return int(((length >= 0.9) & (length < 9)).sum()), searched


def pattern_agrees(image: Image, expected: Expected) -> tuple[float, float] | None:
    """Compare a page's fluorescent pattern with the samples'; None where they have none, or too little is known.

    Returns
    -------
    tuple
        Correlation, 1 at most; how strong the samples' pattern is on the page, as a share of what it is on theirs.
    """
    known = expected.known.copy()
    known[:RIM], known[-RIM:], known[:, :RIM], known[:, -RIM:] = False, False, False, False
    one, other = _pattern(image), _pattern(expected.image)
    if known.sum() < _LEAST_KNOWN or float(other[known].std()) < _NO_PATTERN:
        return None
    width, places = known.shape[1], np.flatnonzero(known)  # a rim is left out: a pixel's neighbours are on the picture
    seen = one.ravel()[places]
    found = (_fit(seen, other.ravel()[places - down * width - across]) for down in (-1, 0, 1) for across in (-1, 0, 1))
    return max(found)


def _pattern(image: Image) -> Plane:
    light = _glowing(image)
    fine, coarse = (cv2.GaussianBlur(light, (0, 0), width * PIXELS_PER_MM) for width in (0.2, 1.5))
    return np.asarray(fine - coarse, np.float32)


def _fit(one: Plane, other: Plane) -> tuple[float, float]:
    one, other = one - one.mean(), other - other.mean()
    both, own, theirs = float(one @ other), float(one @ one), float(other @ other)
    return both / max(float(np.sqrt(own * theirs)), 1e-9), both / max(theirs, 1e-9)
