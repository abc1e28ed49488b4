"""Compares a datum of the visual zone with the MRZ's."""

import re

from docscan.mrz.check_digits import FILLER
from docscan.mrz.codes import is_known_state
from docscan.types import Agreement, TextLine
from docscan.visual.expected import Expected
from docscan.visual.labels import label_of
from docscan.visual.spelling import SURE, align, is_another
from docscan.visual.written_dates import WrittenDate, written_dates

_PARTS = {"year": slice(0, 2), "month": slice(2, 4), "day": slice(4, 6)}  # of YYMMDD
_SEXES = ("F", "M", "X")
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 5  # characters of a line that may be a sex or a state's code


def compared(name: str, datum: Expected, line: TextLine) -> Agreement:
    """Compare a line of the visual zone that is a datum with what the MRZ says of it."""
    if name.endswith("_date"):
        return _date(datum, line)
    if name == "sex":
        return _sex(datum, line)
    if name == "nationality":
        return _state(datum, line)
    alignment = align(datum.text, datum.sure, line, cut=datum.cut)
    if alignment.agrees:
        return Agreement.AGREES
    return Agreement.DIFFERS if alignment.differs else Agreement.UNCLEAR


def is_shown(name: str, datum: Expected, line: TextLine) -> bool:
    """Tell whether a line shows a datum as the MRZ says; a sex or a code alone on it, since letters are everywhere."""
    short = len(line.text) <= _SHORT or name not in ("sex", "nationality")
    return bool(line.text) and short and compared(name, datum, line) is Agreement.AGREES


def _date(datum: Expected, line: TextLine) -> Agreement:
    """Compare a date; of the ways to take the text as one, that counts which differs in the fewest parts."""
    ways = [_differences(datum, written) for written in written_dates(line.text)]
    if not ways:
        return Agreement.UNCLEAR
    parts, written = min(ways, key=lambda way: len(way[0]))
    if not parts:
        return Agreement.AGREES
    sure = any(_surely(datum, part, line.part(*written.spans[part])) for part in parts)
    return Agreement.DIFFERS if sure else Agreement.UNCLEAR


def _differences(datum: Expected, written: WrittenDate) -> tuple[list[str], WrittenDate]:
    said = {"day": written.day, "month": written.month, "year": written.year % 100}
    known = {part: datum.text[place] for part, place in _PARTS.items() if FILLER not in datum.text[place]}
    return [part for part, text in known.items() if not text.isdigit() or int(text) != said[part]], written


def _surely(datum: Expected, part: str, written: TextLine) -> bool:
    """Tell whether both readers were sure of what differs in a part of a date: of one digit, or of the whole month."""
    digits, sure = datum.text[_PARTS[part]], datum.sure[_PARTS[part]]
    if not written.text.isdigit():
        return all(sure) and min(written.confidence) >= SURE
    shares = written.shares or (None,) * len(written.text)
    pairs = zip(digits[::-1], sure[::-1], written.text[::-1], written.confidence[::-1], shares[::-1], strict=False)
    return any(one != other and first and is_another(one, second, share) for one, first, other, second, share in pairs)


def _sex(datum: Expected, line: TextLine) -> Agreement:
    """Compare the sex, which may be written in two scripts: M/Ж, F/Θ."""
    if len(line.text) > _SHORT and label_of(line) != "sex":  # an F may be what is left of “of”
        return Agreement.UNCLEAR
    words = {match[0]: line.confidence[match.start()] for match in _WORD.finditer(line.text.upper())}
    if datum.text in words:
        return Agreement.AGREES
    others = [certain for word, certain in words.items() if word in _SEXES]
    return Agreement.DIFFERS if all(datum.sure) and max(others, default=0.0) >= SURE else Agreement.UNCLEAR


def _state(datum: Expected, line: TextLine) -> Agreement:
    """Compare a nationality where the page has it as a code; a word (DEUTSCH) cannot be compared."""
    words = line.text.upper().replace("/", " ").split()
    if datum.text in words:
        return Agreement.AGREES
    codes = [word for word in words if len(word) <= 3 and is_known_state(word)]
    sure = all(datum.sure) and min(line.confidence, default=0.0) >= SURE
    return Agreement.DIFFERS if codes and sure else Agreement.UNCLEAR
