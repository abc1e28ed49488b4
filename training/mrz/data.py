"""Renders training examples for the three networks into shards of numpy files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.mrz.camera import expose
from datasets.mrz.captures import MrzCapture, ZoneTruth, document_capture, scene, zone_capture
from datasets.mrz.negatives import without_mrz
from datasets.mrz.text import ALPHABET
from docscan.mrz.crops import CROP_HEIGHT, CROP_WIDTH, OrientedBox, zone_crop
from docscan.mrz.rectify import (
    STRIP_MARGIN,
    STRIP_WIDTH,
    frame_homography,
    line_strips,
    normalised,
    place,
)
from training.mrz.evaluate import SEVERITY

MOST = 44
NO_CHARACTER = 255
SCENE = (480, 640)  # rendered; trained and run at 384 x 512
STRIDE = 4
# Share of zones whose lines follow no grammar: else the network reads an O among letters, a 0 among digits, always.
_RANDOM_SHARE = 0.4
_NO_ZONE = 0.17  # share of scenes without an MRZ
_LEAST, _READABLE = 5.3, 7.0  # pixels a character: the least rendered; the least of what a person reads with ease
Rng = np.random.Generator
Strip = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.uint8]]  # picture, characters' x, their classes


def frame_of(zone: ZoneTruth) -> NDArray[np.float64]:
    """Return a zone's frame (see docscan.mrz.rectify)."""
    first, last = zone.ends[0], zone.ends[-1]
    return np.stack([first[0], first[1], last[1], last[0]])


def _shaken_frame(rng: Rng, zone: ZoneTruth) -> NDArray[np.float64]:
    """Return the frame as a locator would find it: not quite."""
    frame = frame_of(zone)
    lines = len(zone.lines)
    along = (frame[1] - frame[0]) / np.linalg.norm(frame[1] - frame[0])
    spacing = (frame[3] - frame[0] + frame[2] - frame[1]) / 2 / (lines - 1)
    rough = rng.random() < 0.15
    ends = np.clip(rng.normal(0, 0.7 if rough else 0.3, 4), -1.2, 1.2) * zone.pitch
    heights = np.clip(rng.normal(0, 0.09 if rough else 0.04, 4), -0.2, 0.2)
    return frame + ends[:, None] * along + heights[:, None] * spacing


def _bends(rng: Rng, zone: ZoneTruth, frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each line's departure from its row, as a locator would measure it."""
    inverse = np.linalg.inv(frame_homography(frame, len(zone.lines)))
    bends = []
    for index, centres in enumerate(zone.centres):
        local = place(inverse, centres)
        bend = np.polyfit(local[:, 0], local[:, 1] - index, 2)
        noise = rng.normal(0, (0.02, 0.02, 0.015))
        bends.append(bend * rng.choice([0.0, 1.0], p=[0.1, 0.9]) + noise)
    return np.float64(bends)


def strips_of(rng: Rng, capture: MrzCapture) -> list[Strip]:
    """Cut a capture's first zone into strips; with each, its characters' x and classes (NO_CHARACTER: none)."""
    zone = capture.zones[0]
    frame = _shaken_frame(rng, zone)
    bends = _bends(rng, zone, frame)
    strips = line_strips(capture.image, frame, len(zone.lines), bends)
    inverse = np.linalg.inv(frame_homography(frame, len(zone.lines)))
    flipped = rng.random() < 0.04
    examples = []
    for strip, text, centres in zip(strips, zone.lines, zone.centres, strict=True):
        x = np.full(MOST, -1, np.float32)
        classes = np.full(MOST, NO_CHARACTER, np.uint8)
        if flipped:  # upside down there is nothing to read
            strip = np.ascontiguousarray(strip[::-1, ::-1])
        else:
            x[: len(text)] = place(inverse, centres)[:, 0] * (STRIP_WIDTH - 2 * STRIP_MARGIN) + STRIP_MARGIN
            classes[: len(text)] = [ALPHABET.index(character) for character in text]
        examples.append((strip, x, classes))
    return examples


def _fill(mask: NDArray[np.uint8], polygon: NDArray[np.float64], value: int) -> None:
    """Fill a polygon given in pixels of the network's input."""
    shifted = np.rint((polygon + 0.5) / STRIDE * 16 - 8).astype(np.int32)
    cv2.fillPoly(mask, [shifted], value, shift=4)


def crop_of(rng: Rng, capture: MrzCapture) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut a capture's first zone out roughly; the mask has 1 on lines that stand upright, 2 on those upside down."""
    zone = capture.zones[0]
    frame = frame_of(zone)
    centre = frame.mean(0)
    vector = frame[1] + frame[2] - frame[0] - frame[3]
    length = float(np.linalg.norm(vector) / 2)
    flipped = rng.random() < 0.5
    angle = float(np.arctan2(vector[1], vector[0]) + np.deg2rad(rng.normal(0, 4)) + np.pi * flipped)
    shift = rng.normal(0, 0.05, 2) * length
    box = OrientedBox((centre[0] + shift[0], centre[1] + shift[1]), angle, length * rng.uniform(0.8, 1.4))
    picture = zone_crop(capture.image, box)
    mask = np.zeros((CROP_HEIGHT // STRIDE, CROP_WIDTH // STRIDE), np.uint8)
    spacing = (frame[3] - frame[0] + frame[2] - frame[1]) / 2 / (len(zone.lines) - 1)
    half = spacing * 0.21
    for ends, centres in zip(zone.ends, zone.centres, strict=True):
        path = np.concatenate([ends[:1], centres, ends[1:]])
        outline = np.concatenate([path - half, (path + half)[::-1]])
        _fill(mask, box.to_crop(outline), 2 if flipped else 1)
    return picture, mask


def _pitch(rng: Rng, least: float = _LEAST) -> float:
    return float(np.exp(rng.uniform(np.log(least), np.log(20))))


def _stacked(strips: Iterable[Strip]) -> dict[str, NDArray[np.generic]]:
    pictures, places, classes = zip(*strips, strict=True)
    return {"strips": np.stack(pictures), "places": np.stack(places), "classes": np.stack(classes)}


def zone_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render zones for the line finder and the recogniser."""
    rng = np.random.default_rng(seed)
    strips, crops = [], []
    for index in range(count):
        capture = zone_capture(rng, _pitch(rng), random_share=_RANDOM_SHARE)
        strips += strips_of(rng, capture)
        if index % 3 == 0:
            crops.append(crop_of(rng, capture))
    pictures, masks = zip(*crops, strict=True)
    return _stacked(strips) | {"crops": np.stack(pictures), "crop_masks": np.stack(masks)}


def _issued(rng: Rng, count: int, least: float, *, unusual: bool = False) -> dict[str, NDArray[np.generic]]:
    """Render zones as issuers print and posts capture them, ``least`` pixels a character or more."""
    drawn = (
        zone_capture(
            rng, _pitch(rng, least), random_share=_RANDOM_SHARE, severity=SEVERITY, issued=True, unusual=unusual
        )
        for _ in range(count)
    )
    return _stacked(strip for capture in drawn for strip in strips_of(rng, capture))


def issued_zones(seed: int, count: int) -> list[NDArray[np.float32]]:
    """Render such zones and return the strips of each as the recogniser takes them: lines x 1 x 32 x 768."""
    rng = np.random.default_rng(seed)
    drawn = (zone_capture(rng, _pitch(rng), severity=SEVERITY, issued=True) for _ in range(count))
    return [normalised(np.stack([strip for strip, _, _ in strips_of(rng, capture)])) for capture in drawn]


def issued_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render zones as issuers print and posts capture them, for the recogniser: most of what it will read."""
    return _issued(np.random.default_rng((seed, 1)), count, _LEAST)


def readable_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render such zones large enough for a person to read, for the recogniser's second stage."""
    return _issued(np.random.default_rng((seed, 2)), count, _READABLE)


def unusual_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render such zones in faces that only training sees, for the recogniser's second stage."""
    return _issued(np.random.default_rng((seed, 3)), count, _READABLE, unusual=True)


def _documents(rng: Rng) -> int:
    return 1 if rng.random() < 0.85 else 2


def _outline(zone: ZoneTruth) -> NDArray[np.float64]:
    """Return the polygon, pixels, whose cells the zone finder marks."""
    frame = frame_of(zone)
    half = (frame[3] - frame[0] + frame[2] - frame[1]) / 2 / (len(zone.lines) - 1) * 0.25
    path = np.concatenate([zone.ends[0, :1], zone.centres[0], zone.ends[0, 1:]]) - half
    back = np.concatenate([zone.ends[-1, :1], zone.centres[-1], zone.ends[-1, 1:]]) + half
    return np.concatenate([path, back[::-1]])


def scene_example(rng: Rng) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw a whole capture at the zone finder's size, and the mask of its MRZs."""
    mask = np.zeros((SCENE[0] // STRIDE, SCENE[1] // STRIDE), np.uint8)
    if rng.random() < _NO_ZONE:
        return expose(rng, without_mrz(rng, SCENE), rng.uniform(4, 14)), mask
    capture = scene(rng, SCENE, documents=_documents(rng), random_share=0.05)
    for zone in capture.zones:
        _fill(mask, _outline(zone), 1)
    return capture.image, mask


def scene_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render captures for the zone finder."""
    rng = np.random.default_rng(seed)
    examples = [scene_example(rng) for _ in range(count)]
    return {
        "scenes": np.stack([image for image, _ in examples]),
        "scene_masks": np.stack([mask for _, mask in examples]),
    }


def _captured(rng: Rng) -> MrzCapture:
    """Draw what a post captures, finer than the zone finder looks; one in six shows no MRZ."""
    size = (int(rng.uniform(480, 960)), int(rng.uniform(640, 1280)))
    kind = rng.random()
    if kind < _NO_ZONE:
        return MrzCapture(expose(rng, without_mrz(rng, size), rng.uniform(6, 16), SEVERITY), ())
    if kind < 0.6:
        return document_capture(rng, _pitch(rng), severity=SEVERITY, issued=True)
    return scene(rng, size, documents=_documents(rng), severity=SEVERITY, random_share=0.05, issued=True)


def _in_scene(capture: MrzCapture) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Shrink a capture into a scene, lying down if it stands; with it the mask of its MRZs."""
    image, outlines = capture.image, [_outline(zone) for zone in capture.zones]
    height, width = image.shape
    if height > width:
        outlines = [np.stack([outline[:, 1], width - 1 - outline[:, 0]], -1) for outline in outlines]
        image = np.ascontiguousarray(np.rot90(image))
        height, width = width, height
    factor = min(SCENE[0] / height, SCENE[1] / width)
    size = (min(SCENE[1], round(width * factor)), min(SCENE[0], round(height * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    small = cv2.copyMakeBorder(small, 0, SCENE[0] - size[1], 0, SCENE[1] - size[0], cv2.BORDER_REPLICATE)
    mask = np.zeros((SCENE[0] // STRIDE, SCENE[1] // STRIDE), np.uint8)
    for outline in outlines:
        _fill(mask, (outline + 0.5) * factor - 0.5, 1)
    return np.asarray(small, np.uint8), mask


def capture_shard(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """Render captures as posts make them, for the zone finder; and of each that has a zone a crop, for the lines."""
    rng = np.random.default_rng((seed, 4))
    scenes, crops = [], []
    for _ in range(count):
        capture = _captured(rng)
        scenes.append(_in_scene(capture))
        if capture.zones:
            crops.append(crop_of(rng, capture))
    pictures, masks = zip(*scenes, strict=True)
    zones, lines = zip(*crops, strict=True)
    named = {"scenes": pictures, "scene_masks": masks, "crops": zones, "crop_masks": lines}
    return {name: np.stack(arrays) for name, arrays in named.items()}


_RENDERED = {
    "zones": zone_shard,
    "issued": issued_shard,
    "readable": readable_shard,
    "unusual": unusual_shard,
    "scenes": scene_shard,
    "captures": capture_shard,
}


@dataclass(frozen=True, slots=True)
class Shards:
    """A folder of rendered shards: ``zones-SEED.strips.npy`` and so on."""

    folder: Path

    def write(self, kind: str, seed: int, count: int) -> None:
        """Render one shard; a finished one is left alone."""
        marker = self.folder / f"{kind}-{seed}.done"
        if marker.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays = _RENDERED[kind](seed, count)
        for name, array in arrays.items():
            np.save(self.folder / f"{kind}-{seed}.{name}.npy", array)
        marker.touch()

    def read(self, name: str, kinds: Mapping[str, int]) -> list[NDArray[np.generic]]:
        """Open one array of so many finished shards of each kind, in the order of their seeds, without reading it."""
        return [
            np.load(self.folder / f"{kind}-{seed}.{name}.npy", mmap_mode="r")
            for kind, count in kinds.items()
            for seed in sorted(int(path.stem.split("-")[1]) for path in self.folder.glob(f"{kind}-*.done"))[:count]
        ]
