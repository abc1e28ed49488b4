"""Old national layouts that look like an MRZ of Doc 9303 and are not: recognised, so that they are not misread."""

from collections.abc import Sequence
from datetime import date

from docscan.mrz.check_digits import FILLER, agrees
from docscan.mrz.dates import NotADateError, birth_date
from docscan.mrz.repairs import SLACK
from docscan.types import MrzFields, MrzFormat, ParsedMrz

_WIDTH = 36


def _plain(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _french_identity_card(lines: Sequence[str], today: date) -> ParsedMrz:
    """Read the French identity card of 1988 to 2021.

    Line 1: ``ID``, ``FRA``, surname (25), department and office (6). Line 2: number (12), its check digit, given
    names (14), date of birth, its check digit, sex, check digit over everything before it. There is no expiry.
    """
    first, second = (line.ljust(_WIDTH, FILLER)[:_WIDTH] for line in lines)
    problems = []
    try:
        born = birth_date(second[27:33], today)
    except NotADateError:
        born = None
        problems.append("The date of birth is no date of the calendar.")
    fields = MrzFields(
        document_code="ID",
        issuing_state="FRA",
        document_number=_plain(second[:12]),
        surname=_plain(first[5:30]),
        given_names=_plain(second[13:27]),
        nationality="FRA",
        birth_date=born,
        sex={"F": "F", "M": "M"}.get(second[34]),
        expiry_date=None,
        optional_data=_plain(first[30:36]),
        names_truncated=second[26] != FILLER or first[29] != FILLER,
    )
    known = all(character.isalnum() or character == FILLER for character in first + second)
    checks = {
        "document_number": known and agrees(second[:12], second[12]),
        "birth_date": known and agrees(second[27:33], second[33]),
        "composite": known and agrees(first + second[:35], second[35]),
    }
    problems.append(
        "This is the layout of the French identity card of 1988, which Doc 9303 does not describe."
    )
    return ParsedMrz(MrzFormat.TD2, (first, second), fields, checks, (), tuple(problems), conforming=False)


def _mostly_digits(text: str) -> bool:
    """Tell whether a date may stand here, unknown parts and a misread character allowed for."""
    return sum(character.isdigit() for character in text) >= 3 or not text.strip(FILLER)


def national_layout(lines: Sequence[str], today: date) -> ParsedMrz | None:
    """Return the parse of a layout that is not of Doc 9303, or None when the lines are of none that is known.

    French: line 1 begins ``IDFRA`` in two lines of 36, and line 2 has letters where TD2 has the date of birth.
    """
    two_of_36 = len(lines) == 2 and all(abs(len(line) - _WIDTH) <= SLACK for line in lines)
    if two_of_36 and lines[0].startswith("IDFRA") and not _mostly_digits(lines[1][13:19]):
        return _french_identity_card(lines, today)
    return None
