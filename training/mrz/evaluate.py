"""Measures the reader on rendered captures with seeds never trained on, and on images without an MRZ."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.mrz.camera import expose
from datasets.mrz.captures import document_capture
from datasets.mrz.negatives import HELD_OUT_PHOTOS, without_mrz
from docscan.mrz.own_reader import Networks, attempts

# Seeds of the training shards are below; evaluation's begin here.
FIRST_SEED = 1_000_000

# Share of the training captures' blur, noise, glare and compression that the evaluation has: training also shows
# what nobody can read.
SEVERITY = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """How a set of captures was read, before any repair."""

    captures: int
    found: int
    exact: int
    characters: int
    characters_right: int
    wrong: tuple[int, ...]  # seeds of the captures that were not read exactly

    def rates(self) -> dict[str, float]:
        """Return error rates, 0 to 1."""
        return {
            "not_found": 1 - self.found / self.captures,
            "zones_not_exact": 1 - self.exact / self.captures,
            "characters_wrong": 1 - self.characters_right / self.characters,
        }


def captures(
    nets: Networks, count: int, pitch: tuple[float, float], severity: float, seed: int = FIRST_SEED
) -> Measured:
    """Read ``count`` rendered captures of ``pitch`` (least, most) pixels a character."""
    found = exact = characters = right = 0
    wrong = []
    for number in range(seed, seed + count):
        rng = np.random.default_rng(number)
        capture = document_capture(rng, rng.uniform(*pitch), severity=severity)
        truth = capture.zones[0].lines
        characters += sum(map(len, truth))
        read = attempts(capture.image, nets)
        lines = tuple(reading.text for reading in read[0].readings) if read else ()
        found += bool(read)
        exact += lines == truth
        if lines != truth:
            wrong.append(number)
        right += sum(
            a == b
            for line, other in zip(truth, lines, strict=False)
            for a, b in zip(line, other, strict=False)
            if len(line) == len(other)
        )
    return Measured(count, found, exact, characters, right, tuple(wrong))


def negative(seed: int) -> NDArray[np.uint8]:
    """Return an image without an MRZ that training has never seen: grey, height x width."""
    rng = np.random.default_rng(seed)
    size = (int(rng.uniform(400, 1000)), int(rng.uniform(500, 1300)))
    return expose(rng, without_mrz(rng, size, HELD_OUT_PHOTOS), rng.uniform(6, 16), 0.6)


def false_zones(nets: Networks, count: int, seed: int = FIRST_SEED) -> tuple[int, ...]:
    """Return the seeds of the images without an MRZ in which one was found."""
    cv2.setNumThreads(1)
    return tuple(number for number in range(seed, seed + count) if attempts(negative(number), nets))
