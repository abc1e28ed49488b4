"""What the commands of training ask of numbers that they are given."""

import argparse


def positive(text: str) -> float:
    """Return a number above 0, as ``argparse`` wants a type.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none.
    """
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no number") from error
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value
