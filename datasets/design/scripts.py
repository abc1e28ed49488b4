"""Names, labels and titles in a state's own script and invented language, beside English and French.

Doc 9303 part 3, section 3: what is not in Latin letters is repeated in them; labels are in the state's language and in
English, French or Spanish.
"""

# ruff: noqa: RUF001 - tables of letters that look alike are what this module is for

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from zlib import crc32

import numpy as np

from datasets.design.states import State
from datasets.sheet import Kind

# Marked letters of which Doc 9303 (part 3, section 6, table A) keeps just the letter.
_MARKED = {
    "A": "ÁÀÂĂĀĄ", "C": "ČĆÇ", "D": "ĎĐ", "E": "ÉÈÊĚĒĘ", "G": "ĞĢ", "I": "ÍÎĪ", "K": "Ķ", "L": "ŁĽĻ", "N": "ŃŇŅ",
    "O": "ÓÔŐŌ", "R": "ŘŔ", "S": "ŠŚŞ", "T": "ŤŢ", "U": "ÚŮŪŰ", "Y": "Ý", "Z": "ŽŹŻ",
}  # fmt: skip
# Table A writes these as two letters.
_MERGED = {"AE": "Ä", "OE": "Ö", "UE": "Ü", "AA": "Å"}

# Table B read backwards.
_CYRILLIC = {
    "SHCH": "Щ", "ZH": "Ж", "KH": "Х", "TS": "Ц", "CH": "Ч", "SH": "Ш", "IU": "Ю", "IA": "Я", "A": "А", "B": "Б",
    "C": "Ћ", "D": "Д", "E": "Е", "F": "Ф", "G": "Г", "H": "Х", "I": "И", "J": "Ј", "K": "К", "L": "Л", "M": "М",
    "N": "Н", "O": "О", "P": "П", "Q": "К", "R": "Р", "S": "С", "T": "Т", "U": "У", "V": "В", "W": "В", "X": "КС",
    "Y": "Ы", "Z": "З",
}  # fmt: skip
# ELOT 743 read backwards; Doc 9303 has no table for Greek.
_GREEK = {
    "TH": "Θ", "CH": "Χ", "PS": "Ψ", "OU": "ΟΥ", "A": "Α", "B": "ΜΠ", "C": "ΤΣ", "D": "Δ", "E": "Ε", "F": "Φ", "G": "Γ",
    "H": "Χ", "I": "Ι", "J": "ΤΖ", "K": "Κ", "L": "Λ", "M": "Μ", "N": "Ν", "O": "Ο", "P": "Π", "Q": "Κ", "R": "Ρ",
    "S": "Σ", "T": "Τ", "U": "ΟΥ", "V": "Β", "W": "ΟΥ", "X": "Ξ", "Y": "Υ", "Z": "Ζ",
}  # fmt: skip
# By sound rather than by table C, whose X... forms no holder's name has.
_ARABIC = {
    "SH": "ش", "KH": "خ", "TH": "ث", "CH": "چ", "GH": "غ", "EI": "ي", "AU": "او", "IA": "يا", "A": "ا", "B": "ب",
    "C": "س", "D": "د", "E": "ي", "F": "ف", "G": "ج", "H": "ه", "I": "ي", "J": "ج", "K": "ك", "L": "ل", "M": "م",
    "N": "ن", "O": "و", "P": "پ", "Q": "ق", "R": "ر", "S": "س", "T": "ت", "U": "و", "V": "ف", "W": "و", "X": "كس",
    "Y": "ي", "Z": "ز",
}  # fmt: skip
_TABLES: Mapping[str, Mapping[str, str]] = {"cyrillic": _CYRILLIC, "greek": _GREEK, "arabic": _ARABIC}

_SEXES = {"cyrillic": {"F": "Ж", "M": "М"}, "greek": {"F": "Θ", "M": "Α"}, "arabic": {"F": "أ", "M": "ذ"}}

# The concepts of which a label consists in the invented language; then English and French.
_LABELS: Mapping[str, tuple[str, str, str]] = {
    "type": ("type", "Type", "Type"),
    "code": ("code", "Code", "Code"),
    "document_number": ("document number", "Document No.", "N° du document"),
    "surname": ("surname", "Surname", "Nom"),
    "given_names": ("given names", "Given names", "Prénoms"),
    "nationality": ("nationality", "Nationality", "Nationalité"),
    "personal_number": ("person number", "Personal No.", "N° personnel"),
    "birth_date": ("date birth", "Date of birth", "Date de naissance"),
    "sex": ("sex", "Sex", "Sexe"),
    "birth_place": ("place birth", "Place of birth", "Lieu de naissance"),
    "issue_date": ("date issue", "Date of issue", "Date de délivrance"),
    "issue_place": ("place issue", "Place of issue", "Lieu de délivrance"),
    "authority": ("authority", "Authority", "Autorité"),
    "expiry_date": ("date expiry", "Date of expiry", "Date d'expiration"),
    "height": ("height", "Height", "Taille"),
    "address": ("address", "Address", "Adresse"),
    "entries": ("entries", "Entries", "Entrées"),
    "stay": ("stay", "Duration of stay", "Durée du séjour"),
    "passport_number": ("passport number", "Passport No.", "N° du passeport"),
}
_NAMED: Mapping[tuple[Kind, str], tuple[str, str, str]] = {
    (Kind.TD3, "document_number"): ("passport number", "Passport No.", "N° du passeport"),
    (Kind.TD1_FRONT, "document_number"): ("card number", "Card No.", "N° de la carte"),
    (Kind.TD2, "document_number"): ("card number", "Card No.", "N° de la carte"),
    (Kind.MRV_A, "document_number"): ("visa number", "Visa No.", "N° du visa"),
    (Kind.MRV_A, "issue_date"): ("from", "From", "Du"),
    (Kind.MRV_A, "expiry_date"): ("until", "Until", "Au"),
}
_CARD = ("card identity", "Identity card", "Carte d'identité")
_TITLES: Mapping[Kind, tuple[str, str, str]] = {
    Kind.TD3: ("passport", "Passport", "Passeport"),
    Kind.TD1_FRONT: _CARD,
    Kind.TD1_BACK: _CARD,
    Kind.TD2: _CARD,
    Kind.MRV_A: ("visa", "Visa", "Visa"),
}
_RULES = ("Republic of", "Kingdom of", "Commonwealth of", "State of", "Federation of")

_ONSETS = ("b", "d", "f", "g", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "pr", "st", "tr", "sh")
_VOWELS = ("a", "e", "i", "o", "u", "ia", "ei")
_CODAS = ("", "", "n", "r", "s", "l", "k", "t", "m")

_ENGLISH = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FRENCH = ("JANV", "FÉVR", "MARS", "AVR", "MAI", "JUIN", "JUIL", "AOÛT", "SEPT", "OCT", "NOV", "DÉC")


def _replaced(name: str, table: Mapping[str, str]) -> str:
    """Return a name with the table's longest keys replaced from left to right; the rest stays."""
    longest = max(map(len, table), default=1)
    written, place = [], 0
    while place < len(name):
        size = next((n for n in range(longest, 0, -1) if name[place : place + n] in table), 0)
        written.append(table[name[place : place + size]] if size else name[place])
        place += max(size, 1)
    return "".join(written)


@cache
def _orthography(issuer: State) -> tuple[dict[str, str], dict[str, str]]:
    """Return the marked letters that a state's language has, and those that stand for two."""
    rng = np.random.default_rng([issuer.seed, 11])
    letters = rng.choice(list(_MARKED), 7, replace=False)
    marks = {str(letter): str(rng.choice(list(_MARKED[str(letter)]))) for letter in letters}
    return marks, dict(_MERGED) if rng.random() < 0.5 else {}


def _marked(name: str, issuer: State) -> str:
    marks, merged = _orthography(issuer)
    letters = enumerate(_replaced(name, merged))
    # Which letters of a name bear a mark is the name's own affair, and the same on every document.
    return "".join(marks.get(c, c) if crc32(f"{name}{place}".encode()) % 5 < 2 else c for place, c in letters)


@cache
def spelled(name: str, issuer: State) -> str:
    """Return a name (A-Z and spaces) as a state's language writes it.

    Doc 9303's transliteration (part 3, section 6) of the Latin and Cyrillic results has the name among its forms.
    Utopia writes plain letters.
    """
    if issuer.script in _TABLES:
        return _replaced(name, _TABLES[issuer.script])
    return name if issuer.code == "UTO" else _marked(name, issuer)


@cache
def _word(issuer: State, concept: str) -> str:
    """Invent a word, in capitals A-Z: one to three syllables of the language's few sounds."""
    tongue = np.random.default_rng([issuer.seed, 12])
    onsets, vowels = tongue.choice(_ONSETS, 9, replace=False), tongue.choice(_VOWELS, 4, replace=False)
    codas = tongue.choice(_CODAS, 3)
    rng = np.random.default_rng([issuer.seed, crc32(concept.encode())])
    shortest = 1 if len(concept) < 5 else 2
    syllables = [str(rng.choice(onsets)) + str(rng.choice(vowels)) for _ in range(rng.integers(shortest, 4))]
    return ("".join(syllables) + str(rng.choice(codas))).upper()


def phrase(issuer: State, concepts: str) -> str:
    """Return words of a state's language for concepts, in its script, with a capital first."""
    return " ".join(spelled(_word(issuer, concept), issuer) for concept in concepts.split()).capitalize()


def town(issuer: State, number: int) -> str:
    """Return the name of one of a state's 40 towns, in capitals A-Z."""
    return _word(issuer, f"town {number % 40}") + ("GRAD", "BURG", "", "IA", "")[number % 5]


@cache
def labels(issuer: State, kind: Kind, name: str) -> tuple[str, ...]:
    """Return a field's label in three languages, and in fewer for places where that is too long."""
    concepts, english, french = _NAMED.get((kind, name)) or _LABELS[name]
    foreign = [english] if english == french else [english, french]
    mark = " / " if issuer.seed % 2 else " · "
    if issuer.code == "UTO":
        return tuple(mark.join(foreign[:n]) for n in range(len(foreign), 0, -1))
    own = phrase(issuer, concepts)
    # A text that begins in Arabic would run from right to left as a whole.
    every = [[*foreign[:n], own] if issuer.script == "arabic" else [own, *foreign[:n]] for n in (2, 1)]
    return (*dict.fromkeys(mark.join(parts) for parts in every), english)


@cache
def titles(issuer: State, kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the header says of the state and of the document, each with shorter forms after it."""
    concepts, english, french = _TITLES[kind]
    english, french = english.upper(), french.upper()
    foreign = english if english == french else f"{english} / {french}"
    rule = _RULES[issuer.seed % len(_RULES)]
    latin = f"{rule} {issuer.name}".upper()
    if issuer.code == "UTO":
        return (latin, issuer.name.upper()), (foreign, english)
    own_name = spelled(issuer.name.upper(), issuer)
    own = f"{phrase(issuer, rule.split()[0].lower())} {own_name}".upper()
    document = phrase(issuer, concepts).upper()
    if issuer.script == "latin":
        return (own, own_name), (f"{document} / {foreign}", f"{document} / {english}")
    pair = (latin, own) if issuer.script == "arabic" else (own, latin)
    named = (english, document) if issuer.script == "arabic" else (document, english)
    return ("   ".join(pair), latin), (" / ".join(named), english)


@cache
def notes(issuer: State) -> tuple[str, str]:
    """Return two lines of small print for the back of a card."""
    own = phrase(issuer, "this card belongs to state who finds it shall bring it to police")
    return own, "This card is the property of the State. Whoever finds it is asked to hand it to the police."


def date_text(day: date, issuer: State, short: bool = False) -> str:
    """Write a date as a state does (Doc 9303 part 3, section 3.5); ``short`` has no names of months."""
    style = issuer.seed // 7 % 5
    if short and style in (2, 3):
        style = 0
    return (
        f"{day:%d.%m.%Y}",
        f"{day:%d %m %Y}",
        f"{day:%d} {_ENGLISH[day.month - 1]} {day.year}",
        f"{day:%d} {_ENGLISH[day.month - 1]}/{_FRENCH[day.month - 1]} {day:%y}",
        f"{day:%d/%m/%Y}",
    )[style]


def sex_text(sex: str, issuer: State) -> str:
    """Write a sex: the state's letter and the Latin one."""
    own = _SEXES.get(issuer.script, {}).get(sex)
    if own is None:
        return sex
    return f"{sex}/{own}" if issuer.script == "arabic" else f"{own}/{sex}"


def is_arabic(text: str) -> bool:
    """Return whether a text has Arabic letters."""
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def font_for(text: str, preferred: str) -> str:
    """Return the font that has a text's letters: DejaVu Serif lacks the Arabic ones that DejaVu Sans has."""
    return "DejaVuSans.ttf" if "Serif" in preferred and is_arabic(text) else preferred


def shortened(texts: Sequence[str], widths: Sequence[float], room: float, shrink: float = 0.85) -> str:
    """Return the first of the texts that fits into a room when ``shrink`` times as wide; else the last."""
    return next((text for text, width in zip(texts, widths, strict=True) if width * shrink <= room), texts[-1])
