"""Dates as documents write them: 12.08.1974, 12 AUG/AOUT 74, 1974-08-12, AUG 12 1974 (Doc 9303 part 3, section 3.5)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from babel import Locale

from docscan.visual.spelling import folded

# Documents name months in their own language and, where that is none of these, in one of these.
_DOC_9303 = ("en", "fr", "es")
_OTHERS = (
    "ar az be bg bs ca cs da de el et fa fi ga he hr hu hy is it ka kk ky lt lv mk mn ms mt nb nl pl pt ro ru sk sl sq "
    "sr sr_Latn sv tg tk tr uk uz vi"
)  # fmt: skip
_LETTERS = r"[^\W\d_]"
_SEPARATOR = r"[\s.,/\-]*"
_WORD = rf"[01]?{_LETTERS}{{2,12}}"  # OCT read as 0CT
_MONTH = rf"(?P<month>{_WORD})\.?(?:\s*[/\s]\s*(?P<other>{_WORD})\.?)?"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<day>\d\d?){_SEPARATOR}{_MONTH}{_SEPARATOR}(?P<year>\d{{4}}|\d\d)(?!\d)",
        rf"(?<!{_LETTERS}){_MONTH}{_SEPARATOR}(?P<day>\d\d?)[\s.,/\-]+(?P<year>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<day>\d\d){_SEPARATOR}(?P<month>\d\d){_SEPARATOR}(?P<year>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<day>\d\d?)\s*[.,/\- ]\s*(?P<month>\d\d?)\s*[.,/\- ]\s*(?P<year>\d{4}|\d\d)(?!\d)",
        r"(?<!\d)(?P<month>\d\d)[.,/\- ](?P<day>\d\d)[.,/\- ](?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<year>\d{{4}}){_SEPARATOR}(?P<month>\d\d){_SEPARATOR}(?P<day>\d\d)(?!\d)",
    )
)
# A digit between digits that was taken for a letter.
_MISTAKEN = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
_AMONG_DIGITS = re.compile(r"(?<=\d)[OoIl|]|[OoIl|](?=\d)")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """One way to take a part of a text as a date.

    ``year`` is of two digits where four were not written; ``spans`` has the characters of "day", "month" and "year".
    """

    day: int
    month: int
    year: int
    spans: Mapping[str, Span]


def _folded(word: str) -> str:
    return folded(word.replace("0", "O").replace("1", "I"))


@cache
def _months(languages: tuple[str, ...]) -> Mapping[str, frozenset[int]]:
    """Return the months that a word, or three letters of it, name in some languages (Unicode CLDR)."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for language, use, width in product(languages, ("format", "stand-alone"), ("abbreviated", "wide")):
        for number, word in Locale.parse(language).months[use][width].items():
            found[_folded(word)].add(number)
            found[_folded(word)[:3]].add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _named(words: Sequence[str], languages: tuple[str, ...]) -> frozenset[int]:
    """Return the months that words may mean; those that all can mean, where there are such."""
    months = _months(languages)
    meant = [months[key] for word in words if (key := word if word in months else word[:3]) in months]
    return (frozenset.intersection(*meant) or frozenset.union(*meant)) if meant else frozenset()


def _months_of(match: re.Match[str]) -> frozenset[int]:
    """Return the months that a match may mean."""
    if match["month"].isdigit():
        return frozenset({int(match["month"])})
    words = [_folded(word) for word in (match["month"], match.groupdict().get("other")) if word]
    return _named(words, _DOC_9303) or _named(words, tuple(_OTHERS.split()))


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Yield every way in which parts of a text can be taken as dates; a place may be taken in several.

    Examples
    --------
    >>> [(date.day, date.month, date.year) for date in written_dates("12 AUG/AOUT 74")]
    [(12, 8, 74)]
    """
    digits = _AMONG_DIGITS.sub(lambda found: found[0].translate(_MISTAKEN), text)
    for form in _FORMS:
        for match in form.finditer(digits):
            day, year = int(match["day"]), int(match["year"])
            spans = {part: match.span(part) for part in ("day", "month", "year")}
            for month in _months_of(match):
                if 1 <= day <= 31 and 1 <= month <= 12:
                    yield WrittenDate(day, month, year, spans)
