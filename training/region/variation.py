"""How crops are varied while a region network learns: by what cameras and editors vary, and by how they lie."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_FLIPPED = 0.6  # of the documents that are rendered while it learns


def normal(crops: Tensor) -> Tensor:
    """Return bytes n x h x w x 3 as n x 3 x h x w, -1 to 1; contiguous in channels, which convolutions like."""
    batch = crops.permute(0, 3, 1, 2).to(torch.float32)
    return (batch / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def augmented(batch: Tensor, document: Tensor, rng: np.random.Generator) -> Tensor:
    """Vary what cameras and editors vary, alike over a document: colours, contrast, sharpness, grain.

    None of it tells how a page was printed. Real captures stray farther than those of the generator.
    """

    def drawn(values: NDArray[np.float64]) -> Tensor:
        return torch.from_numpy(values.astype(np.float32)).to(batch.device)[document]

    count = int(document.max()) + 1
    mixed = np.eye(3) * rng.uniform(0.75, 1.25, (count, 1, 1)) + rng.normal(0, 0.08, (count, 3, 3))
    tint, gamma = rng.uniform(-0.12, 0.12, (count, 1, 3)), np.exp(rng.normal(0, 0.15, (count, 1, 1, 1)))
    pixels = torch.baddbmm(drawn(tint), batch.permute(0, 2, 3, 1).flatten(1, 2), drawn(mixed).mT)
    crops = pixels.unflatten(1, batch.shape[2:]).permute(0, 3, 1, 2)  # its channels come last, as the batch's do
    crops = 2 * ((crops + 1) / 2).clamp(0, 1) ** drawn(gamma) - 1
    sharper = drawn(np.where(rng.random((count, 1, 1, 1)) < 0.5, rng.uniform(-0.5, 0.7, (count, 1, 1, 1)), 0))
    crops = crops + sharper * (crops - _blurred(crops))
    grain = drawn(np.where(rng.random((count, 1, 1, 1)) < 0.5, rng.uniform(0, 0.03, (count, 1, 1, 1)), 0))
    return (crops + grain * _noise(crops)).clamp(-1, 1)


def _blurred(crops: Tensor) -> Tensor:
    """Return means of 3 x 3 pixels; where channels come last, a CPU pools three times as slowly."""
    around = nn.functional.pad(crops, (1, 1, 1, 1), mode="replicate")
    return nn.functional.conv2d(around, crops.new_full((3, 1, 3, 3), 1 / 9), groups=3)


def _noise(crops: Tensor) -> Tensor:
    """Return noise for crops n x 3 x h x w whose channels come last, drawn in memory's order: a quarter of the time."""
    return torch.randn_like(crops.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def flipped(pixels: Tensor, cells: Tensor, document: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Mirror and turn the crops of some documents: what tells prints apart has no upside, an artwork has one.

    ``pixels`` is n x h x h x 3, ``cells`` n x 3 x c x c.
    """
    count = int(document.max()) + 1
    turned = rng.random((3, count)) < 0.5
    turned &= rng.random(count) < _FLIPPED
    mirrored, upended, transposed = torch.from_numpy(turned).to(pixels.device)[:, document, None, None, None]
    pixels = torch.where(mirrored, pixels.flip(2), pixels)
    cells = torch.where(mirrored, cells.flip(3), cells)
    pixels = torch.where(upended, pixels.flip(1), pixels)
    cells = torch.where(upended, cells.flip(2), cells)
    return torch.where(transposed, pixels.transpose(1, 2), pixels), torch.where(transposed, cells.mT, cells)
