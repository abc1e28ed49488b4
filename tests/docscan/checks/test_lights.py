"""Checks of ultraviolet and infrared, on documents of Utopia as a page reader takes them, enrolled and forged."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from docscan.checks.ultraviolet import FIBRES
from docscan.inspection import Seen
from docscan.lights import look_at_lights
from docscan.types import Box, Mrz, Outcome
from tests.docscan.checks.desk import Desk, with_lights


def test_a_genuine_document_fails_nothing(desk: Desk) -> None:
    for enrolled in (True, False):
        results = desk.results(desk.genuine(), enrolled=enrolled)
        assert {name: one.explanation for name, one in results.items() if one.outcome is Outcome.FAILED} == {}
    assert results["uv.dull_paper"].outcome is results["ir.mrz_visible"].outcome is Outcome.PASSED
    assert {name for name, one in results.items() if one.outcome is Outcome.NOT_PERFORMED} == {
        "uv.pattern", "uv.fibres", "ir.portrait", "ir.ovd", "ir.page",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recipe", "check", "says"),
    [
        ("uv_bright_paper", "uv.dull_paper", "glows"),
        ("uv_pattern_missing", "uv.pattern", "missing"),
        ("uv_painted", "uv.pattern", "missing"),
        ("fibres_missing", "uv.fibres", "fewer"),
        ("portrait_pasted", "uv.patches", "glows otherwise"),
        ("portrait_laminate_cut", "uv.portrait_edges", "lines glow"),
        ("mrz_ink", "ir.mrz_visible", "vanishes"),
    ],
)
def test_what_is_forged_is_found_where_it_is(desk: Desk, recipe: str, check: str, says: str) -> None:
    result = desk.results(desk.forged(recipe))[check]
    assert (result.outcome, says in result.explanation) == (Outcome.FAILED, True), result
    assert result.log10_lr > 0
    assert (result.region is not None) == (check in ("uv.patches", "uv.portrait_edges", "ir.mrz_visible"))


def test_a_portrait_of_another_process_is_told_by_samples_alone(desk: Desk) -> None:
    seen = desk.genuine()
    assert desk.results(seen)["ir.portrait"].outcome is Outcome.PASSED
    assert seen.page.ir is not None
    box = look_at_lights(seen.page, seen.mrz, {}, None).portrait
    assert box is not None
    share, scale = float(desk.model.measured["ir.portrait"].mean[0]), seen.page.pixels_per_mm
    other, part = seen.page.ir.copy(), (
        slice(round(box.y * scale), round((box.y + box.height) * scale)),
        slice(round(box.x * scale), round((box.x + box.width) * scale)),
    )  # fmt: skip
    grey = seen.page.image[part].mean(2, keepdims=True)
    other[part] = grey.astype(np.uint8) if share < 0.5 else 200
    result = desk.results(with_lights(seen, ir=other))["ir.portrait"]
    assert (result.outcome, "stays" in result.explanation) == (Outcome.FAILED, share < 0.5)
    assert desk.results(with_lights(seen, ir=other), enrolled=False)["ir.portrait"].outcome is Outcome.NOT_PERFORMED


@pytest.mark.parametrize(
    ("given", "light", "says"),
    [
        (lambda page: {"uv": page.ir, "ir": page.uv}, "uv", "infrared one is"),
        (lambda page: {"uv": page.ir, "ir": page.uv}, "ir", "an ultraviolet one"),
        (lambda page: {"uv": (page.image * 0.8).astype(np.uint8)}, "uv", "under visible light"),
        (lambda page: {"ir": (page.image * 0.8).astype(np.uint8)}, "ir", "under visible light"),
        (lambda page: {"ir": page.image}, "ir", "given twice"),
        (lambda page: {"uv": page.ir}, "uv", "given twice"),
        (lambda page: {"ir": np.roll(page.ir, (20, 30), (0, 1))}, "ir", "do not move it"),
        (lambda page: {"ir": page.ir // 20}, "ir", "dark all over"),
    ],
)
def test_a_wrong_image_is_said_and_nothing_of_its_light_fails(
    desk: Desk, given: Callable[..., dict[str, np.ndarray]], light: str, says: str
) -> None:
    seen = desk.genuine()
    results = desk.results(with_lights(seen, **given(seen.page)))
    for check, result in results.items():
        if check.startswith(light):
            assert (result.outcome, says in result.explanation) == (Outcome.UNDETERMINED, True), result
            assert result.log10_lr == 0


def test_a_camera_without_colour_or_with_a_tint_is_no_wrong_image(desk: Desk) -> None:
    seen = desk.genuine()
    assert seen.page.uv is not None
    assert seen.page.ir is not None
    grey = np.repeat(seen.page.uv.max(2, keepdims=True), 3, 2)
    tinted = (seen.page.ir * np.array([1.0, 0.8, 0.95])).astype(np.uint8)
    results = desk.results(with_lights(seen, uv=grey, ir=tinted))
    assert results["uv.image"].outcome is results["ir.image"].outcome is Outcome.PASSED


def test_without_a_light_its_checks_are_not_performed(desk: Desk) -> None:
    seen = desk.genuine()
    for given in ({"uv": None}, {"ir": None}, {"uv": None, "ir": None}):
        for check, result in desk.results(with_lights(seen, **given)).items():
            if check.partition(".")[0] in given:
                assert result.outcome is Outcome.NOT_PERFORMED


def test_samples_are_measured_in_each_light(desk: Desk) -> None:
    measured = desk.model.measured
    assert {FIBRES, "uv.portrait", "ir.portrait"} <= set(measured)
    assert all(found.mean.shape == found.spread.shape == (1,) and found.samples >= 3 for found in measured.values())
    assert 0.1 < measured[FIBRES].mean[0] < 5  # a square centimetre


def test_a_page_that_cannot_be_laid_on_the_samples_is_not_held_against_it(desk: Desk) -> None:
    seen = desk.genuine()
    turned = {name: np.ascontiguousarray(getattr(seen.page, name)[::-1]) for name in ("image", "uv", "ir")}
    results = desk.results(with_lights(seen, **turned))
    for check in ("uv.pattern", "uv.fibres"):
        assert results[check].outcome is Outcome.UNDETERMINED
        assert "could not be laid exactly" in results[check].explanation


_SKIN = {"image": (200, 150, 120), "uv": (30, 25, 60), "ir": (190, 190, 190)}


def _under_a_finger(seen: Seen, box: Box) -> Seen:
    """Lay something as dark as skin over a box of the page, under every light."""
    scale = seen.page.pixels_per_mm
    left, top, right, bottom = (round(side * scale) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
    pictures = {}
    for name, colour in _SKIN.items():
        picture = getattr(seen.page, name).copy()
        picture[top:bottom, left:right] = colour
        pictures[name] = picture
    return with_lights(seen, **pictures)


def test_what_lies_on_the_page_is_not_held_against_it_under_any_light(desk: Desk) -> None:
    seen = _under_a_finger(desk.genuine(), Box(60, 30, 65, 15))
    results = desk.results(seen)
    assert {name: one.explanation for name, one in results.items() if one.outcome is Outcome.FAILED} == {}
    for name, result in results.items():
        if name not in ("uv.image", "ir.image"):
            assert result.outcome is Outcome.UNDETERMINED, name
            assert result.explanation.startswith("Something lies on the page")


def _read_less_surely(mrz: Mrz, columns: range) -> Mrz:
    lines = tuple(
        tuple(0.5 if column in columns else value for column, value in enumerate(line))
        for line in mrz.zone.character_confidence
    )
    return replace(mrz, zone=replace(mrz.zone, character_confidence=lines))


def test_ink_is_not_missed_where_no_character_was_read_surely(desk: Desk) -> None:
    seen = desk.genuine()
    assert seen.mrz is not None
    assert seen.page.ir is not None
    scale, infrared = seen.page.pixels_per_mm, seen.page.ir.copy()
    infrared[round(66 * scale) :, round(80 * scale) :] = 190
    hidden = with_lights(seen, ir=infrared)
    assert desk.results(hidden, enrolled=False)["ir.mrz_visible"].outcome is Outcome.FAILED
    under = replace(hidden, mrz=_read_less_surely(seen.mrz, range(27, 44)))
    assert desk.results(under, enrolled=False)["ir.mrz_visible"].outcome is Outcome.PASSED
    nearly_all = replace(hidden, mrz=_read_less_surely(seen.mrz, range(5, 44)))
    result = desk.results(nearly_all, enrolled=False)["ir.mrz_visible"]
    assert (result.outcome, "Too little" in result.explanation) == (Outcome.UNDETERMINED, True)


def test_a_portrait_that_is_hidden_in_part_is_not_another_ones_under_infrared(desk: Desk) -> None:
    seen = desk.genuine()
    assert seen.page.ir is not None
    box = look_at_lights(seen.page, seen.mrz, {}, None).portrait
    assert box is not None
    assert float(desk.model.measured["ir.portrait"].mean[0]) > 0.5, "it stays"
    scale = seen.page.pixels_per_mm
    left, top, right, bottom = (round(side * scale) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
    hidden = seen.page.ir.copy()
    hidden[top : (top + bottom) // 2, left:right] = 190
    result = desk.results(with_lights(seen, ir=hidden))["ir.portrait"]
    assert (result.outcome, "A part of the portrait" in result.explanation) == (Outcome.UNDETERMINED, True), result
    hidden[top:bottom, left:right] = 190
    assert desk.results(with_lights(seen, ir=hidden))["ir.portrait"].outcome is Outcome.FAILED


def test_a_zone_that_is_hidden_in_part_tells_nothing_of_the_portrait(desk: Desk) -> None:
    seen = desk.genuine()
    assert seen.mrz is not None
    nothing_fits = replace(
        seen.mrz.parsed,
        check_digits=dict.fromkeys(seen.mrz.parsed.check_digits, False),
        fields=replace(seen.mrz.parsed.fields, expiry_date=None),
    )
    results = desk.results(replace(seen, mrz=replace(seen.mrz, parsed=nothing_fits)))
    for name in ("uv.patches", "uv.portrait_edges", "ir.portrait"):
        assert results[name].outcome is Outcome.UNDETERMINED
        assert "may be hidden" in results[name].explanation
