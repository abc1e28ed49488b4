"""Shows the documents of a set to the product's own rooms and the network: what calibration and evaluation weigh."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from datasets.generate import read
from docscan.capture import ImageFile, load
from docscan.checks.regions import abstains, ask, cut_spots, part_of, pooled
from docscan.crops import local_scale
from docscan.inspection import Tools, open_mrz_tools
from docscan.mrz import read as mrz_room
from docscan.page import find_page, page_of_zone
from docscan.processes import each
from docscan.settings import Settings
from docscan.types import Capture, Homography, Page
from docscan.zones import Spots, layout_of
from training.region.data import CELLS
from training.region.labels import cells_of, truth_of

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """A document as the product saw it.

    ``regions`` holds, by name, what ``pooled`` gives; ``touched`` whether the forgery lies in any of its crops;
    ``cells`` is the 99.5th percentile of all cells' logits. ``line`` is the document's line of the set, without its
    fields; of another picture, what is known of it.
    """

    name: str
    line: Line
    abstained: str | None
    regions: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    touched: Mapping[str, bool] = field(default_factory=dict)
    cells: float = 0.0
    pixels_per_mm: float = 0.0
    sharpness: float = 0.0

    @property
    def genuine(self) -> bool:
        """Whether the document is what it says."""
        return bool(self.line["recipe"] == "genuine")


@dataclass(frozen=True, slots=True)
class Limits:
    """Below which the network abstains, as the manifest names it."""

    lowest_pixels_per_mm: float = 7.8
    lowest_sharpness: float = 0.15


@cache
def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _tools() -> Tools:
    return open_mrz_tools(Settings(threads=1))


def _touched(line: Line, page: Page, spots: Mapping[str, Spots]) -> dict[str, bool]:
    """Tell in which regions a forged cell lies, by the truth and where the product took the page to be."""
    truth = truth_of(line)
    true_of: Homography = np.asarray(np.linalg.inv(truth.to_capture) @ page.to_capture, np.float64)
    found = {}
    for name, places in spots.items():
        at = [true_of @ np.array([x, y, 1.0]) for x, y in places]
        found[name] = any((cells_of(truth, p[0] / p[2], p[1] / p[2], CELLS)[0] == 1).any() for p in at)
    return found


def _scored(name: str, data: bytes, line: Line, network: Path, limits: Limits) -> Scored:
    settings = Settings()
    capture: Capture = load(ImageFile(name, data), max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    mrz = next(iter(mrz_room.read(capture.visible, _tools().models, today=datetime.now(UTC).date())), None)
    page = find_page(capture) if mrz is None else page_of_zone(capture, mrz.zone.polygon, mrz.parsed.format)
    width, height = page.size.millimetres
    scale = local_scale(page.to_capture, width / 2, height / 2)
    reason = abstains(page, scale, asdict(limits))
    if reason is not None:
        return Scored(name, line, reason, pixels_per_mm=scale, sharpness=page.quality.sharpness)
    layout = layout_of(page.size, mrz.parsed.format if mrz else None)
    spots, crops = cut_spots(capture.visible, page, layout, scale)
    answers = ask(_session(network), crops)
    regions = {}
    for region, part in part_of(answers, spots).items():
        regions[region] = pooled(part.crop, part.forged)
    return Scored(
        name,
        line,
        None,
        regions,
        _touched(line, page, spots) if "millimetres_to_pixels" in line else {},
        float(np.quantile(answers.forged, 0.995)),
        scale,
        page.quality.sharpness,
    )


def _score_line(folder: Path, network: Path, limits: Limits, line: Line) -> Scored | None:
    cv2.setNumThreads(1)
    name = line["images"]["visible"]
    return _scored(name, (folder / name).read_bytes(), line, network, limits)


def _died(_line: Line) -> None:
    return None


def score_lines(folder: Path, lines: Iterable[Line], network: Path, limits: Limits, workers: int = 2) -> list[Scored]:
    """Score documents of a set, in their order.

    Raises
    ------
    RuntimeError
        A process died over a document.
    """
    wanted = list(lines)
    task = partial(_score_line, folder, network, limits)
    by_index = {}
    for line, made in each(wanted, task, died=_died, workers=workers):
        if made is None:
            raise RuntimeError(f"A process died over document {line['index']} of {folder}.")
        by_index[line["index"]] = made
    return [by_index[line["index"]] for line in wanted]


def score_split(folder: Path, split: str, network: Path, limits: Limits, documents: int | None = None) -> list[Scored]:
    """Score a split of a set; ``documents`` as of ``data.cut_split``."""
    lines = [line for line in read(folder) if documents is None or int(line["index"]) < documents]
    return score_lines(folder, [line for line in lines if line.get("split") == split], network, limits)


def real_lines(folder: Path) -> Iterator[Line]:
    """Yield a line for each genuine specimen of a folder of photographs with ``truth.json``."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    names = sorted(path.name for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
    assert truth
    for index, name in enumerate(names):
        yield {"index": index, "recipe": "genuine", "images": {"visible": name}, "state": Path(name).stem}
