"""Takes an MRZ apart (ICAO Doc 9303 part 3, section 4, and parts 4 to 7).

Nothing is repaired silently, and a check digit that fails stays failed.
"""

from collections.abc import Callable, Sequence
from datetime import date

from docscan.mrz.check_digits import FILLER, agrees
from docscan.mrz.codes import SEXES
from docscan.mrz.dates import NotADateError, birth_date, expiry_date
from docscan.mrz.layouts import LAYOUTS, Layout
from docscan.mrz.national import national_layout
from docscan.mrz.repairs import SLACK, repaired
from docscan.types import MrzFields, MrzFormat, ParsedMrz

# First letters of the document code (part 4, 4.2.2.3; parts 5 and 6, 4.2.2.3; part 7, 4.2.2).
_CODES = {
    MrzFormat.TD1: "ACI",
    MrzFormat.TD2: "ACIP",
    MrzFormat.TD3: "P",
    MrzFormat.MRV_A: "V",
    MrzFormat.MRV_B: "V",
}


class MrzFormatError(ValueError):
    """The lines are of no format that Doc 9303 knows."""


def format_of(lines: Sequence[str]) -> MrzFormat:
    """Tell the format from the number and length of the lines, and visas by their ``V``.

    Lines may lack, or have too many, up to two characters.

    Raises
    ------
    MrzFormatError
        No format fits.
    """
    if len(lines) == 3:
        candidates: tuple[MrzFormat, ...] = (MrzFormat.TD1,)
    elif len(lines) == 2:
        visa = lines[0].startswith("V")
        candidates = (MrzFormat.MRV_A, MrzFormat.MRV_B) if visa else (MrzFormat.TD3, MrzFormat.TD2)
    else:
        raise MrzFormatError(f"An MRZ has two or three lines, not {len(lines)}.")
    for candidate in candidates:
        if all(abs(len(line) - candidate.shape[1]) <= SLACK for line in lines):
            return candidate
    lengths = ", ".join(str(len(line)) for line in lines)
    raise MrzFormatError(f"Lines of {lengths} characters are no MRZ of Doc 9303.")


def _plain(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def names(text: str) -> tuple[str, str, bool]:
    """Split a name field into primary identifier, secondary identifier, and whether it may have been cut.

    A field filled to its last character counts as cut (part 4, section 4.2.3). A name alone, without a double
    filler before further characters, is the primary identifier.
    """
    primary, _, secondary = text.partition(FILLER * 2)
    return _plain(primary), _plain(secondary), not text.endswith(FILLER)


def _document_number(layout: Layout, lines: tuple[str, ...]) -> tuple[str, bool, str]:
    """Return the document number, whether its check digit agrees, and the optional data left over.

    In TD1 and TD2 a filler as check digit says that the number runs on into the optional data, up to the next
    filler; its last character is then the check digit (part 5, section 4.2.4; part 6 likewise).
    """
    head = layout.spans["document_number"].of(lines)
    digit = layout.checks["document_number"].of(lines)
    optional = layout.spans["optional_data"].of(lines)
    if (
        layout.format in (MrzFormat.TD1, MrzFormat.TD2)
        and digit == FILLER
        and not head.endswith(FILLER)
        and not optional.startswith(FILLER)
    ):
        tail, _, rest = optional.partition(FILLER)
        number = head + tail[:-1]
        return number.replace(FILLER, ""), agrees(number, tail[-1]), _plain(rest)
    return _plain(head), agrees(head, digit), _plain(optional)


def _check_digits(layout: Layout, lines: tuple[str, ...]) -> dict[str, bool]:
    results = {}
    for name, place in layout.checks.items():
        digit, text = place.of(lines), layout.spans[name].of(lines)
        # An empty personal number may carry a filler instead of its zero (part 4, section 4.2.2.2).
        empty = name == "optional_data" and not text.strip(FILLER) and digit == FILLER
        results[name] = empty or agrees(text, digit)
    results["document_number"] = _document_number(layout, lines)[1]
    if layout.composite is not None:
        results["composite"] = agrees("".join(s.of(lines) for s in layout.composite_of), layout.composite.of(lines))
    return results


def _date(
    read: Callable[[str, date], str | None], what: str, text: str, today: date, problems: list[str]
) -> str | None:
    try:
        return read(text, today)
    except NotADateError:
        problems.append(f"The date of {what} is no date of the calendar.")
        return None


def _letters_problems(layout: Layout, lines: tuple[str, ...]) -> list[str]:
    words = {
        "document_code": "document code",
        "issuing_state": "issuing state",
        "nationality": "nationality",
        "names": "name field",
    }
    return [
        f"The {word} holds a character that is no letter."
        for name, word in words.items()
        if any(character.isdigit() for character in layout.spans[name].of(lines))
    ]


def _structure_problems(layout: Layout, lines: tuple[str, ...], surname: str) -> list[str]:
    problems = _letters_problems(layout, lines)
    code = layout.spans["document_code"].of(lines)
    if code[0] not in _CODES[layout.format]:
        problems.append(f"The document code {_plain(code) or '(empty)'} is not one of format {layout.format}.")
    if not surname:
        problems.append("The name field has no primary identifier.")
    if layout.spans["sex"].of(lines) not in SEXES:
        problems.append("The sex is none of F, M and unspecified.")
    elif layout.spans["sex"].of(lines) == "X":
        problems.append("Unspecified sex is written X; the MRZ writes it as a filler.")
    if not layout.spans["document_number"].of(lines).strip(FILLER):
        problems.append("The document number is empty.")
    return problems


def parse(lines: Sequence[str], *, today: date, alternatives: Sequence[Sequence[str]] = ()) -> ParsedMrz:
    """Take the lines of an MRZ apart.

    Parameters
    ----------
    lines
        As read: two or three, right to within two characters each.
    today
        Decides the century of two-digit years.
    alternatives
        What else the reader saw (``docscan.types.Zone``), for characters that their field does not admit.

    Raises
    ------
    MrzFormatError
        The lines are no MRZ.
    """
    # Only ASCII letters have a case here: "ß".upper() would turn one character into two.
    clean = ["".join(c.upper() if c.isascii() else c for c in line if not c.isspace()) for line in lines]
    form = format_of(clean)
    old = national_layout(clean, today)
    if old is not None:
        return old
    layout = LAYOUTS[form]
    used, repairs = repaired(clean, layout, alternatives)
    number, _, optional = _document_number(layout, used)
    surname, given, cut = names(layout.spans["names"].of(used))
    problems = _structure_problems(layout, used, surname)
    spans = layout.spans
    fields = MrzFields(
        document_code=_plain(spans["document_code"].of(used)),
        issuing_state=_plain(spans["issuing_state"].of(used)),
        document_number=number,
        surname=surname,
        given_names=given,
        nationality=_plain(spans["nationality"].of(used)),
        birth_date=_date(birth_date, "birth", spans["birth_date"].of(used), today, problems),
        sex=SEXES.get(spans["sex"].of(used)),
        expiry_date=_date(expiry_date, "expiry", spans["expiry_date"].of(used), today, problems),
        optional_data=optional,
        optional_data_2=_plain(spans["optional_data_2"].of(used)) if "optional_data_2" in spans else "",
        names_truncated=cut,
    )
    return ParsedMrz(form, used, fields, _check_digits(layout, used), repairs, tuple(problems))
