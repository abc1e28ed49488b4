"""Reads a zone's lines: the network says what is centred at each column, a comb of 30, 36 or 44 teeth counts.

The characters of an MRZ stand at one pitch (ICAO Doc 9303 part 3, section 4.3). So the number of fillers in a run is
not counted one by one: for each admissible number of characters the comb is laid over the line where its teeth meet
characters and its gaps meet gaps, and the best comb is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docscan.mrz.rectify import STRIP_MARGIN, STRIP_WIDTH, Grey, normalised

ALPHABET = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EVIDENCE = 0.02  # a share below says nothing of a character; beside one that was surely read there is none as large
# A character less certain than this is in doubt. At 0.95 more than twice as many zones were wrong with every character
# sure: 7 instead of 3 of 1,500 rendered captures at 12 to 20 pixels a character, 6 instead of 2 at 8.
CLEAR = 0.985
COLUMN = 2  # pixels of the strip for one column of the network's answer
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

    def alternatives(self) -> tuple[str, ...]:
        """Return for each character the others that there is evidence of, the likeliest first."""
        ranks = np.argsort(-self.shares, axis=1)[:, 1:]
        return tuple(
            "".join(ALPHABET[place] for place in ranked if shares[place] >= _EVIDENCE)
            for ranked, shares in zip(ranks, self.shares, strict=True)
        )


def column_shares(strips: Grey, session: Session) -> Floats:
    """Run the recogniser on the strips of one zone's lines, which it compares with one another.

    Returns
    -------
    Lines x columns x 38 probabilities; the last class: between characters.
    """
    logits = session.run(None, {session.get_inputs()[0].name: normalised(strips)})[0].transpose(0, 2, 1)
    shares = np.exp(logits - logits.max(2, keepdims=True))
    return np.asarray(shares / shares.sum(2, keepdims=True), np.float32)


def _columns(x: NDArray[np.floating]) -> Floats:
    return np.asarray((x - (COLUMN - 1) / 2) / COLUMN, np.float32)


def _at(values: Floats, x: Floats) -> Floats:
    """Read values (columns, or columns x classes) at strip x, linearly between columns."""
    place = np.clip(_columns(x), 0, len(values) - 1.001)
    low = place.astype(np.int64)
    share = place - low
    if values.ndim == 2:
        share = share[..., None]
    return np.asarray(values[low] * (1 - share) + values[low + 1] * share, np.float32)


_STEPS = 2  # places looked up in a pixel
_SHORTEST, _LONGEST = 0.84, 1.18  # distance of two teeth, in nominal pitches
_STIFFNESS = 5.0  # log-probability that a distance costs which misses the nominal pitch by as much again, squared
_OUTSIDE = 1 / 8  # weight of a pixel outside the comb: as much, over a character, as a tooth that meets none
_FILLED = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4)  # shares of a strip that a line may fill


@dataclass(frozen=True, slots=True)
class _Chances:
    """A line's log-probabilities at every half pixel of what was seen: ``tooth`` of a character, ``gap`` of none.

    ``before`` is the sum of ``gap``, in pixels, left of a place.
    """

    tooth: Floats
    gap: Floats
    before: Floats

    def outside(self, first: NDArray[np.int64], last: NDArray[np.int64], weight: float) -> tuple[Floats, Floats]:
        """Return what it costs to leave what lies left of ``first`` and right of ``last`` outside, in half pixels."""
        ends = np.clip(first, 0, len(self.gap) - 1), np.clip(last, 0, len(self.gap) - 1)
        left, right = self.before[ends[0]], self.before[-1] - self.before[ends[1]]
        return np.asarray(left * weight, np.float32), np.asarray(right * weight, np.float32)


def _chances(tooth: Floats, gap: Floats) -> _Chances:
    """Take the probabilities that a character, or none, is centred at each column to logarithms, bounded below."""
    x = np.arange(len(gap) * COLUMN * _STEPS, dtype=np.float32) / _STEPS
    shares = (np.interp(_columns(x), np.arange(len(gap)), chance) for chance in (tooth, gap))
    tooth, gap = (np.maximum(np.log(np.maximum(share, 1e-6)), _FLOOR).astype(np.float32) for share in shares)
    return _Chances(tooth, gap, np.asarray(np.cumsum(gap) / _STEPS, np.float32))


def _lay(line: _Chances, count: int, share: float = 1.0, outside: float = _OUTSIDE) -> tuple[float, Floats]:
    """Lay the best comb of ``count`` teeth over a line; return how well it fits and the centres of its teeth.

    The distance from tooth to tooth may give way, since a page bends and is seen at a slant. The best of all such
    combs is found by dynamic programming over the pixels. ``share`` is how much of a strip the comb fills,
    ``outside`` the weight of what it leaves out.
    """
    pitch = (STRIP_WIDTH - 2 * STRIP_MARGIN) * share / count
    distances = np.arange(np.ceil(_SHORTEST * pitch), np.floor(_LONGEST * pitch) + 1).astype(np.int64)
    x = np.arange(len(line.tooth) // _STEPS)
    source = x - distances[:, None]  # where the tooth before stands, distances x places
    price = line.gap[np.maximum(2 * x - distances[:, None], 0)]
    price = price - np.float32(_STIFFNESS) * np.square(distances / pitch - 1)[:, None].astype(np.float32)
    price[source < 0] = -np.inf
    source = np.maximum(source, 0)
    half = round(pitch)  # half a pitch in half pixels
    left, right = line.outside(2 * x - half, 2 * x + half, outside)
    tooth = line.tooth[::_STEPS]
    scores, chosen = tooth + left, np.zeros((count, len(x)), np.int64)
    for number in range(1, count):
        reached = scores[source] + price
        chosen[number] = reached.argmax(0)
        scores = reached[chosen[number], x] + tooth
    end = int((scores + right).argmax())
    fit = float((scores + right)[end]) / (2 * count)
    centres = [end]
    for number in range(count - 1, 0, -1):
        centres.append(centres[-1] - int(distances[chosen[number, centres[-1]]]))
    return fit, np.array(centres[::-1], np.float32)


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


def mean_of(readings: Sequence[Reading]) -> Reading:
    """Return the mean of what was read of one line at several looks; it stands where the first one does."""
    shares = np.mean([reading.shares for reading in readings], axis=0)
    presence = np.mean([reading.presence for reading in readings], axis=0)
    text = "".join(ALPHABET[index] for index in shares.argmax(1))
    return replace(readings[0], text=text, shares=shares, presence=presence)


def read_line(shares: Floats, counts: tuple[int, ...]) -> tuple[Reading, ...]:
    """Read one line with each admissible number of characters.

    Parameters
    ----------
    shares
        Columns x 38.
    counts
        Numbers of characters to try.
    """
    between = shares[:, -1]
    line = _chances(1 - between, between)
    readings = []
    for count in counts:
        fit, centres = _lay(line, count)
        readings.append(_read(shares, _bent(np.asarray(1 - between, np.float32), centres), fit))
    return tuple(readings)


def _counts(lines: int) -> tuple[int, ...]:
    return (30,) if lines == 3 else (44, 36)


def read_lines(columns: Floats) -> tuple[Reading, ...]:
    """Read a zone's lines: three have 30 characters, two 44 or 36, whichever comb fits better.

    Parameters
    ----------
    columns
        Lines x columns x 38, from ``column_shares``.
    """
    counts = _counts(len(columns))
    tried = [read_line(line, counts) for line in columns]
    best = max(range(len(counts)), key=lambda index: sum(line[index].fit for line in tried))
    return tuple(line[best] for line in tried)


def read_parts(columns: Floats) -> tuple[tuple[Reading, ...], ...]:
    """Read the part of what was seen that a zone fills: the finder took for it what stands beside it, or missed some.

    Parameters
    ----------
    columns
        As in ``read_lines``, but of any number, since more than a strip may have been looked at.

    Returns
    -------
    For each admissible number of characters the part whose combs fit best, whatever lies outside them.
    """
    # A pattern beside the zone may look like characters, but hardly like any one of them.
    lines = [_chances(line[:, :-1].max(1), line[:, -1]) for line in columns]
    shares = [share for share in _FILLED if share * STRIP_WIDTH <= columns.shape[1] * COLUMN]
    parts = []
    for count in _counts(len(columns)):
        laid = [[_lay(line, count, share, outside=0.0) for line in lines] for share in shares]
        best = max(laid, key=lambda combs: sum(fit for fit, _ in combs))
        parts.append(tuple(_read(line, centres, fit) for line, (fit, centres) in zip(columns, best, strict=True)))
    return tuple(parts)
