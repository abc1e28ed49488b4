from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from docscan.mrz import own_reader, read, second_reader
from docscan.runtime import Models
from docscan.types import Difference, Mrz, Polygon, Zone

TODAY = date(2026, 11, 24)
IMAGE = np.zeros((8, 8, 3), np.uint8)
NO_MODELS = Models({}, {})
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
HERE: Polygon = ((0, 0), (90, 0), (90, 9), (0, 9))
THERE: Polygon = ((0, 50), (90, 50), (90, 59), (0, 59))


class Seen:
    """What the two readers are made to see, and whether the second was asked."""

    def __init__(self) -> None:
        self.own: list[Zone] = []
        self.second: Zone | None = None
        self.asked = False

    def ask_second(self, _image: object) -> Zone | None:
        self.asked = True
        return self.second

    def read(self) -> tuple[Mrz, ...]:
        return read.read(IMAGE, NO_MODELS, today=TODAY)


def by_own(lines: tuple[str, ...], certainty: float = 0.99, polygon: Polygon = HERE) -> Zone:
    return Zone(lines, tuple((certainty,) * len(line) for line in lines), polygon, own_reader.NAME)


def by_second(lines: tuple[str, ...], polygon: Polygon = HERE) -> Zone:
    return Zone(lines, (), polygon, second_reader.NAME)


def second(lines: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return what was seen second: these characters, one at each place."""
    return tuple(tuple(line) for line in lines)


def changed(lines: tuple[str, ...], row: int, column: int, to: str) -> tuple[str, ...]:
    line = lines[row][:column] + to + lines[row][column + 1 :]
    return (*lines[:row], line, *lines[row + 1 :])


def doubting(zone: Zone, row: int, column: int) -> Zone:
    confidences = [list(line) for line in zone.character_confidence]
    confidences[row][column] = 0.4
    return replace(zone, character_confidence=tuple(map(tuple, confidences)))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    stage = Seen()
    monkeypatch.setattr(own_reader, "read_zones", lambda _image, _models: tuple(stage.own))
    monkeypatch.setattr(second_reader, "read", stage.ask_second)
    return stage


def test_a_sure_reading_needs_no_second_opinion(seen: Seen) -> None:
    seen.own, seen.second = [by_own(PASSPORT)], by_second(CARD)
    (mrz,) = seen.read()
    assert mrz.parsed.valid
    assert (mrz.zone.reader, mrz.second, seen.asked) == ("docscan", None, False)


def test_a_check_digit_that_surely_fails_stays_failed_and_needs_no_second_opinion(seen: Seen) -> None:
    seen.own = [by_own(changed(PASSPORT, 1, 9, "7"))]
    (mrz,) = seen.read()
    assert not mrz.parsed.check_digits["document_number"]
    assert not seen.asked


def test_where_the_own_reader_finds_nothing_the_second_speaks(seen: Seen) -> None:
    seen.second = by_second(PASSPORT)
    (mrz,) = seen.read()
    assert (mrz.zone.reader, mrz.second) == ("passporteye", None)


def test_in_doubt_both_opinions_are_told(seen: Seen) -> None:
    seen.own, seen.second = [doubting(by_own(PASSPORT), 0, 6)], by_second(changed(PASSPORT, 0, 6, "K"))
    (mrz,) = seen.read()
    assert mrz.zone.reader == "docscan"
    assert mrz.parsed.lines == PASSPORT
    assert mrz.second is not None
    assert mrz.second.differences == (Difference(0, 6, "R", "K"),)


def test_the_second_reader_may_settle_a_character_in_doubt(seen: Seen) -> None:
    seen.own, seen.second = [doubting(by_own(changed(PASSPORT, 1, 3, "3")), 1, 3)], by_second(PASSPORT)
    (mrz,) = seen.read()
    assert (mrz.zone.reader, mrz.parsed.valid) == ("passporteye", True)
    assert mrz.second is not None
    assert mrz.second.zone.reader == "docscan"
    assert mrz.second.differences == (Difference(1, 3, "8", "3"),)


def test_the_second_reader_never_overrules_a_sure_character(seen: Seen) -> None:
    own = doubting(by_own(changed(PASSPORT, 1, 3, "3")), 1, 3)
    seen.own, seen.second = [own], by_second(changed(PASSPORT, 0, 6, "K"))  # valid, but the name is another
    (mrz,) = seen.read()
    assert (mrz.zone.reader, mrz.parsed.valid) == ("docscan", False)
    assert mrz.second is not None
    assert len(mrz.second.differences) == 2


def test_readings_of_other_shapes_are_not_compared_character_by_character(seen: Seen) -> None:
    seen.own, seen.second = [by_own(PASSPORT, 0.4)], by_second(CARD)
    (mrz,) = seen.read()
    assert mrz.zone.reader == "docscan"
    assert mrz.second is not None
    assert mrz.second.differences == ()
    assert mrz.second.parsed.format == "TD1"


def test_a_second_zone_elsewhere_is_another_document(seen: Seen) -> None:
    broken = changed(changed(PASSPORT, 1, 9, "7"), 1, 43, "1")
    seen.own, seen.second = [by_own(broken, 0.4)], by_second(CARD, THERE)
    readings = seen.read()
    assert [mrz.zone.reader for mrz in readings] == ["passporteye", "docscan"]  # more agreeing check digits first


def test_several_documents_come_best_first(seen: Seen) -> None:
    seen.own = [by_own(changed(CARD, 0, 14, "1"), polygon=THERE), by_own(PASSPORT)]
    assert [mrz.parsed.format for mrz in seen.read()] == ["TD3", "TD1"]


def test_several_zones_are_several_documents_but_not_what_passporteye_alone_saw(seen: Seen) -> None:
    seen.own = [by_own(CARD, polygon=THERE), by_own(PASSPORT)]
    assert read.several(seen.read())
    seen.own, seen.second = [doubting(by_own(CARD, polygon=THERE), 0, 5)], by_second(PASSPORT)
    assert len(seen.read()) == 2
    assert not read.several(seen.read())
    assert not read.several(())


def test_text_above_the_zone_does_not_hide_it(seen: Seen) -> None:
    seen.second = by_second(("PASSPORTOFFICE<<<<<<<<<<<<<<<<", *PASSPORT))
    (mrz,) = seen.read()
    assert mrz.parsed.lines == PASSPORT


def test_what_is_no_mrz_is_left_out(seen: Seen) -> None:
    seen.second = by_second(("A" * 30,))
    assert seen.read() == ()
    seen.second = None
    assert seen.read() == ()


def test_what_was_seen_second_decides_where_the_field_admits_no_other(seen: Seen) -> None:
    raw = changed(PASSPORT, 1, 13, "S")  # the year's first digit
    seen.own = [replace(by_own(raw), alternatives=second(PASSPORT))]
    (mrz,) = seen.read()
    assert mrz.zone.lines == raw
    assert mrz.parsed.lines == PASSPORT
    (repair,) = mrz.parsed.repairs
    assert (repair.line, repair.column, repair.read, repair.used) == (1, 13, "S", "7")
    seen.own = [by_own(raw)]
    assert seen.read()[0].parsed.repairs[0].used == "5"  # no second guess: the usual confusion


def test_a_code_that_no_state_has_is_one_that_was_seen_in_it(seen: Seen) -> None:
    raw = changed(PASSPORT, 0, 2, "O")  # UTO
    seen.own = [replace(by_own(raw), alternatives=second(PASSPORT))]
    (mrz,) = seen.read()
    assert mrz.parsed.lines == PASSPORT
    assert [(repair.field, repair.read, repair.used) for repair in mrz.parsed.repairs] == [("issuing_state", "O", "U")]
    seen.own = [replace(by_own(raw), alternatives=second(raw))]  # nothing else was seen: it stays what it is
    (mrz,) = seen.read()
    assert mrz.parsed.lines == raw
    assert mrz.parsed.repairs == ()


@pytest.mark.parametrize(
    ("line", "column", "read", "name"),
    [
        (1, 20, "E", "sex"),  # F
        (1, 15, "8", "birth_date"),  # of month 08: there is no 88
        (1, 17, "7", "birth_date"),  # of day 12: there is no 72
        (1, 23, "6", "expiry_date"),  # of month 04: there is no 64
        (0, 40, "K", "names"),  # among the fillers at their end
    ],
)
def test_what_no_field_says_is_what_was_seen_in_it(seen: Seen, line: int, column: int, read: str, name: str) -> None:
    raw = changed(PASSPORT, line, column, read)
    seen.own = [replace(by_own(raw), alternatives=second(PASSPORT))]
    (mrz,) = seen.read()
    assert mrz.zone.lines == raw
    assert mrz.parsed.lines == PASSPORT
    used = PASSPORT[line][column]
    assert [(repair.field, repair.read, repair.used) for repair in mrz.parsed.repairs] == [(name, read, used)]
    seen.own = [replace(by_own(raw), alternatives=second(raw))]  # nothing else was seen: it stays what it is
    (mrz,) = seen.read()
    assert mrz.parsed.lines == raw
    assert mrz.parsed.repairs == ()


@pytest.mark.parametrize(("line", "column", "read"), [(1, 20, "M"), (1, 16, "9"), (1, 18, "3"), (0, 7, "X")])
def test_what_a_field_may_say_stays_whatever_else_was_seen(seen: Seen, line: int, column: int, read: str) -> None:
    raw = changed(PASSPORT, line, column, read)
    seen.own = [replace(by_own(raw), alternatives=second(PASSPORT))]
    (mrz,) = seen.read()
    assert mrz.parsed.lines == raw
    assert mrz.parsed.repairs == ()


def test_a_line_that_lacks_its_end_is_repaired_as_far_as_it_was_seen(seen: Seen) -> None:
    raw = (PASSPORT[0], PASSPORT[1][:-1])
    seen.own = [replace(by_own(raw), alternatives=second(raw))]
    (mrz,) = seen.read()
    assert mrz.parsed.lines == (PASSPORT[0], PASSPORT[1][:-1] + "<")


def test_a_listed_code_is_never_changed(seen: Seen) -> None:
    raw = changed(changed(PASSPORT, 0, 2, "U"), 0, 4, "A")
    raw = changed(raw, 0, 3, "S")  # USA
    seen.own = [replace(by_own(raw), alternatives=second(PASSPORT))]
    assert seen.read()[0].parsed.fields.issuing_state == "USA"


def test_it_says_why_no_reader_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read.missing(NO_MODELS) is None  # PassportEye is there
    monkeypatch.setenv("PATH", "")
    assert read.missing(Models({}, dict.fromkeys(read.MODELS))) is None
    assert "tesseract" in (read.missing(NO_MODELS) or "")
