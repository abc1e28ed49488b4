from dataclasses import replace

import numpy as np
import pytest

from training.witnesses import fitting
from training.witnesses.documents import WHOLE_PAGE
from training.witnesses.fitting import FINDS, calibration
from training.witnesses.measuring import Witnessed

CHECK = "reference.print"


def _documents(apart: float, seed: int = 0) -> list[Witnessed]:
    """Documents of five states with two numbers; the first is higher by ``apart`` on forged ones, the other noise."""
    rng = np.random.default_rng(seed)
    found = []
    for state in ("A", "B", "C", "D", "E"):
        for recipe in ("genuine",) * 40 + WHOLE_PAGE * 6:
            numbers = {"value": 0.0, "tells": rng.normal(apart * (recipe != "genuine")), "noise": 100 * rng.normal()}
            found.append(Witnessed(recipe, state, 1, True, {CHECK: numbers}, ()))
    return found


def _ratios(documents: list[Witnessed]) -> tuple[np.ndarray, np.ndarray]:
    fitted = calibration(CHECK, documents)
    values = np.array([sum(w * one.numbers[CHECK][name] for name, w in fitted.weights.items()) for one in documents])
    ratios = np.clip(fitted.weight * values + fitted.intercept, fitted.lowest, fitted.highest)
    return ratios, np.array([one.genuine for one in documents])


def test_what_tells_is_weighed_and_what_does_not_is_not() -> None:
    fitted = calibration(CHECK, _documents(3.0))
    assert fitted.weights["tells"] > 0.5
    assert abs(fitted.weights["noise"]) * 100 < 0.2 * fitted.weights["tells"]
    assert (fitted.genuine, fitted.forged) == (200, 150)


def test_ratios_are_what_a_normal_pair_has() -> None:
    """Of two normal densities one apart by 2 deviations the log ratio is 2 x - 2, natural."""
    documents = _documents(2.0, seed=1)
    ratios, _ = _ratios(documents)
    tells = np.array([one.numbers[CHECK]["tells"] for one in documents])
    expected = (2 * tells - 2) / np.log(10)
    inside = np.abs(expected) < 1
    assert np.abs(ratios - expected)[inside].mean() < 0.15


def test_hardly_a_genuine_document_fails() -> None:
    documents = _documents(3.0, seed=2)
    fitted = calibration(CHECK, documents)
    ratios, genuine = _ratios(documents)
    assert (ratios[genuine] >= fitted.threshold).mean() <= 0.01
    assert (ratios[~genuine] >= fitted.threshold).mean() > 0.4


def test_noise_weighs_nothing() -> None:
    fitted = calibration(CHECK, _documents(0.0))
    assert fitted.weight * max(abs(weight) for weight in fitted.weights.values()) < 0.2


def test_forgeries_that_a_check_is_not_there_to_find_are_left_out() -> None:
    others = [Witnessed("mrz_font", "A", 1, True, {CHECK: {"value": 0.0, "tells": -9.0, "noise": 0.0}}, ())] * 50
    documents = _documents(2.0)
    assert calibration(CHECK, documents + others) == calibration(CHECK, documents)
    assert "mrz_font" not in FINDS[CHECK]


def test_a_check_of_one_number_is_calibrated_by_it() -> None:
    documents = [
        Witnessed(one.recipe, one.state, 1, True, {CHECK: {"value": one.numbers[CHECK]["tells"]}}, ())
        for one in _documents(2.0)
    ]
    fitted = calibration(CHECK, documents)
    assert fitted.weights == {}
    assert fitted.weight == pytest.approx(2 / np.log(10), rel=0.2)


def test_genuine_values_are_spread_where_real_documents_vary_more() -> None:
    fails_from = {}
    for check in ("mrz.alignment", "mrz.pitch"):
        fitted = calibration(check, _of_one_number(check, {"A": 1.0, "B": 1.0}, forged=4.0))
        fails_from[check] = (fitted.threshold - fitted.intercept) / fitted.weight
    assert fails_from["mrz.alignment"] > fails_from["mrz.pitch"] + 0.3


def _of_one_number(check: str, levels: dict[str, float], forged: float) -> list[Witnessed]:
    """Documents whose value differs from state to state; forged ones lie far above."""
    rng = np.random.default_rng(3)
    found = []
    for state, level in levels.items():
        for recipe in ("genuine",) * 40 + FINDS[check] * 10:
            value = level + rng.normal(0, 0.1) + (forged if recipe != "genuine" else 0.0)
            found.append(Witnessed(recipe, state, 1, True, {check: {"value": value}}, ()))
    return found


def test_states_that_differ_leave_room_for_others() -> None:
    check = "mrz.pitch"
    documents = _of_one_number(check, {"A": -0.4, "B": 0.0, "C": 0.4}, forged=5.0)
    as_of_one = [replace(one, state="A") for one in documents]
    fails_from = [
        (fitted.threshold - fitted.intercept) / fitted.weight
        for fitted in (calibration(check, documents), calibration(check, as_of_one))
    ]
    assert fails_from[0] > fails_from[1] + 0.3


def test_no_check_claims_more_than_real_specimens_support_nor_a_threshold_out_of_reach() -> None:
    fitted = calibration("mrz.glyphs", _of_one_number("mrz.glyphs", {"A": 0.0, "B": 0.1}, forged=3.0))
    assert fitted.highest == 0.9
    mixed = calibration("mrz.pitch", _of_one_number("mrz.pitch", {"A": 0.0, "B": 3.0}, forged=1.0))
    assert mixed.threshold <= mixed.highest


def test_captures_askew_are_weighed_by_those_that_were_captured_so() -> None:
    check, states = "mrz.pitch", {"A": 0.0, "B": 0.1, "C": -0.1}
    straight = _of_one_number(check, states, forged=5.0)
    askew = [replace(one, askew=True) for one in _of_one_number(check, dict.fromkeys(states, 2.0), forged=5.0)]
    fitted = calibration(check, straight, [*askew, *straight])
    assert fitted.askew is not None
    fails_from = [(one.threshold - one.intercept) / one.weight for one in (fitted, fitted.askew)]
    assert fails_from[1] > fails_from[0] + 1
    assert fitted.model_copy(update={"askew": None}) == calibration(check, straight)
    assert calibration(check, [*straight, *askew]).askew == fitted.askew
    assert calibration(check, straight, askew[:30]).askew is None  # none of them forged: too few to say


def test_a_check_that_may_weigh_less_fails_no_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    # States that differ by so much put the threshold above what the check may weigh.
    documents = _of_one_number("mrz.glyphs", {"A": -0.8, "B": 0.0, "C": 0.8}, forged=1.5)
    capped = calibration("mrz.glyphs", documents)
    monkeypatch.setattr(fitting, "_MOST", {})
    free = calibration("mrz.glyphs", documents)
    assert free.threshold > capped.highest == capped.threshold
    fails_from = [(one.threshold - one.intercept) / one.weight for one in (capped, free)]
    assert fails_from[0] == pytest.approx(fails_from[1])


def test_straight_captures_by_phones_count_where_they_vary_more() -> None:
    states = {"A": 0.0, "B": 0.1}
    for check, counts in (("reference.type", True), ("mrz.pitch", False)):
        documents = _of_one_number(check, states, forged=5.0)
        phones = _of_one_number(check, dict.fromkeys(states, 1.0), forged=5.0)
        fitted = calibration(check, documents, phones)
        assert fitted.genuine == (2 if counts else 1) * calibration(check, documents).genuine
