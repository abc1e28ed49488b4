"""Which document model a page is of, and where the page then is.

A border that was found where there is none, a desk's or a sleeve's, moves a page by centimetres, and it lies on no
samples. Its MRZ tells about where it is, without perspective; how it lies on the samples from there tells exactly.
"""

from docscan.documents.matching import Library, Match, match
from docscan.lanes import Lanes
from docscan.page import page_at, page_of_zone
from docscan.types import Capture, Mrz, Page


def identified(
    capture: Capture, page: Page, mrz: Mrz | None, library: Library, lanes: Lanes | None = None
) -> tuple[Page, Match]:
    """Return which document model a page is of, and the page: as it was given, or where the samples say that it is.

    Where it is of no kind by its border, it is looked for once more by its MRZ alone. It must lie on the samples there
    as anywhere else, so that nothing is forced.

    Parameters
    ----------
    page
        As ``find_page`` or ``page_of_zone`` found it.
    lanes
        On which a page is cut from the images of several lights beside each other; None: one after the other.
    """
    parsed = mrz.parsed if mrz else None
    kind = match(page, parsed, library)
    if kind.known or kind.likeliest is None or mrz is None or not page.border_seen:
        return page, kind
    rough = page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format, (), lanes)
    nearly = match(rough, parsed, library)
    if nearly.laid_on_own is None:
        return page, kind
    exact = page_at(capture, rough.to_capture @ nearly.laid_on_own.in_millimetres, rough.size, lanes)
    again = match(exact, parsed, library)
    return (exact, again) if again.known else (page, kind)
