import numpy as np
import pytest

from training.fingers import COLOURS, IN_LIGHTS, held, page_in
from training.software import Picture


@pytest.fixture(scope="module")
def picture() -> Picture:
    """Draw a pale page of 125 x 88 mm, 8 pixels a millimetre, on a dark table."""
    table = np.full((880, 1200, 3), (60, 55, 50), np.uint8)
    table[88:792, 100:1100] = (215, 225, 230)
    return table


def _on_page(picture: Picture, drawn: Picture, least: int) -> np.ndarray:
    """Tell which pixels of the page another picture changed, its rows and columns counted from the page's corner."""
    return (np.abs(drawn.astype(int) - picture).max(axis=-1) > least)[88:792, 100:1100]


@pytest.mark.parametrize("name", COLOURS)
def test_a_finger_reaches_far_over_the_page(picture: Picture, name: str) -> None:
    rng, reaches = np.random.default_rng(3), []
    for _ in range(4):
        rows, columns = np.nonzero(_on_page(picture, held(picture, COLOURS[name], rng), 12))
        assert 1 < len(rows) / 64 / 100 < 6, "square centimetres"
        reaches.append(np.min([rows, 703 - rows, columns, 999 - columns], axis=0).max() / 8)
    assert 7 < np.median(reaches) < 26


def test_fingers_of_all_colours_lie_at_the_same_place(picture: Picture) -> None:
    first, *others = (
        _on_page(picture, held(picture, colour, np.random.default_rng(8)), 40)
        for name, colour in COLOURS.items()
        if "paper" not in name
    )
    for other in others:
        assert (first & other).sum() > 0.8 * (first | other).sum()


def test_light_falls_on_it_and_its_shadow_on_the_page(picture: Picture) -> None:
    drawn = held(picture, COLOURS["light skin"], np.random.default_rng(8))
    skin = (drawn[..., 2].astype(int) - drawn[..., 0]) > 50
    assert np.ptp(drawn[..., 1][skin]) > 30
    beside = ~skin & (drawn.astype(int) - picture < -8).all(axis=-1)
    assert beside[88:792, 100:1100].sum() > 500


@pytest.mark.parametrize("name", IN_LIGHTS)
def test_a_finger_lies_at_the_same_place_under_every_light(picture: Picture, name: str) -> None:
    page, lights = page_in(picture), {"visible": picture, "uv": picture // 4, "ir": picture}
    places = [
        _on_page(lights[light], held(lights[light], colour, np.random.default_rng(8), page), 15)
        for light, colour in IN_LIGHTS[name].items()
    ]
    assert set(IN_LIGHTS[name]) == set(lights)
    for place in places[1:]:
        assert (place & places[0]).sum() > 0.6 * (place | places[0]).sum()
