import cv2
import numpy as np
import pytest

from docscan.lanes import Lanes
from docscan.quality import PRINT_DPI, PRINT_JPEG, READABLE_DPI, among_others, glare, measure, sharpness, squeezed
from docscan.types import PageSize, Quality
from tests.docscan.scenes import document


def of(image: np.ndarray, dpi: float = 300.0, *, whole: bool = True, found: bool = True) -> Quality:
    return measure(image, 8.0, dpi=dpi, whole_page=whole, found=found)


def grey(image: np.ndarray, sigma: float) -> np.ndarray:
    plain = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(plain, (0, 0), sigma) if sigma else plain


@pytest.mark.parametrize("seed", range(4))
def test_sharpness_falls_with_blur_and_hardly_changes_with_content_or_contrast(seed: int) -> None:
    page = document(PageSize.ID_3, seed)
    values = [sharpness(grey(page, sigma)) for sigma in (0, 1, 2, 3, 5)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.7
    assert values[-1] < 0.15
    pale = (128 + (page.astype(float) - 128) * 0.5).astype(np.uint8)
    assert sharpness(grey(pale, 2)) == pytest.approx(values[2], abs=0.05)
    other = document(PageSize.ID_1, seed + 50)
    assert sharpness(grey(other, 2)) == pytest.approx(values[2], abs=0.1)


def test_parts_that_are_measured_beside_each_other_are_the_same() -> None:
    page = document(PageSize.ID_3, 1)
    beside = measure(page, 8.0, dpi=300.0, whole_page=True, found=True, lanes=Lanes(2))
    assert beside == of(page)


def test_a_capture_of_several_documents_is_not_usable_and_says_so_first() -> None:
    soft = of(document(PageSize.ID_3, 1), dpi=READABLE_DPI + 20)
    assert soft.usable
    several = among_others(soft)
    assert not several.usable
    assert several.advice[0].startswith("Capture each document by itself")
    assert several.advice[1:] == soft.advice != ()


def test_shades_of_grey_are_told_from_colours_however_few() -> None:
    page = document(PageSize.ID_3)
    assert of(page).coloured
    grey_page = np.repeat(grey(page, 0)[..., None], 3, axis=2)
    found = of(grey_page)
    assert not found.coloured
    assert found.usable, "its text can be read"
    assert found.advice == ("Capture in colour: shades of grey do not show how the document was printed.",)
    stamped = grey_page.copy()
    cv2.rectangle(stamped, (200, 200), (400, 300), (200, 180, 180), -1)
    assert of(stamped).coloured


@pytest.mark.parametrize(("quality", "too_little"), [(12.0, True), (PRINT_JPEG, False), (90.0, False), (None, False)])
def test_what_compression_took_is_told(quality: float | None, too_little: bool) -> None:
    page = document(PageSize.ID_3)
    found = measure(page, 8.0, dpi=300.0, whole_page=True, found=True, jpeg_quality=quality)
    assert found.usable, "its text can be read"
    assert squeezed(found) is too_little
    assert any("less compression" in sentence for sentence in found.advice) is too_little


def test_nothing_to_see_is_not_sharp() -> None:
    assert sharpness(np.full((300, 400), 200, np.uint8)) == 0


def test_glare_is_the_share_blown_out() -> None:
    page = document(PageSize.ID_3)
    assert glare(page, 8.0) == 0
    lit = page.copy()
    cv2.ellipse(lit, (600, 350), (160, 110), 20, 0, 360, (255, 255, 255), -1)
    share = np.pi * 160 * 110 / (page.shape[0] * page.shape[1])
    assert glare(lit, 8.0) == pytest.approx(share, rel=0.1)
    assert any("glare hides 8 %" in sentence or "glare hides 7 %" in sentence for sentence in of(lit).advice)


def test_white_paper_is_no_glare() -> None:
    page = np.full((704, 1000, 3), 255, np.uint8)
    cv2.putText(page, "SPECIMEN", (100, 300), 0, 4, (0, 0, 0), 8)
    assert glare(page, 8.0) == 0


def test_advice_names_the_resolution() -> None:
    page = document(PageSize.ID_3)
    assert of(page).advice == ()
    assert of(page, PRINT_DPI - 104).advice == (
        "Move closer: the document is shown at 96 dpi; 200 dpi or more are needed to judge how it was printed.",
    )
    coarse = of(page, READABLE_DPI - 10)
    assert not coarse.usable
    assert "40 dpi" in coarse.advice[0]


def test_a_blurred_page_is_not_usable() -> None:
    page = cv2.GaussianBlur(document(PageSize.ID_3), (0, 0), 6)
    assert not of(page).usable
    assert any("focus" in sentence for sentence in of(page).advice)


def test_a_page_cut_off_and_a_border_not_found_are_told_apart() -> None:
    page = document(PageSize.ID_3)
    assert "outside the image" in of(page, whole=False).advice[0]
    assert "border was not found" in of(page, whole=False, found=False).advice[0]
    assert of(page, whole=True, found=False).advice == ()
