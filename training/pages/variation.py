"""How cameras and lamps vary what a page looks like."""

import numpy as np
from numpy.typing import NDArray

LEVELS = np.arange(256, dtype=np.float32)[:, None] / 255


def curves(rng: np.random.Generator, channels: int, stray: float) -> NDArray[np.float32]:
    """Return what becomes of each of 256 levels, 256 x channels from 0 to 1: brightness, tint, stray light, contrast.

    ``stray`` is the deviation of what light is added or taken, of the whole range.
    """
    gain = np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.06, channels))
    curved = np.clip(LEVELS * gain + rng.normal(0, stray, channels), 1e-4, 1) ** np.exp(rng.normal(0, 0.12))
    return np.asarray(curved, np.float32)
