"""An invented MRZ, and lines as a reader would return them."""

from datetime import date

from docscan.mrz.icao9303 import parse
from docscan.types import Box, Mrz, TextLine, Zone

PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def mrz_of(lines: tuple[str, ...] = PASSPORT, confidence: float = 0.999) -> Mrz:
    zone = Zone(lines, tuple((confidence,) * len(line) for line in lines), ((0, 0), (1, 0), (1, 1), (0, 1)), "docscan")
    return Mrz(zone, parse(lines, today=date(2026, 11, 24)))


def line(text: str, box: Box | None = None, confidence: float = 0.999) -> TextLine:
    return TextLine(text, (confidence,) * len(text), box or Box(40, 20, 20, 3))
