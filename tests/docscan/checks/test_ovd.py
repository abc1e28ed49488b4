"""The OVD of Utopia's passports, beside that of enrolled ones: genuine, printed, taken off, and turned to the light."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from docscan.checks import CHECKS
from docscan.cutting import place_of
from docscan.inspection import Seen
from docscan.page_geometry import moved
from docscan.types import CheckResult, Outcome
from docscan.zones import corners_mm
from tests.docscan.checks.desk import Desk, with_lights

OVD = [check for check in CHECKS if check.id.endswith(".ovd")]
BY_DAYLIGHT, UNDER_IR = "reference.ovd", "ir.ovd"


def _performed(desk: Desk, seen: Seen, *, enrolled: bool = True) -> dict[str, CheckResult]:
    return desk.results(seen, enrolled=enrolled, checks=OVD)


@pytest.mark.parametrize("index", [0, 5, 6])
def test_a_genuine_ovd_passes(desk: Desk, index: int) -> None:
    results = _performed(desk, desk.genuine(index))
    assert {name: one.outcome for name, one in results.items()} == {
        BY_DAYLIGHT: Outcome.PASSED,
        UNDER_IR: Outcome.PASSED,
    }


def test_the_place_is_shown(desk: Desk) -> None:
    seen = desk.genuine()
    region = _performed(desk, seen)[BY_DAYLIGHT].region
    assert region is not None
    assert desk.model.ovd is not None
    on_page = moved(np.array(region.polygon), np.linalg.inv(seen.page.to_capture))
    np.testing.assert_allclose(on_page, corners_mm(desk.model.ovd.box), atol=1)  # as this page lies on the samples


def test_a_printed_picture_of_it_fails_under_both_lights(desk: Desk) -> None:
    results = _performed(desk, desk.forged("ovd_copied"))
    for name, says in ((BY_DAYLIGHT, "hardly any colours shine"), (UNDER_IR, "is not there")):
        assert (results[name].outcome, says in results[name].explanation) == (Outcome.FAILED, True), results[name]
        assert results[name].log10_lr > 1


def _place(desk: Desk, seen: Seen) -> tuple[slice, slice]:
    assert desk.model.ovd is not None
    return place_of(desk.model.ovd.box, 2.0, seen.page.pixels_per_mm)


def test_colours_that_are_taken_off_are_missed(desk: Desk) -> None:
    """The same picture in grey: nothing is drawn otherwise."""
    seen = desk.genuine()
    image, place = seen.page.image.copy(), _place(desk, seen)
    image[place] = cv2.cvtColor(image[place], cv2.COLOR_RGB2GRAY)[..., None]
    results = _performed(desk, with_lights(seen, image=image))
    assert (results[BY_DAYLIGHT].outcome, results[UNDER_IR].outcome) == (Outcome.FAILED, Outcome.PASSED)


def test_an_ovd_that_is_paler_with_all_of_the_picture_is_not_called_dull(desk: Desk) -> None:
    """As software leaves a picture that it brightens; paler alone it is dull."""
    seen = desk.genuine()
    grey = cv2.cvtColor(seen.page.image, cv2.COLOR_RGB2GRAY)[..., None]
    pale = np.asarray(grey + 0.4 * (seen.page.image.astype(np.float32) - grey), np.uint8)
    alone, place = seen.page.image.copy(), _place(desk, seen)
    alone[place] = pale[place]
    result = _performed(desk, with_lights(seen, image=pale))[BY_DAYLIGHT]
    assert (result.outcome, "All of the picture is paler" in result.explanation) == (Outcome.UNDETERMINED, True)
    assert _performed(desk, with_lights(seen, image=alone))[BY_DAYLIGHT].outcome is Outcome.FAILED


@pytest.mark.parametrize("light", [(0.45, 0.45, 0.45), (1.0, 0.6, 0.45)], ids=["dim", "reddish"])
def test_less_light_on_the_page_makes_no_ovd_dull_and_hides_no_printed_one(
    desk: Desk, light: tuple[float, float, float]
) -> None:
    for seen, outcome in ((desk.genuine(), Outcome.PASSED), (desk.forged("ovd_copied"), Outcome.FAILED)):
        image = np.asarray(seen.page.image * np.array(light), np.uint8)
        assert _performed(desk, with_lights(seen, image=image))[BY_DAYLIGHT].outcome is outcome


def test_an_ovd_that_is_darker_than_the_page_about_it_is_dull(desk: Desk) -> None:
    seen = desk.genuine()
    image, place = seen.page.image.copy(), _place(desk, seen)
    image[place] = (image[place] * 0.35).astype(np.uint8)
    assert _performed(desk, with_lights(seen, image=image))[BY_DAYLIGHT].outcome is Outcome.FAILED


def test_what_is_over_exposed_is_not_called_dull(desk: Desk) -> None:
    seen = desk.genuine()
    image, place = seen.page.image.copy(), _place(desk, seen)
    image[place] = cv2.convertScaleAbs(image[place], alpha=1.8)
    result = _performed(desk, with_lights(seen, image=image))[BY_DAYLIGHT]
    assert (result.outcome, "over-exposed" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_another_drawing_under_infrared_fails(desk: Desk) -> None:
    """The samples' own drawing, turned by a quarter where it stands."""
    seen = desk.genuine()
    assert seen.page.ir is not None
    infrared, place = seen.page.ir.copy(), _place(desk, seen)
    side = min(infrared[place].shape[:2])
    rows, columns = (slice(one.start, one.start + side) for one in place)
    infrared[rows, columns] = np.flipud(np.rot90(infrared[rows, columns]))
    results = _performed(desk, with_lights(seen, ir=infrared))
    assert (results[BY_DAYLIGHT].outcome, results[UNDER_IR].outcome) == (Outcome.PASSED, Outcome.FAILED)


def test_without_samples_without_an_ovd_and_without_infrared_nothing_is_said(desk: Desk) -> None:
    seen = desk.genuine()
    assert {one.outcome for one in _performed(desk, seen, enrolled=False).values()} == {Outcome.NOT_PERFORMED}
    assert _performed(desk, with_lights(seen, ir=None))[UNDER_IR].outcome is Outcome.NOT_PERFORMED
    assert desk.model.ovd is not None
    for ovd, performed in ((None, Outcome.NOT_PERFORMED), (replace(desk.model.ovd, infrared=None), Outcome.PASSED)):
        results = _performed(desk.knowing(replace(desk.model, ovd=ovd)), seen)
        assert results[BY_DAYLIGHT].outcome is performed
        assert results[UNDER_IR].outcome is Outcome.NOT_PERFORMED
