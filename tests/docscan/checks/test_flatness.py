"""Passports of Utopia that do not lie flat: what is measured to a part of a millimetre is not held against them."""

import cv2
import pytest

from docscan.capture import ImageFile
from docscan.checks import CHECKS
from docscan.inspection import Seen, see
from docscan.types import Outcome
from docscan.typesetting import typesetting_of
from tests.docscan.checks.desk import Desk
from training.curling import curled

PORTRAIT, TYPE = {"photo.ghost", "photo.edge"}, {"mrz.glyphs", "mrz.alignment"}


def _curled(desk: Desk, seen: Seen, millimetres: float) -> Seen:
    """Look again at a page that is bulged in its capture."""
    picture = curled(cv2.cvtColor(seen.capture.visible, cv2.COLOR_RGB2BGR), millimetres)
    return see(ImageFile("curled.png", cv2.imencode(".png", picture)[1].tobytes()), tools=desk.tools)


@pytest.mark.parametrize(
    ("millimetres", "bow", "measured", "left_off"),
    [(0.0, 0.0, PORTRAIT | TYPE, set()), (0.5, 0.15, TYPE, PORTRAIT), (1.5, 0.45, set(), TYPE | {"mrz.geometry"})],
)
def test_a_curled_page_is_measured_where_that_can_be_done(
    desk: Desk, millimetres: float, bow: float, measured: set[str], left_off: set[str]
) -> None:
    seen = _curled(desk, desk.genuine(), millimetres)
    typesetting = typesetting_of(seen.capture, seen.page, seen.mrz, None)
    assert typesetting is not None
    assert typesetting.bow == pytest.approx(bow, abs=0.05)
    wanted = {*PORTRAIT, *TYPE, "mrz.geometry"}
    results = desk.results(seen, checks=[check for check in CHECKS if check.id in wanted])
    assert {name for name, result in results.items() if result.outcome is Outcome.PASSED} == measured
    assert {name for name, result in results.items() if "does not lie flat" in result.explanation} == left_off
    assert all(results[name].outcome is Outcome.UNDETERMINED for name in left_off)
