"""The reader on generated documents, with and without a learned layout."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from datasets.design.states import SPLITS
from datasets.sheet import Kind
from datasets.specimens import Order, Specimen, make
from docscan.capture import ImageFile, load
from docscan.mrz import read as mrz_room
from docscan.mrz.icao9303 import parse
from docscan.page import page_of_zone
from docscan.tools import Tools
from docscan.types import Agreement, Image, Mrz, Page, TextLayout
from docscan.visual.ocr import Reading, TextReader
from docscan.visual.places import text_layout
from docscan.visual.read import lines_of_page, read_visual

TODAY = date(2026, 11, 24)
STATE = SPLITS["training"][3]


def made(index: int, recipe: str = "genuine", seed: int = 5) -> Specimen:
    return make(Order(seed, index, STATE, Kind.TD3, recipe), ("visible",), device="reader", dpi=300)


def seen(tools: Tools, specimen: Specimen) -> tuple[Mrz, Page]:
    capture = load(ImageFile("a", specimen.captured.files["visible"][0]), max_bytes=10**8, max_pixels=10**8)
    mrz = mrz_room.read(capture.visible, tools.models, today=TODAY)[0]
    return mrz, page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format)


@pytest.fixture(scope="module")
def layout(tools: Tools) -> TextLayout:
    samples = []
    for index in range(3):
        mrz, page = seen(tools, made(index))
        lines = lines_of_page(page, mrz, tools.reader)  # type: ignore[arg-type]
        samples.append((mrz, lines))
    return text_layout(samples)


def test_the_places_of_all_data_are_learned_where_they_were_printed(layout: TextLayout) -> None:
    assert {"surname", "given_names", "document_number", "birth_date", "expiry_date"} <= set(layout.fields)
    printed = made(0).sheet.fields
    for name in ("document_number", "birth_date", "expiry_date"):
        place, box = layout.fields[name].box, printed[name].box
        assert abs(place.x - box[0]) < 2
        assert abs(place.y + place.height / 2 - box[1] - box[3] / 2) < 1.5
    assert len(layout.lines) >= 10


def test_no_datum_is_learned_from_the_mrz_itself(layout: TextLayout) -> None:
    floor = 88 - 23.2  # Doc 9303 part 3, section 4: the zone is the lowest 23.2 mm
    assert all(place.box.y + place.box.height < floor for place in layout.fields.values())
    assert all(line.y < floor for line in layout.lines)


def test_a_layout_holds_no_text(layout: TextLayout) -> None:
    assert all(
        isinstance(value, float | int) for place in layout.fields.values() for value in (place.line_mm, place.samples)
    )
    holder = made(0).sheet.holder
    assert holder.surname not in repr(layout)


@pytest.mark.parametrize("learned", [True, False])
def test_a_genuine_document_agrees_in_every_datum(tools: Tools, layout: TextLayout, learned: bool) -> None:
    mrz, page = seen(tools, made(11))
    zone = read_visual(page, mrz, layout if learned else None, tools.reader)
    assert {field.agreement for field in zone.fields.values()} == {Agreement.AGREES}
    assert len(zone.fields) >= 5


@pytest.mark.parametrize(
    ("recipe", "index"), [("viz_altered", 20), ("viz_altered", 23), ("mrz_altered", 21), ("mrz_altered", 24)]
)
def test_an_alteration_of_one_zone_is_named(tools: Tools, layout: TextLayout, recipe: str, index: int) -> None:
    forged = made(index, recipe)
    mrz, page = seen(tools, forged)
    zone = read_visual(page, mrz, layout, tools.reader)
    altered = forged.sheet.alterations[0].parameters["field"]
    assert {name for name, field in zone.fields.items() if field.agreement is Agreement.DIFFERS} == {altered}


class Watched:
    """The reader, and how many pixels it was shown to find lines in."""

    def __init__(self, reader: TextReader) -> None:
        self.reader, self.searched = reader, 0

    def find(self, image: Image) -> NDArray[np.float32]:
        self.searched += image.size
        return self.reader.find(image)

    def read(self, lines: Sequence[Image]) -> tuple[Reading, ...]:
        return self.reader.read(lines)


@pytest.mark.parametrize(("recipe", "index"), [("genuine", 11), ("viz_altered", 20), ("mrz_altered", 21)])
def test_where_the_page_lies_on_the_samples_few_lines_are_looked_for_and_the_same_is_said(
    tools: Tools, layout: TextLayout, recipe: str, index: int
) -> None:
    assert tools.reader is not None
    mrz, page = seen(tools, made(index, recipe))
    said, searched = [], []
    for on_page in (None, np.eye(3)):
        reader = Watched(tools.reader)
        zone = read_visual(page, mrz, layout, reader, on_page)  # type: ignore[arg-type]
        said.append({name: field.agreement for name, field in zone.fields.items()})
        searched.append(reader.searched)
    assert said[0] == said[1]
    assert searched[1] < 0.8 * searched[0]


@pytest.mark.parametrize("left_out", [1, 3])
def test_a_printed_name_that_goes_on_behind_the_mrzs_does_not_agree(
    tools: Tools, layout: TextLayout, left_out: int
) -> None:
    mrz, page = seen(tools, made(11))
    first, second = mrz.parsed.lines
    surname = mrz.parsed.fields.surname.replace(" ", "<")
    shorter = first.replace(surname, surname[:-left_out]).ljust(len(first), "<")
    mrz = replace(mrz, parsed=parse((shorter, second), today=TODAY))
    zone = read_visual(page, mrz, layout, tools.reader, np.eye(3))
    assert zone.fields["surname"].agreement is not Agreement.AGREES
    others = {field.agreement for name, field in zone.fields.items() if name != "surname"}
    assert others == {Agreement.AGREES}


@pytest.mark.parametrize("shift_mm", [-4.0, 4.0])
def test_a_page_that_was_found_beside_its_place_is_read_all_the_same(
    tools: Tools, layout: TextLayout, shift_mm: float
) -> None:
    mrz, page = seen(tools, made(12))
    moved = replace(page, image=np.roll(page.image, round(shift_mm * page.pixels_per_mm), axis=0))
    zone = read_visual(moved, mrz, layout, tools.reader)
    assert sum(field.agreement is Agreement.AGREES for field in zone.fields.values()) >= 5
    assert Agreement.DIFFERS not in {field.agreement for field in zone.fields.values()}


def test_another_design_than_the_layouts_is_not_called_altered(tools: Tools, layout: TextLayout) -> None:
    other = make(Order(5, 30, SPLITS["training"][9], Kind.TD3, "genuine"), ("visible",), device="reader", dpi=300)
    mrz, page = seen(tools, other)
    zone = read_visual(page, mrz, layout, tools.reader)
    assert Agreement.DIFFERS not in {field.agreement for field in zone.fields.values()}
    # The layout does not fit, so the data were looked for elsewhere.
    assert sum(field.agreement is Agreement.AGREES for field in zone.fields.values()) >= 4


def test_without_an_mrz_or_fine_enough_a_capture_it_says_why(tools: Tools, layout: TextLayout) -> None:
    mrz, page = seen(tools, made(0))
    assert "machine-readable" in (read_visual(page, None, layout, tools.reader).missing or "")
    assert "dpi" in (read_visual(replace(page, pixels_per_mm=2.0), mrz, layout, tools.reader).missing or "")
