"""How surely an MRZ was read, and which of its data may be reading errors."""

from docscan.mrz.check_digits import FILLER
from docscan.mrz.layouts import LAYOUTS, Span
from docscan.mrz.recognise import CLEAR
from docscan.types import Mrz, ParsedMrz, Zone

SURE = CLEAR
NAMES = ("surname", "given_names")  # data that share a field, without a check digit
_SHORTER = 36  # characters of a line that 44 may pass for


def least_certain(zone: Zone) -> float:
    """Return the certainty of a reading's least certain character; 0 where its reader gives none."""
    return min((value for line in zone.character_confidence for value in line), default=0.0)


def span_of(parsed: ParsedMrz, name: str) -> Span:
    """Return where a datum stands, named as in ``MrzFields``; the names, which share a field, as they part it."""
    spans = LAYOUTS[parsed.format].spans
    if name not in NAMES:
        return spans[name]
    both = spans["names"]
    surname, gap, _ = both.of(parsed.lines).partition(FILLER * 2)
    end = both.start + len(surname)
    return Span(both.line, both.start, end) if name == "surname" else Span(both.line, end + len(gap), both.end)


def certain_of(mrz: Mrz, span: Span) -> tuple[float, ...]:
    """Return how certain each character of a span is; nothing where the reader gives no confidence."""
    lines = mrz.zone.character_confidence[-len(mrz.parsed.lines) :]
    row = lines[span.line] if len(lines) > span.line else ()
    certain = row[span.start : span.end]
    return certain if len(certain) == span.end - span.start else ()


def sure_of(mrz: Mrz, span: Span) -> tuple[bool, ...]:
    """Return whether the reader was sure of each character of a span; where it gives no confidence, it never was."""
    certain = certain_of(mrz, span)
    return tuple(value >= SURE for value in certain) if certain else (False,) * (span.end - span.start)


def certainty_of(mrz: Mrz, name: str) -> float | None:
    """Return the certainty of a datum's least certain character, 0 to 1; None where the reader gives none.

    The fillers that end a datum do not count.
    """
    span = span_of(mrz.parsed, name)
    shown = len(span.of(mrz.parsed.lines).rstrip(FILLER))
    return min(certain_of(mrz, span)[:shown], default=None)


def may_be_misread(mrz: Mrz, name: str) -> bool:
    """Tell whether a failing check digit casts doubt on a field of which the reader was not wholly sure.

    Under a thumb or glare letters are read that are not there, some of them surely: a 7 where the upper half of a 3 is
    seen. The names have no check digit: any that fails counts, for what lies on one line lies on the next. The sex is
    never doubted so.

    Parameters
    ----------
    name
        As in ``MrzFields``.
    """
    layout, digits = LAYOUTS[mrz.parsed.format], mrz.parsed.check_digits
    if name in NAMES:
        return not all(digits.values()) and (certainty_of(mrz, name) or 0.0) < SURE
    if name not in layout.checks or (digits.get(name, True) and digits.get("composite", True)):
        return False
    return may_be_in_part(mrz.parsed) or not all(sure_of(mrz, layout.spans[name]) + sure_of(mrz, layout.checks[name]))


def may_be_in_part(parsed: ParsedMrz) -> bool:
    """Tell whether a zone looks as if its lines began elsewhere than they do, as under a finger over their beginnings.

    No check digit agrees then, and what stands where a date should is none; forgers rarely get all of it wrong. Lines
    of 44 characters of which the first eight are hidden pass for lines of 36, where their date of expiry, whose digit
    agrees, stands for the date of birth.
    """
    dates = parsed.fields.birth_date, parsed.fields.expiry_date
    agree = {name for name, right in parsed.check_digits.items() if right}
    if parsed.format.shape[1] == _SHORTER:
        agree -= {"birth_date"}
    return bool(parsed.check_digits) and not agree and None in dates
