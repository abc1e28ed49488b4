"""What samples of one kind show at and of their portraits; of a single holder's nothing is kept."""

from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np

from docscan.documents.ghosts import ghost_of
from docscan.documents.laying import Laid, on_frame
from docscan.documents.model import PhotoZone
from docscan.documents.pictures import LEAST_SHARE
from docscan.documents.record import FEWEST
from docscan.grain import grain_of
from docscan.photo_zone import edge_profiles, usual_edges
from docscan.types import Page
from docscan.zones import SEARCH_PIXELS_PER_MM, Layout, portrait_box


def photo_of(pages: Sequence[Page], laid: Sequence[Laid | None], layout: Layout) -> PhotoZone | None:
    """Measure samples; None where the side has no portrait, or too few lie on each other.

    Parameters
    ----------
    laid
        How each page lies on their common picture; None where they have none.
    """
    good = [
        (page, place.in_millimetres)
        for page, place in zip(pages, laid, strict=True)
        if place is not None and place.share >= LEAST_SHARE
    ]
    if layout.portrait is None or len(good) < FEWEST:
        return None
    seen = [on_frame(page.image, page, matrix, SEARCH_PIXELS_PER_MM) for page, matrix in good]
    greys = [np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), np.uint8) for one in seen]
    zone = Counter(portrait_box(grey, layout) or layout.portrait for grey in greys).most_common(1)[0][0]
    edges = usual_edges([edge_profiles(page, matrix, zone) for page, matrix in good])
    grain = np.stack([grain_of(page, matrix, zone) for page, matrix in good]).mean(0)
    return PhotoZone(zone, edges, grain, ghost_of(good, zone))
