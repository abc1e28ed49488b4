"""Reads the visual zone and lays it beside the MRZ.

Where a document model tells where its documents print each datum, the lines there are read. On a page that lies on the
samples line on line, a datum's very place is read first, and where that agrees no line is looked for. What does not
agree is looked for again where the text as a whole says that it stands: pages are sometimes found millimetres from
where they are. Without a model all lines are read, and a datum is told by what it says or by its label.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from docscan.cutting import grown
from docscan.mrz.certainty import NAMES
from docscan.page import upside_down
from docscan.page_geometry import MRZ_LINE_SPACING, moved, zone_corners
from docscan.types import (
    Agreement,
    Box,
    FieldPlace,
    Homography,
    Mrz,
    Page,
    TextLayout,
    TextLine,
    VisualField,
    VisualZone,
)
from docscan.visual.comparing import compared
from docscan.visual.expected import Expected, expected
from docscan.visual.labels import label_of
from docscan.visual.lines import (
    FINDING_PIXELS_PER_MM,
    SEARCHING_PIXELS_PER_MM,
    expected_at,
    find_lines,
    lines_at,
    middle,
    read_boxes,
)
from docscan.visual.ocr import TextReader
from docscan.visual.register import Place, registered
from docscan.visual.search import agreeing, searched
from docscan.visual.spelling import folded

LOWEST_PIXELS_PER_MM = 3.5  # of the capture; coarser, small print is not read
_AT_ONCE = 8  # lines that are read between two looks at what is still missing
# Millimetres beside, and above and below a datum's place that are read along: on 54 documents of training states 360 of
# 375 data agreed at once, with 2.0 and 0.3 355.
_ASIDE, _ABOVE = 0.5, 0.15
_BEHIND = 2  # characters of room behind a datum: what stands there, a word's distance away, is no longer part of it
_TRIES = 2  # lines that are read for one datum, where the first is a label
_TRUSTED = 2  # data that agree before another that does not is believed to be read where it stands

Fields = dict[str, VisualField]


def _whole(page: Page) -> Box:
    return Box(0.0, 0.0, *page.size.millimetres)


def visual_part(page: Page, mrz: Mrz) -> Box:
    """Return the page above its MRZ."""
    width, height = page.size.millimetres
    zone = moved(zone_corners(mrz.zone.polygon), np.asarray(np.linalg.inv(page.to_capture), np.float64))
    floor = min(height, max(height / 3, float(zone[:, 1].min()) - MRZ_LINE_SPACING / 6))
    return Box(0, 0, width, floor)


def _agreeing_at(
    page: Page,
    places: Mapping[str, FieldPlace],
    data: Mapping[str, Expected],
    placed: Place,
    reader: TextReader,
) -> Fields:
    """Read what stands at each datum's very place; return what agrees, for anything else may be two halves of lines."""
    room = {name: _enough(name, data[name], place) for name, place in places.items()}
    wanted = _wanted(places, room, placed)
    boxes = [grown(box, _ASIDE, _ABOVE) for box in wanted.values()]
    lines = dict(zip(wanted, read_boxes(page, boxes, reader), strict=True))
    return {
        name: VisualField(name, data[name].shown, line, Agreement.AGREES)
        for name, line in lines.items()
        if line.text and compared(name, data[name], line) is Agreement.AGREES
    }


def _says(line: TextLine) -> bool:
    """Tell whether a line has any text; of a label in a script that the reader does not know the slashes are left."""
    return 2 * len(folded(line.text)) >= len(line.text.replace(" ", "")) > 0


def _at(page: Page, wanted: Mapping[str, Box], data: Mapping[str, Expected], reader: TextReader) -> Fields:
    """Read the line at each datum's place; where that is a label, the next."""
    found = dict(zip(wanted, lines_at(page, tuple(wanted.values()), reader), strict=True))
    fields: Fields = {}
    for turn in range(_TRIES):
        boxes = {name: lines[turn] for name, lines in found.items() if name not in fields and len(lines) > turn}
        for name, line in zip(boxes, read_boxes(page, tuple(boxes.values()), reader), strict=True):
            if _says(line) and label_of(line) is None:
                fields[name] = VisualField(name, data[name].shown, line, compared(name, data[name], line))
    return fields


def _characters(datum: Expected, place: FieldPlace) -> int:
    """Return for how many characters to make room: the MRZ's or the samples', whichever is more."""
    return max(len(datum.shown), math.ceil(place.box.width / place.character_mm))


def _enough(name: str, datum: Expected, place: FieldPlace) -> int:
    """Return for how many characters to make room where only the MRZ's own agree: more would show behind them.

    Dates, sex and nationality are written in ways that the MRZ does not tell.
    """
    most = _characters(datum, place)
    as_in_mrz = (*NAMES, "document_number")
    return min(most, len(datum.shown) + _BEHIND) if name in as_in_mrz and not datum.cut else most


def _wanted(places: Mapping[str, FieldPlace], room: Mapping[str, int], placed: Place) -> dict[str, Box]:
    return {
        name: expected_at(place, room[name], placed(place.box.x, middle(place.box))) for name, place in places.items()
    }


def _agrees(fields: Mapping[str, VisualField], name: str) -> bool:
    return name in fields and fields[name].agreement is Agreement.AGREES


def _worth(field: VisualField) -> tuple[bool, bool, float]:
    """Order two readings of one datum: one that agrees before one that surely differs before any other."""
    certain = field.line.confidence
    return (
        field.agreement is Agreement.AGREES,
        field.agreement is Agreement.DIFFERS,
        sum(certain) / len(certain),
    )


def _at_places(
    page: Page,
    floor: float,
    data: Mapping[str, Expected],
    layout: TextLayout,
    reader: TextReader,
    on_page: Homography | None,
) -> Fields:
    known = {name: place for name, place in layout.fields.items() if name in data}
    room = {name: _characters(data[name], place) for name, place in known.items()}
    placed = _placed(on_page)
    fields = {} if on_page is None else _agreeing_at(page, known, data, placed, reader)
    rest = {name: box for name, box in _wanted(known, room, placed).items() if name not in fields}
    fields |= _at(page, rest, data, reader) if rest else {}
    doubtful = {name: place for name, place in known.items() if not _agrees(fields, name)}
    if not doubtful:
        return fields
    again = _at(page, _wanted(doubtful, room, registered(page, layout.lines, floor)), data, reader)
    if 2 * len(doubtful) > len(known):  # the page is not where it was found: what was read there are other data
        return {name: field for name, field in fields.items() if name not in doubtful} | again
    for name, field in again.items():
        fields[name] = max(fields.get(name, field), field, key=_worth)
    return fields


def _anywhere(page: Page, above: Box, data: Mapping[str, Expected], reader: TextReader) -> Fields:
    """Read line after line, the highest first since labels are small, until all data were found."""
    boxes = sorted(find_lines(page, above, reader, SEARCHING_PIXELS_PER_MM), key=lambda box: -box.height)
    lines: list[TextLine] = []
    for first in range(0, len(boxes), _AT_ONCE):
        lines += read_boxes(page, boxes[first : first + _AT_ONCE], reader)
        if all(agreeing(name, datum, lines) for name, datum in data.items()):
            break
    return searched(data, lines)


def _placed(on_page: Homography | None) -> Place:
    def placed(x: float, y: float) -> tuple[float, float]:
        if on_page is None:
            return x, y
        right, down = moved(np.array([[x, y]]), on_page)[0]
        return float(right), float(down)

    return placed


def _agreeing(fields: Mapping[str, VisualField]) -> int:
    return sum(_agrees(fields, name) for name in fields)


def _believed(fields: Fields) -> Fields:
    """Doubt every difference where few data agree: then it is likelier that others were read than the data."""
    differing = sum(field.agreement is Agreement.DIFFERS for field in fields.values())
    if _agreeing(fields) >= max(_TRUSTED, differing):
        return fields
    return {
        name: replace(field, agreement=Agreement.UNCLEAR) if field.agreement is Agreement.DIFFERS else field
        for name, field in fields.items()
    }


def lines_of_page(page: Page, mrz: Mrz, reader: TextReader) -> tuple[TextLine, ...]:
    """Read every line of a page above its MRZ, for learning where there is text; it takes seconds."""
    return read_boxes(page, find_lines(page, visual_part(page, mrz), reader, FINDING_PIXELS_PER_MM), reader)


def lines_either_way(page: Page, reader: TextReader) -> tuple[Page, tuple[TextLine, ...]]:
    """Return a page without an MRZ, which would tell what is up, the way its text is read more surely; and every line.

    It takes twice as long as ``lines_of_page``.
    """
    ways = [
        (way, read_boxes(way, find_lines(way, _whole(page), reader, FINDING_PIXELS_PER_MM), reader))
        for way in (page, upside_down(page))
    ]
    return max(ways, key=lambda way: sum(sum(line.confidence) for line in way[1]))


def read_visual(
    page: Page,
    mrz: Mrz | None,
    layout: TextLayout | None,
    reader: TextReader | None,
    on_page: Homography | None = None,
    *,
    zone_on_page: bool = True,
) -> VisualZone:
    """Read what the visual zone shows of the MRZ's data, and compare.

    Parameters
    ----------
    mrz
        The document's.
    layout
        Where documents of this page's kind, or of the likeliest, have text; None where that is not known. It is left
        aside where the data are not at its places.
    on_page
        From millimetres of the layout to millimetres of the page, where that is known; else the page is taken as it was
        found.
    zone_on_page
        Whether the MRZ stands on this page; else it stands on the card's other side, and all of the page is read.
    """
    if reader is None:
        return VisualZone({}, "The printed data were not to be read.")
    if mrz is None:
        return VisualZone({}, "Without a machine-readable zone there is nothing to compare the printed data with.")
    data = expected(mrz)
    if not data:
        return VisualZone(
            {}, "The zone follows an old national layout; its data are not compared with the printed ones."
        )
    if not page.found and not page.quality.whole_page:
        return VisualZone({}, "The page was not found in the image, so its printed data were not read.")
    if page.pixels_per_mm < LOWEST_PIXELS_PER_MM:
        needed = f"{LOWEST_PIXELS_PER_MM * 25.4:.0f} dpi"
        return VisualZone({}, f"The capture is too coarse to read the printed data: {needed} or more are needed.")
    part, at_places = (visual_part(page, mrz) if zone_on_page else _whole(page)), None
    if layout is not None and data.keys() & layout.fields.keys():
        at_places = _at_places(page, part.height, data, layout, reader, on_page)
        if _agreeing(at_places) >= _TRUSTED:  # else the page is of another layout
            return VisualZone(_believed(at_places))
    fields = _anywhere(page, part, data, reader)
    if at_places and not zone_on_page and on_page is not None and _agreeing(fields) < _TRUSTED:
        fields = at_places  # of another card: what it has where this one's data should be is to be seen
    return VisualZone(_believed(fields))


def read_either_way(page: Page, mrz: Mrz, reader: TextReader | None) -> tuple[Page, VisualZone]:
    """Read a card's side that may be upside down, for its MRZ stands on the other one.

    Returns
    -------
    tuple[Page, VisualZone]
        The page the way up on which more of the MRZ's data are read, and those; as it was given where none tells.
    """
    as_given = page, read_visual(page, mrz, None, reader, zone_on_page=False)
    if as_given[1].missing or _agreeing(as_given[1].fields) >= _TRUSTED:
        return as_given
    other = upside_down(page)
    turned = other, read_visual(other, mrz, None, reader, zone_on_page=False)
    return max(as_given, turned, key=lambda way: _agreeing(way[1].fields))
