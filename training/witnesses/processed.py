"""Genuine documents whose picture software worked on before it arrived: a scanner's driver, a camera, an office.

The generator's devices sharpen and compress within limits, and no network saw what lies beyond. Nothing is calibrated
on these; how many genuine documents are referred for it says where a post's devices had better leave pictures alone.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.specimens import GENUINE
from docscan.capture import ImageFile
from docscan.processes import each
from training.witnesses.documents import ENROLLED, Group
from training.witnesses.measuring import Witnessed, images_of, tools_that_know, witnessed

Picture = NDArray[np.uint8]
"""Height x width x 3, as OpenCV decodes files."""

_VISIBLE = "visible"
_QUALITY = 93  # of JPEG, as whatever was worked on is stored again


def _sharpened(amount: float, radius: float, picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), radius)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def _smoothed(picture: Picture) -> Picture:
    return np.asarray(cv2.fastNlMeansDenoisingColored(picture, None, 4, 4, 5, 11), np.uint8)


def _noisy(picture: Picture) -> Picture:
    noise = np.random.default_rng(4).normal(0, 5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _bent(gamma: float, picture: Picture) -> Picture:
    curve = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, curve), np.uint8)


def _lit_unevenly(picture: Picture) -> Picture:
    """Light one side by a fifth more, the other by a fifth less."""
    height, width = picture.shape[:2]
    across, down = np.linspace(0.8, 1.2, width), np.linspace(1.1, 0.9, height)
    return np.clip(picture * (down[:, None] * across)[..., None], 0, 255).astype(np.uint8)


def _tinted(blue: float, red: float, picture: Picture) -> Picture:
    return np.clip(picture * np.array([blue, 0.97, red]), 0, 255).astype(np.uint8)


def _enlarged(picture: Picture) -> Picture:
    """Shrink to two thirds and enlarge again, as a page of a PDF was."""
    small = cv2.resize(picture, None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8)


def _same(picture: Picture) -> Picture:
    return picture


_Work = Callable[[Picture], Picture]

PROCESSINGS: Mapping[str, tuple[_Work, int]] = MappingProxyType(
    {
        "stored again": (_same, _QUALITY),
        "sharpened, 0.8 times what a blur of 2 pixels takes": (partial(_sharpened, 0.8, 2.0), _QUALITY),
        "sharpened, 1.5 times of 1.2 pixels": (partial(_sharpened, 1.5, 1.2), _QUALITY),
        "noise reduced (non-local means, strength 4)": (_smoothed, _QUALITY),
        "noise of 5 grey levels": (_noisy, _QUALITY),
        "JPEG at quality 50": (_same, 50),
        "brightened (gamma 0.7)": (partial(_bent, 0.7), _QUALITY),
        "darkened (gamma 1.4)": (partial(_bent, 1.4), _QUALITY),
        "lit by a fifth more and less": (_lit_unevenly, _QUALITY),
        "bluish": (partial(_tinted, 1.08, 0.85), _QUALITY),
        "reddish": (partial(_tinted, 0.85, 1.03), _QUALITY),
        "shrunk to two thirds and enlarged": (_enlarged, _QUALITY),
        "blurred by a pixel": (_blurred, _QUALITY),
    }
)
"""What software does, and the quality at which its result is stored."""


def processed(file: ImageFile, name: str) -> ImageFile:
    """Return a file as software stores it again."""
    work, quality = PROCESSINGS[name]
    picture = np.asarray(cv2.imdecode(np.frombuffer(file.data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    data = cv2.imencode(".jpg", work(picture), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    return ImageFile(file.name, data)


def _witness(group: Group) -> dict[str, list[Witnessed]]:
    tools, found = tools_that_know(group), dict[str, list[Witnessed]]()
    for index, order in enumerate(group.orders):
        if index < ENROLLED or order.recipe != GENUINE:
            continue
        file = images_of(group, index)[_VISIBLE]
        found.setdefault("as captured", []).append(witnessed(order, {_VISIBLE: file}, tools))
        for name in PROCESSINGS:
            found.setdefault(name, []).append(witnessed(order, {_VISIBLE: processed(file, name)}, tools))
    return found


def _died(group: Group) -> dict[str, list[Witnessed]]:
    raise RuntimeError(f"The process that inspected {group.folder} died.")


def witness(groups: list[Group], workers: int) -> Iterator[dict[str, list[Witnessed]]]:
    """Inspect the genuine documents of every group by daylight, by what software did; yield each group's."""
    for _, found in each(groups, _witness, died=_died, workers=workers):
        yield found
