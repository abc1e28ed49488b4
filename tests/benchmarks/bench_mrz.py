"""``python -m tests.benchmarks.bench_mrz``: every installed MRZ reader on the same real images, one core.

Reads the folder that DOCSCAN_REAL names (else ../shared/real): images and truth.json. Each reader's answer is taken
apart by docscan's parser, whose repairs are counted in. Each image is read once to warm up, then ``--repeats`` times.
"""

import argparse
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

# Before any of their libraries starts its threads.
os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps

from docscan.mrz import own_reader
from docscan.mrz import read as mrz_room
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.runtime import Models, open_models
from docscan.types import Image, ParsedMrz, Zone
from tests.benchmarks.mrz_peers import Reader, installed

ROOT = Path(__file__).resolve().parents[2]
PEER = "PassportEye, tesseract English"
BOTH = "docscan and PassportEye in doubt"


@dataclass(slots=True)
class Tally:
    """What one reader did on all images."""

    exact: int = 0
    right: int = 0
    valid_but_wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def milliseconds(self, percentile: float) -> float:
        """Return a percentile of the times."""
        return float(np.percentile(self.seconds, percentile) * 1000)


def _own(models: Models) -> Reader:
    def read(image: Image) -> Zone | None:
        zones = own_reader.read_zones(image, models)
        return zones[0] if zones else None

    return read


def _chain(models: Models, today: date) -> Reader:
    def read(image: Image) -> Zone | None:
        found = mrz_room.read(image, models, today=today)
        return found[0].zone if found else None

    return read


def _parsed(zone: Zone | None, today: date) -> ParsedMrz | None:
    """Take a reading apart: all its lines, else the last three or two (text above may have been read along)."""
    if zone is None:
        return None
    for count in dict.fromkeys((len(zone.lines), 3, 2)):
        try:
            return parse(zone.lines[-count:], today=today, alternatives=zone.alternatives[-count:])
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


def measure(folder: Path, readers: dict[str, Reader], today: date, repeats: int) -> tuple[dict[str, Tally], int, int]:
    """Let every reader read every image; return the tallies, the number of images and of characters."""
    truths = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    tallies = {name: Tally() for name in readers}
    characters = 0
    for name, truth in truths.items():
        image = _image(folder / name)
        lines = tuple(truth["lines"])
        characters += sum(map(len, lines))
        for reader, read in readers.items():
            answer = _parsed(read(image), today)
            for _ in range(repeats):
                begun = time.perf_counter()
                answer = _parsed(read(image), today)
                tallies[reader].seconds.append(time.perf_counter() - begun)
            _score(tallies[reader], name, lines, answer)
    return tallies, len(truths), characters


def two_megapixels(readers: dict[str, Reader], folder: Path, repeats: int) -> dict[str, Tally]:
    """Time every reader on the images brought to 2 megapixels, which is what a page scanner delivers."""
    tallies = {name: Tally() for name in readers}
    for name in json.loads((folder / "truth.json").read_text(encoding="utf-8")):
        image = _image(folder / name)
        factor = (2_000_000 / (image.shape[0] * image.shape[1])) ** 0.5
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
        for reader, read in readers.items():
            read(image)
            for _ in range(repeats):
                begun = time.perf_counter()
                read(image)
                tallies[reader].seconds.append(time.perf_counter() - begun)
    return tallies


def _table(tallies: dict[str, Tally], count: int, characters: int) -> None:
    print("| reader | exact | characters right | valid but wrong | median ms | 95th percentile ms | of PassportEye's |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, tally in tallies.items():
        ratio = f"1/{tallies[PEER].milliseconds(50) / tally.milliseconds(50):.1f}" if PEER in tallies else "-"
        print(
            f"| {name} | {tally.exact} of {count} | {tally.right / characters:.2%} of {characters} "
            f"| {tally.valid_but_wrong} | {tally.milliseconds(50):.0f} | {tally.milliseconds(95):.0f} | {ratio} |"
        )
    for name, tally in tallies.items():
        if tally.missed:
            print(f"{name} not exact: {', '.join(tally.missed)}")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=os.environ.get("DOCSCAN_REAL", ROOT.parent / "shared" / "real"))
    options.add_argument("--models", type=Path, default=ROOT / "models")
    options.add_argument("--repeats", type=int, default=3)
    arguments = options.parse_args()
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    folder, today = Path(arguments.folder), datetime.now(UTC).date()
    models = open_models(arguments.models, providers=("CPUExecutionProvider",), threads=1, only=mrz_room.MODELS)
    own = {"docscan": _own(models)}
    peers = installed()
    tallies, count, characters = measure(folder, own | {BOTH: _chain(models, today)} | peers, today, arguments.repeats)
    _table(tallies, count, characters)
    timed = {name: read for name, read in peers.items() if name == PEER}
    print("\nThe same images brought to 2 megapixels:")
    for name, tally in two_megapixels(own | timed, folder, arguments.repeats).items():
        print(f"{name}: median {tally.milliseconds(50):.0f} ms, 95th percentile {tally.milliseconds(95):.0f} ms")


if __name__ == "__main__":
    main()
