"""What the network of whole pages says by daylight, on documents of Utopia, which no network learned from."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from docscan.checks.finding import Finding
from docscan.checks.whole_page import by_daylight
from docscan.daylight_network import CHANNELS, HEIGHT, WIDTH, channels_of, look_at_whole
from docscan.documents.model import Statistics
from docscan.evidence import Evidence
from docscan.page_answer import PageAnswer
from docscan.types import Outcome, PageSize
from tests.docscan.checks.desk import Desk
from tests.docscan.documents.conftest import small_model

Makes = Callable[..., Evidence]


def _answer(level: float, spot: float) -> PageAnswer:
    cells = np.full((66, 94), level, np.float32)
    cells[20:24, 30:40] = spot
    return PageAnswer(cells, level, 4 / 3)


def test_what_it_sees_is_the_pages_colours_and_how_fine_its_structure_is() -> None:
    grey = np.full((1056, 1500, 3), 200, np.uint8)
    grey[500:700, 500:900, :] += np.random.default_rng(1).integers(0, 40, (200, 400, 1)).astype(np.uint8)
    to_capture = np.diag([12.0, 12.0, 1.0])
    seen = channels_of(grey, to_capture, PageSize.ID_3)
    assert seen.shape == (HEIGHT, 750, CHANNELS)
    assert seen.shape[1] <= WIDTH
    assert abs(int(seen[50, 50, 0]) - 200) <= 1
    assert seen[300, 350, 3] > 100 > seen[50, 50, 3] == 0
    card = channels_of(grey, to_capture, PageSize.ID_1)
    assert card.shape == (324, 513, CHANNELS)


def test_a_place_is_outlined_and_a_whole_page_is_not(evidence: Makes) -> None:
    page = replace(evidence().page, size=PageSize.ID_3)
    place = by_daylight(evidence(page=page, all_of_page=_answer(-4.0, 6.0)))
    assert place.region is not None
    assert "A place of the page" in place.failed
    throughout = by_daylight(evidence(page=page, all_of_page=_answer(3.0, 4.0)))
    assert throughout.region is None
    assert "throughout" in throughout.failed
    assert throughout.value > place.value - 3


def test_what_the_same_network_says_of_samples_tells_what_is_usual(evidence: Makes) -> None:
    told = Statistics(np.array([4.0], np.float32), np.array([0.5], np.float32), 5)
    model = replace(small_model(), measured={"viz.page_0a1b2c3d": told})
    of_this, of_another = (
        by_daylight(evidence(model=model, all_of_page=replace(_answer(3.0, 4.0), network=network)))
        for network in ("0a1b2c3d", "ffffffff")
    )
    assert not isinstance(of_this, Finding)
    assert not isinstance(of_another, Finding)
    assert (of_this.value, of_this.usual) == (of_another.value, 4.5)
    assert of_another.usual is None


def test_where_the_print_cannot_be_judged_or_nothing_was_asked_it_says_so(evidence: Makes) -> None:
    assert by_daylight(evidence(region_abstained="Too blurred.")).outcome is Outcome.UNDETERMINED
    assert by_daylight(evidence()).outcome is Outcome.NOT_PERFORMED


@pytest.mark.parametrize("recipe", ["viz_and_mrz_altered", "viz_altered"])
def test_an_altered_page_looks_less_like_issued_ones(desk: Desk, recipe: str) -> None:
    genuine, forged = (
        look_at_whole(seen.capture, seen.page, desk.tools.models) for seen in (desk.genuine(), desk.forged(recipe))
    )
    assert genuine is not None
    assert forged is not None
    assert forged.logit() > genuine.logit() + 1


def test_models_without_the_network_have_no_answer(desk: Desk) -> None:
    seen, models = desk.genuine(), desk.tools.models
    others = {name: session for name, session in models.sessions.items() if name != "page_visible"}
    assert look_at_whole(seen.capture, seen.page, replace(models, sessions=others)) is None
