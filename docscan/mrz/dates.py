"""Dates of the MRZ (ICAO Doc 9303 part 3, section 4.8): two-digit years, unknown parts."""

from datetime import date

from docscan.mrz.check_digits import FILLER

# A document is issued for ten years, rarely for more; specimens and long-lived cards go beyond.
_FURTHEST_EXPIRY_YEARS = 30

_UNKNOWN = FILLER * 2
_MONTHS, _DAYS = (1, 12), (1, 31)


class NotADateError(ValueError):
    """The characters are no date of the calendar."""


def _part(text: str, lowest: int, highest: int) -> int | None:
    if not _is_part(text, lowest, highest):
        raise NotADateError(f"{text} is neither a number from {lowest} to {highest} nor unknown")
    return None if text == _UNKNOWN else int(text)


def _is_part(text: str, lowest: int, highest: int) -> bool:
    return text == _UNKNOWN or (text.isascii() and text.isdigit() and lowest <= int(text) <= highest)


def is_month(text: str) -> bool:
    """Tell whether two characters of an MRZ say a month, or that it is unknown."""
    return _is_part(text, *_MONTHS)


def is_day(text: str) -> bool:
    """Tell whether two characters of an MRZ say a day of some month, or that it is unknown."""
    return _is_part(text, *_DAYS)


def _iso(text: str, year: int) -> str:
    month, day = _part(text[2:4], *_MONTHS), _part(text[4:6], *_DAYS)
    if month is None:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise NotADateError(f"{text} is no date of the calendar") from error


def _two_digits(text: str) -> int | None:
    return _part(text[:2], 0, 99)


def birth_date(text: str, today: date) -> str | None:
    """Return a date of birth ``YYMMDD`` as ISO 8601: the latest century that does not put it into the future.

    Unknown parts are left out; None when the year itself is unknown.

    Raises
    ------
    NotADateError
        The characters are no date.
    """
    year = _two_digits(text)
    if year is None:
        return None
    century = today.year // 100 * 100
    try:
        recent = _iso(text, century + year)
    except NotADateError:  # 29 February exists in one century only
        return _iso(text, century - 100 + year)
    return recent if recent <= today.isoformat() else _iso(text, century - 100 + year)


def expiry_date(text: str, today: date) -> str | None:
    """Return a date of expiry ``YYMMDD`` as ISO 8601: the latest century at most 30 years ahead of today.

    Raises
    ------
    NotADateError
        The characters are no date.
    """
    year = _two_digits(text)
    if year is None:
        return None
    century = today.year // 100 * 100
    full = max(
        base + year
        for base in (century - 100, century, century + 100)
        if base + year <= today.year + _FURTHEST_EXPIRY_YEARS
    )
    return _iso(text, full)
