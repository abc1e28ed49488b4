"""The networks that look at a whole page under ultraviolet or infrared, beside its visible image.

What an eraser, glue or another ink leaves under these lights lies anywhere on a page and is large, so all of the page
is shown at a third of the scale that print needs. What is usual glow and what is not, and what should stay under
infrared, shows in how the same place looks by daylight.
"""

from collections.abc import Mapping

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from docscan.documents.laying import PIXELS_PER_MM
from docscan.page_answer import PageAnswer, ask_about
from docscan.types import Image, Spectrum

MODELS: Mapping[Spectrum, str] = {Spectrum.UV: "page_uv", Spectrum.IR: "page_ir"}

WIDTH, HEIGHT = 500, 352  # pixels, an ID-3 page; smaller ones lie in its upper left corner
CHANNELS: Mapping[Spectrum, int] = {Spectrum.UV: 6, Spectrum.IR: 4}


def usual(answer: PageAnswer, light: Spectrum) -> str:
    """Return the name under which samples keep what an answer's network says of them under a light."""
    return f"{light.value}.page_{answer.network}"


def channels_of(light: Spectrum, seen: Mapping[Spectrum, Image]) -> NDArray[np.uint8]:
    """Return height x width x ``CHANNELS``: a page under a light, infrared without a camera's tint, and by daylight.

    ``seen`` are pictures of the same size at ``PIXELS_PER_MM``.
    """
    image = seen[light]
    if light is Spectrum.IR:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    return np.asarray(cv2.merge([*cv2.split(image), *cv2.split(seen[Spectrum.VISIBLE])]), np.uint8)


def ask(session: ort.InferenceSession, channels: NDArray[np.uint8], network: str = "") -> PageAnswer:
    """Show a network a page, as ``channels_of`` gives it."""
    return ask_about(session, channels, (HEIGHT, WIDTH), PIXELS_PER_MM, beside=0.0, network=network)
