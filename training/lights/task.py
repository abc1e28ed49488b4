"""What the network of a light learns: which cells of a page are forged, and whether any is."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docscan.light_network import CHANNELS, HEIGHT, WIDTH
from docscan.types import Spectrum
from training.lights.data import GRID, Pages
from training.pages.variation import curves
from training.region.losses import any_forged, balanced

_BLURRED = 0.3  # share of pages that a poorer lens sees
_GREY = 0.15  # share of pages under ultraviolet that a camera without colour sees
_NOISE = 0.012  # deviation of how much noise a page gets, of its range
_ELSEWHERE = 128  # pixels
_STRAY = {Spectrum.UV: 0.03, Spectrum.IR: 0.06, Spectrum.VISIBLE: 0.06}  # light, of the whole range

Floats = NDArray[np.float32]


class PagesTask:
    """Pages under one light, varied as cameras and lamps vary."""

    def __init__(self, pages: Pages, light: Spectrum) -> None:
        self.pages, self.light = pages, light
        self.labels = torch.from_numpy(pages.labels(light).astype(np.int64))

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.pages)

    def batch(
        self, indices: NDArray[np.int64], rng: np.random.Generator, device: torch.device
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return pages as the network sees them, and their cells."""
        seen = np.zeros((len(indices), HEIGHT, WIDTH, CHANNELS[self.light]), np.float32)
        noise = rng.standard_normal((HEIGHT + _ELSEWHERE, WIDTH + _ELSEWHERE, 1), np.float32)
        for place, row in enumerate(indices):
            page = self.pages.page(self.light, int(row))
            seen[place, : page.shape[0], : page.shape[1]] = 2 * varied(page, rng, self.light, noise) - 1
        pages = torch.from_numpy(seen).permute(0, 3, 1, 2)  # contiguous in channels, which convolutions like
        return (pages.to(device),), self.labels[torch.from_numpy(indices)].to(device)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy over pages and over cells; both classes weigh the same."""
        cells = logits[:, 1:].unflatten(1, (GRID.rows, GRID.columns))
        return balanced(logits[:, 0], any_forged(targets)) + balanced(cells, targets)


def varied(page: NDArray[np.uint8], rng: np.random.Generator, light: Spectrum, noise: Floats) -> Floats:
    """Vary a page as it is seen under a light, and by daylight, each alone: light, colours, sharpness, noise.

    Parameters
    ----------
    page
        Height x width x channels, the last three by daylight.
    noise
        Of deviation 1, larger than the page by ``_ELSEWHERE`` either way: each page takes it at another place.
    """
    lit = page.shape[2] - 3
    if light is Spectrum.UV and rng.random() < _GREY:
        page = np.concatenate([np.repeat(page[..., :3].max(axis=2, keepdims=True), 3, axis=2), page[..., 3:]], axis=2)
    levels = np.concatenate([curves(rng, lit, _STRAY[light]), curves(rng, 3, _STRAY[Spectrum.VISIBLE])], axis=1)
    seen = cv2.LUT(page, np.ascontiguousarray(levels[:, None]))
    soft = cv2.blur(seen, (3, 3))
    for part in (slice(0, lit), slice(lit, None)):
        keep = 0.0 if rng.random() < _BLURRED else 1 + rng.normal(0, 0.3)
        seen[..., part] = soft[..., part] + keep * (seen[..., part] - soft[..., part])
        down, across = rng.integers(0, _ELSEWHERE, 2)
        seen[..., part] += abs(rng.normal(0, _NOISE)) * noise[down:, across:][: page.shape[0], : page.shape[1]]
    return np.asarray(np.clip(seen, 0, 1, out=seen), np.float32)
