"""Check digits of the MRZ (ICAO Doc 9303 part 3, section 4.9)."""

from itertools import cycle

FILLER = "<"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {FILLER: 0}


def check_digit(text: str) -> str:
    """Return the check digit of a field: the weighted sum of its characters' values, modulo 10.

    Weights are 7, 3, 1, repeated; digits count as themselves, A to Z as 10 to 35, the filler as 0.

    Raises
    ------
    KeyError
        A character is none of the MRZ's 37.

    Examples
    --------
    >>> check_digit("L898902C<")
    '3'
    """
    return str(sum(_VALUES[character] * weight for character, weight in zip(text, cycle((7, 3, 1)), strict=False)) % 10)


def agrees(text: str, digit: str) -> bool:
    """Tell whether a field has the check digit that is printed."""
    return check_digit(text) == digit
