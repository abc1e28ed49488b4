from docscan.types import Agreement, Box, TextLine
from docscan.visual.expected import FIELDS, expected
from docscan.visual.labels import label_of, named
from docscan.visual.search import searched
from tests.docscan.visual.samples import line, mrz_of


def page(**changed: str) -> list[TextLine]:
    texts = {
        "Surname/Nom": Box(40, 18, 15, 2),
        "ERIKSSON": Box(40, 20, 18, 3),
        "Given names/Prénoms": Box(40, 25, 20, 2),
        "ANNA MARIA": Box(40, 27, 20, 3),
        "Date of birth/Date de naissance": Box(40, 32, 30, 2),
        "12.08.1974": Box(40, 34, 17, 3),
        "Sex": Box(80, 32, 4, 2),
        "F": Box(80, 34, 2, 3),
        "UTO": Box(60, 12, 7, 3),
        "Passport No. L898902C3": Box(70, 12, 30, 3),
        "Date of expiry": Box(40, 40, 15, 2),
        "15 APR 2012": Box(40, 42, 18, 3),
    }
    return [line(changed.get(text, text), box) for text, box in texts.items()]


def test_every_datum_is_found_wherever_it_stands() -> None:
    found = searched(expected(mrz_of()), page())
    assert {name: field.agreement for name, field in found.items()} == dict.fromkeys(FIELDS, Agreement.AGREES)


def test_a_label_tells_what_was_altered() -> None:
    for text, other, name in (("ERIKSSON", "KOWALSKA", "surname"), ("12.08.1974", "12.08.1984", "birth_date")):
        found = searched(expected(mrz_of()), page(**{text: other}))
        assert found[name].agreement is Agreement.DIFFERS
        assert found[name].line.text == other
        assert sum(field.agreement is Agreement.DIFFERS for field in found.values()) == 1


def test_without_a_label_nothing_is_called_another() -> None:
    lines = [found for found in page(ERIKSSON="KOWALSKA") if label_of(found) is None]
    assert "surname" not in searched(expected(mrz_of()), lines)


def test_labels_are_known_though_letters_were_misread() -> None:
    assert label_of(line("Trefes / Suruame / Nom")) == "surname"
    assert label_of(line('Jekar givivis/ Passport No / N" du passeport')) == "document_number"
    assert label_of(line("Ker vejes / Date ol btrth /Date de naissance")) == "birth_date"
    assert label_of(line(" / Nationality / Nationalité")) == "nationality"
    assert label_of(line("ERIKSSON")) is None


def test_a_label_names_what_stands_under_it_not_another_label() -> None:
    lines = [line("Surname", Box(40, 18, 15, 2)), line("Given names", Box(40, 21, 15, 2))]
    assert named("surname", lines) is None
