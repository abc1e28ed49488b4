"""Which document model a page is of, and where the page then is.

A border that was found where there is none, a desk's or a sleeve's, moves a page by centimetres, and it lies on no
samples. Its MRZ tells about where it is, without perspective; how it lies on the samples from there tells exactly.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from docscan.documents.matching import Library, Match, match
from docscan.lanes import Lanes
from docscan.page import find_page, page_at, page_of_zone, upside_down
from docscan.page_candidates import Candidate, candidates
from docscan.page_geometry import lying, page_to_capture
from docscan.types import Capture, Mrz, Page, PageSize

_BORDERS = 3  # that are tried, the one that was found among them


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
    if mrz is None:
        return _without_mrz(capture, page, library, lanes)
    parsed = mrz.parsed
    kind = match(page, parsed, library)
    if kind.known or kind.likeliest is None or not page.border_seen:
        return page, kind
    rough = page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format, (), lanes)
    nearly = match(rough, parsed, library)
    if nearly.laid_on_own is None:
        return page, kind
    exact = page_at(capture, rough.to_capture @ nearly.laid_on_own.in_millimetres, rough.size, lanes)
    again = match(exact, parsed, library)
    return (exact, again) if again.known else (page, kind)


def side_without_mrz(
    capture: Capture, borders: Callable[[], list[Candidate]], library: Library, lanes: Lanes
) -> tuple[Page, Match] | None:
    """Find and identify the page of a capture on which no MRZ was read; None: no side without one is enrolled.

    Parameters
    ----------
    borders
        Returns the ``candidates`` of the visible image.
    """
    if not library.has_sides_without_mrz:
        return None
    found = borders()
    return _without_mrz(capture, find_page(capture, found, lanes), library, lanes, found)


def _without_mrz(
    capture: Capture, page: Page, library: Library, lanes: Lanes | None, borders: Sequence[Candidate] | None = None
) -> tuple[Page, Match]:
    """Identify a page on which no MRZ was read, which would tell what is up, and where the page is.

    A side that has none is looked for either way up, by the border that was found and by others that there may be.
    Where nothing lies on samples the page stays as it was found.
    """
    kind = match(page, None, library)
    if (kind.known and page.found) or not library.has_sides_without_mrz:
        return page, kind
    others = _other_ways(capture, page, borders, lanes)
    for rough, nearly in chain([(page, kind)], ((other, match(other, None, library)) for other in others)):
        if nearly.laid_on_own is None or not nearly.has_no_mrz:
            continue
        if rough.border_seen:
            return rough, nearly
        exact = page_at(capture, rough.to_capture @ nearly.laid_on_own.in_millimetres, rough.size, lanes)
        again = match(exact, None, library)
        if again.known:
            return exact, again
    return page, kind


def _other_ways(
    capture: Capture, page: Page, borders: Sequence[Candidate] | None, lanes: Lanes | None
) -> Iterator[Page]:
    """Yield what else than a page as it was found may be a card's side: it upside down, or by other borders."""
    yield upside_down(page)
    height, width = capture.visible.shape[:2]
    known = candidates(capture.visible) if borders is None else borders
    for border in known[page.border_seen : _BORDERS]:  # the first was tried where it was believed
        corners = lying(border.corners, (height, width))
        rough = page_at(capture, page_to_capture(corners, PageSize.ID_1), PageSize.ID_1, lanes)
        yield from (rough, upside_down(rough))
