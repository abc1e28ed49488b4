"""Passports of Utopia in poor light, and compressed: neither is held against how they were printed."""

import cv2
import numpy as np
import pytest

from docscan.capture import ImageFile
from docscan.checks import CHECKS
from docscan.exposure import MOST_LACKING
from docscan.inspection import Seen, see
from docscan.light_slots import wrong_image
from docscan.types import Outcome, Spectrum
from tests.docscan.checks.desk import Desk

PRINT = [check for check in CHECKS if check.id in ("reference.print", "reference.places")]
FORGED = "counterfeit_inkjet"


def _in_less_light(desk: Desk, seen: Seen, share: float) -> Seen:
    picture = np.asarray(cv2.cvtColor(seen.capture.visible, cv2.COLOR_RGB2BGR) * share, np.uint8)
    return see(ImageFile("dark.png", cv2.imencode(".png", picture)[1].tobytes()), tools=desk.tools)


@pytest.mark.parametrize("share", [0.6, 0.45])
def test_a_genuine_page_in_less_light_is_printed_as_its_samples_are(desk: Desk, share: float) -> None:
    seen = _in_less_light(desk, desk.genuine(), share)
    assert 1 < seen.page.quality.brightened < MOST_LACKING
    results = desk.results(seen, checks=PRINT)
    assert {result.outcome for result in results.values()} == {Outcome.PASSED}
    bright = desk.results(desk.genuine(), checks=PRINT)["reference.print"]
    assert results["reference.print"].log10_lr == pytest.approx(bright.log10_lr, abs=0.5)


def test_a_counterfeit_in_less_light_is_still_told(desk: Desk) -> None:
    bright = desk.results(desk.forged(FORGED), checks=PRINT)["reference.print"]
    assert bright.outcome is Outcome.FAILED
    dark = desk.results(_in_less_light(desk, desk.forged(FORGED), 0.45), checks=PRINT)["reference.print"]
    assert dark.outcome is Outcome.FAILED


def test_a_page_that_is_too_dark_is_not_judged_by_its_print_and_asks_for_light(desk: Desk) -> None:
    seen = _in_less_light(desk, desk.genuine(), 0.15)
    assert seen.page.quality.brightened > MOST_LACKING
    assert "Give more light: the page is too dark to judge how it was printed." in seen.page.quality.advice
    results = desk.results(seen, checks=PRINT)
    assert all("too dark" in result.explanation for result in results.values())
    assert {result.outcome for result in results.values()} == {Outcome.UNDETERMINED}


def test_a_file_that_keeps_too_little_is_not_judged_by_its_print(desk: Desk) -> None:
    picture = cv2.cvtColor(desk.genuine().capture.visible, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])[1].tobytes()
    results = desk.results(see(ImageFile("small.jpg", data), tools=desk.tools), checks=PRINT)
    assert all("(JPEG quality 20)" in result.explanation for result in results.values())
    assert {result.outcome for result in results.values()} == {Outcome.UNDETERMINED}


@pytest.mark.parametrize("light", [Spectrum.UV, Spectrum.IR])
def test_a_dark_visible_image_in_another_lights_place_is_told(desk: Desk, light: Spectrum) -> None:
    seen = _in_less_light(desk, desk.genuine(), 0.45)
    given = np.asarray(desk.genuine().page.image * 0.45, np.uint8)
    given = np.asarray(cv2.resize(given, seen.page.image.shape[1::-1]), np.uint8)
    pictures = {Spectrum.VISIBLE: seen.page.image, light: given}
    assert wrong_image(light, pictures, seen.page, seen.mrz) is not None
