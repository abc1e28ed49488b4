"""Digital alterations made on crops of genuine documents while training, no two alike.

A set holds a hundred documents or so of each forgery kind, too few to learn that a cut glyph, an interrupted guilloche
or a smear between them is what an editor leaves. Here they are made as ``datasets.forging.digital`` makes them, but on
crops that were stored before: so documents with and without edits are compressed once more alike, some of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from datasets.forging.digital import ink_of, painted_over, stored, toned
from datasets.typefaces import font
from docscan.checks.regions import ALTERATIONS, CELL_PIXELS
from docscan.crops import CROP_PIXELS, CROP_PIXELS_PER_MM
from docscan.types import Image
from training.region.labels import FORGED_SHARE, NEAR_MM, UNKNOWN

Rng = np.random.Generator
Area = NDArray[np.float32]

_FACES = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf", "DejaVuSans-Bold.ttf")
_LETTERS = np.array(list("ABCDEFGHIJKLMNOPRSTUVWZ0123456789"))
_TRIED = 24  # places, of which the one that holds a line of text best is edited: nobody alters blank paper
_MOST_GAIN = 2.0  # of a splice's contrast: a patch of plain paper stays one
_RIM = 3  # pixels of a place's upper and lower edge, which leave a line of text whole


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a crop, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, image: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return the image's part, not copied."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


def _holds(crop: Image, place: Place) -> float:
    """Return how well a place holds a line of text, or whatever there is: much within, little on its edges."""
    part = place.of(crop)
    return float(part.std() - (part[:_RIM].std() + part[-_RIM:].std()) / 2)


def _place(rng: Rng, crop: Image, width: int, height: int) -> Place:
    """Return a place of a size that an editor would take."""
    places = [
        Place(int(rng.integers(CROP_PIXELS - width + 1)), int(rng.integers(CROP_PIXELS - height + 1)), width, height)
        for _ in range(_TRIED)
    ]
    return max(places, key=lambda place: _holds(crop, place))


def _datum(rng: Rng) -> tuple[int, int]:
    """Draw the width and height of a part of a line of text."""
    return round(rng.uniform(2.5, 11) * CROP_PIXELS_PER_MM), round(rng.uniform(2.0, 4.2) * CROP_PIXELS_PER_MM)


def _mask(place: Place, feather: float) -> Area:
    """Return where a patch covers a crop, 0 to 1, its edges feathered by so many pixels."""
    mask = np.zeros((CROP_PIXELS, CROP_PIXELS), np.float32)
    edge = max(1, round(feather / 2))
    inner = Place(place.x + edge, place.y + edge, place.width - 2 * edge, place.height - 2 * edge)
    inner.of(mask)[:] = 1
    return cv2.GaussianBlur(mask, (0, 0), max(0.4, feather / 2)).astype(np.float32)


def _resampled(rng: Rng, patch: Image, most: float) -> Image:
    """Return a patch moved by part of a pixel and scaled by up to ``most``, as an editor pastes it."""
    height, width = patch.shape[:2]
    scale = float(np.exp(rng.uniform(-most, most)))
    shift = rng.uniform(-0.5, 0.5, 2)
    matrix = np.float32(
        [[scale, 0, (1 - scale) * width / 2 + shift[0]], [0, scale, (1 - scale) * height / 2 + shift[1]]]
    )
    moved = cv2.warpAffine(patch, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.uint8)


def _pasted(crop: Image, patch: Image, place: Place, feather: float) -> Image:
    mask = _mask(place, feather)[..., None]
    laid = crop.astype(np.float32)
    part, cover = place.of(laid), place.of(mask)
    part += cover * (patch.astype(np.float32) - part)
    return np.asarray(np.rint(laid).clip(0, 255), np.uint8)


def copy_move(rng: Rng, crop: Image, own: Image, _foreign: Image) -> tuple[Image, Place]:
    """Cover a part of one datum with a part of another of the same document."""
    width, height = _datum(rng)
    patch = np.asarray(_place(rng, own, width, height).of(own), np.uint8)
    place = _place(rng, crop, width, height)
    return _pasted(crop, _resampled(rng, patch, 0.02), place, rng.uniform(0.6, 1.6)), place


def splice(rng: Rng, crop: Image, _own: Image, foreign: Image) -> tuple[Image, Place]:
    """Put a part of another document over the same part of this one: a portrait, or a corner of it."""
    width, height = (int(rng.integers(40, 160)) for _ in range(2))
    place = _place(rng, crop, width, height)
    patch = _resampled(rng, np.asarray(place.of(foreign), np.uint8), 0.3)
    grain = rng.normal(0, rng.uniform(0, 5), patch.shape)
    patch = stored(np.asarray(np.clip(patch + grain, 0, 255), np.uint8), int(rng.integers(70, 97)))
    return _pasted(
        crop, toned(patch, np.asarray(place.of(crop), np.uint8), _MOST_GAIN), place, rng.uniform(0.6, 4.0)
    ), place


def _emptied(rng: Rng, crop: Image, place: Place) -> Image:
    """Paint over the print of a place with what surrounds it."""
    ink = np.zeros(crop.shape[:2], np.bool_)
    place.of(ink)[:] = ink_of(np.asarray(place.of(crop), np.uint8))
    method = (cv2.INPAINT_TELEA, cv2.INPAINT_NS)[int(rng.integers(2))]
    filled = painted_over(crop, ink, CROP_PIXELS_PER_MM, method)
    # The editor's canvas is not the crop's: what it painted was resampled once more.
    patch = _resampled(rng, np.asarray(place.of(filled), np.uint8), 0.0)
    return _pasted(crop, patch, place, 1.0)


def inpaint(rng: Rng, crop: Image, _own: Image, _foreign: Image) -> tuple[Image, Place]:
    """Remove a datum by painting over it with what surrounds it."""
    place = _place(rng, crop, *_datum(rng))
    return _emptied(rng, crop, place), place


def retyped(rng: Rng, crop: Image, _own: Image, _foreign: Image) -> tuple[Image, Place]:
    """Remove a datum and set another in its place."""
    place = _place(rng, crop, *_datum(rng))
    dark = np.percentile(place.of(crop).reshape(-1, 3), 4, axis=0) * rng.uniform(0.7, 1.2)
    empty = _emptied(rng, crop, place)
    fine = cv2.resize(np.asarray(place.of(empty), np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    canvas = PillowImage.fromarray(fine)
    text = "".join(rng.choice(_LETTERS, int(rng.integers(3, 12))))
    face = font(_FACES[int(rng.integers(len(_FACES)))], round(canvas.height * rng.uniform(0.6, 0.9), 1))
    colour = tuple(int(value) for value in dark.clip(0, 255))
    ImageDraw.Draw(canvas).text((rng.uniform(0, 8), canvas.height * 0.78), text, colour, face, anchor="ls")
    patch = np.asarray(canvas.resize((place.width, place.height)), np.uint8)
    return _pasted(empty, patch, place, 0.6), place


Edit = Callable[[Rng, Image, Image, Image], tuple[Image, Place]]
# By the recipe that does the same to whole captures: who leaves that out of training leaves this out.
EDITS: Mapping[str, tuple[Edit, int]] = {
    "digital_copy_move": (copy_move, ALTERATIONS.index("copy_move")),
    "digital_splice": (splice, ALTERATIONS.index("splice")),
    "digital_inpainting": (inpaint, ALTERATIONS.index("inpainted")),
    "digital_text": (retyped, ALTERATIONS.index("re_rendered")),
}


def _labelled(cells: NDArray[np.int64], place: Place, alteration: int) -> None:
    """Label the cells of a place, in place; those beside it are neither forged nor genuine."""
    count = cells.shape[-1]
    covered, near = (np.zeros((CROP_PIXELS, CROP_PIXELS), np.float32) for _ in range(2))
    place.of(covered)[:] = 1
    margin = round(NEAR_MM * CROP_PIXELS_PER_MM)
    left, top = max(0, place.x - margin), max(0, place.y - margin)
    near[top : place.y + place.height + margin, left : place.x + place.width + margin] = 1
    shares, nearby = (area.reshape(count, CELL_PIXELS, count, CELL_PIXELS).mean((1, 3)) for area in (covered, near))
    forged = shares > FORGED_SHARE
    cells[:, nearby > 0] = UNKNOWN
    cells[0, forged], cells[2, forged] = 1, alteration


def edit(
    rng: Rng,
    pixels: NDArray[np.uint8],
    cells: NDArray[np.int64],
    region: NDArray[np.int8],
    own: NDArray[np.intp],
    names: Sequence[str],
) -> NDArray[np.intp]:
    """Alter one to three crops of a genuine document, in place, by one kind of edit.

    Parameters
    ----------
    pixels, cells, region
        n x 176 x 176 x 3, n x 3 x c x c, n: the crops of several documents, their labels and what they show.
    own
        Which of n are the document's.
    names
        Of ``EDITS``, to choose from.

    Returns
    -------
    NDArray
        Which of n were altered; none where no crop is known to be genuine throughout.
    """
    change, alteration = EDITS[names[int(rng.integers(len(names)))]]
    whole = np.array([number for number in own if (cells[number, 0] == 0).all()], np.intp)
    chosen = rng.permutation(whole)[: int(rng.integers(1, 4))]
    others = np.setdiff1d(np.arange(len(pixels)), own)
    for number in chosen:
        # An editor takes from the crop itself as often as from elsewhere on the page.
        source = number if rng.random() < 0.5 else own[int(rng.integers(len(own)))]
        alike = others[region[others] == region[number]]
        foreign = alike[int(rng.integers(len(alike)))] if len(alike) else source
        pixels[number], place = change(rng, pixels[number], pixels[source].copy(), pixels[foreign])
        _labelled(cells[number], place, alteration)
    return chosen


def stored_again(rng: Rng, pixels: NDArray[np.uint8], own: NDArray[np.intp]) -> None:
    """Compress all crops of a document once more, in place: genuine and altered ones alike."""
    quality = int(rng.integers(78, 98))
    for number in own:
        pixels[number] = stored(pixels[number], quality)
