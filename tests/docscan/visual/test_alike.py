"""Whether printed data are set alike, on drawn lines of strokes whose width and place are known."""

import math

import numpy as np
import pytest

from docscan.types import Agreement, Box, FieldPlace, VisualField
from docscan.visual.alike import Setting, Usual, beside_others, deviations
from tests.docscan.visual.drawn import HEIGHT, SCALE, drawn_page, line_of


def _fields(*names: str, text: str = "MUSTERMANN") -> dict[str, VisualField]:
    return {name: VisualField(name, "", line_of(number, text), Agreement.AGREES) for number, name in enumerate(names)}


def _usual(*names: str, width: float = 0.3, uneven: float = 0.02) -> Setting:
    """Return how samples set their data, which have a baseline every 6 mm from 9 mm down."""
    place = FieldPlace(Box(8, 6, 20, HEIGHT), HEIGHT, 2.0, 4)
    data = {name: Usual(place, np.log([width, 0.9]), 9 + 6 * number) for number, name in enumerate(names)}
    return Setting(data, uneven)


def test_the_datum_that_was_set_otherwise_stands_out() -> None:
    names = ("surname", "given_names", "birth_date", "expiry_date")
    found = deviations(
        drawn_page((0.3, 0.9), (0.3, 0.9), (0.45, 0.9), (0.3, 0.6)), _fields(*names), _usual(*names), None
    )
    # Ten letters count for three quarters.
    assert found["birth_date"].width == pytest.approx(math.sqrt(10 / 18) * math.log(1.5), rel=0.25)
    assert found["expiry_date"].darkness == pytest.approx(math.sqrt(10 / 18) * math.log(0.6 / 0.9), rel=0.25)
    for name, part in (("surname", "width"), ("given_names", "darkness"), ("expiry_date", "width")):
        assert abs(getattr(found[name], part)) < 0.03


def test_all_data_alike_but_for_the_capture_stand_out_nowhere() -> None:
    names = ("surname", "given_names", "birth_date")
    found = deviations(drawn_page(*[(0.4, 0.5)] * 3, blur=1.5), _fields(*names), _usual(*names), None)
    assert all(abs(one.width) < 0.02 and abs(one.darkness) < 0.02 for one in found.values())


def test_a_datum_that_samples_set_otherwise_too_does_not_stand_out() -> None:
    names = ("surname", "given_names", "document_number")
    bold = _usual("document_number", width=0.45)
    usual = Setting({**_usual("surname", "given_names").data, **bold.data})
    found = deviations(drawn_page((0.3, 0.9), (0.3, 0.9), (0.45, 0.9)), _fields(*names), usual, None)
    assert abs(found["document_number"].width) < 0.08


def test_too_few_data_and_such_as_were_not_surely_read_are_not_compared() -> None:
    names = ("surname", "given_names", "birth_date")
    page, fields = drawn_page(*[(0.3, 0.9)] * 3), _fields(*names)
    assert deviations(page, fields, _usual(*names), None).keys() == set(names)
    assert deviations(page, fields, _usual(*names[:2]), None) == {}
    doubtful = fields | {"surname": VisualField("surname", "", line_of(0), Agreement.UNCLEAR)}
    assert deviations(page, doubtful, _usual(*names), None) == {}


@pytest.mark.parametrize(("down", "uneven", "deviations_"), [(0.3, 0.02, 8), (-0.3, 0.02, 8), (0.3, 0.3, 1)])
def test_a_datum_that_stands_beside_its_line_stands_out_as_far_as_samples_vary(
    down: float, uneven: float, deviations_: float
) -> None:
    names = ("surname", "given_names", "birth_date", "expiry_date")
    page = drawn_page(*[(0.3, 0.9)] * 4, low={2: down}, blur=1.0)
    found = deviations(page, _fields(*names), _usual(*names, uneven=uneven), np.eye(3))
    assert found["birth_date"].down_mm == pytest.approx(down, abs=0.03)
    assert found["birth_date"].displaced == pytest.approx(deviations_, rel=0.3)
    assert all(found[name].displaced < 1 for name in ("surname", "given_names", "expiry_date"))


def test_data_that_all_stand_low_and_models_that_know_no_baselines_say_nothing() -> None:
    names = ("surname", "given_names", "birth_date")
    low = drawn_page(*[(0.3, 0.9)] * 3, low=dict.fromkeys(range(3), 0.4))
    assert all(one.displaced < 0.5 for one in deviations(low, _fields(*names), _usual(*names), np.eye(3)).values())
    astray, usual = drawn_page(*[(0.3, 0.9)] * 3, low={0: 0.4}), _usual(*names)
    old = Setting({name: Usual(one.place, one.logarithms) for name, one in usual.data.items()})
    for known, on_page in ((old, np.eye(3)), (usual, None)):
        found = deviations(astray, _fields(*names), known, on_page)
        assert {one.displaced for one in found.values()} == {0.0}


def test_two_of_anything_tell_no_usual() -> None:
    values = {name: np.array([float(number)]) for number, name in enumerate("abc")}
    assert beside_others(values)["a"] == pytest.approx([-1.5])
    assert beside_others({name: values[name] for name in "ab"}) == {}


def test_letters_of_another_line_are_not_taken_for_a_datums() -> None:
    names = ("surname", "given_names", "birth_date", "expiry_date")
    page = drawn_page((0.3, 0.9), (0.3, 0.9), (0.6, 0.9), (0.3, 0.9), low={2: -1.0})
    page.image[round(18.9 * SCALE) : round(21 * SCALE)] = 200  # what is left of them ends 2.1 mm too high
    assert deviations(page, _fields(*names), _usual(*names), None)["birth_date"].width > 0.3
    found = deviations(page, _fields(*names), _usual(*names), np.eye(3))
    assert found.keys() == {"surname", "given_names", "expiry_date"}
    assert all(abs(one.width) < 0.05 and one.displaced < 1 for one in found.values())
