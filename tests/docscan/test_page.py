import json
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from docscan.capture import load, read_file
from docscan.page import MAX_PIXELS_PER_MM, _strain, find_page, page_of_zone, upside_down
from docscan.page_geometry import moved, nominal_zone, rectangle
from docscan.types import Capture, MrzFormat, Page, PageSize
from tests.docscan.scenes import FORMATS, Scene, document, photographed, table


def misses(page: Page, scene: Scene, size: PageSize) -> float:
    """Return by how many millimetres the farthest corner of an upright page is off."""
    truth = rectangle(*size.millimetres)
    to_page = cv2.getPerspectiveTransform(scene.corners.astype(np.float32), truth.astype(np.float32))
    seen = moved(moved(rectangle(*page.size.millimetres), page.to_capture), to_page)
    return float(np.linalg.norm(seen - truth, axis=1).max())


def taken(size: PageSize, background: str, **camera: float) -> Scene:
    seed = int(abs(camera["roll"])) + len(background)
    return photographed(document(size, seed), size, table(background, (800, 1100), seed), seed=seed, **camera)


def settled(scene: Scene) -> Page:
    capture = Capture(scene.image)
    return page_of_zone(capture, scene.zone, scene.format)


@pytest.mark.parametrize("size", PageSize)
@pytest.mark.parametrize("background", ["plain", "white", "brick", "grass", "gravel"])
@pytest.mark.parametrize(("roll", "tilt"), [(0, 0), (-25, 20), (90, 30), (170, 10), (260, 35)])
def test_a_page_on_a_table_is_found_and_settled(size: PageSize, background: str, roll: float, tilt: float) -> None:
    scene = taken(size, background, roll=roll, tilt=tilt, towards=2 * roll + 40, fill=0.45)
    found = find_page(Capture(scene.image))
    assert found.found
    assert found.quality.whole_page
    page = settled(scene)
    assert page.size is size
    assert misses(page, scene, size) < 2
    assert page.image.shape[1] == pytest.approx(size.millimetres[0] * page.pixels_per_mm, abs=1)


def test_the_settled_page_shows_the_document_upright() -> None:
    scene = taken(PageSize.ID_3, "brick", roll=200, tilt=15, fill=0.7)
    page = settled(scene)
    shown = cv2.resize(page.image, (125, 88), interpolation=cv2.INTER_AREA).astype(int)
    drawn = cv2.resize(document(PageSize.ID_3, 205), (125, 88), interpolation=cv2.INTER_AREA).astype(int)
    upside_down = np.abs(shown[::-1, ::-1] - drawn)[2:-2, 2:-2].mean()
    assert np.abs(shown - drawn)[12:40, 6:28].mean() < upside_down


@pytest.mark.parametrize("size", PageSize)
def test_a_page_cropped_to_its_border_is_the_whole_image(size: PageSize) -> None:
    image = document(size)
    capture = Capture(image)
    zone = tuple((float(x), float(y)) for x, y in nominal_zone(FORMATS[size]) * 8 - 0.5)
    page = page_of_zone(capture, zone, FORMATS[size])
    corners = moved(rectangle(*size.millimetres), page.to_capture) / 8
    assert np.abs(corners - rectangle(*size.millimetres)).max() < 1.5
    assert page.quality.whole_page
    assert page.quality.resolution_dpi == pytest.approx(8 * 25.4, rel=0.02)


def test_a_cropped_page_lying_on_its_side_is_turned() -> None:
    image = np.ascontiguousarray(np.rot90(document(PageSize.ID_3)))  # a quarter to the left
    zone = nominal_zone(MrzFormat.TD3) * 8
    turned = np.column_stack([zone[:, 1], image.shape[0] - zone[:, 0]])
    capture = Capture(image)
    page = page_of_zone(capture, tuple(map(tuple, turned.tolist())), MrzFormat.TD3)
    original = document(PageSize.ID_3)
    assert page.image.shape == pytest.approx(original.shape, abs=2)
    same = cv2.resize(page.image, original.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(same.astype(int) - original).mean() < 12


def test_an_open_booklet_gives_its_data_page() -> None:
    page = document(PageSize.ID_3, 3)
    other = np.full_like(page, 225)
    booklet = np.vstack([other, page])
    background = table("grass", (1200, 900), 3)
    corners = np.array([[180, 130], [720, 150], [760, 960], [150, 930]], float)
    matrix = cv2.getPerspectiveTransform(
        rectangle(booklet.shape[1], booklet.shape[0]).astype(np.float32), corners.astype(np.float32)
    )
    cover = cv2.warpPerspective(np.full(booklet.shape[:2], 1, np.uint8), matrix, (900, 1200))[..., np.newaxis]
    image = np.where(cover, cv2.warpPerspective(booklet, matrix, (900, 1200)), background).astype(np.uint8)
    lower = moved(rectangle(page.shape[1], page.shape[0]) + np.array([0.0, page.shape[0]]), matrix)
    zone = moved(nominal_zone(MrzFormat.TD3) * 8 + np.array([0.0, page.shape[0]]), matrix)
    scene = Scene(image, lower, tuple(map(tuple, zone.tolist())), MrzFormat.TD3)
    assert misses(settled(scene), scene, PageSize.ID_3) < 4


def test_of_two_cards_the_one_with_the_mrz_is_taken() -> None:
    card = document(PageSize.ID_1, 5)
    image = table("plain", (560, 1520), 5)
    image[60 : 60 + card.shape[0], 40 : 40 + card.shape[1]] = document(PageSize.ID_1, 6)
    image[70 : 70 + card.shape[0], 800 : 800 + card.shape[1]] = card
    corners = rectangle(card.shape[1], card.shape[0]) + np.array([799.5, 69.5])
    zone = nominal_zone(MrzFormat.TD1) * 8 + np.array([799.5, 69.5])
    scene = Scene(image, corners, tuple(map(tuple, zone.tolist())), MrzFormat.TD1)
    assert misses(settled(scene), scene, PageSize.ID_1) < 2


def test_without_a_border_the_mrz_places_the_page() -> None:
    # The page's lower part fills the picture: no border anywhere, and the upper edge is outside.
    page = document(PageSize.ID_3, 7)
    cut = np.ascontiguousarray(page[300:, 20:-20])
    zone = nominal_zone(MrzFormat.TD3) * 8 - np.array([20.5, 300.5])
    corners = rectangle(page.shape[1], page.shape[0]) - np.array([20.5, 300.5])
    scene = Scene(cut, corners, tuple(map(tuple, zone.tolist())), MrzFormat.TD3)
    result = settled(scene)
    assert misses(result, scene, PageSize.ID_3) < 2
    assert not result.quality.whole_page
    assert any("whole page" in sentence for sentence in result.quality.advice)


@pytest.mark.parametrize("kind", ["plain", "white", "brick", "grass", "gravel"])
def test_where_no_page_is_none_is_found(kind: str) -> None:
    page = find_page(Capture(table(kind, (700, 700))))
    assert not page.found
    assert not page.quality.whole_page


def test_the_other_lights_get_the_same_geometry() -> None:
    scene = taken(PageSize.ID_3, "plain", roll=10, tilt=20, fill=0.7)
    half = cv2.resize(scene.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    page = find_page(Capture(scene.image, uv=half, ir=scene.image))
    assert page.uv is not None
    assert page.ir is not None
    assert page.uv.shape == page.image.shape
    assert np.array_equal(page.ir, page.image)
    soft = cv2.GaussianBlur(page.image, (0, 0), 2).astype(int)
    assert np.abs(cv2.GaussianBlur(page.uv, (0, 0), 2).astype(int) - soft).mean() < 1.5


def test_a_very_fine_scan_is_brought_to_the_cap() -> None:
    image = cv2.resize(document(PageSize.ID_1), None, fx=5, fy=5)
    page = find_page(Capture(image))
    assert page.pixels_per_mm == MAX_PIXELS_PER_MM
    assert page.quality.resolution_dpi == pytest.approx(40 * 25.4, rel=0.03)


def test_the_16_real_images_lie_on_their_page(real_images: Path) -> None:
    sizes = {"TD1": PageSize.ID_1, "TD3": PageSize.ID_3, "MRVA": PageSize.ID_3}
    truth = json.loads((real_images / "truth.json").read_text())
    shown_whole, spent = 0, []
    for name, document_truth in truth.items():
        capture = load(read_file(real_images / name, max_bytes=10**8), max_bytes=10**8, max_pixels=10**8)
        start = time.process_time()
        page = find_page(capture)
        spent.append(time.process_time() - start)
        assert page.image.size > 0
        shown_whole += page.quality.whole_page
        assert page.quality.resolution_dpi > 30
        assert sizes[document_truth["type"]] in PageSize
    assert shown_whole >= 11  # of 16: the rest are two cards, a screenshot, an open booklet and a visa
    assert np.median(spent) < 0.3  # seconds of processor time; about 0.03 on an idle machine


def test_a_visa_whose_own_edge_is_all_that_shows_is_placed_on_its_page() -> None:
    scale, (left, top) = 8, (90, 70)
    image = np.full((800, 1160, 3), (60, 40, 30), np.uint8)
    visa = cv2.resize(document(PageSize.ID_3), (120 * scale, 80 * scale), interpolation=cv2.INTER_AREA)
    image[top : top + 80 * scale, left : left + 120 * scale] = visa
    # The visa lies on the page's lower left: 8 mm of the page are above it.
    on_page = nominal_zone(MrzFormat.MRV_A) - (0, 8)
    zone = tuple((float(x), float(y)) for x, y in on_page * scale + (left, top))
    page = page_of_zone(Capture(image), zone, MrzFormat.MRV_A)
    corners = moved(rectangle(120, 80) + np.array((0, 8)), page.to_capture)
    assert np.abs(corners - rectangle(120 * scale, 80 * scale) - np.array((left, top))).max() < scale
    assert page.border_seen


@pytest.mark.parametrize(
    ("taller", "strained"), [(1.0, False), (1.06, False), (1.12, False), (1.25, True), (0.8, True)]
)
def test_an_mrz_that_a_page_would_stretch_speaks_against_it(taller: float, strained: bool) -> None:
    nominal = nominal_zone(MrzFormat.TD3)
    grown = (nominal - nominal.mean(0)) * (1, taller) + nominal.mean(0)
    (strain,) = _strain(grown[np.newaxis], nominal)
    assert bool(strain > 0.5) is strained
    assert strained or strain == 0


def test_a_page_upside_down_shows_the_same_of_the_capture_turned_by_half() -> None:
    scene = taken(PageSize.ID_3, "plain", roll=10, tilt=20, fill=0.7)
    page = find_page(Capture(scene.image, uv=scene.image))
    turned = upside_down(page)
    assert turned.uv is not None
    assert np.array_equal(turned.image[::-1, ::-1], page.image)
    assert np.array_equal(turned.uv, turned.image)
    width, height = page.size.millimetres
    there, back = (np.array([[10.0, 20.0]]), np.array([[width - 10.0, height - 20.0]]))
    assert moved(there, turned.to_capture) == pytest.approx(moved(back, page.to_capture))
    assert np.array_equal(upside_down(turned).image, page.image)
