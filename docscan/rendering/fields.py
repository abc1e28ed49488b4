"""The holder's and the document's data, as the MRZ and the printed page say them, side by side."""

from dataclasses import dataclass

from docscan.rendering.words import READERS, check_name
from docscan.types import Agreement, Mrz, MrzFields, Outcome, Repair, VisualZone

# Of a printed datum with the MRZ's: how it is shown, and in a word.
AGREEMENTS = {
    Agreement.AGREES: (Outcome.PASSED, "agrees"),
    Agreement.DIFFERS: (Outcome.FAILED, "differs"),
    Agreement.UNCLEAR: (Outcome.UNDETERMINED, "unclear"),
}

_MOST_DIFFERENCES = 8  # shown one by one
_SEX = {"F": "F (female)", "M": "M (male)", "X": "X (unspecified)"}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A datum from both sources."""

    label: str
    mrz: str
    printed: str | None  # None: it was not found on the page, or was not looked for
    agreement: Agreement | None  # None: nothing to compare
    digit: bool | None  # whether its check digit agrees; None: it has none


def field_rows(mrz: Mrz, visual: VisualZone) -> list[FieldRow]:
    """Return every field of the MRZ in reading order, and what the page prints of it."""
    printed = {check_name(f"viz.{name}"): field for name, field in visual.fields.items()}
    rows = []
    for label, value, digit in _mrz_rows(mrz):
        field = printed.get(label)
        text, agreement = (field.line.text, field.agreement) if field else (None, None)
        rows.append(FieldRow(label, value, text, agreement, digit))
    return rows


def _mrz_rows(mrz: Mrz) -> list[tuple[str, str, bool | None]]:
    fields, digits = mrz.parsed.fields, mrz.parsed.check_digits
    rows: list[tuple[str, str, bool | None]] = [
        ("Surname", fields.surname, None),
        ("Given names", fields.given_names, None),
        ("Document number", fields.document_number, digits.get("document_number")),
        ("Issuing state", fields.issuing_state, None),
        ("Nationality", fields.nationality, None),
        ("Date of birth", fields.birth_date or "not readable or unknown", digits.get("birth_date")),
        ("Sex", _SEX.get(fields.sex or "", fields.sex or "not readable"), None),
        ("Date of expiry", fields.expiry_date or "not readable or unknown", digits.get("expiry_date")),
        *_optional_rows(fields, digits.get("optional_data")),
    ]
    if "composite" in digits:
        rows.append(("All (composite)", "", digits["composite"]))
    return rows


def _optional_rows(fields: MrzFields, digit: bool | None) -> list[tuple[str, str, bool | None]]:
    rows: list[tuple[str, str, bool | None]] = []
    if fields.optional_data or digit is not None:
        rows.append(("Optional data", fields.optional_data or "none", digit))
    if fields.optional_data_2:
        rows.append(("Optional data 2", fields.optional_data_2, None))
    return rows


def mrz_remarks(mrz: Mrz) -> list[str]:
    """Return what the officer must know of the reading: repairs, breaches, truncation, old layouts."""
    remarks = [_repaired(repair) for repair in mrz.parsed.repairs]
    if not mrz.parsed.conforming:
        remarks.append("The zone follows an old national layout, not ICAO Doc 9303.")
    if mrz.parsed.fields.names_truncated:
        remarks.append("The names fill their field: they are probably cut short.")
    return [*remarks, *mrz.parsed.problems, *_second_opinion(mrz)]


def _second_opinion(mrz: Mrz) -> list[str]:
    """Say what the other reader made of the zone, where it was asked."""
    if mrz.second is None:
        return []
    speaks, other = READERS[mrz.zone.reader], READERS[mrz.second.zone.reader]
    if mrz.second.parsed.format.shape != mrz.parsed.format.shape:
        return [f"The other reader, {other}, took the zone for one of format {mrz.second.parsed.format}."]
    if not mrz.second.differences:
        return [f"The other reader, {other}, read the same."]
    places = "; ".join(
        f"line {at.line + 1}, character {at.column + 1}: {at.other} for {at.read}"
        for at in mrz.second.differences[:_MOST_DIFFERENCES]
    )
    more = len(mrz.second.differences) - _MOST_DIFFERENCES
    rest = f"; and {more} more" if more > 0 else ""
    return [f"The other reader, {other}, read otherwise than {speaks}: {places}{rest}."]


def _repaired(repair: Repair) -> str:
    where = f"Line {repair.line + 1}, character {repair.column + 1}"
    if not repair.read:
        return f"{where} was not read and taken for {repair.used}."
    field = repair.field.replace("_", " ")
    return f"{where} ({field}) was read as {repair.read} and taken for {repair.used}: its field admits no other."
