"""``python -m tests.benchmarks.bench_documents``: finding a page's model among many, and how often it is the right one.

The peers are a loop over the models and OpenCV's brute-force matcher, on the same page and library in the same run.
``--accuracy`` generates genuine captures of a split's states, enrols five of each and matches others, for minutes.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import cv2
import numpy as np

from datasets.design.states import SPLITS
from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.documents.appearance import SIZE, appearance_of, distance
from docscan.documents.enrolment import enrol
from docscan.documents.matching import Library, library_of, match, nearest_model
from docscan.documents.model import DocumentModel, Statistics
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError
from docscan.identifying import identified
from docscan.inspection import see
from docscan.page import find_page
from docscan.settings import Settings
from docscan.tools import Tools, open_enrolment_tools
from docscan.types import MrzFormat, Page, PageSize, Quality, TextLayout
from tests.benchmarks.timing import Times, timed

KINDS = (Kind.TD3, Kind.TD1_BACK, Kind.TD2, Kind.MRV_A)
SEED, ENROLLED = 20261126, 5


def _model(index: int, rng: np.random.Generator) -> DocumentModel:
    appearance = Statistics(
        rng.normal(size=SIZE).astype(np.float32), rng.uniform(0.05, 0.5, SIZE).astype(np.float32), ENROLLED
    )
    return DocumentModel(
        name=f"model-{index}",
        version=1,
        created=datetime.now(UTC),
        docscan="0",
        samples=ENROLLED,
        page_size=PageSize.ID_3,
        format=MrzFormat.TD3,
        document_code="P",
        issuing_state="UTO",
        text=TextLayout({}, ()),
        regions={},
        network="0" * 64,
        appearance=appearance,
        reach=0.15,
    )


def speed(models: int, repeats: int) -> Times:
    """Time the search when every model is of the page's size, a 300 dpi passport whose MRZ was not read."""
    rng = np.random.default_rng(0)
    known = [_model(index, rng) for index in range(models)]
    library, means = library_of(known), np.stack([model.appearance.mean for model in known])
    image = rng.integers(0, 255, (1039, 1476, 3)).astype(np.uint8)
    quality = Quality(0.6, 0.0, 300, whole_page=True, usable=True)
    page = Page(image, PageSize.ID_3, 300 / 25.4, np.eye(3), found=True, border_seen=True, quality=quality)

    def loop() -> float:
        seen = appearance_of(page, None)
        return min(distance(model.appearance, seen) / model.reach for model in known)

    matcher = cv2.BFMatcher(cv2.NORM_L2)
    calls = {
        f"docscan, {models} models": lambda: nearest_model(page, None, library),
        "a loop over the models": loop,
        "cv2.BFMatcher, without the models' spread": lambda: matcher.match(appearance_of(page, None)[None], means),
        "the appearance alone": lambda: appearance_of(page, None),
    }
    return timed(calls, repeats)


@dataclass(frozen=True, slots=True)
class _Group:
    """Documents of one state and kind."""

    code: str
    kind: Kind
    first: int  # index of its documents' orders

    def samples(self, tools: Tools, start: int, end: int | None = None) -> Iterator[Sample]:
        for number in range(start, end or 1000):
            made = make(Order(SEED, self.first + number, self.code, self.kind, GENUINE), ("visible",))
            data, form = made.captured.files["visible"]
            file = ImageFile(f"{self.code}-{self.kind}-{number}.{form}", data)
            seen = see(file, tools=tools)
            yield Sample(file.name, seen.capture, seen.page, seen.mrz)


def _groups(split: str) -> list[_Group]:
    states = SPLITS[split]
    base = 500_000 if split == "test" else 0
    return [
        _Group(code, kind, base + (list(Kind).index(kind) * 100 + number) * 100)
        for kind in KINDS
        for number, code in enumerate(states)
    ]


def _enrolled(group: _Group, tools: Tools, said: Counter[str]) -> tuple[DocumentModel, int]:
    """Enrol as a person would: a file that is refused is replaced by the next; also return the first file unused."""
    fresh = group.samples(tools, 0)
    samples = [next(fresh) for _ in range(ENROLLED)]
    used = ENROLLED
    while True:
        try:
            name = f"{group.code}-{group.kind}".lower()
            model = enrol(name, samples, version=1, created=datetime.now(UTC), models=tools.models)
            return model, used
        except DocumentModelError as error:
            said["samples refused at enrolment"] += 1
            refused = next((sample for sample in samples if sample.file in str(error)), samples[0])
            samples = [sample for sample in samples if sample is not refused] + [next(fresh)]
            used += 1


def _judge(said: Counter[str], what: str, found: DocumentModel | None, right: str | None) -> None:
    said[f"{what}: {'none' if found is None else 'right' if found.name == right else 'wrong'}"] += 1


def _identified(sample: Sample, library: Library) -> DocumentModel | None:
    return identified(sample.capture, sample.page, sample.mrz, library)[1].model


def _relabelled(model: DocumentModel, like: DocumentModel) -> Library:
    """Return a library that knows another state's design under this document's state and code."""
    return library_of(
        [replace(model, format=like.format, issuing_state=like.issuing_state, document_code=like.document_code)]
    )


def accuracy(split: str, probes: int) -> Counter[str]:
    """Count what matching says of captures that were not enrolled, their states enrolled and not."""
    tools, said = open_enrolment_tools(Settings(threads=1)), Counter[str]()
    enrolled = [(group, *_enrolled(group, tools, said)) for group in _groups(split)]
    models = [model for _, model, _ in enrolled]
    whole = library_of(models)
    for group, own, used in enrolled:
        others = [model for model in models if model is not own]
        without, alike = library_of(others), [other for other in others if other.format is own.format]
        for sample in group.samples(tools, used, used + probes):
            found = _identified(sample, whole)
            _judge(said, "enrolled, as inspected", found, own.name)
            _judge(said, f"enrolled, {group.kind}", found, own.name)
            blind = find_page(sample.capture)
            _judge(said, "enrolled, MRZ hidden from the page finder", match(blind, None, whole).model, own.name)
            _judge(said, "not enrolled, MRZ hidden from the page finder", match(blind, None, without).model, None)
            _judge(said, "not enrolled, page upright, MRZ hidden", match(sample.page, None, without).model, None)
            for other in alike:
                found = _identified(sample, _relabelled(other, own))
                _judge(said, "another design of the same state, format and code", found, None)
    return said


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", type=int, default=1000)
    options.add_argument("--repeats", type=int, default=50)
    options.add_argument("--accuracy", choices=("calibration", "test"))
    options.add_argument("--probes", type=int, default=8, help="Captures matched, of each state and kind.")
    arguments = options.parse_args()
    cv2.setNumThreads(1)
    if arguments.accuracy:
        said = accuracy(arguments.accuracy, arguments.probes)
        print("| what | captures |\n| --- | --- |")
        for what in sorted(said):
            print(f"| {what} | {said[what]} |")
        return
    print("| what | median ms | 95th percentile ms |\n| --- | --- | --- |")
    for name, seconds in speed(arguments.models, arguments.repeats).items():
        print(f"| {name} | {1000 * np.median(seconds):.1f} | {1000 * np.percentile(seconds, 95):.1f} |")


if __name__ == "__main__":
    main()
