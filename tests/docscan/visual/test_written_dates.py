import pytest

from docscan.visual.written_dates import written_dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12 AUG/AOUT 74", (12, 8, 74)),
        ("12 AUGUST/AOUT 74", (12, 8, 74)),
        ("22 DEC / DÉC 1968", (22, 12, 1968)),
        ("16 SEP /SEPT 2001", (16, 9, 2001)),
        ("30 MAR/MAR 1972", (30, 3, 1972)),
        ("13 LIP/JUL 2016", (13, 7, 2016)),  # July in Polish and English; LIP alone is June in Croatian
        ("31 DES/DEC 66", (31, 12, 66)),
        ("15 qershor 1999", (15, 6, 1999)),
        ("8 Août 2006", (8, 8, 2006)),
        ("05FEB1965", (5, 2, 1965)),
        ("FEB 05, 1965", (5, 2, 1965)),
        ("11121977", (11, 12, 1977)),
        ("0111 2034", (1, 11, 2034)),
        ("1960.02.08", (8, 2, 1960)),
        ("2014-12-31", (31, 12, 2014)),
        ("13.02.80", (13, 2, 80)),
        ("12,08.1964", (12, 8, 1964)),
        ("150CT1967", (15, 10, 1967)),  # OCT with a zero
        ("1O 06 1988", (10, 6, 1988)),
        ("MOI 05.09.1965", (5, 9, 1965)),
    ],
)
def test_forms_that_documents_use(text: str, date: tuple[int, int, int]) -> None:
    assert date in {(found.day, found.month, found.year) for found in written_dates(text)}


@pytest.mark.parametrize("text", ["2309422322", "5286980749", "ERIKSSON", "99 AUG 1974", "12 XYZ 1974", ""])
def test_what_is_no_date(text: str) -> None:
    assert not list(written_dates(text))


def test_the_languages_of_doc_9303_come_first() -> None:
    # JAN is June in no language that a document must use.
    assert {found.month for found in written_dates("01 JAN/JAN 85")} == {1}


def test_where_the_parts_stand_is_told() -> None:
    text = "MOI 12 AUG 1974"
    date = next(written_dates(text))
    assert {part: text[slice(*span)] for part, span in date.spans.items()} == {
        "day": "12",
        "month": "AUG",
        "year": "1974",
    }
