"""Finds the run of a zone's characters that stands beside the places that the other characters keep.

A printer sets a zone in one go: what moves its characters, a bent page, a slanted capture, a face whose letters stand
otherwise in their cells, moves many of them alike. Characters that somebody set anew move by themselves. So places are
taken for a sum of what may move characters of a genuine zone, each with its usual size (a Gaussian process; Rasmussen
and Williams, 2006), and of every run of characters it is asked how far it stands beside the others and how sure that
is. The sizes were chosen on generated documents of training states.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# What moves characters of a genuine zone: standard deviations in pitches.
_LEAST_NOISE = 0.01  # of single characters; more where they vary more
_OF_CHARACTER = 0.03  # of all that are the same character: faces differ
_OF_CLASS = 0.03  # of all letters, all digits, all fillers
_OF_COLUMN, _COLUMNS = 0.05, 5.0  # of all lines together, alike over so many characters: a page bends
_OF_LINE, _ALONG = 0.01, 6.0  # of each line by itself
_DEGREE, _FREE = 2, 10.0  # of the curve that each line follows anyhow, and how far
_STEP = 0.01  # by which runs may stand beside each other in a genuine zone
_ABSENT = 1e3  # deviation of a character that was not found

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """The run of characters that stands beside the others' places the surest.

    ``line`` and ``first`` count from 0, ``last`` is the first character after it. ``right`` and ``below`` are how far
    it stands beside its place, in pitches; ``deviations`` is how sure that is, in standard deviations. ``noise`` is how
    much characters vary by themselves.
    """

    line: int
    first: int
    last: int
    right: float
    below: float
    deviations: float
    noise: float


def _class(character: str) -> int:
    return 0 if character == "<" else 1 if character.isdigit() else 2


def _usual(lines: Sequence[str]) -> Floats:
    """Return the covariance of the places of a genuine zone's characters, without noise."""
    text = "".join(lines)
    line, column = (part.ravel() for part in np.mgrid[: len(lines), : len(lines[0])])
    characters, classes = np.array(list(text)), np.array([_class(character) for character in text])
    apart = column[:, None] - column[None]
    same_line = line[:, None] == line[None]
    along = 2 * column / (len(lines[0]) - 1) - 1
    curve = sum(np.outer(along**power, along**power) for power in range(_DEGREE + 1))
    return np.asarray(
        _OF_CHARACTER**2 * (characters[:, None] == characters[None])
        + _OF_CLASS**2 * (classes[:, None] == classes[None])
        + _OF_COLUMN**2 * np.exp(-0.5 * (apart / _COLUMNS) ** 2)
        + same_line * (_OF_LINE**2 * np.exp(-0.5 * (apart / _ALONG) ** 2) + _FREE**2 * curve)
    )


def noise_of(stands: Floats, known: NDArray[np.bool_]) -> float:
    """Return how much neighbours differ by themselves in one direction (lines x columns), as a standard deviation."""
    both = known[:, 1:] & known[:, :-1]
    steps = np.where(both, np.diff(stands, axis=1), np.nan)
    steps -= np.nanmedian(steps, axis=1, keepdims=True)
    return float(1.4826 * np.nanmedian(np.abs(steps)) / np.sqrt(2))


def _sums(values: Floats, axis: int) -> Floats:
    """Return the sums of the first 0, 1, 2, … values along an axis."""
    room = [(1, 0) if axis == other else (0, 0) for other in range(values.ndim)]
    return np.asarray(np.cumsum(np.pad(values, room), axis=axis))


def _steps(stands: Floats, known: NDArray[np.bool_], usual: Floats, runs: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return how far each run (n x 2, first and after its last, in the flattened zone) stands off, and its variance."""
    noise = np.where(known.ravel(), max(noise_of(stands, known), _LEAST_NOISE), _ABSENT)
    weights = np.asarray(np.linalg.inv(usual + np.diag(noise**2)), np.float64)
    places = np.where(known, stands, 0.0).ravel() - np.median(stands[known])
    first, last = runs.T
    pulled = _sums(np.asarray(weights @ places, np.float64), 0)
    both = _sums(_sums(weights, 0), 1)
    known_by = np.maximum(both[last, last] - both[first, last] - both[last, first] + both[first, first], 1e-9)
    return (pulled[last] - pulled[first]) / known_by, 1 / known_by + _STEP**2


def most_misplaced(stands: Floats, known: NDArray[np.bool_], lines: Sequence[str]) -> Misplaced:
    """Find the run of characters that stands beside the others' places the surest.

    Parameters
    ----------
    stands
        Lines x columns x 2: how far each character stands beside its place on an even grid, in pitches.
    known
        Lines x columns: which characters were found; at least some in each line.
    lines
        The characters, as many in each line.
    """
    columns = len(lines[0])
    first, last = np.triu_indices(columns + 1, 1)
    runs = np.concatenate([np.stack([first, last], -1) + line * columns for line in range(len(lines))])
    usual = _usual(lines)
    moved = [_steps(stands[..., way], known, usual, runs) for way in (0, 1)]
    surest = sum(step**2 / variance for step, variance in moved)
    best = int(np.argmax(surest))
    line, begin = divmod(int(runs[best, 0]), columns)
    return Misplaced(
        line=line,
        first=begin,
        last=int(runs[best, 1]) - line * columns,
        right=float(moved[0][0][best]),
        below=float(moved[1][0][best]),
        deviations=float(np.sqrt(np.asarray(surest)[best])),
        noise=max(noise_of(stands[..., way], known) for way in (0, 1)),
    )
