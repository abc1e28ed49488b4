"""How surely an MRZ was read, and which of its data may be reading errors."""

from docscan.mrz.layouts import LAYOUTS, Span
from docscan.mrz.recognise import CLEAR
from docscan.types import Mrz, Zone

SURE = CLEAR


def least_certain(zone: Zone) -> float:
    """Return the certainty of a reading's least certain character; 0 where its reader gives none."""
    return min((value for line in zone.character_confidence for value in line), default=0.0)


def sure_of(mrz: Mrz, span: Span) -> tuple[bool, ...]:
    """Return whether the reader was sure of each character of a span; where it gives no confidence, it never was."""
    lines = mrz.zone.character_confidence[-len(mrz.parsed.lines) :]
    row = lines[span.line] if len(lines) > span.line else ()
    certain = tuple(value >= SURE for value in row[span.start : span.end])
    return certain if len(certain) == span.end - span.start else (False,) * (span.end - span.start)


def may_be_misread(mrz: Mrz, name: str) -> bool:
    """Tell whether a failing check digit casts doubt on a field of which the reader was not wholly sure.

    Under a thumb or glare letters are read that are not there, some of them surely: a 7 where the upper half of a 3 is
    seen. Fields without a check digit (the names, the sex) are never doubted so.

    Parameters
    ----------
    name
        As in ``MrzFields``.
    """
    layout, digits = LAYOUTS[mrz.parsed.format], mrz.parsed.check_digits
    if name not in layout.checks or (digits.get(name, True) and digits.get("composite", True)):
        return False
    return not all(sure_of(mrz, layout.spans[name]) + sure_of(mrz, layout.checks[name]))
