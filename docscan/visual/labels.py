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
    "nationality": ("NATIONALITY", "NATIONALITE", "NACIONALIDAD"),
    # What the MRZ does not say: to be told from data.
    "personal_number": ("PERSONALNO", "NPERSONNEL"),
    "birth_place": ("PLACEOFBIRTH", "LIEUDENAISSANCE", "LUGARDENACIMIENTO"),
    "issue_date": ("DATEOFISSUE", "DATEDEDELIVRANCE", "FECHADEEXPEDICION"),
    "authority": ("AUTHORITY", "AUTORITE", "AUTORIDAD"),
}  # fmt: skip
_ALIKE = 88  # per cent of a label's letters that were read rightly
_BELOW, _ASIDE = 6.0, 4.0  # millimetres from a label to what it names


def label_of(line: TextLine) -> str | None:
    """Return the datum that a line is the label of, or None; that with the most letters on it."""
    text = folded(line.text)
    letters, name = max((_letters(label, text), name) for name, labels in _LABELS.items() for label in labels)
    return name if letters else None


def _letters(label: str, text: str) -> float:
    """Return how many of a label's letters are in a text; 0 where the label is not."""
    if len(label) <= 4:  # NOM is in many words
        return len(label) if text.endswith(label) or text.startswith(label) else 0
    share = fuzz.partial_ratio(label, text) if len(text) >= len(label) else 0
    return len(label) * share / 100 if share >= _ALIKE else 0


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
