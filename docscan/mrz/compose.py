"""Composes an MRZ with its check digits (ICAO Doc 9303 parts 4 to 7): for the generator and the tests."""

from docscan.mrz.check_digits import FILLER, check_digit
from docscan.mrz.layouts import LAYOUTS, Layout, Span
from docscan.types import MrzFormat

# Formats whose optional data may take the tail of a long document number (part 5, section 4.2.4; part 6 likewise).
_LONG_NUMBERS = (MrzFormat.TD1, MrzFormat.TD2)


def _put(lines: list[list[str]], span: Span, text: str) -> None:
    room = span.end - span.start
    if len(text) > room:
        raise ValueError(f"{text!r} does not fit into {room} characters")
    lines[span.line][span.start : span.end] = text.ljust(room, FILLER)


def _names(surname: str, given_names: str, room: int) -> str:
    """Join primary and secondary identifier; names that do not fit are cut (part 3, section 4.6; part 4, 4.2.3).

    A cut field ends in a letter, which tells that it was cut, and keeps a letter of the secondary identifier: the
    longest names of the primary give way.
    """
    words = surname.split()
    secondary = FILLER * 2 + FILLER.join(given_names.split()) if given_names else ""
    while True:
        joined = FILLER.join(words) + secondary
        kept = joined[:room]
        told = not kept.endswith(FILLER) and (not secondary or FILLER * 2 in kept)
        if told or len(joined) <= room:
            return kept
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        words[longest] = words[longest][:-1]
        words = [word for word in words if word]


def _put_document_number(lines: list[list[str]], layout: Layout, number: str, optional_data: str) -> None:
    span, digit = layout.spans["document_number"], layout.checks["document_number"]
    room = span.end - span.start
    if len(number) <= room:
        _put(lines, span, number)
        _put(lines, digit, check_digit(number.ljust(room, FILLER)))
        _put(lines, layout.spans["optional_data"], optional_data)
        return
    if layout.format not in _LONG_NUMBERS:
        raise ValueError(f"{layout.format} has no room for a document number of {len(number)} characters")
    _put(lines, span, number[:room])
    _put(lines, digit, FILLER)
    tail = number[room:] + check_digit(number)
    _put(lines, layout.spans["optional_data"], tail + FILLER + optional_data if optional_data else tail)


def compose(
    format: MrzFormat,  # noqa: A002 - the field's own word for it
    *,
    document_code: str,
    issuing_state: str,
    document_number: str,
    surname: str,
    given_names: str,
    nationality: str,
    birth_date: str,
    sex: str,
    expiry_date: str,
    optional_data: str = "",
    optional_data_2: str = "",
) -> tuple[str, ...]:
    """Compose the lines of an MRZ.

    Parameters
    ----------
    format
        Decides the number and length of the lines.
    document_number
        Up to 9 characters; longer ones in TD1 and TD2 run on into the optional data.
    surname, given_names
        Already transliterated to A-Z; spaces become fillers.
    birth_date, expiry_date
        ``YYMMDD``; fillers stand for what is unknown.
    sex
        ``F``, ``M`` or ``<``.

    Raises
    ------
    ValueError
        A field does not fit.
    """
    layout = LAYOUTS[format]
    count, width = format.shape
    lines = [[FILLER] * width for _ in range(count)]
    spans = layout.spans
    _put(lines, spans["document_code"], document_code)
    _put(lines, spans["issuing_state"], issuing_state)
    _put(lines, spans["nationality"], nationality)
    _put(lines, spans["birth_date"], birth_date)
    _put(lines, spans["sex"], sex)
    _put(lines, spans["expiry_date"], expiry_date)
    names = spans["names"]
    _put(lines, names, _names(surname, given_names, names.end - names.start))
    _put_document_number(lines, layout, document_number, optional_data)
    if "optional_data_2" in spans:
        _put(lines, spans["optional_data_2"], optional_data_2)

    def text(span: Span) -> str:
        return "".join(lines[span.line][span.start : span.end])

    for name, digit in layout.checks.items():
        if name != "document_number":
            _put(lines, digit, check_digit(text(spans[name])))
    if layout.composite is not None:
        _put(lines, layout.composite, check_digit("".join(text(span) for span in layout.composite_of)))
    return tuple("".join(line) for line in lines)
