"""How many times larger than it was software made a picture: then it has more pixels than it shows anything in.

Interpolation makes new pixels of old ones by weights that come again with every old pixel: what a picture shows at one
frequency it shows again, weaker, as far away as old pixels lie in new ones. No lens and no sensor does that; what print
repeats, it repeats at frequencies of its own. So the fine part of each row is taken as a signal that turns in one
sense: its square then has a tone of that one frequency, and so has that of each column. Traces of interpolation:
Gallagher, Detection of linear and cubic interpolation in JPEG compressed images, CRV 2005; Mahdian and Saic, Blind
authentication using periodic properties of interpolation, IEEE TIFS 3(3), 2008.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from docscan.crops import about_page
from docscan.types import Homography, Image, PageSize

_ROWS, _LENGTH = 320, 1024  # that are looked at, at most, and how much of each
_LEAST = 256  # pixels of a page, across and down, below which nothing is known
# Periods a pixel: coarser is what a page shows, finer what JPEG leaves out. What is shown again lies about as far from
# half the tone's frequency on the other side of it, so that a tone is looked for in the band that has its half.
_BANDS = ((0.08, 0.20), (0.16, 0.28), (0.24, 0.36), (0.33, 0.46))
_TELLS = 0.75  # of half a band's width, from its middle, where a tone's half may lie
_SAMPLES, _FINER = 288, 4  # of a band's signal, and how much more finely its tones are looked for
_FREQUENCIES = 4096  # in which all bands' tones are looked for
_NEAR = 9  # of them, that count as one: pages are seldom as long as wide
_LEAST_SHARE, _MOST_SHARE = 0.2, 0.93  # of pixels across that a picture had before, where a tone tells it
# What a tone must have of a signal, across and down. Captures that nothing was done to had 0.14 of it at most; at a
# half, where the colours of a sensor's pixels leave one, 0.30; at other eighths, where the blocks of JPEG do, 0.55.
_TONE, _TONE_AT_HALF, _TONE_AT_EIGHTHS = 0.16, 0.33, 0.62
_ABOUT_EIGHTHS = 0.006

Signal = NDArray[np.float32]
Tones = NDArray[np.float32]


def enlargement(capture: Image, to_capture: Homography, size: PageSize) -> float:
    """Return how many times larger than it was software made a picture, across and down alike; 1 where it did not.

    Parameters
    ----------
    capture
        Height x width x 3, as it was delivered: a page that was rectified holds traces of that.
    to_capture
        From millimetres of the page to the capture's pixels.
    size
        Of the page; what lies beside it is left out.
    """
    seen = cv2.cvtColor(about_page(capture, to_capture, size)[0], cv2.COLOR_RGB2GRAY)
    if min(seen.shape) < _LEAST:
        return 1.0
    tones = np.minimum(_tones(_rows(np.asarray(seen, np.uint8))), _tones(_rows(np.asarray(seen.T, np.uint8))))
    needed = _needed()
    strongest = int((tones / needed).argmax())
    return _FREQUENCIES / strongest if tones[strongest] >= needed[strongest] else 1.0


def _rows(grey: NDArray[np.uint8]) -> Signal:
    """Return some rows of a picture, spread over it, the middle of each and without its mean."""
    height, width = grey.shape
    length = min(_LENGTH, width)
    while cv2.getOptimalDFTSize(length) != length:  # others take far longer to transform
        length -= 1
    start = (width - length) // 2
    rows = np.unique(np.linspace(0, height - 1, min(_ROWS, height)).round().astype(int))
    signal = grey[rows, start : start + length].astype(np.float32)
    return np.asarray((signal - signal.mean(1, keepdims=True)) * np.hanning(length).astype(np.float32), np.float32)


def _tones(signal: Signal) -> Tones:
    """Return how much of the squared signal of all rows together is a tone of each frequency, 0 to 1."""
    length = signal.shape[1]
    both = cv2.dft(signal, flags=cv2.DFT_ROWS | cv2.DFT_COMPLEX_OUTPUT)
    spectrum = both.view(np.complex64)[:, : length // 2, 0]
    # Every frequency counts alike, or a line pattern would drown all else.
    level = np.abs(spectrum).mean(0) + 1e-6
    found = np.zeros(_FREQUENCIES, np.float32)
    for low, high in _BANDS:
        first, end = round(low * length), round(high * length)
        tones = _tones_of(spectrum[:, first:end] / level[first:end])
        frequency = (2 * first + np.arange(len(tones)) / _FINER) / length
        reach = _TELLS * (high - low)
        told = np.where(np.abs(frequency - (low + high)) < reach, tones, 0)
        found = np.maximum(found, np.interp(np.arange(_FREQUENCIES) / _FREQUENCIES, frequency, told, 0, 0))
    return np.asarray(cv2.dilate(found.astype(np.float32)[None], np.ones((1, _NEAR), np.uint8))[0], np.float32)


def _tones_of(band: NDArray[np.complex64]) -> Tones:
    """Return the tones of a band's signal, rows x places of the spectrum; no negative frequencies: it turns."""
    padded = np.zeros((len(band), _SAMPLES), np.complex64)
    padded[:, : band.shape[1]] = band
    parts = cv2.idft(padded.view(np.float32).reshape(len(band), _SAMPLES, 2), flags=cv2.DFT_ROWS)
    turning = parts.view(np.complex64)[..., 0]
    energy = np.square(np.abs(turning)).sum(1, keepdims=True) + 1e-9
    return np.asarray(np.abs(np.fft.fft((np.square(turning) / energy).mean(0), _FINER * _SAMPLES)), np.float32)


@cache
def _needed() -> NDArray[np.float64]:
    """Return what a tone of each frequency must have."""
    share = np.arange(_FREQUENCIES) / _FREQUENCIES
    needed = np.full(_FREQUENCIES, _TONE)
    needed[np.abs(share - np.rint(share * 8) / 8) < _ABOUT_EIGHTHS] = _TONE_AT_EIGHTHS
    needed[np.abs(share - 0.5) < _ABOUT_EIGHTHS] = _TONE_AT_HALF
    return np.where((share > _LEAST_SHARE) & (share < _MOST_SHARE), needed, np.inf)
