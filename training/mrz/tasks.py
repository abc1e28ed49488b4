"""What the networks of the MRZ reader learn: batches of what was rendered, and their losses."""

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from docscan.mrz.recognise import COLUMN
from docscan.mrz.rectify import LEAST_DEVIATION, normalised
from training.mrz.data import NO_CHARACTER
from training.mrz.networks import CLASSES

Arrays = list[NDArray[np.generic]]
BETWEEN = CLASSES - 1
IGNORED = -100


class _Stacked:
    """Shards seen as one array."""

    def __init__(self, shards: Arrays) -> None:
        self.shards = shards
        self.starts = np.cumsum([0, *(len(shard) for shard in shards)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, indices: NDArray[np.int64]) -> NDArray[np.generic]:
        places = np.searchsorted(self.starts, indices, side="right") - 1
        return np.stack(
            [self.shards[shard][index - self.starts[shard]] for shard, index in zip(places, indices, strict=True)]
        )


def _resized(pictures: NDArray[np.generic], size: tuple[int, int], how: int) -> NDArray[np.uint8]:
    """Resize pictures to height and width."""
    whole = np.ascontiguousarray(pictures).astype(np.uint8)
    if whole.shape[1:] == size:
        return whole
    return np.stack([cv2.resize(picture, size[::-1], interpolation=how) for picture in whole]).astype(np.uint8)


class FinderTask:
    """Segmentation: pictures and masks of classes at stride 4; each batch has one of ``sizes`` (height, width)."""

    def __init__(self, pictures: Arrays, masks: Arrays, *, sizes: tuple[tuple[int, int], ...], flips: bool) -> None:
        self.pictures, self.masks = _Stacked(pictures), _Stacked(masks)
        self.sizes, self.flips = sizes, flips

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.pictures)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return normalised pictures and their masks; mirrored at random where the classes allow it."""
        pictures, masks = self.pictures.take(indices), self.masks.take(indices)
        if self.flips and rng.random() < 0.5:
            pictures, masks = pictures[:, :, ::-1], masks[:, :, ::-1]
        if self.flips and rng.random() < 0.5:
            pictures, masks = pictures[:, ::-1], masks[:, ::-1]
        height, width = self.sizes[int(rng.integers(len(self.sizes)))]
        inputs = normalised(_resized(pictures, (height, width), cv2.INTER_AREA))
        goal = _resized(masks, (height // 4, width // 4), cv2.INTER_NEAREST)
        return (torch.from_numpy(inputs).to(device),), torch.from_numpy(goal.astype(np.int64)).to(device)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy, plus a Dice loss: zones are a small share of the pixels."""
        if logits.shape[1] == 1:
            goal = (targets > 0).float()
            score = logits[:, 0]
            entropy = functional.binary_cross_entropy_with_logits(score, goal, pos_weight=score.new_tensor(2.0))
            chance = torch.sigmoid(score)
            dice = 1 - (2 * (chance * goal).sum() + 1) / (chance.sum() + goal.sum() + 1)
            return entropy + 0.5 * dice
        weights = logits.new_tensor([0.5, 1.0, 1.0])
        return functional.cross_entropy(logits, targets, weights)


def _zones(classes: NDArray[np.generic]) -> Iterator[int]:
    """Yield how many of the strips that follow one another belong to each zone; one that was cut upside down, alone."""
    characters = np.asarray(classes != NO_CHARACTER).sum(1)
    first = 0
    while first < len(characters):
        lines = 3 if characters[first] == 30 else 2 if characters[first] else 1
        yield lines
        first += lines


class RecogniserTask:
    """Zones: the strips of their lines, the places of their characters and the characters."""

    def __init__(self, strips: Arrays, places: Arrays, classes: Arrays) -> None:
        self.strips, self.places, self.classes = _Stacked(strips), _Stacked(places), _Stacked(classes)
        self.lines = np.array([lines for shard in classes for lines in _zones(shard)])
        self.first = np.cumsum(self.lines) - self.lines

    def __len__(self) -> int:
        """Return the number of zones."""
        return len(self.lines)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return the zones' normalised strips and how many each has; and a class for each column."""
        lines = self.lines[indices]
        indices = np.concatenate([np.arange(self.first[zone], self.first[zone] + self.lines[zone]) for zone in indices])
        strips, places, classes = (
            torch.from_numpy(part.take(indices)).to(device) for part in (self.strips, self.places, self.classes)
        )
        shift = int(rng.integers(-8, 9))
        moved = functional.pad(strips.float(), (max(shift, 0), max(-shift, 0)), mode="replicate")[:, None]
        moved = moved[..., max(-shift, 0) :][..., : strips.shape[2]]
        targets = column_targets(
            torch.where(places >= -20, places + shift, places), classes.long(), strips.shape[2] // COLUMN
        )
        return (_normal(moved), torch.from_numpy(lines).to(device)), targets

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy over the columns."""
        weights = logits.new_ones(CLASSES)
        weights[BETWEEN] = 0.6
        return functional.cross_entropy(logits, targets, weights, ignore_index=IGNORED)


def _normal(strips: Tensor) -> Tensor:
    """Return strips as ``docscan.mrz.rectify.normalised`` does, on their device."""
    deviation, mean = torch.std_mean(strips, (2, 3), correction=0, keepdim=True)
    return (strips - mean) / (deviation + LEAST_DEVIATION)


def column_targets(places: Tensor, classes: Tensor, columns: int) -> Tensor:
    """Return each column's class: the character whose middle it meets, between, or ignored where it is neither.

    Parameters
    ----------
    places, classes
        Batch x MOST; the class is NO_CHARACTER where there is none.
    """
    present = classes != NO_CHARACTER
    counts = present.sum(1).clamp(min=2)
    last = places.gather(1, counts[:, None] - 1)[:, 0]
    pitch = torch.where(present.any(1), (last - places[:, 0]) / (counts - 1), 10.0)
    x = torch.arange(columns, device=places.device) * COLUMN + (COLUMN - 1) / 2
    distance = (x[None, :, None] - places[:, None]).abs().masked_fill(~present[:, None], 1e6)
    least, nearest = distance.min(2)
    least = least / pitch[:, None]
    beside = torch.where(least < 0.36, IGNORED, BETWEEN)
    return torch.where(least < 0.27, classes.gather(1, nearest), beside)
