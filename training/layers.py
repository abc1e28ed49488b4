"""Layers that the networks of several rooms are made of."""

import torch
from torch import Tensor, nn


def block(
    inputs: int, outputs: int, kernel: int | tuple[int, int] = 3, stride: int | tuple[int, int] = 1, dilation: int = 1
) -> nn.Sequential:
    """Return a convolution that keeps the size but for its stride, with its normalisation and rectifier."""
    size = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = (size[0] // 2 * dilation, size[1] // 2 * dilation)
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding, dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two convolutions round a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(channels, channels),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape."""
        return torch.relu(x + self.body(x))
