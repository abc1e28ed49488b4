"""Transliteration of names into the MRZ (ICAO Doc 9303 part 3, section 6).

Each table gives a character's recommended form first and its permitted alternatives after it. Latin letters
that are not listed lose their diacritical marks (table A).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import product
from types import MappingProxyType

# Table A, Latin: only what is more than dropping a mark.
_LATIN = {
    "Ä": "AE A", "Å": "AA A", "Æ": "AE", "Ð": "D", "Đ": "D", "Ħ": "H", "ı": "I", "İ": "I", "Ĳ": "IJ", "ĸ": "Q",
    "ŉ": "N", "Ł": "L", "Ŀ": "L", "Ñ": "N NXX", "Ŋ": "N", "Ö": "OE O", "Ø": "OE O", "Œ": "OE", "ß": "SS", "ẞ": "SS",
    "Ŧ": "T", "Ü": "UE UXX U", "Þ": "TH", "Ə": "E",
}  # fmt: skip

# Table B, Cyrillic. Alternatives are those of the languages that the table's footnotes name.
_CYRILLIC = {
    "А": "A", "Б": "B", "В": "V", "Г": "G H", "Д": "D", "Е": "E", "Ё": "E IO", "Ж": "ZH Z", "З": "Z", "И": "I Y",
    "І": "I", "Й": "I", "К": "K", "Л": "L", "М": "M", "Н": "N", "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T",
    "У": "U", "Ф": "F", "Х": "KH H", "Ц": "TS C", "Ч": "CH C", "Ш": "SH S", "Щ": "SHCH SHT", "Ъ": "IE", "Ы": "Y",
    "Ь": "", "Э": "E", "Ю": "IU", "Я": "IA", "Ѓ": "G GJ", "Ђ": "D", "Ѕ": "DZ", "Ј": "J", "Ќ": "K KJ", "Љ": "LJ",
    "Њ": "NJ", "Ћ": "C", "Џ": "DZ DJ", "Є": "IE", "Ї": "I", "Ґ": "G", "Ў": "U", "Ѫ": "U", "Ѵ": "Y",
}  # fmt: skip

# Table C, Arabic: X marks what has no single Latin letter, so that the original spelling can be regained.
_ARABIC = {
    "ء": "XE", "آ": "XAA", "أ": "XAE", "ؤ": "U XW", "إ": "I", "ئ": "XI", "ا": "A", "ب": "B", "ة": "XTA XAH", "ت": "T",
    "ث": "XTH", "ج": "J", "ح": "XH", "خ": "XKH", "د": "D", "ذ": "XDH", "ر": "R", "ز": "Z", "س": "S", "ش": "XSH",
    "ص": "XSS", "ض": "XDZ", "ط": "XTT", "ظ": "XZZ", "ع": "E", "غ": "G", "ف": "F", "ق": "Q", "ك": "K", "ل": "L",
    "م": "M", "ن": "N", "ه": "H", "و": "W", "ى": "XAY", "ي": "Y",
    "ٱ": "XXA", "ٹ": "XXT", "ټ": "XRT", "پ": "P", "ځ": "XKE", "څ": "XXH", "چ": "XC", "ڈ": "XXD", "ډ": "XDR",
    "ڑ": "XXR", "ړ": "XRR", "ږ": "XRX", "ژ": "XJ", "ښ": "XXS", "ک": "XKK", "ګ": "XXK", "ڭ": "XNG", "گ": "XGG",
    "ں": "XNN", "ڼ": "XXN", "ھ": "XDO", "ۀ": "XYH", "ہ": "XXG", "ۂ": "XGE", "ۃ": "XTG", "ی": "XYA", "ۍ": "XXY",
    "ې": "Y", "ے": "XYB", "ۓ": "XBE",
}  # fmt: skip

_TABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {letter: tuple(forms.split(" ")) for letter, forms in (_LATIN | _CYRILLIC | _ARABIC).items()}
)

_TEH_MARBUTA = "ة"  # its second form stands at the end of a part of a name
_SHADDA = "\u0651"  # doubles the letter before it
_VOWEL_SIGNS = frozenset(map(chr, (0x640, *range(0x64B, 0x651), 0x652, 0x670)))  # table C: not encoded
_DROPPED = frozenset("'’ʼ.,")  # section 4.6: punctuation is left out
_GAPS = frozenset(" -‐‑")  # … and hyphens become a space, written as a filler


def letter_forms(letter: str) -> tuple[str, ...]:
    """Return what a letter may become in the MRZ, recommended first; a space for a hyphen, nothing for an apostrophe.

    Raises
    ------
    ValueError
        The letter is in none of the tables.
    """
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


def _spelling(name: str) -> list[tuple[str, ...]]:
    """Return each letter's forms, recommended first."""
    name = unicodedata.normalize("NFC", name)
    spelling: list[tuple[str, ...]] = []
    for letter, following in zip(name, (*name[1:], " "), strict=True):
        if letter in _VOWEL_SIGNS:
            continue
        if letter == _SHADDA:
            spelling[-1:] = [tuple(form * 2 for form in forms) for forms in spelling[-1:]]
        elif letter == _TEH_MARBUTA and following in _GAPS:
            spelling.append(letter_forms(letter)[::-1])
        else:
            spelling.append(letter_forms(letter))
    return spelling


def _joined(forms: Iterable[str]) -> str:
    return " ".join("".join(forms).split())


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
    return _joined(forms[0] for forms in _spelling(name))


def variants(name: str, most: int = 256) -> frozenset[str]:
    """Return the forms of a name that Doc 9303 allows, at most ``most`` of them.

    Examples
    --------
    >>> sorted(variants("Müller"))
    ['MUELLER', 'MULLER', 'MUXXLLER']
    """
    found: set[str] = set()
    for picks in product(*_spelling(name)):
        found.add(_joined(picks))
        if len(found) >= most:
            break
    return frozenset(found)
