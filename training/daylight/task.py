"""What the network learns: which cells of a page are forged, and whether any is."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docscan.daylight_network import CHANNELS, HEIGHT, WIDTH
from training.daylight.data import DELIVERED, GRID, WORKED_ON, Pages
from training.pages.variation import LEVELS, curves
from training.region.losses import any_forged, balanced

_WORKED_ON = 0.5  # share of pages that are shown as software left them
_BLURRED = 0.3  # share of pages that a poorer lens sees
_STRAY = 0.06
_FINER, _GRAIN = 0.12, 0.05  # deviation of how much finer, by a factor, or grainier, of the range, a page is

Floats = NDArray[np.float32]


class PagesTask:
    """Pages by daylight, varied as cameras vary."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.labels = torch.from_numpy(pages.cells.astype(np.int64))

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.pages)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return pages as the network sees them, and their cells."""
        seen = np.empty((len(indices), HEIGHT, WIDTH, CHANNELS), np.float32)
        for place, row in enumerate(indices):
            picture = WORKED_ON if rng.random() < _WORKED_ON else DELIVERED
            seen[place] = varied(self.pages.page(int(row), picture), rng)
        pages = torch.from_numpy(seen).permute(0, 3, 1, 2)  # contiguous in channels, which convolutions like
        return (pages.to(device),), self.labels[torch.from_numpy(indices)].to(device)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy over pages and over cells; both classes weigh the same."""
        cells = logits[:, 1:].unflatten(1, (GRID.rows, GRID.columns))
        return balanced(logits[:, 0], any_forged(targets)) + balanced(cells, targets)


def varied(page: NDArray[np.uint8], rng: np.random.Generator) -> Floats:
    """Vary a page's light, colours, sharpness, and how fine its structure is; from -1 to 1."""
    finer = np.exp(rng.normal(0, _FINER))
    structure = np.minimum(1, np.hypot(LEVELS * finer, rng.normal(0, _GRAIN)))
    levels = np.concatenate([curves(rng, CHANNELS - 1, _STRAY), structure], axis=1).astype(np.float32)
    seen = cv2.LUT(page, np.ascontiguousarray(2 * levels[:, None] - 1))
    if rng.random() < _BLURRED:
        colours = np.ascontiguousarray(seen[..., :-1])
        keep = rng.random()
        seen[..., :-1] = cv2.addWeighted(colours, keep, cv2.blur(colours, (3, 3)), 1 - keep, 0)
    return np.asarray(seen, np.float32)
