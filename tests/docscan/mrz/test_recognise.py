import numpy as np
import pytest

from docscan.mrz.recognise import ALPHABET, COLUMN, Reading, mean_of, read_line, read_lines, read_parts
from docscan.mrz.rectify import STRIP_MARGIN, STRIP_WIDTH

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"


def _answer(text: str, start: float = 0.0, end: float = 0.0, bow: float = 0.0) -> np.ndarray:
    """Make the network's answer to a line whose ends are off by pixels and whose middle is shifted by ``bow``."""
    left, right = STRIP_MARGIN + start, STRIP_WIDTH - STRIP_MARGIN + end
    places = (np.arange(len(text)) + 0.5) / len(text)
    centres = left + (right - left) * places + bow * np.sin(places * np.pi)
    columns = np.arange(STRIP_WIDTH // COLUMN) * COLUMN + (COLUMN - 1) / 2
    distance = np.abs(columns[:, None] - centres) / ((right - left) / len(text))
    shares = np.full((len(columns), 38), 1e-4, np.float32)
    for column, nearest in enumerate(distance.argmin(1)):
        there = float(np.clip((0.38 - distance[column, nearest]) / 0.12, 0.01, 0.99))
        shares[column, ALPHABET.index(text[nearest])] += there
        shares[column, -1] += 1 - there
    return shares / shares.sum(1, keepdims=True)


@pytest.mark.parametrize(("start", "end", "bow"), [(0, 0, 0), (9, -11, 0), (-8, 10, 0), (6, 6, 3.5)])
def test_a_line_is_read_although_its_ends_were_found_imprecisely(start: float, end: float, bow: float) -> None:
    reading = read_line(_answer(TD3, start, end, bow), (44,))[0]
    assert reading.text == TD3
    assert reading.confidence.min() > 0.5


@pytest.mark.parametrize("text", [TD3, TD2])
def test_the_comb_counts_fillers(text: str) -> None:
    readings = read_line(_answer(text), (44, 36))
    best = max(readings, key=lambda reading: reading.fit)
    assert best.text == text


def _beside(text: str, end: float, other: str) -> np.ndarray:
    """Make the answer to a line that ends early, and after a gap other text at another pitch."""
    line, clutter = _answer(text, end=end), _answer(other, start=STRIP_WIDTH + end - 10)
    edge = (STRIP_WIDTH - STRIP_MARGIN + int(end)) // COLUMN
    return np.concatenate([line[:edge], clutter[edge:]])


def test_a_line_is_told_from_what_was_printed_beside_it() -> None:
    columns = np.stack([_beside(TD3, -170, "WTUR8"), _beside(TD3[::-1], -170, "KANJG")])
    assert [reading.text for reading in read_lines(columns)] != [TD3, TD3[::-1]]
    parts = read_parts(columns)
    assert [len(part[0].text) for part in parts] == [44, 36]
    assert [reading.text for reading in parts[0]] == [TD3, TD3[::-1]]
    assert parts[0][0].centres[-1] < STRIP_WIDTH - STRIP_MARGIN - 165


def test_a_character_that_is_not_there_has_no_confidence() -> None:
    shares = _answer(TD3)
    pitch = (STRIP_WIDTH - 2 * STRIP_MARGIN) / 44
    hole = slice(*(round((STRIP_MARGIN + edge * pitch) / COLUMN) for edge in (20, 23)))
    shares[hole] = 0.0005
    shares[hole, -1] = 1 - 37 * 0.0005
    confidence = read_line(shares, (44,))[0].confidence
    assert confidence[21] < 0.2
    assert confidence[5] > 0.8


def test_an_empty_strip_fits_no_comb() -> None:
    empty = np.full((STRIP_WIDTH // COLUMN, 38), 1e-4, np.float32)
    empty[:, -1] = 1 - 37e-4
    assert read_line(empty, (44,))[0].fit < -1.5
    assert read_line(_answer(TD3), (44,))[0].fit > -0.5


def _reading(**seen: dict[str, float]) -> Reading:
    """Read characters of which so much was seen of each."""
    shares = np.zeros((len(seen), len(ALPHABET)), np.float32)
    for row, characters in zip(shares, seen.values(), strict=True):
        for character, share in characters.items():
            row[ALPHABET.index(character)] = share
    text = "".join(ALPHABET[place] for place in shares.argmax(1))
    return Reading(text, shares, np.ones(len(seen), np.float32), np.arange(len(seen), dtype=np.float32), -0.01)


def test_alternatives_are_what_there_is_evidence_of_the_likeliest_first() -> None:
    reading = _reading(first={"O": 0.6, "0": 0.3, "Q": 0.08, "D": 0.01}, second={"A": 0.99, "4": 0.01})
    assert reading.text == "OA"
    assert reading.alternatives() == ("0Q", "")


def test_of_several_looks_the_mean_is_read() -> None:
    looks = [_reading(only={"O": share, "0": 1 - share}) for share in (0.55, 0.3, 0.4)]
    assert mean_of(looks).text == "0"
    assert mean_of(looks[:1]).text == "O"
    assert mean_of(looks).confidence == pytest.approx([1.75 / 3])
