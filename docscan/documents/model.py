"""A document model: what genuine documents of one kind look like, and nothing of any holder."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from docscan.errors import DocumentModelError
from docscan.types import Box, Image, MrzFormat, PageSize, Spectrum, TextLayout

GHOST_SIZE = (44, 56)  # pixels, width and height, to which portraits and ghost images are brought
GHOST_PAD = (11, 14)  # pixels on each side, of what is around them
EDGE_PLACES = 100  # tenths of a millimetre across each side of a portrait's zone
GRAIN_SIZE = 6  # numbers of a page's grain
OVD_MM = 12.0  # of an OVD's place, across and down
OVD_SIDE, OVD_LINES = 48, 96  # its pixels in which colours, and lines under infrared, are compared
_JPEG_QUALITY = 90
_UNPACKED = 24  # pictures and masks that stay unpacked: those of four kinds under three lights, 1.4 MB each on average


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a vector measured on genuine samples is like; the single samples are not kept."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]  # standard deviation over the samples
    samples: int  # on how many it was measured

    def reached(self) -> float:
        """Return what samples reach of a single number, as far as they tell: their mean and a standard deviation."""
        return float(self.mean[0] + self.spread[0])


@dataclass(frozen=True, slots=True)
class ReferenceRegion:
    """A region of interest of a kind of document.

    A sample's embedding is the mean of the region network's over the region's crops, 64 numbers; the network has an
    input for visible light alone. Its colour is mean and standard deviation of red, green and blue over the crops.
    """

    spots: tuple[tuple[float, float], ...]  # upper left corners of its crops, millimetres of the page
    box: Box  # around the crops
    embedding: Mapping[Spectrum, Statistics]
    colour: Mapping[Spectrum, Statistics]


@lru_cache(_UNPACKED)
def _unpacked(data: bytes, how: int) -> Image:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if found is None:
        raise DocumentModelError("A document model's picture cannot be unpacked: import the model again.")
    picture = np.asarray(found, np.uint8)
    picture.setflags(write=False)  # whoever asks next gets the same one
    return picture


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """What genuine samples show alike, as a picture of the whole page, upright.

    It is held packed: a library may have a thousand models. ``image`` and ``known`` unpack it, in milliseconds, unless
    it is among the last that were, and raise DocumentModelError where that fails.
    """

    jpeg: bytes
    mask: bytes  # PNG, white where samples agree
    pixels_per_mm: float

    @staticmethod
    def of(image: Image, known: NDArray[np.bool_], pixels_per_mm: float) -> "ReferencePicture":
        """Pack a picture, height x width x 3 RGB, and where it is known, height x width."""
        quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)[1]
        mask = cv2.imencode(".png", known.astype(np.uint8) * 255)[1]
        return ReferencePicture(jpeg.tobytes(), mask.tobytes(), pixels_per_mm)

    @property
    def image(self) -> Image:
        """The picture: height x width x 3, RGB."""
        return _unpacked(self.jpeg, cv2.IMREAD_COLOR_RGB)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where holders differ, or nothing is known, it is False: height x width."""
        return _unpacked(self.mask, cv2.IMREAD_GRAYSCALE) > 127

    def claims(self, size: PageSize) -> bool:
        """Tell whether its headers are of pictures of such a page: a stranger's may be of anything."""
        wanted = tuple(round(side * self.pixels_per_mm) for side in size.millimetres)
        try:
            with (
                PillowImage.open(io.BytesIO(self.jpeg), formats=["JPEG"]) as picture,
                PillowImage.open(io.BytesIO(self.mask), formats=["PNG"]) as mask,
            ):
                return picture.size == mask.size == wanted and (picture.mode, mask.mode) == ("RGB", "L")
        except (OSError, ValueError, PillowImage.DecompressionBombError):
            return False


@dataclass(frozen=True, slots=True)
class PagePrint:
    """A page's print; or the mean of several pages of one kind.

    ``crops`` is n x 9, in the order of the kind's spots: for each crop the network's answer whether it is forged (mean
    of all cells, mean of the strongest) and its seven answers by which process it was made; logits. ``embedding`` is
    the mean of the crops', 64. ``contrasts`` is 15 x rows x columns: logarithm of the squared contrast in each cell, by
    channel and band. ``colours`` is 3 x rows x columns, freed of the page's mean. ``known`` is rows x columns: 1 where
    samples show the same, else 0.
    """

    crops: NDArray[np.float32]
    embedding: NDArray[np.float32]
    contrasts: NDArray[np.float32]
    colours: NDArray[np.float32]
    known: NDArray[np.float32]
    sharpness: float
    pixels_per_mm: float


@dataclass(frozen=True, slots=True)
class PageTexture:
    """How much fine contrast the samples have in each cell of a page: natural logarithms of squared contrast.

    12 (by band, then by channel) x rows x columns; see docscan.documents.texture.
    """

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]  # standard deviation over the samples, freed of what their captures did to whole pages


@dataclass(frozen=True, slots=True)
class GhostImage:
    """Where a kind of document shows the portrait a second time, small and faint; see docscan.ghost.

    ``artwork`` is height x width of ``GHOST_SIZE``: what is under the ghost image, samples' faces taken out of it.
    ``around`` is 2 x height x width with ``GHOST_PAD`` on each side: mean and deviation, over the samples, of the
    logarithm of what is about it.
    """

    portrait: Box  # the part of the portrait that is compared, millimetres of the samples' frame
    place: Box  # where the ghost shows the same part
    artwork: NDArray[np.float32]
    around: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PhotoZone:
    """What a kind of document shows at its portrait.

    ``edges`` is 4 x 2 x ``EDGE_PLACES``: the strongest straight lines that samples show along the portrait's sides, see
    docscan.photo_zone.
    """

    zone: Box  # about where the portrait stands, millimetres of the samples' frame
    edges: NDArray[np.float32]
    grain: NDArray[np.float32]  # ``GRAIN_SIZE``: of the portraits' print and of the page beside them, see docscan.grain
    ghost: GhostImage | None  # None: the samples show none


@dataclass(frozen=True, slots=True)
class OvdPlace:
    """Where a kind of document has an optically variable device, and what it does; see docscan.documents.ovd."""

    box: Box  # millimetres of the samples' frame
    shines: NDArray[np.bool_]  # OVD_SIDE x OVD_SIDE: where its colours change from capture to capture
    level: Statistics  # one number: logarithm of the mean square of its fine colours
    infrared: NDArray[np.float32] | None  # OVD_LINES x OVD_LINES: what all show there; None: nothing, or no samples


@dataclass(frozen=True, slots=True)
class DocumentModel:
    """What genuine documents of one kind look like: places, means and spreads, nothing of any holder."""

    name: str
    version: int
    created: datetime
    docscan: str  # the version that learned it
    samples: int
    page_size: PageSize
    format: MrzFormat | None  # None, as are the next two: the side has no MRZ
    document_code: str | None
    issuing_state: str | None
    text: TextLayout
    regions: Mapping[str, ReferenceRegion]
    network: str  # sha256 of the region network whose embeddings these are
    appearance: Statistics  # see docscan.documents.appearance
    reach: float  # distance of a page's appearance up to which it is of this kind
    pictures: Mapping[Spectrum, ReferencePicture] = field(default_factory=dict)
    print: PagePrint | None = None  # the samples' mean; None: the network abstained on too many
    texture: PageTexture | None = None  # None: too few samples lie on each other
    # What the network says of the samples' crops, cell by cell, crops x 9 x 11 x 11: see docscan.documents.places.
    # None: there is no print, or the model is from before places were compared.
    cells: NDArray[np.float16] | None = None
    measured: Mapping[str, Statistics] = field(
        default_factory=dict
    )  # one number each: light_statistics, type_statistics
    photo: PhotoZone | None = None  # None: there is no portrait, or the model is from before it was looked at
    ovd: OvdPlace | None = None  # None: the samples show none, or the model is from before it was looked for
    own: tuple[Box, ...] = ()  # where samples without an MRZ, which tells the ``data``, show what others do not

    @property
    def data(self) -> tuple[Box, ...]:
        """Where holders' data stand."""
        return (*(place.box for place in self.text.fields.values()), *self.own)
