from datetime import date

import cv2
import numpy as np
import pytest

from datasets.captures import photograph
from datasets.documents import KINDS, Specimen, plan, specimen
from datasets.printing import PROCESSES
from datasets.raster import PIXELS_PER_MM, window
from datasets.states import SPLITS, STATES, state
from datasets.td3 import MRZ_LOWER_CENTRE, MRZ_PITCH
from docscan.mrz.codes import ISO_3166, SPECIAL
from docscan.mrz.icao9303 import parse
from docscan.types import MrzFormat


@pytest.fixture(scope="module")
def genuine() -> Specimen:
    return specimen(5, "UTO", "genuine", device="reader", scale=12.0)


def test_a_seed_gives_the_same_bytes(genuine: Specimen) -> None:
    again = specimen(5, "UTO", "genuine", device="reader", scale=12.0)
    assert again.photo.encoded == genuine.photo.encoded


def test_the_states_are_invented_and_in_one_split_each() -> None:
    assert len(set(STATES)) == len(STATES) == 41
    assert set(STATES) & (ISO_3166 | SPECIAL) == {"UTO"}
    members = [code for codes in SPLITS.values() for code in codes]
    assert len(members) == len(set(members))
    assert "UTO" not in members  # it is kept for the samples
    assert len({state(code).seed for code in STATES}) == len(STATES)


@pytest.mark.parametrize("split", SPLITS)
def test_a_plan_keeps_to_its_states_and_halves_genuine_and_forged(split: str) -> None:
    jobs = plan(split, 60, 1)
    assert {code for _, code, _ in jobs} <= set(SPLITS[split])
    assert [sum(kind == name for *_, kind in jobs) for name in KINDS] == [30, 15, 15]
    assert len({seed for seed, *_ in jobs}) == 60


def test_the_mrz_is_valid_and_stands_where_doc_9303_says(genuine: Specimen) -> None:
    parsed = parse(genuine.drawing.mrz, today=date(2026, 11, 24))
    assert parsed.valid
    assert parsed.format is MrzFormat.TD3
    grey = genuine.drawing.surface.mean(2)
    ink = (cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((3, 3))) < 0.3)[int(62 * PIXELS_PER_MM) :]
    columns = np.flatnonzero(ink.any(0)) / PIXELS_PER_MM
    assert columns.max() - columns.min() == pytest.approx(44 * MRZ_PITCH, abs=2.0)
    rows = 62 + np.flatnonzero(ink.sum(1) > 20) / PIXELS_PER_MM
    assert 88 - rows.max() == pytest.approx(MRZ_LOWER_CENTRE - 1.27, abs=0.8)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_forgery_touches_what_it_says_and_nothing_else(kind: str) -> None:
    made, clean = specimen(8, "XFE", kind), specimen(8, "XFE", "genuine")
    assert made.forgery is not None
    assert made.forgery.parameters
    changed = np.abs(made.drawing.surface - clean.drawing.surface).max(2) > 0.02
    outside = changed.copy()
    for x, y, width, height in made.forgery.boxes:
        assert changed[window((x, y, width, height))].mean() > 0.2
        outside[window((x - 0.5, y - 0.5, width + 1, height + 1))] = False
    assert outside.mean() < 0.001


def test_how_a_page_is_captured_does_not_depend_on_what_was_done_to_it() -> None:
    photos = [specimen(8, "XFE", kind).photo for kind in KINDS]
    assert all(photo.parameters == photos[0].parameters for photo in photos)
    assert all(np.array_equal(photo.to_capture, photos[0].to_capture) for photo in photos)


def test_the_capture_says_where_the_page_is(genuine: Specimen) -> None:
    marked = np.full_like(genuine.drawing.surface, 0.9)
    marked[window((60, 40, 4, 4))] = 0.0
    photo = photograph(np.random.default_rng(3), marked, "phone", 10.0)
    seen = cv2.perspectiveTransform(np.array([[[62.0, 42.0]]]), photo.to_capture)[0, 0].astype(int)
    assert photo.image[seen[1], seen[0]].max() < 80
    away = cv2.perspectiveTransform(np.array([[[68.0, 42.0]]]), photo.to_capture)[0, 0].astype(int)
    assert photo.image[away[1], away[0]].min() > 120


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_keeps_the_tone_and_leaves_its_own_grain(name: str) -> None:
    picture = np.tile(np.float32([0.7, 0.55, 0.45]), (200, 200, 1)).astype(np.float32)
    printed = PROCESSES[name](np.random.default_rng(1), picture)
    assert printed.shape == picture.shape
    assert abs(float(printed.mean() - picture.mean())) < 0.15
    grain = float((printed - cv2.GaussianBlur(printed, (0, 0), 3)).std())
    dotted = name in ("inkjet", "toner", "offset_screen")
    assert (grain > 0.04) == dotted
