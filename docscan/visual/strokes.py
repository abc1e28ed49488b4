"""How wide the strokes of the printed data are, and how dark their ink.

An issuer prints all data of a document in one pass, in type of its own. A datum that was printed later, by another
printer or in another face, has strokes of another width, or ink of another darkness, than the data beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docscan.visual.ink import PIXELS_PER_MM, LineInk, darkness_of

STROKES = ("viz.{}.width", "viz.{}.darkness")
"""Names, in a document model, of what samples have for a datum: means of ``Strokes.logarithms``."""

_ABOVE, _BELOW = 0.4, 0.5  # of a line's height, about its middle: capitals without accents, letters without tails
_LETTERS = 3  # of which a mean can be told


@dataclass(frozen=True, slots=True)
class Strokes:
    """Of one datum: its strokes' mean width in millimetres, its ink's darkness, 0 to 1 (black), and its letters."""

    width_mm: float
    darkness: float
    letters: int

    def logarithms(self) -> NDArray[np.float64]:
        """Return the natural logarithms of width and darkness: 2."""
        return np.log([self.width_mm, self.darkness])


def strokes_of(line: LineInk) -> Strokes | None:
    """Measure the strokes of a line of text; None where it has too few letters, or few of them are seen."""
    letters = len(line.text.replace(" ", ""))
    if letters < _LETTERS or not line.shows_text:
        return None
    first, last = line.letters[0], line.letters[-1]
    ink = line.rows(_ABOVE, _BELOW)[:, max(0, first[0] - 1) : last[0] + last[2] + 1]
    across = float(np.abs(np.diff(ink, axis=1)).sum())
    # Each stroke's edges, from paper to ink and back, sum up to twice its darkness, however blurred they are.
    return Strokes(2 * float(ink.sum()) / across / PIXELS_PER_MM, darkness_of(ink), letters)
