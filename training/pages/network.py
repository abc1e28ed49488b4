"""The network of a whole page: a small convolutional one that answers for every cell of it and for all of it."""

import torch
from torch import Tensor, nn

from training.layers import Residual, block
from training.region.network import Context, mean_and_strongest


class PageNetwork(nn.Module):
    """Pages n x channels x HEIGHT x WIDTH (-1 to 1, 0 beside the page) to logits.

    Cells, n x HEIGHT/8 x WIDTH/8, are judged in the light of the whole page: whether a glow is a scar's or the paper's
    shows in what else glows. ``forward`` returns them, and n of whole pages.
    """

    def __init__(self, channels: int, width: int = 16) -> None:
        super().__init__()
        deep = 3 * width
        self.trunk = nn.Sequential(
            block(channels, width, 5, 2),
            block(width, width + width // 2, stride=2),
            Residual(width + width // 2),
            block(width + width // 2, deep, stride=2),
            Residual(deep),
            block(deep, deep, dilation=2),
            Residual(deep),
        )
        self.context = Context(deep)
        self.cells = nn.Conv2d(deep, 1, 1)
        self.page = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * deep, 1))

    def forward(self, pages: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of cells and of pages."""
        features = self.trunk(pages)
        features = self.context(features, mean_and_strongest(features))
        return self.cells(features)[:, 0], self.page(mean_and_strongest(features))[:, 0]


class Flat(nn.Module):
    """Lays both answers beside each other, n x (1 + cells), as ``training.fitting`` wants them."""

    def __init__(self, network: PageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pages: Tensor) -> Tensor:
        """Return the page's logit, then its cells'."""
        cells, page = self.network(pages)
        return torch.cat([page[:, None], cells.flatten(1)], 1)
