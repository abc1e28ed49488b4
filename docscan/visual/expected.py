"""What the MRZ says of each datum that the visual zone shows as well, and how surely it was read."""

from dataclasses import dataclass

from docscan.mrz.certainty import NAMES, may_be_in_part, may_be_misread, span_of, sure_of
from docscan.mrz.check_digits import FILLER
from docscan.mrz.layouts import LAYOUTS
from docscan.types import Mrz

FIELDS = (*NAMES, "document_number", "nationality", "birth_date", "sex", "expiry_date")


@dataclass(frozen=True, slots=True)
class Expected:
    """A datum as the MRZ has it."""

    text: str  # A-Z, 0-9, and FILLER: for a space or hyphen, in dates for what is unknown
    sure: tuple[bool, ...]  # whether its reader was, for each character
    shown: str  # for a person
    cut: bool = False  # there was no room for its end


def _datum(text: str, sure: tuple[bool, ...], shown: str, *, cut: bool = False) -> Expected:
    last = len(text.rstrip(FILLER))
    return Expected(text[:last], sure[:last], shown, cut)


def _names(mrz: Mrz) -> dict[str, Expected]:
    fields, found = mrz.parsed.fields, {}
    for name in NAMES:
        span = span_of(mrz.parsed, name)
        cut = fields.names_truncated and not (name == "surname" and fields.given_names)
        sure = (False,) * (span.end - span.start) if may_be_misread(mrz, name) else sure_of(mrz, span)
        found[name] = _datum(span.of(mrz.parsed.lines), sure, getattr(fields, name), cut=cut)
    return {name: datum for name, datum in found.items() if datum.text}


def expected(mrz: Mrz) -> dict[str, Expected]:
    """Return what the MRZ says, by field; nothing where its layout is not Doc 9303's, or where it seems cut off."""
    if not mrz.parsed.conforming or may_be_in_part(mrz.parsed):
        return {}
    spans, lines, fields = LAYOUTS[mrz.parsed.format].spans, mrz.parsed.lines, mrz.parsed.fields
    found = _names(mrz)
    for name in FIELDS[2:]:
        text, sure, shown = spans[name].of(lines), sure_of(mrz, spans[name]), getattr(fields, name) or ""
        if may_be_misread(mrz, name):
            sure = (False,) * len(sure)
        if not text.strip(FILLER):
            continue
        if name.endswith("_date"):
            found[name] = Expected(text, sure, shown or text)
        elif name == "document_number":
            # One that fills its field may run on: into the optional data, or, on visas, nowhere.
            found[name] = _datum(text, sure, shown, cut=not text.endswith(FILLER))
        else:
            found[name] = _datum(text, sure, shown)
    return found
