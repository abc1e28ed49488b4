from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from docscan.mrz import read, second_reader
from docscan.types import Zone

TODAY = date(2026, 11, 24)
IMAGE = np.zeros((8, 8, 3), np.uint8)
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")

See = Callable[..., None]


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> See:
    """Let the second reader see these lines."""

    def _see(*lines: str) -> None:
        zone = Zone(lines, (), ((0, 0), (9, 0), (9, 9), (0, 9)), second_reader.NAME) if lines else None
        monkeypatch.setattr(second_reader, "read", lambda _image: zone)

    return _see


def test_what_a_reader_sees_is_taken_apart(see: See) -> None:
    see(*PASSPORT)
    (mrz,) = read.read(IMAGE, today=TODAY)
    assert mrz.parsed.valid
    assert mrz.zone.lines == PASSPORT


def test_text_above_the_zone_does_not_hide_it(see: See) -> None:
    see("PASSPORTOFFICE<<<<<<<<<<<<<<<<", *PASSPORT)
    (mrz,) = read.read(IMAGE, today=TODAY)
    assert mrz.parsed.lines == PASSPORT


def test_what_is_no_mrz_is_left_out(see: See) -> None:
    see("A" * 30)
    assert read.read(IMAGE, today=TODAY) == ()
    see()
    assert read.read(IMAGE, today=TODAY) == ()


def test_it_says_why_no_reader_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read.missing() is None
    monkeypatch.setenv("PATH", "")
    assert "tesseract" in (read.missing() or "")
