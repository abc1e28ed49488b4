"""Cuts the neighbourhood of a suspected MRZ out of an image, upright and at one size, for the line finder."""

from dataclasses import dataclass

import numpy as np

from docscan.mrz.rectify import Grey, Points, sample

CROP_WIDTH = 512
CROP_HEIGHT = 160
CROP_LENGTH = 400  # pixels of the crop that the zone's length takes
_MIDDLE = np.array([(CROP_WIDTH - 1) / 2, (CROP_HEIGHT - 1) / 2])


@dataclass(frozen=True, slots=True)
class OrientedBox:
    """A zone's whereabouts: centre in pixels, direction of its lines in radians (y down), length in pixels."""

    centre: tuple[float, float]
    angle: float
    length: float

    @property
    def step(self) -> float:
        """Pixels of the image for one of the crop."""
        return self.length / CROP_LENGTH

    def to_image(self, points: Points) -> Points:
        """Map pixels of the crop (... x 2) to pixels of the image."""
        local = (points - _MIDDLE) * self.step
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        turned = np.stack(
            [local[..., 0] * cosine - local[..., 1] * sine, local[..., 0] * sine + local[..., 1] * cosine], -1
        )
        return np.asarray(turned + np.asarray(self.centre), np.float64)

    def to_crop(self, points: Points) -> Points:
        """Map pixels of the image (... x 2) to pixels of the crop."""
        local = points - np.asarray(self.centre)
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        turned = np.stack(
            [local[..., 0] * cosine + local[..., 1] * sine, -local[..., 0] * sine + local[..., 1] * cosine], -1
        )
        return np.asarray(turned / self.step + _MIDDLE, np.float64)


def zone_crop(image: Grey, box: OrientedBox) -> Grey:
    """Cut a box out of a grey image.

    Returns
    -------
    CROP_HEIGHT x CROP_WIDTH.
    """
    columns, rows = np.meshgrid(np.arange(CROP_WIDTH, dtype=np.float64), np.arange(CROP_HEIGHT, dtype=np.float64))
    return sample(image, box.to_image(np.stack([columns, rows], -1)), box.step)
