"""Genuine documents whose picture software worked on, that were ill lit or not flat, or on which a finger lay.

The generator's devices sharpen and compress within limits, and its thumbs do not reach far; of the networks only that
of whole pages by daylight saw what lies beyond. Nothing is calibrated on these; how many genuine documents are referred
for it says where a post's devices had better leave pictures alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from zlib import crc32

import cv2
import numpy as np

from datasets.specimens import GENUINE
from docscan.capture import ImageFile
from docscan.types import Spectrum
from training.curling import curled
from training.fingers import COLOURS, IN_LIGHTS, held, page_in
from training.processes import each
from training.software import Picture, bent, enlarged, from_the_web, noisy, sharpened, smoothed
from training.witnesses.documents import Group
from training.witnesses.measuring import Witnessed, images_of, tools_that_know, witnessed

_VISIBLE = "visible"
_QUALITY = 93  # of JPEG, as whatever was worked on is stored again


def _noisy(picture: Picture) -> Picture:
    return noisy(picture, 5.0, np.random.default_rng(4))


def _lit_unevenly(picture: Picture) -> Picture:
    """Light one side by a fifth more, the other by a fifth less."""
    height, width = picture.shape[:2]
    across, down = np.linspace(0.8, 1.2, width), np.linspace(1.1, 0.9, height)
    return np.clip(picture * (down[:, None] * across)[..., None], 0, 255).astype(np.uint8)


def _tinted(blue: float, green: float, red: float, picture: Picture) -> Picture:
    return np.clip(picture * np.array([blue, green, red]), 0, 255).astype(np.uint8)


def _blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8)


def _grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _same(picture: Picture) -> Picture:
    return picture


def _held(colour: tuple[int, int, int], picture: Picture) -> Picture:
    """Lay a finger over a page, elsewhere on each picture."""
    return held(picture, colour, np.random.default_rng(_seed(picture)))


def _seed(picture: Picture) -> int:
    return crc32(picture.tobytes())


_Work = Callable[[Picture], Picture]

PROCESSINGS: Mapping[str, tuple[_Work, int]] = MappingProxyType(
    {
        "stored again": (_same, _QUALITY),
        "sharpened, 0.8 times what a blur of 2 pixels takes": (partial(sharpened, amount=0.8, radius=2.0), _QUALITY),
        "sharpened, 1.5 times of 1.2 pixels": (partial(sharpened, amount=1.5, radius=1.2), _QUALITY),
        "noise reduced (non-local means, strength 4)": (partial(smoothed, strength=4), _QUALITY),
        "noise of 5 grey levels": (_noisy, _QUALITY),
        "JPEG at quality 50": (_same, 50),
        "brightened (gamma 0.7)": (partial(bent, gamma=0.7), _QUALITY),
        "darkened (gamma 1.4)": (partial(bent, gamma=1.4), _QUALITY),
        "lit by a fifth more and less": (_lit_unevenly, _QUALITY),
        "bluish": (partial(_tinted, 1.08, 0.97, 0.85), _QUALITY),
        "reddish": (partial(_tinted, 0.85, 0.97, 1.03), _QUALITY),
        "in less than half the light": (partial(cv2.convertScaleAbs, alpha=0.45), _QUALITY),
        "in red light": (partial(_tinted, 0.45, 0.6, 1.05), _QUALITY),
        "curled by 1.5 mm": (partial(curled, millimetres=1.5), _QUALITY),
        "in shades of grey": (_grey, _QUALITY),
        "shrunk to two thirds and enlarged": (partial(enlarged, share=2 / 3), _QUALITY),
        "blurred by a pixel": (_blurred, _QUALITY),
        "from the web: shrunk to 0.45, sharpened, enlarged": (partial(from_the_web, share=0.45), _QUALITY),
        **{f"under a finger: {name}": (partial(_held, colour), _QUALITY) for name, colour in COLOURS.items()},
    }
)
"""What software and hands do, and the quality at which the result is stored."""


HELD_IN_LIGHTS: Mapping[str, str] = MappingProxyType(
    {f"under a finger, three lights: {name}": name for name in IN_LIGHTS}
)
"""Fingers on documents of which there is an image under each light."""


def processed(file: ImageFile, name: str) -> ImageFile:
    """Return a file as software stores it again."""
    work, quality = PROCESSINGS[name]
    return _stored(file.name, work(_picture(file)), quality)


def _picture(file: ImageFile) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(file.data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _stored(name: str, picture: Picture, quality: int) -> ImageFile:
    return ImageFile(name, cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())


def held_in_lights(files: Mapping[str, ImageFile], name: str) -> dict[str, ImageFile]:
    """Return a document's files with a finger, named as in ``HELD_IN_LIGHTS``, at the same place under each light."""
    colours, pictures = IN_LIGHTS[HELD_IN_LIGHTS[name]], {light: _picture(file) for light, file in files.items()}
    page, seed = page_in(pictures[_VISIBLE]), _seed(pictures[_VISIBLE])
    drawn = {
        light: held(picture, colours[light], np.random.default_rng(seed), page) for light, picture in pictures.items()
    }
    return {light: _stored(files[light].name, picture, _QUALITY) for light, picture in drawn.items()}


def _witness(names: Sequence[str], models: Path, group: Group) -> dict[str, list[Witnessed]]:
    tools, found = tools_that_know(group, models), dict[str, list[Witnessed]]()
    for order in group.inspected:
        if order.recipe != GENUINE:
            continue
        files = images_of(group, order)
        found.setdefault("as captured", []).append(witnessed(order, {_VISIBLE: files[_VISIBLE]}, tools))
        for name in names:
            if name in PROCESSINGS:
                images = {_VISIBLE: processed(files[_VISIBLE], name)}
            elif len(files) == len(Spectrum):
                images = held_in_lights(files, name)
            else:
                continue
            found.setdefault(name, []).append(witnessed(order, images, tools))
    return found


def witness(groups: list[Group], models: Path, workers: int, like: str = "") -> Iterator[dict[str, list[Witnessed]]]:
    """Inspect genuine documents with a folder of models, by what software and hands did; yield each group's.

    Of that only what has ``like`` in its name; by daylight but for ``HELD_IN_LIGHTS``.
    """
    names = [name for name in (*PROCESSINGS, *HELD_IN_LIGHTS) if like in name]
    for _, found in each(groups, partial(_witness, names, models), named=lambda group: group.folder, workers=workers):
        yield found
