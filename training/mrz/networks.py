"""The three small networks of the MRZ reader."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.layers import Residual, block

CLASSES = 38  # the 37 characters in the order of datasets.mrz.text.ALPHABET, then "between characters"


class Finder(nn.Module):
    """Segments an image: a small U-Net from full resolution to stride 32 and back to stride 4.

    Input: batch x 1 x height x width, sides multiples of 32. Output: batch x ``classes`` x height/4 x width/4, logits.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(block(1, 8, 5, 2), block(8, 16, 3, 2))
        self.down8 = nn.Sequential(block(16, 32, 3, 2), block(32, 32))
        self.down16 = nn.Sequential(block(32, 48, 3, 2), block(48, 48), block(48, 48))
        self.down32 = nn.Sequential(block(48, 64, 3, 2), block(64, 64), block(64, 64, dilation=2), block(64, 64))
        self.from32 = nn.Conv2d(64, 48, 1)
        self.merge16 = nn.Sequential(block(48, 48), nn.Conv2d(48, 32, 1))
        self.merge8 = nn.Sequential(block(32, 32), nn.Conv2d(32, 16, 1))
        self.merge4 = nn.Sequential(
            nn.Conv2d(16, 12, 1, bias=False), nn.BatchNorm2d(12), nn.ReLU(inplace=True), block(12, 12)
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


class _Comparison(nn.Module):
    """Each place of a zone beside all its others (attention): an O is told from a 0 by the zone's own zeros."""

    heads, width = 4, 32  # of each head

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = self.heads * self.width
        self.ask = nn.Linear(channels, inner)
        self.known = nn.Linear(channels, 2 * inner)
        self.answer = nn.Linear(inner, channels)

    def forward(self, places: Tensor, others: Tensor, there: Tensor | None) -> Tensor:
        """Return what others say of places.

        Parameters
        ----------
        places, others
            Zones x places x channels.
        there
            Zones x others, whether there is one; None: all are.
        """

        def split(values: Tensor) -> Tensor:
            return values.unflatten(2, (-1, self.width)).transpose(1, 2)

        keys, values = self.known(others).chunk(2, 2)
        likeness = split(self.ask(places)) @ split(keys).transpose(2, 3) / self.width**0.5
        if there is not None:
            likeness = likeness.masked_fill(~there[:, None, None], -1e4)
        said = likeness.softmax(3) @ split(values)
        return self.answer(said.transpose(1, 2).flatten(2))


class Recogniser(nn.Module):
    """Reads the strips of a zone's lines: for each column (stride 2) the character centred there, or none.

    Input: lines x 1 x 32 x width. Output: lines x CLASSES x width/2, logits.
    """

    def __init__(self) -> None:
        super().__init__()
        wide = 192  # channels of what stands at a place
        self.picture = nn.Sequential(
            block(1, 32, 5, 2),
            block(32, 40),
            block(40, 80, 3, 2),
            Residual(80),
            block(80, 128, 3, (2, 1)),
            block(128, 128),
            nn.Conv2d(128, wide, (4, 1), bias=False),  # collapses the height
            nn.BatchNorm2d(wide),
            nn.ReLU(inplace=True),
        )  # batch x wide x 1 x width/4
        # What the whole line looks like: one typeface's O is another's 0.
        self.style = nn.Sequential(nn.Conv2d(wide, wide // 2, 1), nn.ReLU(inplace=True), nn.Conv2d(wide // 2, wide, 1))
        self.comparison = _Comparison(wide)
        self.context = nn.Sequential(block(wide, wide, (1, 3)), block(wide, wide, (1, 5)))
        self.head = nn.Conv2d(wide, 2 * CLASSES, 1)  # two columns from each place

    def _compared(self, seen: Tensor, lines: Tensor | None) -> Tensor:
        """Compare each place (lines x channels x places) with all of its zone; every second place is compared with."""
        if lines is None:
            zones, there = seen[None], None
        else:
            zone = torch.repeat_interleave(lines)
            row = torch.arange(len(zone), device=lines.device) - (lines.cumsum(0) - lines)[zone]
            zones = seen.new_zeros(len(lines), int(lines.max()), *seen.shape[1:])
            zones[zone, row] = seen
            there = (torch.arange(zones.shape[1], device=lines.device) < lines[:, None]).repeat_interleave(
                seen.shape[2] // 2, 1
            )
        coarse = functional.avg_pool1d(zones.flatten(0, 1), 2).unflatten(0, zones.shape[:2])
        places, others = (values.transpose(2, 3).flatten(1, 2) for values in (zones, coarse))
        said = self.comparison(places, others, there).unflatten(1, (zones.shape[1], -1)).transpose(2, 3)
        return said[0] if lines is None else said[zone, row]

    def forward(self, strips: Tensor, lines: Tensor | None = None) -> Tensor:
        """Return logits; ``lines`` is how many strips each zone has, None where all are of one."""
        seen = self.picture(strips)
        seen = seen + self.style(seen.mean(3, keepdim=True))
        seen = seen + self._compared(seen.squeeze(2), lines).unsqueeze(2)
        pairs = self.head(seen + self.context(seen)).squeeze(2)
        return torch.stack((pairs[:, :CLASSES], pairs[:, CLASSES:]), 3).flatten(2)
