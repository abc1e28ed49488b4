"""The pixel grid of a display: what a photograph of a screen shows, and no print.

Each pixel of a display is made of a red, a green and a blue stripe side by side, so that the three colours wave a third
of a period after one another. With one complex number a pixel, R + wG + w^2B where w is a third of a turn, such a wave
turns in one sense: its spectrum has a peak on one side and none opposite. What one ink prints waves in all colours at
once, on both sides alike. A lens weakens the wave, a sensor folds it to another frequency, both leave its sense, and
where it falls tells nothing: so any place of the spectrum is looked at. A screen lies under all of the page; what waves
so in one or two places of it is print, or a picture's rim on a page that was found too large. Recaptured pictures are
told by such folding in Muammar and Dragotti, An investigation into aliasing in images recaptured from an LCD monitor,
ICASSP 2013.

Two inks whose lines stand a little beside each other over a whole page, regularly and upright, turn in one sense too:
without samples nothing here tells them from a screen, so that it refers no document alone.
"""

from collections.abc import Sequence
from functools import cache
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.types import Image

_SIDE = 256  # pixels of a tile: the longer a wave, the sharper its peak
_FEWEST, _TILES = 5, 8  # of a page
# Periods a pixel: what waves more slowly is print, and near a half a wave and its opposite lie beside each other.
_COARSEST, _FINEST = 0.08, 0.48
_SMOOTHING = 0.5  # of a spectrum, standard deviation
_AROUND = 5  # places about a peak, each way together, whose median it must rise above
# Degrees from across: a screen that shows a page upright has upright stripes. Elsewhere lines of several inks abound.
_UPRIGHT = 16.0
_FLOOR = 1e-3  # of a spectrum, in medians: a tile without light has none
_MIX = np.array([[1, -0.5, -0.5], [0, np.sqrt(0.75), -np.sqrt(0.75)]], np.float32)  # real and imaginary part

Floats = NDArray[np.float32]


def grid_strength(image: Image) -> float | None:
    """Return how strongly a page's colours wave one after another, as a display's pixels make them.

    Parameters
    ----------
    image
        Height x width x 3, RGB, the rectified page as finely as it was captured: there a display's grid is regular
        although a camera saw it at a slant.

    Returns
    -------
    The natural logarithm of power, by which a peak of the spectrum rises above what lies about it and opposite to it.
    None where too little of the page is seen.
    """
    tiles = [_power(image[top : top + _SIDE, left : left + _SIDE]) for top, left in _corners(*image.shape[:2])]
    if len(tiles) < _FEWEST:
        return None
    smooth = cv2.GaussianBlur(np.fft.fftshift(_everywhere(tiles)), (0, 0), _SMOOTHING)
    logarithm = np.log(np.maximum(smooth, _FLOOR))
    # The middle is frequency 0, so that the opposite of a place is the spectrum turned by half a turn.
    opposite = np.roll(logarithm[::-1, ::-1], (1, 1), (0, 1))
    above = logarithm - np.maximum(opposite, cv2.medianBlur(logarithm, _AROUND))
    return float(above[_looked_for()].max())


def _corners(height: int, width: int) -> list[tuple[int, int]]:
    """Return the upper left corners of tiles spread over a page, each half over its neighbours, top first."""
    spread = [
        np.linspace(0, length - _SIDE, -(-2 * length // _SIDE) - 1).round().astype(int)
        for length in (height, width)
        if length >= _SIDE
    ]
    if len(spread) < 2:
        return []
    every = [(int(top), int(left)) for top, left in product(*spread)]
    return [every[place] for place in np.linspace(0, len(every) - 1, min(_TILES, len(every))).round().astype(int)]


def _power(tile: Image) -> Floats:
    """Return a tile's spectrum in units of its median, frequency 0 first: dark tiles count as bright ones."""
    # The window keeps what a tile's mean brings to the three lowest frequencies: it need not be taken off.
    wave = cv2.transform(np.multiply(tile, _window(), dtype=np.float32), _MIX)
    real, imaginary = cv2.split(cv2.dft(wave, flags=cv2.DFT_COMPLEX_OUTPUT))
    power = real * real + imaginary * imaginary
    return np.asarray(power / max(float(np.median(power[::4, ::4])), 1e-6), np.float32)


def _everywhere(tiles: Sequence[Floats]) -> Floats:
    """Return the mean of three or more tiles' spectra, at each place without the two that have most there."""
    most, second = cv2.max(tiles[0], tiles[1]), cv2.min(tiles[0], tiles[1])
    total = np.zeros_like(tiles[0])
    for power in tiles[2:]:
        total += cv2.min(second, power)
        larger = cv2.max(second, power)
        most, second = cv2.max(most, larger), cv2.min(most, larger)
    return np.asarray(total / (len(tiles) - 2), np.float32)


@cache
def _window() -> Floats:
    """Return Hann's window of a tile, for each of its colours."""
    across = np.hanning(_SIDE)
    return np.asarray(np.repeat(np.outer(across, across)[..., None], 3, 2), np.float32)


@cache
def _looked_for() -> NDArray[np.bool_]:
    """Tell of each place of the spectrum whether a screen's grid is looked for there."""
    frequency = np.fft.fftshift(np.fft.fftfreq(_SIDE))
    across, down = np.abs(np.meshgrid(frequency, frequency))
    upright = down <= np.tan(np.deg2rad(_UPRIGHT)) * across
    return np.asarray(upright & (np.hypot(across, down) >= _COARSEST) & (across <= _FINEST), np.bool_)
