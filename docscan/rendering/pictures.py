"""What a report shows of the capture: small JPEGs, and the outlines to draw over them.

Made once, while the images are at hand; a rendered report needs nothing else, so the images can go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import cv2
import numpy as np

from docscan.documents.model import ReferencePicture
from docscan.page_geometry import in_capture, rectangle
from docscan.print_scores import HeatMap
from docscan.rendering.closer import Window, cut, of_samples, window
from docscan.rendering.findings import NumberedFinding, findings_of
from docscan.rendering.heat import on_page
from docscan.rendering.view import View, view_of
from docscan.types import Capture, Image, Page, Polygon, Report, Spectrum

if TYPE_CHECKING:
    from docscan.inspection import Inspection

LONGEST_SIDE = 1600  # pixels; enough to read an MRZ on a screen and on A4
_LONGEST_OTHER = 800
_LONGEST_DETAIL = 760  # pixels; four an edge of a millimetre, printed half a page wide
MOST_BYTES = 1_080_000  # of all pictures of a report; its HTML, in base64, is then about 1.5 MB
_QUALITIES = (88, 75, 60, 45)  # of the JPEGs, tried until they fit


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as JPEG, and the size of what it shows."""

    jpeg: bytes
    width: int  # pixels of what was cut out, which outlines are given in; the JPEG may be smaller
    height: int


@dataclass(frozen=True, slots=True)
class Closer:
    """A finding enlarged, beside genuine samples or beside what it is to be compared with."""

    seen: Picture
    samples: Picture | None  # the same place, at the same scale
    again: Picture | None = None  # where the same print stands a second time
    differs: bool = False  # True: no samples are shown, for they differ there from holder to holder


@dataclass(frozen=True, slots=True)
class Pictures:
    """All that a report shows of one capture."""

    page: Picture  # of the rectified page, or of the whole capture where ``capture`` is None
    places: Mapping[int, Polygon]  # of each finding on ``page``, by number
    closer: Mapping[int, Closer] = field(default_factory=dict)  # by number; none for what lies outside the picture
    uv: Picture | None = None  # as page
    ir: Picture | None = None
    heat: Picture | None = None  # where the network doubts the print; None: it did not look
    capture: Picture | None = None  # as it was taken; None: it is what ``page`` shows
    outline: Polygon | None = None  # the page's place in ``capture``
    lights: frozenset[Spectrum] = frozenset()  # for which there were genuine samples to compare with
    other_side: "Pictures | None" = None  # of a card, where both were inspected

    @property
    def size(self) -> int:
        """Bytes of all JPEGs."""
        closer = [picture for one in self.closer.values() for picture in (one.seen, one.samples, one.again)]
        every = (self.page, self.uv, self.ir, self.heat, self.capture, *closer)
        return sum(len(picture.jpeg) for picture in every if picture is not None)


def pictures_of(inspection: "Inspection") -> Pictures:
    """Make the pictures of an inspection's report: of each side that was inspected, as :func:`draw`."""
    other = inspection.other_side
    drawn = draw(inspection.report, inspection.capture, inspection.page, inspection.heat, inspection.references)
    return drawn if other is None else replace(drawn, other_side=pictures_of(other))


def draw(
    report: Report,
    capture: Capture,
    page: Page,
    heat: HeatMap | None = None,
    references: Mapping[Spectrum, ReferencePicture] = MappingProxyType({}),
) -> Pictures:
    """Make the pictures of one side's report, of no more than about ``MOST_BYTES``.

    Parameters
    ----------
    report
        Its checks say which places are shown closer (:mod:`docscan.rendering.findings`).
    capture, page
        What was inspected, RGB.
    heat
        Where the network doubts the print, if it looked.
    references
        Pictures of genuine samples of the document's kind, by light; none where no document model matched.
    """
    for quality in _QUALITIES:
        pictures = _drawn(report, capture, page, heat, references, quality)
        if pictures.size <= MOST_BYTES:
            break
    return pictures


def _drawn(
    report: Report,
    capture: Capture,
    page: Page,
    heat: HeatMap | None,
    references: Mapping[Spectrum, ReferencePicture],
    quality: int,
) -> Pictures:
    view, findings = view_of(capture, page), findings_of(report.checks)
    places = {finding.number: view.place(finding.region.polygon if finding.region else None) for finding in findings}
    closer = {}
    for finding in findings:
        at = window(view, places[finding.number])
        if at is not None and (pair := _closer(view, finding, at, references.get(finding.spectrum), quality)):
            closer[finding.number] = pair
    return Pictures(
        page=_picture(view.visible, LONGEST_SIDE, quality),
        places=places,
        closer=closer,
        uv=None if view.uv is None else _picture(view.uv, _LONGEST_OTHER, quality),
        ir=None if view.ir is None else _picture(view.ir, _LONGEST_OTHER, quality),
        heat=None if heat is None else _picture(on_page(page, heat), _LONGEST_OTHER, quality),
        capture=_picture(capture.visible, _LONGEST_OTHER, quality) if page.found else None,
        outline=in_capture(rectangle(*page.size.millimetres), page.to_capture) if page.found else None,
        lights=frozenset(references),
    )


def _closer(
    view: View, finding: NumberedFinding, at: Window, reference: ReferencePicture | None, quality: int
) -> Closer | None:
    image = view.light(finding.spectrum)
    if image is None:
        return None
    seen = _picture(cut(image, at), _LONGEST_DETAIL, quality)
    if finding.region is not None and finding.region.again is not None:
        there = window(view, view.place(finding.region.again))
        return Closer(seen, None, None if there is None else _picture(cut(image, there), _LONGEST_DETAIL, quality))
    if reference is None or view.pixels_per_mm is None:
        return Closer(seen, None)
    samples = of_samples(reference, at, view.pixels_per_mm)
    if samples is None:
        return Closer(seen, None, differs=True)
    return Closer(seen, _picture(samples, _LONGEST_DETAIL, quality))


def _picture(image: Image, longest: int, quality: int) -> Picture:
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return Picture(encoded.tobytes(), width, height)
