"""Invented holders."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

_ONSETS = (
    "B",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "R",
    "S",
    "T",
    "V",
    "Z",
    "BR",
    "ST",
    "TR",
    "KL",
)
_VOWELS = ("A", "E", "I", "O", "U", "AU", "EI", "IA")
_ENDS = ("", "N", "R", "S", "L", "NSON", "SKI", "OV", "MANN", "IC")
_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a document names. Dates are calendar dates; names are upper case A-Z."""

    surname: str
    given_names: str
    sex: str
    birth: date
    expiry: date
    document_number: str
    personal_number: str


def _name(rng: np.random.Generator) -> str:
    syllables = "".join(str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) for _ in range(rng.integers(1, 4)))
    return syllables + str(rng.choice(_ENDS))


def holder(rng: np.random.Generator) -> Holder:
    """Invent a holder; expiry lies in the years 2027 to 2034."""
    given = " ".join(_name(rng) for _ in range(rng.integers(1, 3)))
    return Holder(
        surname=_name(rng),
        given_names=given,
        sex="F" if rng.random() < 0.5 else "M",
        birth=date(1940, 1, 1) + timedelta(days=int(rng.integers(27000))),
        expiry=date(2027, 1, 1) + timedelta(days=int(rng.integers(2900))),
        document_number="".join(rng.choice(_LETTERS, 9)),
        personal_number="".join(rng.choice(_LETTERS[26:], 10)) if rng.random() < 0.5 else "",
    )
