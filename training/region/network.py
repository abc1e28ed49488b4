"""The region networks that were tried: small convolutional ones that answer for every cell of a crop."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_small, shufflenet_v2_x1_0

from docscan.checks.regions import ALTERATIONS, PROCESSES
from training.layers import Residual, block

EMBEDDING = 64
DESIGNS = ("deep", "context", "plain", "high_pass", "mobilenet", "shufflenet")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of n crops of c x c cells.

    ``forged`` n x c x c, ``process`` n x 7 x c x c, ``alteration`` n x 6 x c x c: logits of every cell; ``crop`` n: the
    logit of there being anything forged in the crop; ``embedding`` n x 64, of unit length.
    """

    forged: Tensor
    process: Tensor
    alteration: Tensor
    crop: Tensor
    embedding: Tensor


def _second_differences() -> Tensor:
    """Return 9 x 3 x 5 x 5: for each colour what it is less its surroundings, across and down; as a loupe shows grain.

    The constrained filters of print forensics: they take the document's content away and leave the print.
    """
    kernels = torch.zeros(9, 3, 5, 5)
    for colour in range(3):
        around = torch.full((3, 3), -1.0)
        around[1, 1] = 8
        kernels[3 * colour, colour, 1:4, 1:4] = around / 8
        kernels[3 * colour + 1, colour, 2, 1:4] = torch.tensor([-1.0, 2, -1]) / 2
        kernels[3 * colour + 2, colour, 1:4, 2] = torch.tensor([-1.0, 2, -1]) / 2
    return 4 * kernels  # grain is faint


def _stem(width: int, high_pass: bool) -> nn.Sequential:
    """Return the first layer, of 2 pixels a place; ``high_pass`` starts a part of its filters as such."""
    stem = block(3, width, 5, 2)
    if high_pass:
        convolution = stem[0]
        assert isinstance(convolution, nn.Conv2d)
        with torch.no_grad():
            convolution.weight[:9] = _second_differences()
    return stem


def _small(width: int, depth: int = 1) -> tuple[nn.Module, int]:
    """Return a trunk that makes cells of 16 pixels of the stem's places, and its channels.

    ``depth`` is how many times it looks again at strides 8 and 16, where a character and a motif fit into its view.
    """
    trunk = nn.Sequential(
        block(width, width + width // 2, stride=2),
        Residual(width + width // 2),
        block(width + width // 2, 3 * width, stride=2),
        *(Residual(3 * width) for _ in range(depth)),
        block(3 * width, 5 * width, stride=2),
        *(Residual(5 * width) for _ in range(depth)),
    )
    return trunk, 5 * width


def _parts(design: str, width: int) -> tuple[nn.Module, nn.Module, int]:
    """Return stem, trunk and the trunk's channels."""
    if design == "mobilenet":
        layers = mobilenet_v3_small().features
        return layers[0], layers[1:9], 48
    if design == "shufflenet":
        whole = shufflenet_v2_x1_0()
        return whole.conv1, nn.Sequential(whole.maxpool, whole.stage2, whole.stage3), 232
    return _stem(width, design in ("high_pass", "context", "deep")), *_small(width, 2 if design == "deep" else 1)


def mean_and_strongest(features: Tensor) -> Tensor:
    """Return the mean answer beside the strongest one: an edge of something pasted is a small part of a crop."""
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


class Context(nn.Module):
    """Judges every cell in the light of its whole document.

    Whether grain is an inkjet's or the camera's, and an edge a knife's or a sharpening's, shows in how the rest of the
    page looks in the same capture.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(channels, channels, 1)
        self.page = nn.Sequential(
            nn.Linear(2 * channels, channels), nn.ReLU(inplace=True), nn.Linear(channels, 2 * channels)
        )

    def forward(self, features: Tensor, page: Tensor) -> Tensor:
        """Scale and shift features (n x channels x c x c) by what the page of each crop (n x 2 channels) looks like."""
        scale, shift = self.page(page)[:, :, None, None].chunk(2, 1)
        return torch.relu(self.mix(features) * (1 + scale) + shift)


class RegionNetwork(nn.Module):
    """Crops n x 3 x 176 x 176 (-1 to 1) to ``Answers`` of 11 x 11 cells.

    Parameters
    ----------
    design
        One of ``DESIGNS``.
    width
        Channels of the first layer, of our own designs.
    """

    def __init__(self, design: str = "context", width: int = 16) -> None:
        super().__init__()
        self.design, self.width = design, width
        self.stem, self.trunk, channels = _parts(design, width)
        self.context = Context(channels) if design in ("context", "deep") else None
        self.cells = nn.Conv2d(channels, 1 + len(PROCESSES) + len(ALTERATIONS), 1)
        self.crop = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * channels, 1))
        self.embedding = nn.Linear(2 * channels, EMBEDDING)

    def forward(self, crops: Tensor) -> Answers:
        """Answer for crops, all of one document."""
        return self.answers(self.trunk(self.stem(crops)))

    def answers(self, features: Tensor, document: Tensor | None = None) -> Answers:
        """Answer from what the trunk made of crops.

        Parameters
        ----------
        features
            n x channels x c x c.
        document
            n; numbers from 0 of the documents that the crops are of, None where all are of one.
        """
        pooled = mean_and_strongest(features)
        embedding = nn.functional.normalize(self.embedding(pooled), dim=1)
        if self.context is not None:
            features = self.context(features, _means(pooled, document))
            pooled = mean_and_strongest(features)
        cells = self.cells(features)
        forged, process, alteration = cells.split([1, len(PROCESSES), len(ALTERATIONS)], 1)
        return Answers(forged[:, 0], process, alteration, self.crop(pooled)[:, 0], embedding)


def _means(values: Tensor, document: Tensor | None) -> Tensor:
    """Return the mean of n x k values over each document, for each of n; over all where ``document`` is None."""
    if document is None:
        return values.mean(0, keepdim=True)
    same = (document[:, None] == document[None]).to(values.dtype)
    return (same / same.sum(1, keepdim=True)) @ values
