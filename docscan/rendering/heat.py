"""The heat map: the page in grey, red where the network doubts its print, pale where it did not look."""

import cv2
import numpy as np

from docscan.print_scores import HeatMap
from docscan.types import Image, Page

_RED = np.array([214, 40, 20], np.float32)
_SURE = 0.5  # of a cell's doubt, below which nothing is drawn: most genuine print lies well below
_STRONGEST = 0.75  # share of red in a cell of full doubt: what lies under it stays to be seen
_PALE = 0.6  # share of white where nobody looked


def on_page(page: Page, heat: HeatMap) -> Image:
    """Lay a heat map over its page.

    Returns
    -------
    Image
        Of the size of ``page.image``.
    """
    height, width = page.image.shape[:2]
    side = heat.cell_mm * page.pixels_per_mm
    rows, columns = (np.arange(length) / side for length in (height, width))
    last_row, last_column = (count - 1 for count in heat.forged.shape)
    place = np.ix_(np.minimum(rows.astype(int), last_row), np.minimum(columns.astype(int), last_column))
    # What a cell does to its grey pixels is worked out once for all of them.
    red = _STRONGEST * np.clip((np.nan_to_num(heat.forged) - _SURE) / (1 - _SURE), 0, 1)
    share, tint = 1 - red, _RED * red[..., None]
    unseen = np.isnan(heat.forged)
    share[unseen], tint[unseen] = 1 - _PALE, 255 * _PALE
    grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY) * share[place]
    channels = [np.rint(grey + tint[..., channel][place]).astype(np.uint8) for channel in range(3)]
    return np.asarray(cv2.merge(channels), np.uint8)


def to_png(page: Page, heat: HeatMap) -> bytes:
    """Return the heat map over its page as PNG."""
    return cv2.imencode(".png", cv2.cvtColor(on_page(page, heat), cv2.COLOR_RGB2BGR))[1].tobytes()
