"""Captures in poor light: how much of it a page lacks, and the picture as it would be with enough.

A camera set by a white table, a lamp that failed or a hand's shadow leave a page darker than any that the networks
learned from, and than the samples it is compared with. Grey levels follow a power of the light, so that less light is
one factor on all of them; what is left is noise, and steps of a level.
"""

import cv2
import numpy as np

from docscan.colour import strongest
from docscan.types import Image

# Grey levels of a page's bright parts. Of 280 generated genuine documents of calibration states the darkest has 209,
# the middle one 236; of 120 forged ones one in a hundred has 187 or less.
_DIM, _USUAL = 185.0, 225.0
_BRIGHT = 90  # percentile of a page's pixels, in their strongest channel, that tells how bright it is
_EVERY = 4  # pixels across and down, of which one is asked
# Times that a page may lack and its print still be judged: of 80 genuine documents with a camera's noise in 0.3 of the
# light, which are made 3.2 times brighter, none was referred beside samples.
MOST_LACKING = 4.0


def lacking(page: Image) -> float:
    """Return by how many times a page is darker than one in enough light; 1 where it has enough."""
    some = np.ascontiguousarray(page[::_EVERY, ::_EVERY])
    bright = float(np.percentile(strongest(some), _BRIGHT))
    return 1.0 if bright >= _DIM else _USUAL / max(bright, 1.0)


def brightened(image: Image, times: float) -> Image:
    """Return a picture in so many times the light."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=times), np.uint8)
