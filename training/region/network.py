"""The region network: a small residual patch CNN with a fixed high-pass stream beside the colours."""

import torch
from torch import Tensor, nn


class HighPass(nn.Module):
    """What the eye's loupe sees: the picture less its local mean, and second differences across and down.

    Fixed, not learned: it takes the document's content away and leaves the print's grain.
    """

    def __init__(self) -> None:
        super().__init__()
        kernels = torch.zeros(3, 1, 3, 3)
        kernels[0, 0] = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 8
        kernels[1, 0, 1] = torch.tensor([-1.0, 2, -1]) / 2
        kernels[2, 0, :, 1] = torch.tensor([-1.0, 2, -1]) / 2
        self.register_buffer("kernels", kernels.repeat(3, 1, 1, 1))

    def forward(self, crops: Tensor) -> Tensor:
        """Map n x 3 x h x w to n x 9 x h x w, amplified, since grain is faint."""
        return 4 * nn.functional.conv2d(crops, self.kernels, padding=1, groups=3)


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two convolutions round a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _block(channels, channels, 1),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape."""
        return torch.relu(x + self.body(x))


class RegionNetwork(nn.Module):
    """Crops n x 3 x 128 x 128 (-1 to 1) to logits n x 1: above 0 looks forged.

    ``high_pass`` False leaves the fixed stream out, for comparison.
    """

    def __init__(self, width: int = 24, *, high_pass: bool = True) -> None:
        super().__init__()
        self.high_pass = HighPass() if high_pass else None
        self.stem = _block(12 if high_pass else 3, width, 2)
        self.body = nn.Sequential(
            Residual(width),
            _block(width, 2 * width, 2),
            Residual(2 * width),
            _block(2 * width, 4 * width, 2),
            Residual(4 * width),
        )
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(8 * width, 1))

    def forward(self, crops: Tensor) -> Tensor:
        """Return logits, n x 1."""
        seen = crops if self.high_pass is None else torch.cat([crops, self.high_pass(crops)], 1)
        features = self.body(self.stem(seen))
        # The strongest answer beside the mean one: an edge of something pasted is a small part of a crop.
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return self.head(pooled)
