"""The page under every light that was given, small and side by side, and what its document model expects there.

Made once for all checks of a light: what they measure shows at a tenth of the pixels that print needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.documents.laying import PIXELS_PER_MM, Laid
from docscan.documents.model import ReferencePicture
from docscan.documents.pictures import lies_exactly
from docscan.light_network import MODELS, ask, channels_of
from docscan.light_slots import wrong_image
from docscan.page_answer import PageAnswer
from docscan.runtime import Models
from docscan.types import Box, Homography, Image, Mrz, Page, Spectrum
from docscan.zones import layout_of, portrait_box

_SURELY_KNOWN = 250  # of 255, after a mask was laid on the page


@dataclass(frozen=True, slots=True)
class Expected:
    """What genuine samples of the page's kind show under one light, laid on the page."""

    image: Image  # height x width x 3 at PIXELS_PER_MM
    known: NDArray[np.bool_]  # height x width; False where holders differ


@dataclass(frozen=True, slots=True)
class Lights:
    """A page under each light; all pictures show the same at ``PIXELS_PER_MM``."""

    seen: Mapping[Spectrum, Image] = field(default_factory=lambda: MappingProxyType({}))
    expected: Mapping[Spectrum, Expected] = field(default_factory=lambda: MappingProxyType({}))
    wrong: Mapping[Spectrum, str] = field(default_factory=lambda: MappingProxyType({}))  # what is wrong with an image
    portrait: Box | None = None  # about where it stands, millimetres of the page
    answers: Mapping[Spectrum, PageAnswer] = field(default_factory=lambda: MappingProxyType({}))  # of the networks


def look_at_lights(
    page: Page, mrz: Mrz | None, pictures: Mapping[Spectrum, ReferencePicture], laid: Laid | None
) -> Lights:
    """Make the pictures that the checks of ultraviolet and infrared look at; none without either light.

    Parameters
    ----------
    pictures
        Of the page's document model; none where no model is known.
    laid
        How the page lies on them; None where there is none by daylight.
    """
    if page.uv is None and page.ir is None:
        return Lights()
    seen = {light: _small(image, page) for light in Spectrum if (image := page.light(light)) is not None}
    others = [light for light in seen if light is not Spectrum.VISIBLE]
    faults = {light: wrong_image(light, seen, page, mrz) for light in others}
    grey = np.asarray(cv2.cvtColor(seen[Spectrum.VISIBLE], cv2.COLOR_RGB2GRAY), np.uint8)
    return Lights(
        seen,
        _expected(page, pictures, laid, others),
        {light: fault for light, fault in faults.items() if fault is not None},
        portrait_box(grey, layout_of(page.size, mrz.parsed.format if mrz else None)),
    )


def judged(lights: Lights, models: Models) -> Lights:
    """Ask the networks, those that there are, about each light whose image seems to be right."""

    def asked(light: Spectrum, name: str) -> PageAnswer:
        return ask(models.sessions[name], channels_of(light, lights.seen), models.entries[name].sha256[:8])

    right = {light: name for light, name in MODELS.items() if light in lights.seen and light not in lights.wrong}
    answers = {light: asked(light, name) for light, name in right.items() if name in models.sessions}
    return replace(lights, answers=answers)


def _shape(page: Page) -> tuple[int, int]:
    """Return width and height in pixels."""
    width, height = (round(side * PIXELS_PER_MM) for side in page.size.millimetres)
    return width, height


def _small(image: Image, page: Page) -> Image:
    return np.asarray(cv2.resize(image, _shape(page), interpolation=cv2.INTER_AREA), np.uint8)


def _expected(
    page: Page, pictures: Mapping[Spectrum, ReferencePicture], laid: Laid | None, lights: Sequence[Spectrum]
) -> dict[Spectrum, Expected]:
    """Lay the samples' pictures on the page by what both show in visible light."""
    if laid is None or not lies_exactly(laid):
        return {}
    return {light: laid_on(pictures[light], laid.in_millimetres, page) for light in lights if light in pictures}


def laid_on(picture: ReferencePicture, to_page: Homography, page: Page) -> Expected:
    """Lay a picture on a page.

    Parameters
    ----------
    to_page
        From millimetres of the picture to millimetres of the page.
    """
    scale, own = np.diag([PIXELS_PER_MM, PIXELS_PER_MM, 1.0]), picture.pixels_per_mm
    factor = min(1.0, PIXELS_PER_MM / own)
    mask = picture.known.astype(np.uint8) * 255
    image, mask = (_shrunk(whole, factor) for whole in (picture.image, mask))
    matrix = scale @ to_page @ np.diag([1 / (own * factor), 1 / (own * factor), 1.0])
    laid = cv2.warpPerspective(image, matrix, _shape(page), borderMode=cv2.BORDER_REPLICATE)
    known = cv2.warpPerspective(mask, matrix, _shape(page)) >= _SURELY_KNOWN
    return Expected(np.asarray(laid, np.uint8), np.asarray(known, np.bool_))


def _shrunk(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
