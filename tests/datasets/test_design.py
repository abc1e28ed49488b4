from dataclasses import replace
from datetime import date
from itertools import combinations

import cv2
import numpy as np
import pytest

from datasets.design.artwork import artwork
from datasets.design.drawing import draw, mrz_lines, texts
from datasets.design.grounds import grounds
from datasets.design.layouts import MRZ_FORMATS, MRZ_ZONE, layout
from datasets.design.personal import print_field, print_mrz, text_width
from datasets.design.scripts import font_for, labels, notes, spelled, titles
from datasets.design.states import LEARNED_FROM, RENDERED_ONLY, STATES, State, making_of, state
from datasets.holders import Holder, holder
from datasets.physics.inks import B900, CARBON, DYE_BLACK, POLYCARBONATE, SECURITY_PAPER
from datasets.physics.surface import Box, blank
from datasets.sheet import Kind
from datasets.typefaces import font
from docscan.mrz.icao9303 import parse
from docscan.mrz.transliteration import variants
from docscan.page_geometry import PAGE_OF, nominal_zone

SIDES = [(state(code), kind) for code in STATES for kind in Kind]
FACE = np.tile(np.linspace(0.1, 0.9, 440, dtype=np.float32)[None, :, None], (560, 1, 3))
TOLERANCE = 1e-6


def _someone(seed: int = 3) -> Holder:
    return holder(np.random.default_rng(seed))


def _state_of(script: str) -> State:
    return next(state(code) for code in STATES[1:] if state(code).script == script)


def _overlap(one: Box, other: Box) -> bool:
    return all(
        one[axis] + one[axis + 2] > other[axis] + TOLERANCE and other[axis] + other[axis + 2] > one[axis] + TOLERANCE
        for axis in (0, 1)
    )


def _ink(plane: np.ndarray, before: np.ndarray, box: Box) -> float:
    """Return how much darker a box became, at its darkest."""
    x, y, width, height = (round(v * 600 / 25.4) for v in box)
    return float((before - plane)[y : y + height, x : x + width].max())


def test_no_two_data_overlap_and_all_stand_on_the_side_above_the_mrz() -> None:
    for issuer, kind in SIDES:
        places = layout(issuer, kind)
        width, height = kind.size_mm
        floor = height - (MRZ_ZONE if kind in MRZ_FORMATS else 0)
        for name, box in places.boxes.items() | ({("ovd", places.ovd)} if places.ovd else set()):
            inside = box[0] >= 1.5 and box[1] >= 1.5 and box[0] + box[2] <= width - 1.5
            assert inside, (issuer.code, kind, name, box)
            assert box[1] + box[3] <= floor - 0.3, (issuer.code, kind, name, box)
            assert min(box[2:]) > 0.8, (issuer.code, kind, name, box)
        for (one, first), (other, second) in combinations(places.boxes.items(), 2):
            assert not _overlap(first, second), (issuer.code, kind, one, other)


def test_an_ovd_covers_no_text() -> None:
    for issuer, kind in SIDES:
        places = layout(issuer, kind)
        for name, box in places.boxes.items():
            if places.ovd and name != "portrait":
                assert not _overlap(places.ovd, box), (issuer.code, kind, name)


def test_the_mrz_stands_where_the_inspection_looks_for_it() -> None:
    for kind, mrz_format in MRZ_FORMATS.items():
        making = making_of(state("UTO"), kind)
        surface = blank(kind.size_mm, making.substrate, ("visible", "ir"))
        before = surface.ir.copy()
        lines = mrz_lines(state("UTO"), kind, _someone())
        print_mrz(np.random.default_rng(0), surface, kind, lines, making, shift=(0.0, 0.0))
        rows, columns = np.nonzero(before - surface.ir > 0.3)
        found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) * 25.4 / 600
        lift = PAGE_OF[mrz_format].millimetres[1] - kind.size_mm[1]
        wanted = np.concatenate([nominal_zone(mrz_format)[0], nominal_zone(mrz_format)[2]]) - [0, lift, 0, lift]
        assert np.abs(found - wanted).max() < 1.0, (kind, found, wanted)


def test_print_position_stays_within_the_tolerance_of_doc_9303() -> None:
    rng, making = np.random.default_rng(5), making_of(state("UTO"), Kind.TD3)
    surface = blank(Kind.TD3.size_mm, making.substrate, ("visible",))
    nominal = nominal_zone(MRZ_FORMATS[Kind.TD3])[0]
    boxes = [print_mrz(rng, surface, Kind.TD3, ("A<", "B<"), making) for _ in range(30)]
    assert max(abs(box[0] - nominal[0]) for box in boxes) < 1.0
    assert max(abs(box[1] - nominal[1]) for box in boxes) < 1.0
    assert len({box[0] for box in boxes}) > 20


def test_every_mrz_is_valid() -> None:
    for seed, (issuer, kind) in enumerate(SIDES):
        lines = mrz_lines(issuer, kind, _someone(seed))
        if kind not in MRZ_FORMATS:
            assert lines == ()
            continue
        parsed = parse(lines, today=date(2026, 6, 1))
        assert parsed.format is MRZ_FORMATS[kind]
        assert all(parsed.check_digits.values()), lines
        assert not parsed.problems, (lines, parsed.problems)
        assert parsed.fields.document_number == _someone(seed).document_number


def test_states_differ() -> None:
    for kind in Kind:
        assert len({tuple(layout(state(code), kind).boxes.values()) for code in STATES}) == len(STATES)
    for kind, least, most in ((Kind.TD3, 0, 0), (Kind.MRV_A, 0, 0), (Kind.TD2, 0.1, 0.6), (Kind.TD1_FRONT, 0.1, 0.6)):
        portraits = [layout(state(code), kind).portrait for code in STATES]
        right = sum(box is not None and box[0] > kind.size_mm[0] / 2 for box in portraits)
        assert least <= right / len(STATES) <= most, kind
    assert len({tuple(layout(state(code), Kind.TD3).fields) for code in STATES}) >= 3


def test_patterned_grounds_cover_a_part_and_have_the_period_of_print() -> None:
    for seed in range(12):
        (coverage,) = grounds(np.random.default_rng(seed), (700, 900), 1)
        assert coverage.shape == (700, 900)
        assert coverage.min() >= 0
        assert 0.02 < coverage.max() <= 1
    assert grounds(np.random.default_rng(1), (700, 900), 0) == []


def test_only_states_of_no_set_have_patterned_grounds_and_they_show() -> None:
    assert all(state(code).grounds == 0 for code in (*STATES, *LEARNED_FROM))
    assert {state(code).grounds for code in RENDERED_ONLY} == {0, 1, 2, 3, 4}
    assert "inkjet" in {state(code).paper_portrait for code in RENDERED_ONLY}
    issuer = next(state(code) for code in RENDERED_ONLY if state(code).grounds == 2)
    plain, patterned = (
        artwork(np.random.default_rng(1), one, Kind.TD1_BACK, making_of(one, Kind.TD1_BACK), ("visible",)).visible
        for one in (replace(issuer, grounds=0), issuer)
    )
    assert plain.mean() - patterned.mean() > 0.002  # more ink


@pytest.mark.parametrize("script", ["latin", "cyrillic"])
def test_the_mrz_has_a_transliteration_of_the_name_as_printed(script: str) -> None:
    issuer, marked = _state_of(script), 0
    for seed in range(40):
        someone = _someone(seed)
        for name in (someone.surname, *someone.given_names.split()):
            printed = spelled(name, issuer)
            assert name in variants(printed, 4096), (name, printed)
            marked += printed != name
    assert marked > 30


def test_every_text_has_its_glyphs() -> None:
    missing = {name: bytes(font(name, 40).getmask("\uffff")) for name in {f for c in STATES for f in state(c).fonts}}
    for issuer, kind in SIDES:
        said = [*texts(issuer, kind, _someone()).values(), *notes(issuer), *sum(titles(issuer, kind), ())]
        said += [text for name in layout(issuer, kind).fields for text in labels(issuer, kind, name.split("_nat")[0])]
        for name in issuer.fonts:
            for character in set("".join(said)) - {" "}:
                used = font_for(character, name)
                blank_glyph = missing.get(used) or bytes(font(used, 40).getmask("\uffff"))
                assert bytes(font(used, 40).getmask(character)) != blank_glyph, (issuer.code, character, name)


def test_scripts_show_on_documents() -> None:
    first = {"latin": "", "cyrillic": "\u0400", "greek": "\u0370", "arabic": "\u0600"}
    for script, start in first.items():
        issuer = _state_of(script)
        data = texts(issuer, Kind.TD3, _someone())
        assert ("surname_national" in data) == (script != "latin")
        if start:
            assert any(start <= letter < chr(ord(start) + 0x100) for letter in data["surname_national"])
            assert data["surname"] == _someone().surname


def test_texts_that_are_too_long_are_printed_smaller_and_stay_in_their_box() -> None:
    issuer, box = state("UTO"), (2.0, 2.0, 18.0, 3.4)
    text = "BRAUSTEIMANN KLAU"
    assert text_width(text, issuer.fonts[0], box[3]) > box[2]
    surface = blank((30, 10), SECURITY_PAPER, ("visible",))
    before = surface.visible.copy()
    field = print_field(np.random.default_rng(0), surface, issuer, box, text, DYE_BLACK)
    assert field.box[2] <= box[2] + TOLERANCE
    assert _ink(surface.visible, before, (20.2, 0, 9, 10)) < 0.01
    assert _ink(surface.visible, before, field.box) > 0.5


def test_engraved_text_is_rough_and_printed_text_is_not() -> None:
    spreads = []
    for ink in (CARBON, DYE_BLACK):
        surface = blank((20, 8), POLYCARBONATE, ("visible",))
        print_field(np.random.default_rng(0), surface, state("UTO"), (1, 1, 16, 6), "IIII", ink)
        core = cv2.erode((surface.visible[..., 0] < 0.4).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        assert core.sum() > 200
        spreads.append(float(surface.visible[..., 0][core].std()))
    assert spreads[0] > 0.008
    assert spreads[0] > 3 * spreads[1]


def test_the_mrz_stays_under_infrared_and_dye_text_vanishes() -> None:
    issuer = next(s for s in map(state, STATES) if s.paper_portrait != "laser_engraving")
    one = draw(np.random.default_rng(1), issuer, Kind.TD3, _someone(), face=FACE)
    assert one.making.mrz_ink is B900
    part = one.surface.part(one.regions["mrz"])
    assert np.percentile(part.ir, 5) < 0.25
    name = one.surface.part(one.fields["surname"].box)
    assert np.percentile(name.visible, 1) < 0.35
    assert name.ir.min() > 0.6


def test_the_same_random_numbers_draw_the_same_sheet() -> None:
    issuer, kind = _state_of("greek"), Kind.TD1_FRONT
    one, same, other = (draw(np.random.default_rng(seed), issuer, kind, _someone(), face=FACE) for seed in (1, 1, 2))
    for light in ("visible", "uv", "ir"):
        assert np.array_equal(getattr(one.surface, light), getattr(same.surface, light))
    assert one.fields == same.fields
    assert one.regions == same.regions
    assert not np.array_equal(one.surface.visible, other.surface.visible)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_sheet_tells_what_it_shows_and_where(kind: Kind) -> None:
    issuer, someone = _state_of("cyrillic"), _someone()
    sheet = draw(np.random.default_rng(1), issuer, kind, someone, lights=("visible",), face=FACE)
    assert sheet.surface.uv is None
    assert sheet.state == issuer.code
    assert ("mrz" in sheet.regions) == bool(sheet.mrz) == (kind in MRZ_FORMATS)
    assert ("portrait" in sheet.regions) == (kind is not Kind.TD1_BACK)
    assert {"viz", "background"} <= sheet.regions.keys()
    if kind is not Kind.TD1_BACK:
        assert sheet.fields["surname"].text == someone.surname
        assert sheet.fields["document_number"].text == someone.document_number
    width, height = kind.size_mm
    for name, field in sheet.fields.items():
        x, y, wide, high = field.box
        assert x > 0, name
        assert y > 0, name
        assert x + wide < width, name
        assert y + high < height, name


def test_another_process_for_the_portrait_leaves_the_rest_alone() -> None:
    issuer, kind = _state_of("latin"), Kind.TD2
    making = making_of(issuer, kind)
    sheets = [
        draw(np.random.default_rng(1), issuer, kind, _someone(), replace(making, portrait_process=process), face=FACE)
        for process in ("inkjet", "toner")
    ]
    assert sheets[0].regions == sheets[1].regions
    zones = [sheet.surface.part(sheet.regions["mrz"]).visible for sheet in sheets]
    portraits = [sheet.surface.part(sheet.regions["portrait"]).visible for sheet in sheets]
    assert np.array_equal(*zones)
    assert not np.array_equal(*portraits)
