"""The three small networks of the MRZ reader."""

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 38  # the 37 characters in the order of datasets.mrz.text.ALPHABET, then "between characters"


def _block(
    inputs: int, outputs: int, kernel: int | tuple[int, int] = 3, stride: int = 1, dilation: int = 1
) -> nn.Module:
    size = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = tuple(side // 2 * dilation for side in size)
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding, dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Finder(nn.Module):
    """Segments an image: a small U-Net from full resolution to stride 32 and back to stride 4.

    Input: batch x 1 x height x width, sides multiples of 32. Output: batch x ``classes`` x height/4 x width/4, logits.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(_block(1, 8, 5, 2), _block(8, 16, 3, 2))
        self.down8 = nn.Sequential(_block(16, 32, 3, 2), _block(32, 32))
        self.down16 = nn.Sequential(_block(32, 48, 3, 2), _block(48, 48), _block(48, 48))
        self.down32 = nn.Sequential(_block(48, 64, 3, 2), _block(64, 64), _block(64, 64, dilation=2), _block(64, 64))
        self.from32 = nn.Conv2d(64, 48, 1)
        self.merge16 = nn.Sequential(_block(48, 48), nn.Conv2d(48, 32, 1))
        self.merge8 = nn.Sequential(_block(32, 32), nn.Conv2d(32, 16, 1))
        self.merge4 = nn.Sequential(
            nn.Conv2d(16, 12, 1, bias=False), nn.BatchNorm2d(12), nn.ReLU(inplace=True), _block(12, 12)
        )
        self.head = nn.Conv2d(12, classes, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits at stride 4."""
        at4 = self.stem(image)
        at8 = self.down8(at4)
        at16 = self.down16(at8)
        at32 = self.down32(at16)
        up16 = self.merge16(at16 + functional.interpolate(self.from32(at32), scale_factor=2.0, mode="nearest"))
        up8 = self.merge8(at8 + functional.interpolate(up16, scale_factor=2.0, mode="nearest"))
        up4 = self.merge4(at4 + functional.interpolate(up8, scale_factor=2.0, mode="nearest"))
        return self.head(up4)


class Recogniser(nn.Module):
    """Reads a line's strip: for each column (stride 2) the character centred there, or none.

    Input: batch x 1 x 32 x width. Output: batch x CLASSES x width/2, logits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Sequential(
            _block(1, 32, 5, 2),
            _block(32, 48, 3, 2),
            _block(48, 80),
            _block(80, 96, 3, (2, 1)),
            nn.Conv2d(96, 144, (4, 1), bias=False),  # collapses the height
            nn.BatchNorm2d(144),
            nn.ReLU(inplace=True),
        )  # batch x 144 x 1 x width/4
        # What the whole line looks like: one typeface's O is another's 0.
        self.style = nn.Sequential(nn.Conv2d(144, 72, 1), nn.ReLU(inplace=True), nn.Conv2d(72, 144, 1))
        self.context = nn.Sequential(_block(144, 144, (1, 3)), _block(144, 144, (1, 5)))
        self.head = nn.Conv2d(144, 2 * CLASSES, 1)  # two columns from each place

    def forward(self, strip: Tensor) -> Tensor:
        """Return logits."""
        seen = self.picture(strip)
        seen = seen + self.style(seen.mean(3, keepdim=True))
        pairs = self.head(seen + self.context(seen)).squeeze(2)
        return torch.stack((pairs[:, :CLASSES], pairs[:, CLASSES:]), 3).flatten(2)
