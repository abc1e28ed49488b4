"""A document model as ``model.json`` and named arrays, and back: the edge where a stranger's file is validated."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from docscan.checks.regions import CELLS
from docscan.crops import CROP_MM
from docscan.documents.appearance import SIZE as APPEARANCE_SIZE
from docscan.documents.model import (
    EDGE_PLACES,
    GHOST_PAD,
    GHOST_SIZE,
    GRAIN_SIZE,
    OVD_LINES,
    OVD_MM,
    OVD_SIDE,
    DocumentModel,
    GhostImage,
    OvdPlace,
    PagePrint,
    PageTexture,
    PhotoZone,
    ReferencePicture,
    ReferenceRegion,
    Statistics,
)
from docscan.documents.places import CHANNELS as CELL_CHANNELS
from docscan.documents.texture import BANDS as TEXTURE_BANDS
from docscan.documents.texture import cells_of
from docscan.types import Box, FieldPlace, MrzFields, MrzFormat, PageSize, Spectrum, TextLayout
from docscan.zones import REGIONS

NAME = "^[a-z0-9]+(-[a-z0-9]+)*$"  # a file's name on every system, with no room for a holder's
LONGEST_NAME = 64
FEWEST, MOST = 3, 20  # samples

_EMBEDDING_SIZE, _COLOUR_SIZE, _CROP_SIZE, _CHANNELS, _CONTRASTS = 64, 6, 9, 3, 15
_PRINT = ("crops", "embedding", "contrasts", "colours", "known")  # the arrays of a PagePrint
_MOST_CELLS = 30  # of a page, down or across
_FIELDS = tuple(field.name for field in fields(MrzFields))

_Millimetres = Annotated[float, Field(ge=-50, le=200)]
_Size = Annotated[float, Field(gt=0, le=50)]  # millimetres
_Length = Annotated[float, Field(ge=3, le=130)]  # millimetres
_PixelsPerMm = Annotated[float, Field(gt=0, le=24)]
_MeasuredName = Annotated[str, Field(pattern=r"^(uv|ir|mrz|viz)\.[a-z][a-z0-9_]*(\.[a-z_]+)?$")]
_Count = Annotated[int, Field(ge=1, le=MOST)]
_FieldName = Annotated[str, Field(pattern=f"^({'|'.join(_FIELDS)})$")]
_RegionName = Annotated[str, Field(pattern=f"^({'|'.join(REGIONS)})$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class _Box(_Strict):
    x: _Millimetres
    y: _Millimetres
    width: _Millimetres
    height: _Millimetres

    @classmethod
    def of(cls, box: Box) -> "_Box":
        return cls(x=box.x, y=box.y, width=box.width, height=box.height)

    def box(self) -> Box:
        return Box(self.x, self.y, self.width, self.height)


class _Place(_Strict):
    box: _Box
    line_mm: _Size
    character_mm: _Size
    samples: _Count

    @classmethod
    def of(cls, place: FieldPlace) -> "_Place":
        return cls(
            box=_Box.of(place.box), line_mm=place.line_mm, character_mm=place.character_mm, samples=place.samples
        )

    def place(self) -> FieldPlace:
        return FieldPlace(self.box.box(), self.line_mm, self.character_mm, self.samples)


class _Text(_Strict):
    """Where there is text, and never what it says."""

    fields: dict[_FieldName, _Place]
    lines: list[_Box] = Field(max_length=200)

    @classmethod
    def of(cls, text: TextLayout) -> "_Text":
        places = {name: _Place.of(place) for name, place in text.fields.items()}
        return cls(fields=places, lines=[_Box.of(box) for box in text.lines])

    def layout(self) -> TextLayout:
        places = {name: place.place() for name, place in self.fields.items()}
        return TextLayout(places, tuple(box.box() for box in self.lines))


class _Region(_Strict):
    """A region; of its statistics only in how many samples each was measured, the numbers are arrays."""

    spots: list[tuple[_Millimetres, _Millimetres]] = Field(min_length=1, max_length=24)
    box: _Box
    embedding: dict[Spectrum, _Count]
    colour: dict[Spectrum, _Count]


class _Print(_Strict):
    """The samples' print; its numbers are arrays."""

    sharpness: float
    pixels_per_mm: _PixelsPerMm


class _Area(_Box):
    """A box in which a picture is looked at."""

    width: _Length
    height: _Length

    @classmethod
    def of(cls, box: Box) -> "_Area":
        return cls(x=box.x, y=box.y, width=box.width, height=box.height)


class _Ghost(_Strict):
    """Where the ghost image is, and what of the portrait it shows; what lies under it are arrays."""

    portrait: _Area
    place: _Area


class _Photo(_Strict):
    """The portrait's zone; what lies along its sides is an array."""

    zone: _Area
    ghost: _Ghost | None

    @classmethod
    def of(cls, photo: PhotoZone) -> "_Photo":
        ghost = photo.ghost and _Ghost(portrait=_Area.of(photo.ghost.portrait), place=_Area.of(photo.ghost.place))
        return cls(zone=_Area.of(photo.zone), ghost=ghost)


class _Ovd(_Strict):
    """Where the OVD is, and in how many samples its colours were measured; what it does there are arrays."""

    box: _Area
    samples: _Count
    infrared: bool

    @classmethod
    def of(cls, ovd: OvdPlace) -> "_Ovd":
        return cls(box=_Area.of(ovd.box), samples=ovd.level.samples, infrared=ovd.infrared is not None)


class Record(_Strict):
    """What ``model.json`` says."""

    schema_: Literal["docscan.document-model/1"] = Field("docscan.document-model/1", alias="schema")
    name: str = Field(pattern=NAME, max_length=LONGEST_NAME)
    version: int = Field(ge=1, le=9999)
    created: AwareDatetime
    docscan: str = Field(pattern=r"^[0-9A-Za-z.+-]{1,40}$")
    samples: int = Field(ge=FEWEST, le=MOST)
    page_size: PageSize
    # None of a side without an MRZ, which has no such three.
    format: MrzFormat | None = None
    document_code: str | None = Field(None, pattern="^[A-Z]{1,2}$")
    issuing_state: str | None = Field(None, pattern="^[A-Z]{1,3}$")
    text: _Text
    regions: dict[_RegionName, _Region]
    network: str = Field(pattern="^[0-9a-f]{64}$")
    reach: float = Field(gt=0)
    # Of models from before there were such.
    pictures: dict[Spectrum, _PixelsPerMm] = {}  # by the lights of which there is one
    print: _Print | None = None
    texture: bool = False
    cells: bool = False
    photo: _Photo | None = None
    ovd: _Ovd | None = None
    measured: dict[_MeasuredName, _Count] = Field({}, max_length=60)  # in how many samples each number was measured
    own: list[_Box] = Field([], max_length=200)  # of a side without an MRZ

    @model_validator(mode="after")
    def _all_of_an_mrz_or_nothing(self) -> Self:
        told = [value is None for value in (self.format, self.document_code, self.issuing_state)]
        if any(told) != all(told):
            raise ValueError("format, document code and issuing state are an MRZ's: there are all or none")
        return self


def record_of(model: DocumentModel) -> Record:
    """Return what ``model.json`` says of a model."""
    own = ("name", "version", "created", "docscan", "samples", "page_size", "format", "document_code", "issuing_state")
    return Record(
        **{name: getattr(model, name) for name in (*own, "network", "reach")},
        text=_Text.of(model.text),
        regions={name: _region_record(region) for name, region in model.regions.items()},
        pictures={light: picture.pixels_per_mm for light, picture in model.pictures.items()},
        texture=model.texture is not None,
        cells=model.cells is not None,
        print=model.print and _Print(sharpness=model.print.sharpness, pixels_per_mm=model.print.pixels_per_mm),
        photo=model.photo and _Photo.of(model.photo),
        ovd=model.ovd and _Ovd.of(model.ovd),
        measured={name: found.samples for name, found in model.measured.items()},
        own=[_Box.of(box) for box in model.own],
    )


def _region_record(region: ReferenceRegion) -> _Region:
    return _Region(
        spots=list(region.spots),
        box=_Box.of(region.box),
        embedding={light: found.samples for light, found in region.embedding.items()},
        colour={light: found.samples for light, found in region.colour.items()},
    )


def arrays_of(model: DocumentModel) -> dict[str, NDArray[Any]]:
    """Return a model's arrays by name: statistics as mean and spread, 2 x n; pictures as the bytes of their files."""
    statistics = {"appearance": model.appearance}
    for name, region in model.regions.items():
        for kind, by_light in (("embedding", region.embedding), ("colour", region.colour)):
            statistics |= {f"{name}.{kind}.{light}": found for light, found in by_light.items()}
    statistics |= {f"measured.{name}": found for name, found in model.measured.items()}
    arrays: dict[str, NDArray[Any]] = {name: np.stack([one.mean, one.spread]) for name, one in statistics.items()}
    if model.print is not None:
        arrays |= {f"print.{name}": getattr(model.print, name) for name in _PRINT}
    if model.cells is not None:
        arrays["cells"] = model.cells
    if model.texture is not None:
        arrays["texture"] = np.stack([model.texture.mean, model.texture.spread])
    if model.photo is not None:
        arrays |= _photo_arrays(model.photo)
    if model.ovd is not None:
        arrays |= _ovd_arrays(model.ovd)
    for light, picture in model.pictures.items():
        for part, data in ((f"picture.{light}.jpeg", picture.jpeg), (f"picture.{light}.mask.png", picture.mask)):
            arrays[part] = np.frombuffer(data, np.uint8)
    return dict(sorted(arrays.items()))


def _photo_arrays(photo: PhotoZone) -> dict[str, NDArray[Any]]:
    arrays = {"photo.edges": photo.edges, "photo.grain": photo.grain}
    if photo.ghost is None:
        return arrays
    return arrays | {"photo.ghost.artwork": photo.ghost.artwork, "photo.ghost.around": photo.ghost.around}


def _ovd_arrays(ovd: OvdPlace) -> dict[str, NDArray[Any]]:
    level = np.stack([ovd.level.mean, ovd.level.spread])
    arrays: dict[str, NDArray[Any]] = {"ovd.shines": ovd.shines.astype(np.uint8), "ovd.level": level}
    return arrays if ovd.infrared is None else arrays | {"ovd.infrared": ovd.infrared}


class _Taken:
    """Takes arrays by name, each of the size that it must have."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._left = dict(arrays)

    def statistics(self, name: str, size: int, samples: int) -> Statistics:
        array = self.array(name, (2, size))
        return Statistics(array[0], array[1], samples)

    def picture(self, light: Spectrum, pixels_per_mm: float, page_size: PageSize) -> ReferencePicture:
        packed = [self._left.pop(f"picture.{light}.{part}", None) for part in ("jpeg", "mask.png")]
        if any(part is None or part.dtype != np.uint8 or part.ndim != 1 for part in packed):
            raise ValueError(f"the picture under {light} light is no file's bytes")
        jpeg, mask = (np.asarray(part).tobytes() for part in packed)
        picture = ReferencePicture(jpeg, mask, pixels_per_mm)
        if not picture.claims(page_size):
            raise ValueError(f"the picture under {light} light is no picture of such a page")
        return picture

    def array(self, name: str, shape: tuple[int, ...] | None = None) -> NDArray[np.float32]:
        found = self._numbers(name, np.dtype(np.float32), "single")
        if shape is not None and found.shape != shape:
            raise ValueError(f"the array {name} is not of the shape that it must have")
        return found

    def cells(self, crops: int) -> NDArray[np.float16]:
        found = self._numbers("cells", np.dtype(np.float16), "half")
        if found.shape != (crops, len(CELL_CHANNELS), CELLS, CELLS):
            raise ValueError("the array cells is not of the crops' cells")
        return found

    def _numbers(self, name: str, kind: np.dtype[Any], precision: str) -> NDArray[Any]:
        found = self._left.pop(name, None)
        if found is None or found.dtype != kind or not np.isfinite(found).all():
            raise ValueError(f"the array {name} is missing or is not of finite numbers of {precision} precision")
        return found

    def page_print(self, found: _Print, crops: int) -> PagePrint:
        known = self.array("print.known")
        if known.ndim != 2 or not 0 < max(known.shape) <= _MOST_CELLS:
            raise ValueError("the array print.known is not of a page's cells")
        return PagePrint(
            crops=self.array("print.crops", (crops, _CROP_SIZE)),
            embedding=self.array("print.embedding", (_EMBEDDING_SIZE,)),
            contrasts=self.array("print.contrasts", (_CONTRASTS, *known.shape)),
            colours=self.array("print.colours", (_CHANNELS, *known.shape)),
            known=known,
            sharpness=found.sharpness,
            pixels_per_mm=found.pixels_per_mm,
        )

    def texture(self, page_size: PageSize) -> PageTexture:
        found = self.array("texture", (2, TEXTURE_BANDS * _CHANNELS, *cells_of(page_size)))
        return PageTexture(found[0], found[1])

    def photo(self, found: _Photo) -> PhotoZone:
        edges = self.array("photo.edges", (4, 2, EDGE_PLACES))
        grain = self.array("photo.grain", (GRAIN_SIZE,))
        return PhotoZone(found.zone.box(), edges, grain, self._ghost(found.ghost) if found.ghost else None)

    def _ghost(self, found: _Ghost) -> GhostImage:
        (width, height), (right, down) = GHOST_SIZE, GHOST_PAD
        return GhostImage(
            found.portrait.box(),
            found.place.box(),
            self.array("photo.ghost.artwork", (height, width)),
            self.array("photo.ghost.around", (2, height + 2 * down, width + 2 * right)),
        )

    def ovd(self, found: _Ovd) -> OvdPlace:
        if (found.box.width, found.box.height) != (OVD_MM, OVD_MM):
            raise ValueError("the OVD's place is not of the size that it must have")
        shines = self._numbers("ovd.shines", np.dtype(np.uint8), "8 bits")
        if shines.shape != (OVD_SIDE, OVD_SIDE) or not shines.any():
            raise ValueError("the array ovd.shines is not of an OVD's place")
        infrared = self.array("ovd.infrared", (OVD_LINES, OVD_LINES)) if found.infrared else None
        if infrared is not None and not infrared.any():
            raise ValueError("the array ovd.infrared shows nothing")
        return OvdPlace(found.box.box(), shines > 0, self.statistics("ovd.level", 1, found.samples), infrared)

    def nothing_left(self) -> None:
        if self._left:
            raise ValueError(f"there are arrays that no model has: {', '.join(sorted(self._left))[:80]}")


def model_of(record: Record, arrays: Mapping[str, NDArray[Any]]) -> DocumentModel:
    """Put a model together again.

    Raises
    ------
    ValueError
        An array is missing, is not what it must be, or is one too many.
    """
    taken = _Taken(arrays)
    # In their own order, which the file need not keep: crops are compared one after the other.
    regions = {
        name: _region(taken, name, record.regions[name], record.page_size) for name in REGIONS if name in record.regions
    }
    appearance = taken.statistics("appearance", APPEARANCE_SIZE, record.samples)
    measured = {name: taken.statistics(f"measured.{name}", 1, count) for name, count in record.measured.items()}
    pictures = {light: taken.picture(light, scale, record.page_size) for light, scale in record.pictures.items()}
    crops = sum(len(region.spots) for region in regions.values())
    page_print = record.print and taken.page_print(record.print, crops)
    texture = taken.texture(record.page_size) if record.texture else None
    cells = taken.cells(crops) if record.cells else None
    photo = record.photo and taken.photo(record.photo)
    ovd = record.ovd and taken.ovd(record.ovd)
    taken.nothing_left()
    made = ("schema_", "text", "regions", "pictures", "print", "texture", "cells", "photo", "ovd", "measured", "own")
    own = {name: getattr(record, name) for name in Record.model_fields if name not in made}
    own |= {"pictures": pictures, "print": page_print, "texture": texture, "cells": cells}
    own |= {"photo": photo, "ovd": ovd, "measured": measured, "own": tuple(box.box() for box in record.own)}
    return DocumentModel(**own, text=record.text.layout(), regions=regions, appearance=appearance)


def _region(taken: _Taken, name: str, region: _Region, page_size: PageSize) -> ReferenceRegion:
    width, height = page_size.millimetres
    if not all(-CROP_MM < x < width and -CROP_MM < y < height for x, y in region.spots):
        raise ValueError(f"a crop of the {name} lies beside the page")

    def all_lights(kind: str, size: int, counts: Mapping[Spectrum, int]) -> dict[Spectrum, Statistics]:
        return {light: taken.statistics(f"{name}.{kind}.{light}", size, count) for light, count in counts.items()}

    return ReferenceRegion(
        tuple(region.spots),
        region.box.box(),
        embedding=all_lights("embedding", _EMBEDDING_SIZE, region.embedding),
        colour=all_lights("colour", _COLOUR_SIZE, region.colour),
    )
