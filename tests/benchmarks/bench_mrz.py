"""``python -m tests.benchmarks.bench_mrz``: every installed MRZ reader on the same real images, one core.

Reads the folder that DOCSCAN_REAL names (else ../shared/real): images and truth.json. Each reader's answer is taken
apart by docscan's parser, whose repairs are counted in; each image is read twice and the second time is taken.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = "1"

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps

from docscan.mrz import own_reader, second_reader
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.runtime import open_models
from docscan.types import Image, ParsedMrz, Zone

ROOT = Path(__file__).resolve().parents[2]
Reader = Callable[[Image], Zone | None]


@dataclass(slots=True)
class Tally:
    """What one reader did on all images."""

    exact: int = 0
    right: int = 0
    valid_but_wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def _readers(models: Path) -> dict[str, Reader]:
    opened = open_models(models, providers=("CPUExecutionProvider",), threads=1)

    def docscan(image: Image) -> Zone | None:
        zones = own_reader.read_zones(image, opened)
        return zones[0] if zones else None

    readers: dict[str, Reader] = {"docscan": docscan}
    if second_reader.missing() is None:
        readers["PassportEye"] = second_reader.read
    return readers


def _parsed(zone: Zone | None, today: date) -> ParsedMrz | None:
    """Take a reading apart: all its lines, else the last three or two (text above may have been read along)."""
    if zone is None:
        return None
    for count in dict.fromkeys((len(zone.lines), 3, 2)):
        try:
            return parse(zone.lines[-count:], today=today)
        except MrzFormatError:
            continue
    return None


def _score(tally: Tally, name: str, truth: tuple[str, ...], answer: ParsedMrz | None) -> None:
    lines = answer.lines if answer else ()
    tally.right += sum(
        a == b for one, other in zip(truth, lines, strict=False) for a, b in zip(one, other, strict=False)
    )
    tally.exact += lines == truth
    tally.valid_but_wrong += answer is not None and answer.valid and lines != truth
    if lines != truth:
        tally.missed.append(name)


def _image(path: Path) -> Image:
    return np.asarray(ImageOps.exif_transpose(PillowImage.open(path)).convert("RGB"))


def measure(folder: Path, models: Path, today: date) -> tuple[dict[str, Tally], int, int]:
    """Let every reader read every image; return the tallies, the number of images and of characters."""
    truths = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    readers = _readers(models)
    tallies = {name: Tally() for name in readers}
    characters = 0
    for name, truth in truths.items():
        image = _image(folder / name)
        lines = tuple(truth["lines"])
        characters += sum(map(len, lines))
        for reader, read in readers.items():
            read(image)
            begun = time.perf_counter()
            answer = _parsed(read(image), today)
            tallies[reader].seconds.append(time.perf_counter() - begun)
            _score(tallies[reader], name, lines, answer)
    return tallies, len(truths), characters


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=os.environ.get("DOCSCAN_REAL", ROOT.parent / "shared" / "real"))
    options.add_argument("--models", type=Path, default=ROOT / "models")
    arguments = options.parse_args()
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    tallies, count, characters = measure(Path(arguments.folder), arguments.models, date.today())
    print("| reader | exact | characters right | valid but wrong | median ms | 95th percentile ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, tally in tallies.items():
        median, slow = np.percentile(np.array(tally.seconds) * 1000, (50, 95))
        print(
            f"| {name} | {tally.exact} of {count} | {tally.right / characters:.2%} of {characters} "
            f"| {tally.valid_but_wrong} | {median:.0f} | {slow:.0f} |"
        )
    for name, tally in tallies.items():
        if tally.missed:
            print(f"{name} not exact: {', '.join(tally.missed)}")


if __name__ == "__main__":
    main()
