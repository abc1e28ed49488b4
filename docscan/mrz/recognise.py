"""Reads a zone's lines: the network says what is centred at each column, a comb of 30, 36 or 44 teeth counts.

The characters of an MRZ stand at one pitch (ICAO Doc 9303 part 3, section 4.3). So the number of fillers in a run is
not counted one by one: for each admissible number of characters the comb is laid over the line where its teeth meet
characters and its gaps meet gaps, and the best comb is read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docscan.mrz.rectify import STRIP_MARGIN, STRIP_WIDTH, Grey, normalised

ALPHABET = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COLUMN = 4  # pixels of the strip for one column of the network's answer
_FLOOR = -5.0  # a single column may not say more than this against a comb

Floats = NDArray[np.float32]
Session = Any  # onnxruntime ships no types


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read.

    ``text`` is the likeliest character at each place, ``shares`` characters x 37 the network's probabilities in the
    order of ALPHABET, ``presence`` how sure it is that a character stands there, ``centres`` their x in the strip and
    ``fit`` how well the comb fits, the mean log-probability of teeth and gaps, at most 0.
    """

    text: str
    shares: Floats
    presence: Floats
    centres: Floats
    fit: float

    @property
    def confidence(self) -> Floats:
        """How sure each character is, 0 to 1."""
        return np.asarray(self.shares.max(1) * self.presence, np.float32)


def column_shares(strips: Grey, session: Session) -> Floats:
    """Run the recogniser.

    Returns
    -------
    Lines x columns x 38 probabilities; the last class: between characters.
    """
    logits = session.run(None, {session.get_inputs()[0].name: normalised(strips)})[0].transpose(0, 2, 1)
    shares = np.exp(logits - logits.max(2, keepdims=True))
    return np.asarray(shares / shares.sum(2, keepdims=True), np.float32)


def _columns(x: Floats) -> Floats:
    return np.asarray((x - 1.5) / _COLUMN, np.float32)


def _at(values: Floats, x: Floats) -> Floats:
    """Read values (columns, or columns x classes) at strip x, linearly between columns."""
    place = np.clip(_columns(x), 0, len(values) - 1.001)
    low = place.astype(np.int64)
    share = place - low
    if values.ndim == 2:
        share = share[..., None]
    return np.asarray(values[low] * (1 - share) + values[low + 1] * share, np.float32)


def _comb(count: int, start: Floats, end: Floats, bow: Floats) -> Floats:
    """Return the centres of combs between outer edges, their middle shifted by ``bow``: combs x count."""
    share = (np.arange(count, dtype=np.float32) + 0.5) / count
    bulge = 4 * share * (1 - share)
    return np.asarray(start[:, None] + (end - start)[:, None] * share + bow[:, None] * bulge, np.float32)


def _lay(tooth: Floats, gap: Floats, count: int) -> tuple[float, Floats]:
    """Lay the best comb of ``count`` teeth over a line.

    Parameters
    ----------
    tooth, gap
        Log-probability, for each column, of a character and of none.
    """
    pitch = (STRIP_WIDTH - 2 * STRIP_MARGIN) / count
    outside = np.concatenate([[0.0], np.cumsum(gap)]).astype(np.float32)
    best, found = -np.inf, np.zeros(count, np.float32)
    start, end, bow = float(STRIP_MARGIN), float(STRIP_WIDTH - STRIP_MARGIN), 0.0
    for step, reach, bend in ((0.25, 1.5, 0.35), (0.08, 0.24, 0.12)):
        shifts = np.arange(-reach, reach + 1e-6, step, dtype=np.float32) * np.float32(pitch)
        bows = np.array([-bend, 0, bend], np.float32) * np.float32(pitch)
        starts, ends, middle = (grid.ravel() for grid in np.meshgrid(start + shifts, end + shifts, bow + bows))
        centres = _comb(count, starts, ends, middle)
        between = np.asarray((centres[:, 1:] + centres[:, :-1]) / 2, np.float32)
        score = _at(tooth, centres).sum(1) + _at(gap, between).sum(1)
        left = np.clip(np.floor(_columns(starts)), 0, len(gap)).astype(np.int64)
        right = np.clip(np.ceil(_columns(ends)) + 1, 0, len(gap)).astype(np.int64)
        score += (outside[left] + outside[-1] - outside[right]) * 0.5
        index = int(score.argmax())
        best, found = float(score[index]), centres[index]
        start, end, bow = float(starts[index]), float(ends[index]), float(middle[index])
    return best / (2 * count), found


def _bent(present: Floats, centres: Floats) -> Floats:
    """Let a comb give way smoothly where the characters stand a little beside its teeth."""
    pitch = float(centres[-1] - centres[0]) / (len(centres) - 1)
    offsets = np.linspace(-0.45, 0.45, 13, dtype=np.float32) * pitch
    there = _at(present, centres[:, None] + offsets)
    weight = there.sum(1) + 1e-3
    shift = (there * offsets).sum(1) / weight
    along = np.linspace(-1, 1, len(centres))
    return np.asarray(centres + np.polyval(np.polyfit(along, shift, 3, w=weight), along), np.float32)


def _read(shares: Floats, centres: Floats, fit: float) -> Reading:
    pitch = float(centres[-1] - centres[0]) / (len(centres) - 1)
    offsets = np.array([-0.18, 0.0, 0.18], np.float32) * pitch
    seen = _at(shares, centres[:, None] + offsets)  # characters x 3 x 38
    characters = (seen[:, :, :-1] * np.array([0.5, 1.0, 0.5], np.float32)[:, None]).sum(1)
    characters /= characters.sum(1, keepdims=True) + 1e-9
    presence = 1 - seen[:, :, -1].min(1)
    text = "".join(ALPHABET[index] for index in characters.argmax(1))
    return Reading(text, characters, np.asarray(presence, np.float32), centres, fit)


def read_line(shares: Floats, counts: tuple[int, ...]) -> tuple[Reading, ...]:
    """Read one line with each admissible number of characters.

    Parameters
    ----------
    shares
        Columns x 38.
    counts
        Numbers of characters to try.
    """
    between = np.clip(shares[:, -1], 1e-6, 1 - 1e-6)
    tooth = np.maximum(np.log(1 - between), _FLOOR).astype(np.float32)
    gap = np.maximum(np.log(between), _FLOOR).astype(np.float32)
    readings = []
    for count in counts:
        fit, centres = _lay(tooth, gap, count)
        readings.append(_read(shares, _bent(np.asarray(1 - between, np.float32), centres), fit))
    return tuple(readings)


def read_lines(strips: Grey, session: Session) -> tuple[Reading, ...]:
    """Read a zone's strips: three lines have 30 characters, two 44 or 36, whichever comb fits better.

    Parameters
    ----------
    strips
        Lines x height x width, from ``docscan.mrz.rectify.line_strips``.
    session
        The recogniser.
    """
    shares = column_shares(strips, session)
    counts = (30,) if len(strips) == 3 else (44, 36)
    tried = [read_line(line, counts) for line in shares]
    best = max(range(len(counts)), key=lambda index: sum(line[index].fit for line in tried))
    return tuple(line[best] for line in tried)
