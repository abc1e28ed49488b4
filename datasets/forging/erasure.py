"""Removing print from a side, and what that leaves."""

import cv2
import numpy as np

from datasets.physics.inks import Substrate
from datasets.physics.surface import PIXELS_PER_MM, Box, Surface, smooth_noise


def erase(rng: np.random.Generator, surface: Surface, box: Box, substrate: Substrate, share: float) -> None:
    """Scrape or bleach print off a box, in place.

    The artwork goes with the text; some of both stays; the roughened surface is uneven, and under ultraviolet the
    exposed and treated fibres shine a little.

    Parameters
    ----------
    share
        How much of the ink goes, 0 to 1.
    """
    margin = 0.3
    part = surface.part((box[0] - margin, box[1] - margin, box[2] + 2 * margin, box[3] + 2 * margin))
    mask = np.zeros(part.shape, np.float32)
    edge = max(1, round(margin * PIXELS_PER_MM))
    mask[edge:-edge, edge:-edge] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), edge * float(rng.uniform(0.2, 0.5)))
    uneven = np.clip(share + 0.12 * smooth_noise(rng, part.shape, max(3, box[2])), 0, 1)
    gone = mask * uneven
    rough = 1 - 0.02 * np.abs(cv2.GaussianBlur(rng.standard_normal(part.shape, np.float32), (0, 0), 1.1)) * mask
    part.visible += gone[..., None] * (np.float32(substrate.visible) - part.visible)
    part.visible *= rough[..., None]
    if part.uv is not None:
        stain = gone * np.float32(rng.uniform(0.02, 0.12))
        part.uv *= (1 - 0.8 * gone)[..., None]
        part.uv += stain[..., None] * np.float32([0.5, 0.7, 1.0])
    if part.ir is not None:
        part.ir += gone * (np.float32(substrate.ir) - part.ir)
