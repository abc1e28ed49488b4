import pytest

from docscan.types import Box, Mrz, TextLine
from docscan.visual.places import shown_at, text_layout
from tests.docscan.visual.samples import line, mrz_of

TEXTS = {
    "ERIKSSON": Box(40, 20, 18, 3),
    "ANNA MARIA": Box(40, 27, 20, 3),
    "12.08.1974": Box(40, 34, 17, 3),
    "L898902C3": Box(70, 12, 19, 3),
    "15 APR 2012": Box(40, 42, 18, 3),
    "Surname/Nom": Box(40, 17.5, 15, 2),
}


def sample(right: float = 0.0, down: float = 0.0, **changed: str) -> tuple[Mrz, tuple[TextLine, ...]]:
    lines = tuple(
        line(changed.get(text, text), Box(box.x + right, box.y + down, box.width, box.height))
        for text, box in TEXTS.items()
    )
    return mrz_of(), lines


def test_places_are_those_of_most_samples() -> None:
    layout = text_layout([sample(), sample(0.3, -0.2), sample(-0.2, 0.1)])
    assert set(layout.fields) == {"surname", "given_names", "birth_date", "document_number", "expiry_date"}
    place = layout.fields["document_number"]
    assert (place.box.x, place.box.y) == (pytest.approx(70, abs=0.4), pytest.approx(12, abs=0.4))
    assert (place.line_mm, place.samples) == (3, 3)
    assert place.character_mm == pytest.approx(19 / 9)
    assert len(layout.lines) == len(TEXTS)


def test_samples_whose_page_was_found_millimetres_aside_are_laid_together() -> None:
    layout = text_layout([sample(), sample(3.5, -3.0), sample(-3.0, 4.0), sample(0, 0.2)])
    assert len(layout.fields) == 5
    assert all(place.samples == 4 for place in layout.fields.values())
    assert all(place.box.height < 3.5 for place in layout.fields.values())


def test_a_datum_that_few_samples_show_is_not_learned() -> None:
    unread = {"ERIKSSON": "ER1K550N"}
    layout = text_layout([sample(), sample(**unread), sample(**unread), sample(**unread)])
    assert "surname" not in layout.fields
    assert "given_names" in layout.fields


def test_a_datum_that_the_page_shows_twice_is_the_one_at_its_place() -> None:
    place = text_layout([sample(), sample(0.3, -0.2), sample(-0.2, 0.1)]).fields["surname"]
    mrz, lines = sample(1.5, -2.0)
    elsewhere = line("ERIKSSON", Box(90, 60, 18, 3))
    assert shown_at(place, "surname", (mrz, (elsewhere, *lines))) == lines[0]
    assert shown_at(place, "surname", (mrz, (elsewhere, *lines[1:]))) is None
