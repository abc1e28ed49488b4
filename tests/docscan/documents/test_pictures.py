from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.sheet import Kind
from docscan.documents.laying import PIXELS_PER_MM, lay, structure_of, structure_of_image
from docscan.documents.model import DocumentModel
from docscan.page_geometry import moved, rectangle
from docscan.types import Page, Spectrum
from docscan.zones import around
from tests.docscan.conftest import Makes


@pytest.mark.parametrize(
    "there",
    [
        np.array([[1, 0, 4.0], [0, 1, -5.0], [0, 0, 1]]),
        np.array([[1.03, 0.01, -3.0], [-0.01, 0.96, 2.5], [0, 0, 1]]),
        np.array([[1.01, 0.0, 2.0], [0.01, 1.0, -2.0], [1e-4, -1e-4, 1]]),
    ],
    ids=["shifted", "stretched and turned", "in perspective"],
)
def test_a_page_found_millimetres_off_is_laid_where_it_is(makes: Makes, there: np.ndarray) -> None:
    one, other = makes.sample("XVA", Kind.TD3, 0).page, makes.sample("XVA", Kind.TD3, 1).page
    straight = lay(structure_of(other), structure_of(one))
    assert straight.share > 0.3
    scale = np.diag([other.pixels_per_mm, other.pixels_per_mm, 1.0])
    # ``there`` takes millimetres of the page to where they are found.
    height, width = other.image.shape[:2]
    off = cv2.warpPerspective(other.image, scale @ there @ np.linalg.inv(scale), (width, height))
    laid = lay(structure_of(replace(other, image=np.asarray(off, np.uint8))), structure_of(one))
    points = rectangle(*one.size.millimetres) * 0.7 + np.array([15.0, 12.0])
    expected = moved(moved(points, straight.in_millimetres), there)
    found = moved(points, laid.in_millimetres)
    assert np.linalg.norm(found - expected, axis=1).max() < 0.4  # millimetres


def test_a_page_of_another_design_is_not_laid(makes: Makes) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (704, 1000, 3), np.uint8)
    one = structure_of(makes.sample("XVA", Kind.TD3, 0).page)
    assert lay(structure_of_image(noise, 8.0), one).share < 0.3
    assert one.shape == (88 * PIXELS_PER_MM, 125 * PIXELS_PER_MM)


def test_a_picture_shows_what_all_samples_share_and_no_holder(passports: DocumentModel, makes: Makes) -> None:
    picture = passports.pictures[Spectrum.VISIBLE]
    known, image = picture.known, picture.image.astype(float)
    assert image.shape[:2] == known.shape == (704, 1000)
    assert 0.4 < known.mean() < 0.95
    kept_out = [passports.regions["portrait"].box, *(place.box for place in passports.text.fields.values())]
    for box in [*kept_out, around(passports.regions["mrz"].spots)]:
        x, y = round((box.x + box.width / 2) * picture.pixels_per_mm), round((box.y + box.height / 2) * 8)
        assert not known[y, x]
    # Where it is known it looks like a sample that was not enrolled, and not like another kind of document.
    own, other = makes.sample("XVA", Kind.TD3, 7).page, makes.sample("XVA", Kind.TD2, 0).page
    model = structure_of_image(picture.image, picture.pixels_per_mm)
    shares = [lay(structure_of(page), model).share for page in (own, _of_size(other, own))]
    assert shares[0] > 0.5
    assert shares[0] > shares[1] + 0.2


def _of_size(page: Page, other: Page) -> Page:
    image = cv2.resize(page.image, other.image.shape[1::-1])
    return replace(page, image=np.asarray(image, np.uint8), pixels_per_mm=other.pixels_per_mm)
