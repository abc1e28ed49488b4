"""Transliteration of names into the MRZ (ICAO Doc 9303 part 3, section 6).

Each table gives a character's recommended form first and its permitted alternatives after it. Latin letters
that are not listed lose their diacritical marks (table A).
"""

import unicodedata
from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

# Table A, Latin: only what is more than dropping a mark.
_LATIN = {
    "Ä": "AE A", "Å": "AA A", "Æ": "AE", "Ð": "D", "Đ": "D", "Ħ": "H", "ı": "I", "İ": "I", "Ĳ": "IJ", "ĸ": "Q",
    "Ł": "L", "Ŀ": "L", "Ñ": "N NXX", "Ŋ": "N", "Ö": "OE O", "Ø": "OE O", "Œ": "OE", "ß": "SS", "ẞ": "SS",
    "Ŧ": "T", "Ü": "UE UXX U", "Þ": "TH", "Ə": "E",
}  # fmt: skip

# Table B, Cyrillic. Alternatives are those of the languages that the table's footnotes name.
_CYRILLIC = {
    "А": "A", "Б": "B", "В": "V", "Г": "G H", "Д": "D", "Е": "E", "Ё": "E IO", "Ж": "ZH Z", "З": "Z", "И": "I Y",
    "І": "I", "Й": "I", "К": "K", "Л": "L", "М": "M", "Н": "N", "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T",
    "У": "U", "Ф": "F", "Х": "KH H", "Ц": "TS C", "Ч": "CH C", "Ш": "SH S", "Щ": "SHCH SHT", "Ъ": "IE", "Ы": "Y",
    "Ь": "", "Э": "E", "Ю": "IU", "Я": "IA", "Ѓ": "G GJ", "Ђ": "D", "Ѕ": "DZ", "Ј": "J", "Ќ": "K KJ", "Љ": "LJ",
    "Њ": "NJ", "Ћ": "C", "Џ": "DZ DJ", "Є": "IE", "Ї": "I", "Ґ": "G", "Ў": "U",
}  # fmt: skip

# Table C, Arabic: X marks what has no single Latin letter, so that the original spelling can be regained.
_ARABIC = {
    "ء": "XE", "آ": "XAA", "أ": "XAE", "ؤ": "U XW", "إ": "I", "ئ": "XI", "ا": "A", "ب": "B", "ة": "XTA XAH", "ت": "T",
    "ث": "XTH", "ج": "J", "ح": "XH", "خ": "XKH", "د": "D", "ذ": "XDH", "ر": "R", "ز": "Z", "س": "S", "ش": "XSH",
    "ص": "XSS", "ض": "XDZ", "ط": "XTT", "ظ": "XZZ", "ع": "E", "غ": "G", "ف": "F", "ق": "Q", "ك": "K", "ل": "L",
    "م": "M", "ن": "N", "ه": "H", "و": "W", "ى": "XAY", "ي": "Y",
}  # fmt: skip

_TABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {letter: tuple(forms.split(" ")) for letter, forms in (_LATIN | _CYRILLIC | _ARABIC).items()}
)

_DROPPED = frozenset("'’ʼ.,")  # section 4.6: punctuation is left out
_GAPS = frozenset(" -‐‑")  # … and hyphens become a space, written as a filler


def _forms(letter: str) -> tuple[str, ...]:
    upper = letter if letter in _TABLE else letter.upper()
    if upper in _TABLE:
        return _TABLE[upper]
    if upper in _DROPPED:
        return ("",)
    if upper in _GAPS:
        return (" ",)
    plain = "".join(mark for mark in unicodedata.normalize("NFD", upper) if not unicodedata.combining(mark))
    if plain and all("A" <= mark <= "Z" for mark in plain):
        return (plain,)
    raise ValueError(f"{letter!r} has no transliteration in Doc 9303")


def transliterate(name: str) -> str:
    """Return a name in the recommended form, A-Z and single spaces.

    Raises
    ------
    ValueError
        A character is in none of the tables.

    Examples
    --------
    >>> transliterate("Müller-Straße")
    'MUELLER STRASSE'
    """
    name = unicodedata.normalize("NFC", name)
    return " ".join("".join(_forms(letter)[0] for letter in name).split())


def variants(name: str, most: int = 256) -> frozenset[str]:
    """Return the forms of a name that Doc 9303 allows, at most ``most`` of them.

    Examples
    --------
    >>> sorted(variants("Müller"))
    ['MUELLER', 'MULLER', 'MUXXLLER']
    """
    choices = [_forms(letter) for letter in unicodedata.normalize("NFC", name)]
    found: set[str] = set()
    for picks in product(*choices):
        found.add(" ".join("".join(picks).split()))
        if len(found) >= most:
            break
    return frozenset(found)
