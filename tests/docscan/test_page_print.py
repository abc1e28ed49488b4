"""Pages whose border does not show, found by their print."""

import cv2
import numpy as np
import pytest

from docscan.page import CONVINCING, find_page
from docscan.page_candidates import Candidate, candidates
from docscan.page_geometry import moved, rectangle
from docscan.page_print import printed_page
from docscan.types import Capture, Image, Page, PageSize
from tests.docscan.scenes import PIXELS_PER_MM, document, table

WIDTH, HEIGHT = 1200, 850


def _faint(size: PageSize, *, roll: float = 0.0, shift: float = 0.0) -> tuple[Image, np.ndarray]:
    """Return a page on a surface of its own colour, and its corners in the picture."""
    page = document(size)
    shape = page.shape[:2]
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    lines = 28 * np.sin((y + 12 * np.sin(x / 60)) / 1.6)  # of security print, a millimetre and a quarter apart
    page = np.clip(page + lines[..., None], 0, 255).astype(np.uint8)
    surface = np.clip(np.median(page, (0, 1)) + np.random.default_rng(3).normal(0, 1.5, (HEIGHT, WIDTH, 3)), 0, 255)
    scale = 0.62 * WIDTH / shape[1]
    turn = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), roll, scale)
    turn[:, 2] += np.array([WIDTH / 2 + shift, HEIGHT / 2]) - np.array([shape[1] / 2, shape[0] / 2])
    to_picture = np.vstack([turn, [0, 0, 1]])
    laid = cv2.warpPerspective(page, to_picture, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones(shape, np.uint8), to_picture, (WIDTH, HEIGHT)) > 0
    image = np.where(mask[..., None], laid, surface).astype(np.uint8)
    width, height = size.millimetres
    return image, moved(rectangle(width, height), to_picture @ np.diag([PIXELS_PER_MM, PIXELS_PER_MM, 1.0]))


@pytest.mark.parametrize("size", [PageSize.ID_1, PageSize.ID_3])
@pytest.mark.parametrize("roll", [0.0, 7.0])
def test_a_page_on_a_surface_of_its_own_colour_is_found_by_its_print(size: PageSize, roll: float) -> None:
    image, corners = _faint(size, roll=roll)
    assert not [one for one in candidates(image) if one.score >= CONVINCING]
    found = printed_page(image)
    assert found is not None
    scale = float(np.linalg.norm(corners[1] - corners[0])) / size.millimetres[0]
    assert np.linalg.norm(found - corners, axis=1).max() < 2.5 * scale
    page = find_page(Capture(image))
    assert page.found
    assert not page.border_seen
    assert page.size is size
    assert page.quality.whole_page


def test_a_border_about_a_part_of_the_printed_page_is_not_the_pages() -> None:
    image, corners = _faint(PageSize.ID_1)

    def found(share: float) -> Page:
        middle = corners.mean(0)
        return find_page(Capture(image), [Candidate(middle + share * (corners - middle), 0.95, 0.95)])

    portrait, whole = found(0.5), found(0.97)
    assert (portrait.border_seen, whole.border_seen) == (False, True)
    assert portrait.quality.resolution_dpi == pytest.approx(whole.quality.resolution_dpi, rel=0.08)


@pytest.mark.parametrize("kind", ["plain", "white", "brick", "grass", "gravel"])
@pytest.mark.parametrize("shape", [(700, 1000), (760, 1200)])  # of pages
def test_what_has_structure_to_the_pictures_rim_is_no_page(kind: str, shape: tuple[int, int]) -> None:
    assert printed_page(table(kind, shape)) is None


def test_a_page_that_is_cut_off_is_none() -> None:
    image, _ = _faint(PageSize.ID_3)
    assert printed_page(image) is not None
    cut, _ = _faint(PageSize.ID_3, shift=320)
    assert printed_page(cut) is None


def test_what_is_not_as_a_page_is_shaped_is_none() -> None:
    image, _ = _faint(PageSize.ID_3)
    assert printed_page(cv2.resize(image, (WIDTH, round(0.8 * HEIGHT)), interpolation=cv2.INTER_AREA)) is None
    assert printed_page(np.full((400, 600, 3), 128, np.uint8)) is None
