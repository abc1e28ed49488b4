"""How much a capture can carry: sharpness, glare, resolution, colour, and what to do about it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.colour import strongest, weakest
from docscan.exposure import MOST_LACKING
from docscan.lanes import Lanes
from docscan.types import Image, Quality

# A capture is usable when its MRZ and the rules can be judged.
READABLE_DPI = 50.0  # five pixels from character to character of the MRZ; with less, letters are guesses
READABLE_SHARPNESS = 0.12  # edges spread over about four pixels
BEARABLE_GLARE = 0.25  # share of the page
# What judging the print asks for.
PRINT_DPI = 200.0
# Of 80 genuine documents beside samples, stored as JPEG at quality 40, 32, 25, 18 and 12, none, 1, 3, 12 and 48 were
# referred; generated captures, from which the networks learned, have 55 and more.
PRINT_JPEG = 30.0
SHARP = 0.35
LITTLE_GLARE = 0.03

_HALF_SHARP = 1.5  # pixels of blur (sigma) at which the sharpness is a half
_FINE, _COARSE = 0.7, 1.6  # pixels, the two blurs whose gradients are compared
_BLOWN_OUT = 250  # of 255, in every channel
_SPOT_MM = 2.0  # glare has no finer structure; white paper between letters has
_WHITE_PAPER = 245  # brightness of the page's upper quarter from which white says nothing
# Grey levels from the strongest to the weakest channel that a hundredth of the pixels have: none where a scanner or a
# camera was set to grey; 31 and more on 282 generated pages of calibration states, black toner's copies among them.
_NO_COLOUR = 8
_EVERY = 8  # pixels across and down, of which one is asked for its colour


def measure(
    image: Image,
    pixels_per_mm: float,
    *,
    dpi: float,
    whole_page: bool,
    found: bool,
    brightened: float = 1.0,
    jpeg_quality: float | None = None,
    lanes: Lanes | None = None,
) -> Quality:
    """Measure a rectified page.

    Parameters
    ----------
    image
        The page, height x width x 3, RGB.
    pixels_per_mm
        Scale of ``image``.
    dpi
        The capture's own pixels for each inch of the page.
    whole_page, found
        Whether the page is wholly in the picture, and whether its border or its MRZ placed it.
    brightened
        By how much the picture was, for it was captured in poor light.
    jpeg_quality
        Of the capture's file; None where it is no JPEG.
    lanes
        On which the parts are measured beside each other; None: one after the other.
    """
    lanes = lanes or Lanes(0)
    glaring = lanes.beside(partial(glare, image, pixels_per_mm))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    # Blur counts in pixels of the capture, so a page that was shrunk is as blurred as it looks.
    sharp, blown = sharpness(np.asarray(grey, np.uint8), lanes), glaring()
    usable = dpi >= READABLE_DPI and sharp >= READABLE_SHARPNESS and blown <= BEARABLE_GLARE
    seen = Quality(
        sharp,
        blown,
        dpi,
        whole_page,
        usable,
        coloured=coloured(image),
        brightened=brightened,
        jpeg_quality=jpeg_quality,
    )
    return replace(seen, advice=_advice(seen, found))


def among_others(quality: Quality) -> Quality:
    """Return the quality of a capture that shows other documents too: of all that it shows only one was looked at."""
    what_to_do = "Capture each document by itself: the picture shows more than one, and only one was inspected."
    return replace(quality, usable=False, advice=(what_to_do, *quality.advice))


def squeezed(quality: Quality) -> bool:
    """Tell whether compression took so much of a capture that it does not show how the page was printed."""
    return quality.jpeg_quality is not None and quality.jpeg_quality < PRINT_JPEG


def too_dark(quality: Quality) -> bool:
    """Tell whether a capture lacks so much light that it does not show how the page was printed."""
    return quality.brightened > MOST_LACKING


def coloured(image: Image) -> bool:
    """Tell whether a picture shows any colours, so that it is no capture in shades of grey."""
    some = np.ascontiguousarray(image[::_EVERY, ::_EVERY])
    return float(np.percentile(strongest(some) - weakest(some), 99)) >= _NO_COLOUR


def sharpness(grey: NDArray[np.uint8], lanes: Lanes | None = None) -> float:
    """Return how sharp the strongest edges are, from 0 to 1; 0.5 where they are blurred by 1.5 pixels (sigma).

    The picture is blurred twice, by known amounts. How much the gradient of an edge falls from one to the other
    gives the edge's own blur, whatever its height (Zhuo and Sim, Defocus map estimation from a single image, 2011).
    """
    finely = (lanes or Lanes(0)).beside(partial(_blurred_gradient, grey, _FINE))
    coarse = _blurred_gradient(grey, _COARSE)
    ninth = np.ascontiguousarray(coarse[::3, ::3])  # of the pixels: it tells the level as well
    level = max(4.0, float(np.percentile(ninth, 97)))
    strong = np.flatnonzero(coarse >= level)
    # The ridge of an edge: there the model holds.
    ridges = cv2.dilate(coarse, np.ones((3, 3), np.uint8)).ravel()[strong] * np.float32(0.95)
    strong = strong[coarse.ravel()[strong] >= ridges]
    fine = finely()
    if len(strong) < 50:
        return 0.0
    ratio = np.clip(fine.ravel()[strong] / coarse.ravel()[strong], 1.0001, _COARSE / _FINE)
    variance = (_COARSE**2 - (ratio * _FINE) ** 2) / (ratio**2 - 1)
    blur = float(np.sqrt(max(0.0, float(np.median(variance)))))
    return 1 / (1 + (blur / _HALF_SHARP) ** 2)


def _blurred_gradient(grey: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    blurred = cv2.GaussianBlur(grey, (0, 0), sigma)
    horizontal, vertical = (cv2.Sobel(blurred, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    return np.asarray(cv2.magnitude(horizontal, vertical), np.float32)


def glare(image: Image, pixels_per_mm: float) -> float:
    """Return the share of the page where light has blotted everything out, 0 to 1.

    On white paper without a pattern, white is what is printed, and nothing can be said: 0.
    """
    # Four pixels a millimetre are enough for spots of two; a whole number is several times faster to average.
    step = max(1, round(pixels_per_mm / 4.0))
    size = (max(1, image.shape[1] // step), max(1, image.shape[0] // step))
    small = cv2.resize(image[: size[1] * step, : size[0] * step], size, interpolation=cv2.INTER_AREA)
    darkest = weakest(np.asarray(small, np.uint8))
    if np.percentile(darkest, 75) >= _WHITE_PAPER:
        return 0.0
    diameter = max(1, round(_SPOT_MM * pixels_per_mm / step))
    spot = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    blown = cv2.morphologyEx((darkest >= _BLOWN_OUT).astype(np.uint8), cv2.MORPH_OPEN, spot)
    return float(blown.mean())


def _advice(seen: Quality, found: bool) -> tuple[str, ...]:
    grey = () if seen.coloured else ("Capture in colour: shades of grey do not show how the document was printed.",)
    return (*_of_detail(seen), *_of_light(seen), *_of_place(seen, found), *grey)


def _of_detail(seen: Quality) -> Iterator[str]:
    dpi = seen.resolution_dpi
    shown = f"the document is shown at {dpi:.0f} dpi;"
    if dpi < READABLE_DPI:
        yield f"Move closer or scan finer: {shown} {READABLE_DPI:.0f} dpi or more are needed to read it."
    elif dpi < PRINT_DPI:
        yield f"Move closer: {shown} {PRINT_DPI:.0f} dpi or more are needed to judge how it was printed."
    if seen.sharpness < READABLE_SHARPNESS:
        yield "Hold still and focus: the image is too blurred to be read reliably."
    elif seen.sharpness < SHARP:
        yield "Focus better: the image is too soft to judge how the document was printed."
    if squeezed(seen):
        yield "Save with less compression: what the file keeps does not show how the document was printed."


def _of_light(seen: Quality) -> Iterator[str]:
    if seen.glare > LITTLE_GLARE:
        yield f"Tilt the document or move the lamp: glare hides {100 * seen.glare:.0f} % of the page."
    if too_dark(seen):
        yield "Give more light: the page is too dark to judge how it was printed."
    elif seen.brightened > 1:
        yield f"Give more light: the page was made {seen.brightened:.1f} times brighter to inspect it."


def _of_place(seen: Quality, found: bool) -> Iterator[str]:
    if not seen.whole_page and found:
        yield "Show the whole page: a part of it lies outside the image."
    elif not seen.whole_page:
        yield "Lay the document on a plain surface of another colour: its border was not found in the image."
