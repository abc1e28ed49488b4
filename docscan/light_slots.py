"""Whether an image shows what its light shows, or another light, the same image again, or another document.

Under ultraviolet a page glows by itself: it is dark, or blue where its paper has brighteners, and never white; colours
stand side by side. Under infrared it is lit by a lamp that a camera sees without colour: all of it has the same tint.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.colour import strongest
from docscan.documents.laying import correlation
from docscan.page_geometry import moved
from docscan.types import Image, Mrz, Page, Spectrum

# Measured on pages of page readers, genuine and forged, of six states: right images, those of another light or document
# in their place, and tinted infrared. Between what is right and what is not there is room on both sides of each.
_SAME = 2.5  # grey levels by which an image that was given twice differs on average, stored anew
_LIKE_VISIBLE = 0.945  # correlation of light and dark with the visible image; of infrared 0.94 at most
_HUES_ALIKE, _HUE_OFF, _HUED = 0.25, 0.08, 0.006  # correlation of hue with it, how far off its middle, its deviation
_COLOURED = 0.2  # deviation of hue under ultraviolet; under infrared 0.02, also of a camera that tints it
# Blue against red, and red against blue: what glows is bluer than the one, a lamp's light redder than the other.
_BLUE, _WHITE = 1.25, 0.87
_DARK = 40  # grey levels of the brighter part of a page, below which a lamp did not shine
_BRIGHT = 70  # grey levels of a page's middle that no dull page has
_SAME_TEXT = 0.71  # correlation of ink between two images of one zone; with other text 0.68 at most
_INKED = 0.15  # contrast of a zone, as a share of its paper, from which its text is seen

_AGAIN = "Give the image that the reader took under {light} light, or leave it out."
_NAMES = {Spectrum.UV: "ultraviolet", Spectrum.IR: "infrared", Spectrum.VISIBLE: "visible"}


def wrong_image(light: Spectrum, seen: Mapping[Spectrum, Image], page: Page, mrz: Mrz | None) -> str | None:
    """Say in one sentence what is wrong with the image of a light and what to do; None: nothing was noticed.

    Parameters
    ----------
    seen
        The page under all lights that were given, in pictures of the same size.
    """
    image = seen[light]
    for other, shown in seen.items():
        if other is not light and _difference(image, shown) < _SAME and not _dark(image):
            return f"The {_NAMES[light]} image is the {_NAMES[other]} one, given twice. {_again(light)}"
    visible = seen[Spectrum.VISIBLE]
    if _as_visible(image, visible):
        return f"The {_NAMES[light]} image has the colours of one under visible light. {_again(light)}"
    if light is Spectrum.UV:
        return _of_ultraviolet(image)
    return _of_infrared(image) or (_of_other_text(image, visible, page, mrz) if mrz is not None else None)


def _again(light: Spectrum) -> str:
    return _AGAIN.format(light=_NAMES[light])


def _of_infrared(image: Image) -> str | None:
    red, blue = _red_and_blue(image)
    if blue > _BLUE * red or float(_hue(image, image).std()) > _COLOURED:
        return f"The infrared image has the colours of an ultraviolet one. {_again(Spectrum.IR)}"
    if _dark(image):
        return (
            "The infrared image is dark all over: see whether the lamp shone; paper and plastic reflect infrared, "
            "a screen does not."
        )
    return None


def _of_ultraviolet(image: Image) -> str | None:
    red, blue = _red_and_blue(image)
    if _middle(image) > _BRIGHT and red > _WHITE * blue:
        return f"The ultraviolet image is bright and without colour, as an infrared one is. {_again(Spectrum.UV)}"
    return None


def _middle(image: Image) -> float:
    return float(np.median(strongest(image)))


def _dark(image: Image) -> bool:
    return float(np.percentile(strongest(image), 80)) < _DARK


def _difference(one: Image, other: Image) -> float:
    return float(cv2.absdiff(one, other).mean())


def _small(image: Image) -> Image:
    return np.asarray(cv2.resize(image, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA), np.uint8)


def _red_and_blue(image: Image) -> tuple[float, float]:
    small = _small(image)
    return float(np.median(small[..., 0])), float(np.median(small[..., 2]))


def _hue(image: Image, lit: Image) -> NDArray[np.float32]:
    """Return red against blue, as logarithms, where another image is brighter than in its middle."""
    small, light = _small(image).astype(np.float32), _small(lit).sum(axis=2)
    bright = small[light >= np.median(light)]
    return np.asarray(np.log((bright[:, 0] + 8) / (bright[:, 2] + 8)), np.float32)


def _as_visible(image: Image, visible: Image) -> bool:
    """Tell whether an image was taken under visible light: dark and coloured where the visible one is."""
    one, other = _hue(image, visible), _hue(visible, visible)
    if abs(float(np.median(one)) - float(np.median(other))) > _HUE_OFF or one.std() < _HUED:
        return False
    return correlation(one, other) > _HUES_ALIKE and correlation(_detail(image), _detail(visible)) > _LIKE_VISIBLE


def _detail(image: Image) -> NDArray[np.float32]:
    """Return light and dark without shading, the page's rim left out."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 8)
    return np.asarray(detail[10:-10, 10:-10], np.float32)


def _of_other_text(image: Image, visible: Image, page: Page, mrz: Mrz) -> str | None:
    """Say so where both images have dark text in the zone, and not the same."""
    one, other = (_zone(picture, page, mrz) for picture in (image, visible))
    if min(_contrast(one), _contrast(other)) < _INKED or correlation(one, other) > _SAME_TEXT:
        return None
    return (
        "The infrared image shows other text in the machine-readable zone, or shows it elsewhere, than the visible "
        "image: take both of one document and do not move it between them."
    )


def _zone(picture: Image, page: Page, mrz: Mrz) -> NDArray[np.float32]:
    """Cut the upright box about the zone out of a picture of the page, grey."""
    corners = moved(np.array(mrz.zone.polygon, np.float64), np.asarray(np.linalg.inv(page.to_capture), np.float64))
    height, width = picture.shape[:2]
    scale = width / page.size.millimetres[0]
    left, top = np.clip(np.floor(corners.min(0) * scale), 0, (width - 2, height - 2)).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0) * scale), (left + 2, top + 2), (width, height)).astype(int)
    grey = cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 2 * scale) + grey.mean(), np.float32)


def _contrast(zone: NDArray[np.float32]) -> float:
    dark, light = np.percentile(zone, (8, 90))
    return float((light - dark) / max(light, 20.0))
