"""Cuts the neighbourhood of a suspected MRZ out of an image, upright and at one size, for the line finder."""

from dataclasses import dataclass

import cv2
import numpy as np

from docscan.mrz.rectify import Grey, Points, shrunk

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
    corners = box.to_image(np.array([[0.0, 0], [CROP_WIDTH, 0], [0, CROP_HEIGHT], [CROP_WIDTH, CROP_HEIGHT]]))
    reach = max(2.0, 2 * box.step)
    cut, offset, factor = shrunk(image, corners.min(0) - reach, corners.max(0) + reach, 1 / max(box.step, 1e-6))
    origin, right, down = (corners[:3] - offset + 0.5) * factor - 0.5
    matrix = np.stack([(right - origin) / CROP_WIDTH, (down - origin) / CROP_HEIGHT, origin], -1)
    return np.asarray(
        cv2.warpAffine(
            cut,
            matrix,
            (CROP_WIDTH, CROP_HEIGHT),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
