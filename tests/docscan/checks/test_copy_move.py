"""What is said of print that stands on a page twice."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from docscan.checks.copy_move import COPIES, copied
from docscan.checks.finding import Finding
from docscan.copies import Twins, twins_of
from docscan.documents.model import Statistics
from docscan.evidence import Evidence
from docscan.types import Box, Outcome
from docscan.zones import layout_of
from tests.docscan.checks.conftest import SCALE
from tests.docscan.checks.desk import Desk
from tests.docscan.documents.conftest import small_model

Makes = Callable[..., Evidence]
ONE, LOWER, HIGHER = Box(40, 20, 9, 4), Box(52, 44, 9, 4), Box(40, 8, 9, 4)


@pytest.mark.parametrize(("other", "where"), [(LOWER, "12 mm to the right and 24 mm lower"), (HIGHER, "12 mm higher")])
def test_it_outlines_one_place_and_tells_and_shows_where_the_other_is(evidence: Makes, other: Box, where: str) -> None:
    seen = copied(evidence(twins=Twins(11.0, ONE, other)))
    assert not isinstance(seen, Finding)
    assert where in seen.failed
    assert seen.value == 11.0
    assert seen.region is not None
    assert seen.region.polygon[0] == pytest.approx((ONE.x * SCALE, ONE.y * SCALE))
    assert seen.region.again is not None
    assert seen.region.again[0] == pytest.approx((other.x * SCALE, other.y * SCALE))


def test_what_letters_usually_have_in_common_counts_as_nothing(evidence: Makes) -> None:
    none, little = (copied(evidence(twins=twins)) for twins in (None, Twins(3.0, ONE, LOWER)))
    assert not isinstance(none, Finding)
    assert not isinstance(little, Finding)
    assert none.value == little.value
    assert none.region is None


def test_what_samples_have_twice_by_design_tells_what_is_usual(evidence: Makes) -> None:
    told = Statistics(np.array([10.0], np.float32), np.array([0.5], np.float32), 5)
    model = replace(small_model(), measured={COPIES: told})
    seen, without = (copied(evidence(model=one, twins=Twins(11.0, ONE, LOWER))) for one in (model, small_model()))
    assert not isinstance(seen, Finding)
    assert not isinstance(without, Finding)
    assert (seen.value, seen.usual, without.usual) == (11.0, 10.5, None)


def test_where_the_print_cannot_be_judged_it_says_so(evidence: Makes) -> None:
    finding = copied(evidence(region_abstained="Too blurred.", twins=Twins(11.0, ONE, LOWER)))
    assert finding == Finding(Outcome.UNDETERMINED, "Too blurred.")


def test_a_datum_copied_from_another_is_found_on_a_captured_page(desk: Desk) -> None:
    genuine, forged = (
        twins_of(seen.page, layout_of(seen.page.size, seen.mrz_format))
        for seen in (desk.genuine(), desk.forged("digital_copy_move"))
    )
    assert forged is not None
    assert forged.likeness > 8.5 > (genuine.likeness if genuine else 0.0)
