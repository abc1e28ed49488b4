"""Measures the reader on rendered captures with seeds never trained on, and on images without an MRZ."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from datasets.mrz.camera import expose
from datasets.mrz.captures import document_capture
from datasets.mrz.negatives import HELD_OUT_PHOTOS, without_mrz
from docscan.mrz.certainty import SURE, least_certain
from docscan.mrz.icao9303 import parse
from docscan.mrz.own_reader import LINE_FINDER, RECOGNISER, ZONE_FINDER, Networks, read_grey
from docscan.processes import pool

# Seeds of the training shards are below; evaluation's begin here.
FIRST_SEED = 1_000_000

# Share of the worst blur, noise, glare and compression that the evaluation has, and training's captures as issuers and
# posts make them: training also shows what nobody can read.
SEVERITY = 0.5

# Any day: it decides centuries only.
_TODAY = date(2026, 11, 24)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Read:
    """How one capture was read."""

    seed: int
    ocr_b: bool  # else the zone is set in another face, as some specimens are
    found: bool
    raw_exact: bool  # as seen
    exact: bool  # as reported, after the repairs that the report lists
    valid: bool
    sure: bool  # every character, so that a check that fails would weigh
    characters: int
    characters_right: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How a set of captures was read."""

    reads: tuple[Read, ...]

    def rates(self) -> dict[str, float]:
        """Return error rates, 0 to 1."""
        count = len(self.reads)
        wrong = [read for read in self.reads if not read.exact]
        characters = sum(read.characters for read in self.reads)
        return {
            "not_found": sum(not read.found for read in self.reads) / count,
            "zones_not_exact": len(wrong) / count,
            "zones_not_exact_ocr_b": sum(read.ocr_b for read in wrong) / max(1, sum(read.ocr_b for read in self.reads)),
            "zones_not_exact_before_repairs": sum(not read.raw_exact for read in self.reads) / count,
            "characters_wrong": 1 - sum(read.characters_right for read in self.reads) / characters,
            "valid_but_wrong": sum(read.valid for read in wrong) / count,
            "sure_but_wrong": sum(read.sure for read in wrong) / count,
            "not_sure": sum(not read.sure for read in self.reads) / count,
        }


@cache
def open_networks(folder: Path) -> Networks:
    """Open the three networks of a folder on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    names = (ZONE_FINDER, LINE_FINDER, RECOGNISER)
    return Networks(*(ort.InferenceSession(str(folder / f"{name}.onnx"), options) for name in names))


def _each(work: Callable[[int], Result], seeds: Iterable[int], workers: int) -> list[Result]:
    with pool(workers) as processes:
        return list(processes.map(work, seeds, chunksize=20))


def _right(truth: tuple[str, ...], lines: tuple[str, ...]) -> int:
    if [len(line) for line in truth] != [len(line) for line in lines]:
        return 0
    return sum(a == b for one, other in zip(truth, lines, strict=True) for a, b in zip(one, other, strict=True))


def read_capture(folder: Path, pitch: tuple[float, float], issued: bool, seed: int) -> Read:
    """Render a capture of one document, ``pitch`` (least, most) pixels a character, and read it."""
    rng = np.random.default_rng(seed)
    capture = document_capture(rng, rng.uniform(*pitch), severity=SEVERITY, issued=issued)
    truth, ocr_b = capture.zones[0].lines, capture.zones[0].face.startswith("OCRB")
    characters = sum(map(len, truth))
    zones = read_grey(capture.image, open_networks(folder))
    if not zones:
        return Read(seed, ocr_b, False, False, False, False, False, characters, 0)
    parsed = parse(zones[0].lines, today=_TODAY, alternatives=zones[0].alternatives)
    return Read(
        seed,
        ocr_b,
        found=True,
        raw_exact=zones[0].lines == truth,
        exact=parsed.lines == truth,
        valid=parsed.valid,
        sure=least_certain(zones[0]) >= SURE,
        characters=characters,
        characters_right=_right(truth, parsed.lines),
    )


def captures(
    folder: Path, count: int, pitch: tuple[float, float], *, issued: bool, workers: int, seed: int = FIRST_SEED
) -> Measured:
    """Read ``count`` rendered captures with the networks of a folder; ``issued``: see ``draw_page``."""
    work = partial(read_capture, folder, pitch, issued)
    return Measured(tuple(_each(work, range(seed, seed + count), workers)))


def negative(seed: int) -> NDArray[np.uint8]:
    """Return an image without an MRZ that training has never seen: grey, height x width."""
    rng = np.random.default_rng(seed)
    size = (int(rng.uniform(400, 1000)), int(rng.uniform(500, 1300)))
    return expose(rng, without_mrz(rng, size, HELD_OUT_PHOTOS), rng.uniform(6, 16), 0.6)


def _is_false(folder: Path, seed: int) -> bool:
    return bool(read_grey(negative(seed), open_networks(folder)))


def false_zones(folder: Path, count: int, *, workers: int, seed: int = FIRST_SEED) -> tuple[int, ...]:
    """Return the seeds of the images without an MRZ in which one was found."""
    seeds = range(seed, seed + count)
    found = _each(partial(_is_false, folder), seeds, workers)
    return tuple(number for number, false in zip(seeds, found, strict=True) if false)
