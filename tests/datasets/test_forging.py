"""Every recipe: it does what it says, where it says, under the lights that it says."""

from dataclasses import asdict
from datetime import date
from functools import lru_cache

import numpy as np
import pytest

from datasets.design.states import STATES, state
from datasets.forging import RECIPES, applies, shows
from datasets.physics.surface import PIXELS_PER_MM
from datasets.sheet import Kind
from datasets.specimens import GENUINE, KINDS, Order, Specimen, make, order
from docscan.mrz.icao9303 import parse

LIGHTS = ("visible", "uv", "ir")
SEED = 11
DPI = 150.0  # of captures, that few look at here
TODAY = date(2026, 11, 24)


def _small(recipe: str) -> Order:
    """Return an order of the smallest side for which a recipe is."""
    kinds = sorted(Kind, key=lambda kind: kind.size_mm)
    code, kind = next((code, kind) for kind in kinds for code in STATES[1:] if applies(recipe, state(code), kind))
    return Order(SEED, 1, code, kind, recipe, "reader")


@lru_cache(maxsize=2)  # the same for most recipes; some 100 MB each
def _genuine(code: str, kind: Kind) -> Specimen:
    return make(Order(SEED, 1, code, kind, GENUINE, "reader"), LIGHTS, dpi=DPI)


def _both(recipe: str) -> tuple[Specimen, Specimen]:
    forged = _small(recipe)
    return _genuine(forged.code, forged.kind), make(forged, LIGHTS, dpi=DPI)


def _difference(genuine: Specimen, forged: Specimen, light: str) -> np.ndarray:
    """Return how a worn side differs from the genuine one: height x width, before any capture."""
    one, other = (getattr(made.sheet.surface, light) for made in (genuine, forged))
    difference = np.abs(one - other)
    return difference.max(2) if difference.ndim == 3 else difference


def _inside(genuine: Specimen, forged: Specimen, shape: tuple[int, ...]) -> np.ndarray:
    mask = np.zeros(shape, bool)
    boxes = forged.sheet.alterations[0].boxes
    if forged.order.recipe == "mrz_pitch":  # where the MRZ is, and where it should be
        boxes += (genuine.sheet.regions["mrz"],)
    for box in boxes:
        x, y, width, height = (value * PIXELS_PER_MM for value in box)
        reach = 1.6 * PIXELS_PER_MM
        mask[max(0, int(y - reach)) : int(y + height + reach), max(0, int(x - reach)) : int(x + width + reach)] = True
    return mask


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_changes_what_it_says_under_the_lights_it_says(recipe: str) -> None:
    genuine, forged = _both(recipe)
    assert [done.recipe for done in forged.sheet.alterations] == [recipe]
    assert not genuine.sheet.alterations
    told = forged.sheet.alterations[0]
    assert told.parameters or recipe == "digital_inpainting"
    assert told.boxes
    if RECIPES[recipe].edits:  # the side is genuine, the image is not
        assert _difference(genuine, forged, "visible").max() == 0
        assert forged.captured.files["visible"] != genuine.captured.files["visible"]
        assert forged.captured.files["uv"] == genuine.captured.files["uv"]
        return
    for light in LIGHTS:
        difference = _difference(genuine, forged, light)
        inside = _inside(genuine, forged, difference.shape)
        if light in RECIPES[recipe].lights:
            assert difference[inside].max() > 0.1, light
        assert (difference[~inside] < 0.06).mean() > 0.999 if (~inside).any() else True, light


@pytest.mark.parametrize("recipe", [name for name in RECIPES if not shows(name, ("visible",))])
def test_what_shows_under_another_light_alone_does_not_show_by_daylight(recipe: str) -> None:
    genuine, forged = _both(recipe)
    difference = _difference(genuine, forged, "visible")
    if recipe in ("fibres_missing", "mrz_ink"):  # fibres are faintly seen; another black has other edges
        assert difference.mean() < 0.003
    else:
        assert difference.max() < 0.06  # of the paper's light


@pytest.mark.parametrize(("recipe", "right"), [("mrz_altered", True), ("mrz_altered_wrong_check_digits", False)])
def test_altered_mrz_has_the_check_digits_it_says(recipe: str, right: bool) -> None:
    made = _both(recipe)[1]
    parsed = parse(made.sheet.mrz, today=TODAY)
    assert all(parsed.check_digits.values()) is right


def test_only_one_datum_of_a_visa_is_altered() -> None:
    genuine, forged = (
        make(Order(SEED, 1, STATES[1], Kind.MRV_A, recipe, "reader"), ("visible",), dpi=DPI)
        for recipe in (GENUINE, "mrz_altered")
    )
    one, other = (parse(made.sheet.mrz, today=TODAY).fields for made in (genuine, forged))
    differ = {name for name in asdict(one) if getattr(one, name) != getattr(other, name)}
    assert differ == {str(forged.sheet.alterations[0].parameters["field"])}


def test_both_of_a_pair_are_of_one_state_kind_and_device() -> None:
    recipes = tuple(RECIPES)
    for pair in range(60):
        genuine, forged = order(5, 2 * pair, recipes), order(5, 2 * pair + 1, recipes)
        assert (genuine.recipe, forged.recipe) == (GENUINE, recipes[pair % len(recipes)])
        assert (genuine.code, genuine.kind, genuine.device) == (forged.code, forged.kind, forged.device)
        assert applies(forged.recipe, state(forged.code), forged.kind)


def test_every_kind_of_side_and_every_state_can_be_forged() -> None:
    for kind in KINDS:
        assert sum(applies(recipe, state(STATES[1]), kind) for recipe in RECIPES) >= 10
    assert len(RECIPES) >= 18
