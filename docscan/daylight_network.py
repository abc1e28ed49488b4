"""The network that looks at all of a page by daylight, at half the scale that print needs.

The region network sees two dozen squares in full; what a forger pastes, erases or paints over may lie beside them or
be larger, and shows in how it differs from the rest of the page. Beside the colours it is shown how much fine structure
each place has, which shrinking takes away: grain, dots and blur seldom match where a page was put together.
"""

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from docscan.crops import whole
from docscan.page_answer import PageAnswer, ask_about
from docscan.runtime import Models
from docscan.types import Capture, Homography, Image, Page, PageSize

MODEL = "page_visible"

PIXELS_PER_MM = 6.0
WIDTH, HEIGHT = 752, 528  # pixels, an ID-3 page and a little; smaller ones lie in the upper left corner
CHANNELS = 4
BESIDE = -1.0  # a smaller page: black, as the network learned

_FINE = 2  # times finer than shown: the scale at which structure is measured
_STRETCH = 4.0  # of the fine structure's level, which is a few grey levels on clean paper
_ROOT = np.rint(np.sqrt(np.arange(256) * 255.0)).astype(np.uint8)  # small differences of small levels count most


def channels_of(capture: Image, to_capture: Homography, size: PageSize) -> NDArray[np.uint8]:
    """Return a page as the network is to see it: height x width x ``CHANNELS``, its colours and its fine structure.

    Parameters
    ----------
    to_capture
        From millimetres of the page to the capture's pixels.
    """
    page = whole(capture, to_capture, size, _FINE * PIXELS_PER_MM)
    height, width = min(page.shape[0] // _FINE, HEIGHT), min(page.shape[1] // _FINE, WIDTH)
    page = page[: _FINE * height, : _FINE * width]
    edges = cv2.Laplacian(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), cv2.CV_16S, ksize=1)
    structure = cv2.convertScaleAbs(edges, alpha=_STRETCH)
    shown, fine = (cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA) for part in (page, structure))
    return np.asarray(cv2.merge([*cv2.split(shown), cv2.LUT(fine, _ROOT)]), np.uint8)  # numpy's takes 2 ms


def look_at_whole(capture: Capture, page: Page, models: Models) -> PageAnswer | None:
    """Show the network a page; None where the models in use have none."""
    if MODEL not in models.sessions:
        return None
    channels = channels_of(capture.visible, page.to_capture, page.size)
    return ask(models.sessions[MODEL], channels, models.entries[MODEL].sha256[:8])


def ask(session: ort.InferenceSession, channels: NDArray[np.uint8], network: str = "") -> PageAnswer:
    """Show the network a page, as ``channels_of`` gives it."""
    return ask_about(session, channels, (HEIGHT, WIDTH), PIXELS_PER_MM, beside=BESIDE, network=network)


def usual(answer: PageAnswer) -> str:
    """Return the name under which samples keep what an answer's network says of them."""
    return f"viz.page_{answer.network}"
