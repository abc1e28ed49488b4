"""Compares what the MRZ says with what the visual zone says, letter by letter.

Doc 9303 (part 3, section 6) lets a letter become up to four in the MRZ, and gives some a choice: MÜLLER is MUELLER,
MULLER or MUXXLLER. The alignment here admits every form, and knows what readers of text confuse.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from docscan.mrz.check_digits import FILLER
from docscan.mrz.transliteration import letter_forms
from docscan.types import TextLine

SURE = 0.99  # confidence of the visual zone's reader from which a character counts as read
# From this certainty that a character is not the MRZ's it counts as another, whatever it is: a half-read I or 1 is no
# 3. Of 47,876 characters of genuine documents of calibration and validation states five were misread as one that is not
# alike, four of them with a likelihood of what is printed of 0.2 and more, one of 0.0095.
_ANOTHER, _READ = 0.995, 0.5  # and confidence in what was read instead
_KEPT = 0.5  # share of the MRZ's text that stands there, from which a line that was half read is that text
# Mean confidence below which what was read behind a text was none: a label's lower edge, a line of guilloche.
_FAINT = 0.85
_OTHER, _FAIR = 0.7, 0.75  # share of a text that differs, and mean confidence, from which it is another
_LIKELY, _MANY = 0.7, 3.0  # confidence of a character, and their sum, from which many unsure ones count
_BROKEN_OFF = 2  # characters missing at an end of a text, from which the one beside them may be half of one
# What readers of text take for one another however sure they are: printed alike in many faces.
_ALIKE = tuple(map(frozenset, ("O0QD", "I1L|", f"K{FILLER}")))
_CHEAP = 0.1  # cost of such a confusion
_MARK_LOST = {"A": ("AE", "AA"), "O": ("OE",), "U": ("UE", "UXX"), "N": ("NXX",)}  # Ä read as A


@dataclass(frozen=True, slots=True)
class Edit:
    """A place where two texts differ; ``mrz`` or ``visual`` is empty where the other has a character more."""

    mrz: str
    visual: str
    weight: float = 0.0  # confidence of the visual zone's reader; 0 where the MRZ's was not sure, or the two are alike
    another: bool = False  # both readers are sure that the two are not the same
    behind: bool = False  # the MRZ's text ended before it


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a text of the visual zone lies on one of the MRZ."""

    edits: tuple[Edit, ...] = ()
    other: bool = False  # another text altogether, and well enough read to tell
    kept: float = 0.0  # share of the MRZ's text that the other shows

    @property
    def agrees(self) -> bool:
        """Tell whether the texts are the same, up to characters that look alike and what hardly stands behind them."""
        behind = [edit.weight for edit in self.edits if edit.behind]
        faint = not behind or sum(behind) / len(behind) < _FAINT
        return faint and all(edit.behind or _alike(edit.mrz, edit.visual) for edit in self.edits)

    @property
    def differs(self) -> bool:
        """Tell whether no reading error explains a difference.

        It is one character that surely is another, many that likely are others, or another text altogether. Where
        characters are missing or too many alone, a line was found in part, or with what stands beside it.
        """
        # Where little is the MRZ's, what was half read is of another line.
        sure = any(edit.another and (edit.weight >= SURE or self.kept >= _KEPT) for edit in self.edits)
        likely = sum(edit.weight for edit in self.edits if edit.mrz and edit.weight >= _LIKELY)
        return self.other or sure or likely >= _MANY


@dataclass(frozen=True, slots=True)
class _Step:
    """One way on from a place in both texts: how many characters it takes of each, and what it costs."""

    mrz: int
    visual: int
    cost: float
    edit: Edit | None = None


def folded(text: str) -> str:
    """Return a text's letters and digits in capitals, without marks."""
    marks = unicodedata.normalize("NFD", text.upper())
    return "".join(mark for mark in marks if mark.isalnum())


def _marked(letter: str) -> bool:
    """Tell whether a letter was read with a mark: which one it is, the reader knows less surely than it says.

    Of 19,837 letters with marks, in varied faces and captures, 40 were surely misread, 39 of them as another with a
    mark (Ğ as Č, Ģ as Ç, Ĵ as Î); of 98,913 without none.
    """
    return unicodedata.normalize("NFD", letter) != letter


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and any(one in letters and other.upper() in letters for letters in _ALIKE)


def is_another(expected: str, confidence: float, shares: Mapping[str, float] | None) -> bool:
    """Tell whether the visual zone's reader is sure that a character that it read as another is not the MRZ's.

    Parameters
    ----------
    confidence
        In what was read instead.
    shares
        Of what it may be, as ``TextLine`` has them; None where that is not known.
    """
    if shares is None:
        return confidence >= SURE
    held = max((share for letter, share in shares.items() if letter == expected or _alike(expected, letter)), default=0)
    return confidence >= _READ and 1 - held >= _ANOTHER


def _forms(letter: str) -> tuple[tuple[str, float], ...]:
    """Return what a letter may be in the MRZ, and what taking it so costs."""
    if letter.isascii() and letter.isdigit():
        return ((letter, 0.0),)
    try:
        found = tuple((form.strip(), 0.0) for form in letter_forms(letter))
    except ValueError:
        return () if letter.isalnum() else (("", _CHEAP),)
    return found + tuple((form, _CHEAP) for form in _MARK_LOST.get(letter.upper(), ()))


@dataclass(frozen=True, slots=True)
class _Texts:
    """Both texts, with how sure their readers were."""

    mrz: str
    mrz_sure: Sequence[bool]
    visual: str
    confidence: Sequence[float]
    shares: Sequence[Mapping[str, float]]
    cut: bool

    def well_read(self) -> bool:
        """Tell whether both texts as a whole were read with some confidence."""
        letters = [sure for letter, sure in zip(self.visual, self.confidence, strict=True) if letter.isalnum()]
        mean = sum(letters) / max(len(letters), 1)
        return mean >= _FAIR and sum(self.mrz_sure) >= len(self.mrz) / 2 and len(letters) > 1

    def steps(self, i: int, j: int) -> Iterator[_Step]:
        """Yield every way on from ``i`` characters of the MRZ's text and ``j`` of the other."""
        if j < len(self.visual):
            yield from self._reads(i, j)
        if i < len(self.mrz) and self.mrz[i] == FILLER:
            yield _Step(1, 0, 0.0)
        elif i < len(self.mrz):
            yield _Step(1, 0, 1.0, Edit(self.mrz[i], ""))

    def _reads(self, i: int, j: int) -> Iterator[_Step]:
        letter, confidence = self.visual[j], self.confidence[j]
        weight = (1 + confidence) / 2
        for form, cost in _forms(letter):
            if self.mrz.startswith(form, i):
                yield _Step(len(form), 1, cost)
        if i < len(self.mrz):
            alike = _alike(self.mrz[i], letter)
            told = self.mrz_sure[i] and letter.isalnum() and not alike
            shares = self.shares[j] if self.shares else None
            another = told and not _marked(letter) and is_another(self.mrz[i], confidence, shares)
            edit = Edit(self.mrz[i], letter, confidence if told else 0.0, another)
            yield _Step(1, 1, _CHEAP if alike else weight, edit)
        elif self.cut:
            yield _Step(0, 1, 0.0)
        yield _Step(0, 1, weight, Edit("", letter, confidence, behind=i == len(self.mrz)))


def align(mrz: str, mrz_sure: Sequence[bool], line: TextLine, *, cut: bool = False) -> Alignment:
    """Lay a text of the visual zone on one of the MRZ.

    Parameters
    ----------
    mrz
        A-Z, 0-9, and FILLER where a space or a hyphen may be.
    mrz_sure
        For each character, whether its reader was.
    line
        Of the visual zone, as read. Spaces, hyphens and points count for nothing.
    cut
        The MRZ had no room for the end of the text.

    Returns
    -------
    Alignment
        The cheapest.
    """
    visual = line.text
    texts = _Texts(mrz, mrz_sure, visual, line.confidence, line.shares, cut)
    best: dict[tuple[int, int], tuple[float, tuple[int, int], Edit | None]] = {(0, 0): (0.0, (0, 0), None)}
    for i in range(len(mrz) + 1):
        for j in range(len(visual) + 1):
            so_far = best[i, j][0]
            for step in texts.steps(i, j):
                there, cost = (i + step.mrz, j + step.visual), so_far + step.cost
                if there not in best or cost < best[there][0]:
                    best[there] = (cost, (i, j), step.edit)
    place, path = (len(mrz), len(visual)), list[Edit | None]()
    while place != (0, 0):
        _, place, edit = best[place]
        path.append(edit)
    edits = [edit for edit in _whole(_whole(path)[::-1]) if edit]
    cost = best[len(mrz), len(visual)][0]
    letters = len(mrz) - mrz.count(FILLER)  # a filler costs nothing
    lost = sum(len(edit.mrz) for edit in edits if not _alike(edit.mrz, edit.visual))
    # What stands behind all of the MRZ's text, a stamp perhaps, does not make it another.
    other = cost >= _OTHER * letters and texts.well_read() and not all(edit.behind for edit in edits)
    return Alignment(tuple(edits), other, kept=1 - lost / max(letters, 1))


def _whole(path: Sequence[Edit | None]) -> list[Edit | None]:
    """Take the weight from the first character of a text that broke off before it: it may be half of one."""
    start = list(takewhile(lambda edit: edit is not None, path))
    shown = [edit for edit in start if edit and edit.visual]
    if len(shown) != 1 or len(start) - len(shown) < _BROKEN_OFF:
        return list(path)
    half = [replace(edit, weight=0.0, another=False) if edit is shown[0] else edit for edit in start if edit]
    return [*half, *path[len(start) :]]
