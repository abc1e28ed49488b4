"""The holder's and the document's data, as the MRZ and the printed page say them, side by side."""

from dataclasses import dataclass
from itertools import groupby

from docscan.mrz.certainty import SURE, certain_of, certainty_of
from docscan.mrz.layouts import Span
from docscan.mrz.repairs import CHECK_DIGIT, OUT_OF_ALPHABET
from docscan.rendering.language import Listed, Percent, Sentence
from docscan.rendering.messages import message
from docscan.rendering.words import READERS
from docscan.types import Agreement, Difference, Mrz, MrzFields, Outcome, Repair, VisualZone

# Of a printed datum with the MRZ's: how it is shown, and in a word.
AGREEMENTS = {
    Agreement.AGREES: (Outcome.PASSED, message("agrees")),
    Agreement.DIFFERS: (Outcome.FAILED, message("differs")),
    Agreement.UNCLEAR: (Outcome.UNDETERMINED, message("unclear")),
}

_MOST_DIFFERENCES = 8  # shown one by one
_SEX = {"F": message("F (female)"), "M": message("M (male)"), "X": message("X (unspecified)")}
_UNKNOWN = message("not readable or unknown")

_LABELS = {
    "surname": message("Surname"),
    "given_names": message("Given names"),
    "document_number": message("Document number"),
    "issuing_state": message("Issuing state"),
    "nationality": message("Nationality"),
    "birth_date": message("Date of birth"),
    "sex": message("Sex"),
    "expiry_date": message("Date of expiry"),
    "optional_data": message("Optional data"),
}
_OTHER_FIELDS = {  # of the MRZ: a repair may be of them
    "document_code": message("Document code"),
    "names": message("Names"),
    "composite": message("Composite"),
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A datum from both sources."""

    label: str
    mrz: str
    printed: str | None  # None: it was not found on the page, or was not looked for
    agreement: Agreement | None  # None: nothing to compare
    digit: bool | None  # whether its check digit agrees; None: it has none
    words: bool = False  # whether ``mrz`` is docscan's own words, not what was read


@dataclass(frozen=True, slots=True)
class _Datum:
    """A datum of the MRZ."""

    label: str
    value: str
    digit: bool | None = None
    words: bool = False


def field_rows(mrz: Mrz, visual: VisualZone) -> list[FieldRow]:
    """Return every field of the MRZ in reading order, and what the page prints of it."""
    printed = {_LABELS[name]: field for name, field in visual.fields.items()}
    rows = []
    for datum in _data(mrz):
        field = printed.get(datum.label)
        text, agreement = (field.line.text, field.agreement) if field else (None, None)
        rows.append(FieldRow(datum.label, datum.value, text, agreement, datum.digit, datum.words))
    return rows


def _data(mrz: Mrz) -> list[_Datum]:
    fields, digits = mrz.parsed.fields, mrz.parsed.check_digits
    data = [
        _Datum(_LABELS["surname"], fields.surname),
        _Datum(_LABELS["given_names"], fields.given_names),
        _Datum(_LABELS["document_number"], fields.document_number, digits.get("document_number")),
        _Datum(_LABELS["issuing_state"], fields.issuing_state),
        _Datum(_LABELS["nationality"], fields.nationality),
        _date(_LABELS["birth_date"], fields.birth_date, digits.get("birth_date")),
        _sex(fields.sex),
        _date(_LABELS["expiry_date"], fields.expiry_date, digits.get("expiry_date")),
        *_optional(fields, digits.get("optional_data")),
    ]
    if "composite" in digits:
        data.append(_Datum(message("All (composite)"), "", digits["composite"]))
    return data


def _date(label: str, value: str | None, digit: bool | None) -> _Datum:
    return _Datum(label, value or _UNKNOWN, digit, words=not value)


def _sex(value: str | None) -> _Datum:
    known = _SEX.get(value or "")
    return _Datum(_LABELS["sex"], known or value or message("not readable"), words=bool(known) or not value)


def _optional(fields: MrzFields, digit: bool | None) -> list[_Datum]:
    data = []
    if fields.optional_data or digit is not None:
        empty = not fields.optional_data
        data.append(_Datum(_LABELS["optional_data"], fields.optional_data or message("none"), digit, words=empty))
    if fields.optional_data_2:
        data.append(_Datum(message("Optional data 2"), fields.optional_data_2))
    return data


def mrz_remarks(mrz: Mrz) -> list[Sentence]:
    """Return what the officer must know of the reading: repairs, breaches, truncation, old layouts."""
    remarks = [*_unsure(mrz), *(_repaired(repair) for repair in mrz.parsed.repairs)]
    if not mrz.parsed.conforming:
        remarks.append(Sentence(message("The zone follows an old national layout, not ICAO Doc 9303.")))
    if mrz.parsed.fields.names_truncated:
        remarks.append(Sentence(message("The names fill their field: they are probably cut short.")))
    return [*remarks, *map(Sentence, mrz.parsed.problems), *_second_opinion(mrz)]


def _unsure(mrz: Mrz) -> list[Sentence]:
    """Name the data of which the reader was not sure, and how sure it was of their least certain characters."""
    if not mrz.parsed.conforming:
        return []
    found = [(label, certainty_of(mrz, name)) for name, label in _LABELS.items()]
    doubted = tuple(
        Sentence(
            message("%(datum)s (certainty %(sure)s)"),
            {"datum": Sentence(label, inside=True), "sure": Percent(100 * certainty)},
        )
        for label, certainty in found
        if certainty is not None and certainty < SURE
    )
    text = message("Not every character was read surely: %(data)s. Compare by eye.")
    return [Sentence(text, {"data": Listed(doubted)})] if doubted else []


def lines_by_certainty(mrz: Mrz) -> list[list[tuple[str, bool]]]:
    """Return the MRZ's lines in runs of characters that were, and were not, read surely.

    Where the reader gives no confidence all are taken as sure: nothing could be told apart.
    """
    parted = []
    for number, line in enumerate(mrz.parsed.lines):
        row = certain_of(mrz, Span(number, 0, len(line))) or (1.0,) * len(line)
        pairs = groupby(zip(line, row, strict=True), key=lambda pair: pair[1] >= SURE)
        parted.append([("".join(character for character, _ in run), sure) for sure, run in pairs])
    return parted


def _second_opinion(mrz: Mrz) -> list[Sentence]:
    """Say what the other reader made of the zone, where it was asked."""
    if mrz.second is None:
        return []
    speaks, other = READERS[mrz.zone.reader], READERS[mrz.second.zone.reader]
    if mrz.second.parsed.format.shape != mrz.parsed.format.shape:
        text = message("The other reader, %(reader)s, took the zone for one of format %(format)s.")
        return [Sentence(text, {"reader": other, "format": mrz.second.parsed.format})]
    if not mrz.second.differences:
        return [Sentence(message("The other reader, %(reader)s, read the same."), {"reader": other})]
    shown = tuple(_difference(at) for at in mrz.second.differences[:_MOST_DIFFERENCES])
    more = len(mrz.second.differences) - _MOST_DIFFERENCES
    rest = (Sentence(message("and %(number)s more"), {"number": more}),) if more > 0 else ()
    text = message("The other reader, %(reader)s, read otherwise than %(speaks)s: %(places)s.")
    return [Sentence(text, {"reader": other, "speaks": speaks, "places": Listed((*shown, *rest))})]


def _difference(at: Difference) -> Sentence:
    text = message("line %(line)s, character %(character)s: %(other)s for %(read)s")
    return Sentence(text, {"line": at.line + 1, "character": at.column + 1, "other": at.other, "read": at.read})


def _repaired(repair: Repair) -> Sentence:
    values = {"line": repair.line + 1, "character": repair.column + 1, "read": repair.read, "used": repair.used}
    if not repair.used:
        return Sentence(
            message("Line %(line)s has room for no more: %(read)s, read after its end, was left out."), values
        )
    if not repair.read:
        return Sentence(message("Line %(line)s, character %(character)s was not read and taken for %(used)s."), values)
    if repair.field == OUT_OF_ALPHABET:
        text = message(
            "Line %(line)s, character %(character)s was read as %(read)s, which no machine-readable zone has, "
            "and taken for %(used)s."
        )
        return Sentence(text, values)
    text = message(
        "Line %(line)s, character %(character)s (%(field)s) was read as %(read)s and taken for %(used)s: "
        "its field admits no other."
    )
    return Sentence(text, {**values, "field": _repaired_field(repair.field)})


def _repaired_field(name: str) -> Sentence:
    """Return the name of a field of the MRZ, or of its check digit, as people say it."""
    of, digit, _ = name.partition(CHECK_DIGIT)
    datum = Sentence((_LABELS | _OTHER_FIELDS).get(of, of), inside=True)
    return Sentence(message("check digit of the %(datum)s"), {"datum": datum}) if digit else datum
