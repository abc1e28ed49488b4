"""What the networks of other lights say of whole pages, on documents of Utopia, which no network learned from."""

from dataclasses import replace

import numpy as np
import pytest

from docscan.documents.laying import PIXELS_PER_MM
from docscan.light_network import HEIGHT, WIDTH, channels_of
from docscan.lights import judged, look_at_lights
from docscan.page_answer import CELL_PIXELS, PageAnswer, prepared, standing_out
from docscan.page_geometry import moved
from docscan.types import Outcome, Spectrum
from tests.docscan.checks.desk import Desk

CELL_MM = CELL_PIXELS / PIXELS_PER_MM


def test_the_most_suspicious_place_is_the_one_about_the_strongest_cell() -> None:
    cells = np.full((44, 63), -4.0, np.float32)
    cells[10:13, 20:26], cells[11, 22] = 3.0, 5.0
    cells[30:33, 5:9] = 2.0  # suspicious too, elsewhere
    answer = PageAnswer(cells, 1.0, CELL_MM)
    assert answer.place() == (20, 10, 6, 3)
    assert 3.0 < answer.strongest() < 3.5
    assert answer.logit() == (1.0 + answer.strongest()) / 2


def test_a_page_that_is_suspicious_throughout_has_no_place() -> None:
    assert PageAnswer(np.full((44, 63), 2.0, np.float32), 3.0, CELL_MM).place() is None


def test_a_place_may_have_gaps_and_lies_where_somebody_looked() -> None:
    cells = np.full((30, 40), np.nan, np.float32)
    cells[5:25, 5:35] = -4.0
    cells[10:12, 10:14], cells[10:12, 16:20] = 5.0, 4.0  # two letters, two cells apart
    cells[20, 30] = 4.5
    assert standing_out(cells) == (10, 10, 4, 2)
    assert standing_out(cells, apart=2) == (10, 10, 10, 2)


def test_what_a_network_sees_is_the_page_and_nothing_beside_it() -> None:
    rng = np.random.default_rng(3)
    seen = {light: rng.integers(0, 256, (216, 342, 3)).astype(np.uint8) for light in Spectrum}
    uv, ir = (prepared(channels_of(light, seen), (HEIGHT, WIDTH), 0.0) for light in (Spectrum.UV, Spectrum.IR))
    assert (uv.shape, ir.shape) == ((1, 6, HEIGHT, WIDTH), (1, 4, HEIGHT, WIDTH))
    assert (uv[0, :, 216:] == 0).all()
    assert (uv[0, :, :, 342:] == 0).all()
    tinted = {**seen, Spectrum.IR: np.repeat(seen[Spectrum.IR][..., :1], 3, 2)}
    grey = prepared(channels_of(Spectrum.IR, tinted), (HEIGHT, WIDTH), 0.0)
    for shown, given in (
        (uv[0, 0], seen[Spectrum.UV]),
        (uv[0, 3], seen[Spectrum.VISIBLE]),
        (grey[0, 0], tinted[Spectrum.IR]),
    ):
        assert np.allclose(shown[:216, :342], given[..., 0] / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize(
    ("recipe", "check", "says"),
    [
        ("viz_altered", "uv.page", "a place of the page"),
        ("viz_and_mrz_altered", "uv.page", "a place of the page"),
        ("uv_pattern_missing", "uv.page", "throughout"),
        ("counterfeit_inkjet", "uv.page", "throughout"),
        ("mrz_ink", "ir.page", "a place of the page"),
    ],
)
def test_what_is_forged_is_found_where_it_is(desk: Desk, recipe: str, check: str, says: str) -> None:
    result = desk.results(desk.forged(recipe), enrolled=check.startswith("ir"))[check]
    assert (result.outcome, says in result.explanation) == (Outcome.FAILED, True), result
    assert result.log10_lr > 0
    assert (result.region is not None) == (says != "throughout")


def test_infrared_speaks_beside_samples_of_the_same_network_alone(desk: Desk) -> None:
    seen = desk.forged("mrz_ink")
    assert desk.results(seen, enrolled=False)["ir.page"].outcome is Outcome.NOT_PERFORMED
    kept = {name: found for name, found in desk.model.measured.items() if not name.startswith("ir.page")}
    assert len(kept) == len(desk.model.measured) - 1
    without = Desk(desk.tools, desk._makes, replace(desk.model, measured=kept), desk._evidence)
    assert without.results(seen)["ir.page"].outcome is Outcome.NOT_PERFORMED


def test_the_place_lies_on_the_datum_that_was_altered(desk: Desk) -> None:
    seen = desk.forged("mrz_ink")
    assert seen.mrz is not None
    answer = judged(look_at_lights(seen.page, seen.mrz, {}, None), desk.tools.models).answers[Spectrum.IR]
    place = answer.place()
    assert place is not None
    _, top, _, height = (CELL_MM * side for side in place)
    to_page = np.linalg.inv(seen.page.to_capture)
    zone = moved(np.array(seen.mrz.zone.polygon), to_page)
    assert zone[:, 1].min() - 5 < top < top + height < zone[:, 1].max() + 5


def test_a_light_whose_image_is_wrong_is_not_asked_about(desk: Desk) -> None:
    seen = desk.genuine()
    lights = look_at_lights(seen.page, seen.mrz, {}, None)
    assert set(judged(lights, desk.tools.models).answers) == {Spectrum.UV, Spectrum.IR}
    swapped = replace(seen.page, uv=seen.page.ir, ir=seen.page.uv)
    assert judged(look_at_lights(swapped, seen.mrz, {}, None), desk.tools.models).answers == {}


def test_models_without_these_networks_are_said_to_have_none(desk: Desk) -> None:
    models = desk.tools.models
    others = {name: session for name, session in models.sessions.items() if not name.startswith("page_")}
    bare = Desk(replace(desk.tools, models=replace(models, sessions=others)), desk._makes, desk.model, desk._evidence)
    for check in ("uv.page", "ir.page"):
        result = bare.results(desk.genuine())[check]
        assert (result.outcome, "no network" in result.explanation) == (Outcome.NOT_PERFORMED, True)


def test_without_other_lights_no_network_is_asked(desk: Desk) -> None:
    seen = desk.genuine()
    alone = replace(seen.page, uv=None, ir=None)
    assert judged(look_at_lights(alone, seen.mrz, {}, None), desk.tools.models).answers == {}
