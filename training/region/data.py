"""Crops of generated documents, cut as the product cuts them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.documents import KINDS, Specimen, plan, specimen
from docscan.crops import CROP_MM, cut, local_scale, shrunk
from docscan.types import PageSize
from docscan.zones import crop_corners

SEED = 20261124
COUNTS = {"training": 560, "validation": 120, "calibration": 180, "test": 240}
REGIONS = tuple(crop_corners(PageSize.ID_3))

# A crop counts as forged from this share of its area; between the two it is left out.
_FORGED, _UNTOUCHED = 0.5, 0.02


@dataclass(frozen=True, slots=True)
class Crops:
    """Crops of many documents; all arrays have one row a crop.

    ``pixels`` is n x 128 x 128 x 3 (uint8), ``forged`` 0, 1 or -1 (partly touched), ``region`` an index into
    ``REGIONS``, ``document`` into ``kinds``, which holds an index into ``datasets.documents.KINDS`` for each document.
    """

    pixels: NDArray[np.uint8]
    forged: NDArray[np.int8]
    region: NDArray[np.int8]
    document: NDArray[np.int32]
    kinds: NDArray[np.int8]


def _share(x: float, y: float, made: Specimen) -> float:
    """Return the share of a crop's area that the forgery touched."""
    share = 0.0
    for left, top, width, height in made.forgery.boxes if made.forgery else ():
        across = min(x + CROP_MM, left + width) - max(x, left)
        down = min(y + CROP_MM, top + height) - max(y, top)
        share = max(share, max(0.0, across) * max(0.0, down) / CROP_MM**2)
    return share


def _label(share: float) -> int:
    return 1 if share >= _FORGED else 0 if share <= _UNTOUCHED else -1


def _jittered(rng: np.random.Generator, to_capture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Misplace the page as a page finder does: a little turn, scale and shift."""
    turn, scale = rng.normal(0, 0.004), 1 + rng.normal(0, 0.006)
    shift = rng.normal(0, 0.4, 2)
    wrong = np.array(
        [
            [scale * np.cos(turn), -np.sin(turn), shift[0]],
            [np.sin(turn), scale * np.cos(turn), shift[1]],
            [0, 0, 1],
        ]
    )
    return np.asarray(to_capture @ wrong, np.float64)


def crops_of(made: Specimen, seed: int, spread_mm: float) -> tuple[list[NDArray[np.uint8]], list[int], list[int]]:
    """Cut a document's crops; returns pixels, labels and region indices.

    ``spread_mm`` moves each crop at random by as much: wide in training, 0 where the product is imitated.
    """
    rng = np.random.default_rng([seed, 3])
    to_capture = _jittered(rng, made.photo.to_capture)
    image, to_capture = shrunk(made.photo.image, to_capture, local_scale(to_capture, 62.5, 44))
    pixels, labels, regions = [], [], []
    for index, corners in enumerate(crop_corners(PageSize.ID_3).values()):
        for corner in corners:
            x, y = np.clip(np.array(corner) + rng.uniform(-spread_mm, spread_mm, 2), 0.5, [113.5, 76.5])
            pixels.append(cut(image, to_capture, float(x), float(y)))
            labels.append(_label(_share(float(x), float(y), made)))
            regions.append(index)
    return pixels, labels, regions


def _render(job: tuple[int, str, str, float]) -> tuple[list[NDArray[np.uint8]], list[int], list[int], int]:
    cv2.setNumThreads(1)
    seed, code, kind, spread_mm = job
    return (*crops_of(specimen(seed, code, kind), seed, spread_mm), KINDS.index(kind))


def render_split(split: str, count: int, seed: int = SEED, workers: int = 2) -> Crops:
    """Render a split of the data set."""
    spread = 3.0 if split == "training" else 0.0
    jobs = [(number, code, kind, spread) for number, code, kind in plan(split, count, seed)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        rows = list(pool.map(_render, jobs, chunksize=4))
    return Crops(
        np.stack([crop for pixels, *_ in rows for crop in pixels]),
        np.array([label for _, labels, *_ in rows for label in labels], np.int8),
        np.array([region for *_, regions, _ in rows for region in regions], np.int8),
        np.repeat(np.arange(len(rows), dtype=np.int32), [len(labels) for _, labels, *_ in rows]),
        np.array([kind for *_, kind in rows], np.int8),
    )


def load_split(split: str, folder: Path, count: int | None = None) -> Crops:
    """Load a split from a folder of work files, rendering it first when it is not there."""
    count = count or COUNTS[split]
    path = folder / f"region-{split}-{count}-{SEED}.npz"
    if not path.exists():
        crops = render_split(split, count)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            path,
            pixels=crops.pixels,
            forged=crops.forged,
            region=crops.region,
            document=crops.document,
            kinds=crops.kinds,
        )
    with np.load(path) as saved:
        return Crops(**{name: saved[name] for name in saved.files})
