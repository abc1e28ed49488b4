"""Is what was read an MRZ at all? Tables of capitals are also set in lines at a fixed pitch."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from docscan.mrz.layouts import LAYOUTS
from docscan.mrz.recognise import ALPHABET, Reading
from docscan.types import MrzFormat

_LETTER_FIELDS = ("document_code", "issuing_state", "nationality", "names")
_DATE_FIELDS = ("birth_date", "expiry_date")
_FILLER = np.array([character == "<" for character in ALPHABET])
_DIGITS = np.array([character.isdigit() for character in ALPHABET])
_LETTERS = ~_FILLER & ~_DIGITS
_FIRST = {2: "PVIAC", 3: "IAC"}  # first letters of document codes (Doc 9303 parts 4 to 7)


@cache
def _classes(form: MrzFormat) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where letters and where digits must stand (or fillers), lines x width each."""
    layout = LAYOUTS[form]
    letters = np.zeros(form.shape, np.bool_)
    digits = np.zeros(form.shape, np.bool_)
    for name in _LETTER_FIELDS:
        span = layout.spans[name]
        letters[span.line, span.start : span.end] = True
    for span in (*(layout.spans[name] for name in _DATE_FIELDS), *layout.checks.values()):
        digits[span.line, span.start : span.end] = True
    return letters, digits


def _obeys(shares: NDArray[np.float32], form: MrzFormat) -> float:
    """Return how far a zone obeys a layout: the worse of its letters and its digits, 0 to 1."""
    letters, digits = _classes(form)
    filler = shares[:, :, _FILLER].sum(2)
    letter = shares[:, :, _LETTERS].sum(2) + filler
    digit = shares[:, :, _DIGITS].sum(2) + 0.5 * filler
    return float(min(letter[letters].mean(), digit[digits].mean()))


def structure(readings: tuple[Reading, ...]) -> float:
    """Return how far a reading has an MRZ's structure, 0 to 1.

    Doc 9303's layouts are tried; a line that begins ``ID`` with many fillers also counts for old national layouts
    of two lines.
    """
    shares = np.stack([reading.shares for reading in readings])
    shape = shares.shape[:2]
    first = shares[0, 0, [ALPHABET.index(letter) for letter in _FIRST[len(readings)]]].sum()
    fillers = float(shares[:, :, _FILLER].sum())
    obeyed = max(_obeys(shares, form) for form in LAYOUTS if form.shape == shape)
    if shape == (2, 36) and readings[0].text.startswith("ID") and fillers >= 8:
        obeyed = max(obeyed, 0.9)
    return obeyed * float(0.75 + 0.25 * first) * min(1.0, 0.5 + fillers / 4)
