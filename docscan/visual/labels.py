"""Labels tell what a line beside them is; one of them is English, French or Spanish (Doc 9303 part 3, section 3.3)."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from docscan.types import Box, TextLine
from docscan.visual.spelling import folded

_LABELS = {
    "surname": ("SURNAME", "FAMILYNAME", "LASTNAME", "NOM", "APELLIDOS"),
    "given_names": ("GIVENNAMES", "GIVENNAME", "FORENAMES", "FIRSTNAME", "PRENOMS", "NOMBRES"),
    "document_number": (
        "PASSPORTNO", "DOCUMENTNO", "CARDNO", "VISANO", "NDUPASSEPORT", "NDUDOCUMENT", "NDELACARTE", "PASAPORTENO",
    ),
    "birth_date": ("DATEOFBIRTH", "DATEDENAISSANCE", "FECHADENACIMIENTO"),
    "sex": ("SEX", "SEXE", "SEXO"),
    "expiry_date": ("DATEOFEXPIRY", "EXPIRATIONDATE", "DATEDEXPIRATION", "FECHADECADUCIDAD", "VALIDUNTIL"),
}  # fmt: skip
_ALIKE = 88  # per cent of a label's letters that were read rightly
_BELOW, _ASIDE = 6.0, 4.0  # millimetres from a label to what it names


def label_of(line: TextLine) -> str | None:
    """Return the field that a line is the label of, or None; the longest label that fits."""
    text = folded(line.text)
    fitting = [
        (len(label), name)
        for name, labels in _LABELS.items()
        for label in labels
        if len(text) >= len(label) and _fits(label, text)
    ]
    return max(fitting)[1] if fitting else None


def _fits(label: str, text: str) -> bool:
    if len(label) <= 4:  # NOM is in many words
        return text.endswith(label) or text.startswith(label)
    return fuzz.partial_ratio(label, text) >= _ALIKE


def _named_by(label: Box, box: Box) -> float | None:
    """Return how far a line stands from a label that may name it: under it and as far left, or right of it."""
    down = box.y + box.height / 2 - label.y - label.height / 2
    under = 0.5 * label.height < down <= _BELOW and abs(box.x - label.x) <= _ASIDE
    beside = abs(down) < 0.5 * label.height and 0 <= box.x - label.x - label.width <= 3 * _ASIDE
    return down if under else box.x - label.x - label.width + _BELOW if beside else None


def named(name: str, lines: Sequence[TextLine]) -> TextLine | None:
    """Return the line that a label calls a datum; None where no label does, or where it is a label itself."""
    labels = [line for line in lines if label_of(line) == name]
    found = [
        (away, line)
        for label in labels
        for line in lines
        if line is not label and (away := _named_by(label.box, line.box)) is not None
    ]
    line = min(found, key=lambda pair: pair[0])[1] if found else None
    return None if line is None or label_of(line) else line
