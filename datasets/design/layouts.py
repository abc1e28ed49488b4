"""Where a state prints what on each kind of side: procedural, the same for the same state.

Boxes are x, y, width, height in millimetres from the side's upper left corner. The zones are those of ICAO Doc 9303:
a header (zone I), personal data (II and III), signature (IV), portrait (V), and the MRZ (VII) in the lowest 23.2 mm
(parts 4 to 7, "Data page layout").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from datasets.design.states import State
from datasets.design.taste import Taste, taste_of
from datasets.physics.surface import Box
from datasets.sheet import Kind
from docscan.page_geometry import MRZ_LINE_SPACING, OCR_B_HEIGHT, PAGE_OF, nominal_zone
from docscan.types import MrzFormat

MRZ_ZONE = 23.2  # millimetres from the lower edge (part 3, section 4; parts 4 to 7)
MRZ_FORMATS: Mapping[Kind, MrzFormat] = {
    Kind.TD3: MrzFormat.TD3,
    Kind.TD1_BACK: MrzFormat.TD1,
    Kind.TD2: MrzFormat.TD2,
    Kind.MRV_A: MrzFormat.MRV_A,
}
NATIONAL = "_national"  # ends the name of a field that repeats another in the state's own script
FACE_ASPECT = 560 / 440  # height by width of a portrait
_BESIDE_STROKES = 0.35  # millimetres from a character's cell to its strokes
_CLEAR = 0.6  # millimetres kept free above the MRZ's zone, for printers that are not exact
_LINE = 0.5  # height of a line of values, as a share of a row's pitch
_LABEL = 0.29  # height of a line of labels, likewise
_NAMES = ("surname", "given_names")  # stand in both scripts, one above the other


@dataclass(frozen=True, slots=True)
class Place:
    """Where a datum stands. A label of no height is not printed: the one above it speaks for both."""

    label: Box
    value: Box


@dataclass(frozen=True, slots=True)
class MrzPlace:
    """Where an MRZ stands, in millimetres: the left edge of the first character's cell, the centres of the lines."""

    left: float
    centres: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of a side; what the side lacks is None.

    Data never overlap each other. The OVD may lie across the portrait's edge, where it guards against replacement.
    """

    size: tuple[float, float]
    fields: Mapping[str, Place]
    viz: Box  # around the fields
    background: Box
    title: Box | None = None  # the state's name
    subtitle: Box | None = None  # the document's name
    centred: bool = False  # the titles
    national_right: bool = False  # Arabic texts end at the right of their boxes
    portrait: Box | None = None
    ghost: Box | None = None
    signature: Box | None = None
    ovd: Box | None = None
    perforation: Box | None = None
    notes: Box | None = None
    mrz: MrzPlace | None = None

    @property
    def boxes(self) -> dict[str, Box]:
        """Return what must not overlap, by name: labels, values and pictures, without OVD and MRZ."""
        found = {f"{name}.label": place.label for name, place in self.fields.items() if place.label[3]}
        found |= {f"{name}.value": place.value for name, place in self.fields.items()}
        for name in ("title", "subtitle", "portrait", "ghost", "signature", "perforation", "notes"):
            box = getattr(self, name)
            if box is not None:
                found[name] = box
        return found


@dataclass(frozen=True, slots=True)
class _Measures:
    """A kind's sizes in millimetres: ranges from which states choose."""

    margin: tuple[float, float]
    header: tuple[float, float]
    portrait: tuple[float, float]  # width
    ghost: tuple[float, float]  # width
    pitch: tuple[float, float]  # of rows, at most


_MEASURES = {
    Kind.TD3: _Measures((4.0, 6.0), (8.0, 10.5), (29.0, 34.0), (11.0, 15.0), (6.1, 7.2)),
    Kind.TD1_FRONT: _Measures((3.0, 4.2), (7.0, 8.5), (22.0, 25.5), (8.0, 10.0), (5.9, 7.0)),
    Kind.TD1_BACK: _Measures((3.0, 4.2), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (6.0, 6.9)),
    Kind.TD2: _Measures((3.5, 5.0), (7.5, 9.0), (23.5, 26.5), (9.0, 11.0), (5.6, 6.6)),
    Kind.MRV_A: _Measures((4.0, 6.0), (8.0, 9.5), (26.0, 30.0), (9.0, 12.0), (5.2, 6.2)),
}

Rows = tuple[tuple[str, ...], ...]

# The order of data: part 4, section 4.2 puts the number above the names and leaves states much of the rest.
_ROWS: Mapping[Kind, tuple[Rows, ...]] = {
    Kind.TD3: (
        (
            ("type", "code", "document_number"), ("surname",), ("given_names",), ("nationality", "personal_number"),
            ("birth_date", "sex", "birth_place"), ("issue_date", "authority"), ("expiry_date",),
        ),
        (
            ("type", "code", "document_number"), ("surname",), ("given_names",), ("nationality", "birth_date"),
            ("sex", "birth_place"), ("issue_date", "expiry_date"), ("authority", "personal_number"),
        ),
        (
            ("type", "code", "document_number"), ("surname",), ("given_names",), ("nationality",),
            ("birth_date", "personal_number"), ("sex", "birth_place"), ("issue_date", "authority"), ("expiry_date",),
        ),
    ),
    Kind.TD1_FRONT: (
        (("surname",), ("given_names",), ("sex", "nationality", "birth_date"), ("document_number",), ("expiry_date",)),
        (("document_number",), ("surname",), ("given_names",), ("birth_date", "sex"), ("nationality", "expiry_date")),
        (("surname",), ("given_names",), ("birth_date", "nationality"), ("sex", "expiry_date"), ("document_number",)),
    ),
    Kind.TD1_BACK: (
        (("birth_place", "issue_date"), ("authority", "height"), ("address",)),
        (("address",), ("authority", "issue_date"), ("birth_place", "height")),
        (("birth_place", "height"), ("address",), ("issue_date", "authority")),
    ),
    Kind.TD2: (
        (
            ("document_number", "code"), ("surname",), ("given_names",), ("sex", "nationality", "birth_date"),
            ("birth_place",), ("issue_date", "expiry_date"),
        ),
        (
            ("surname",), ("given_names",), ("birth_date", "birth_place"), ("nationality", "sex"),
            ("document_number",), ("expiry_date", "authority"),
        ),
        (
            ("type", "code", "document_number"), ("surname",), ("given_names",), ("nationality", "birth_date"),
            ("sex", "birth_place"), ("expiry_date", "authority"),
        ),
    ),
    Kind.MRV_A: (
        (
            ("type", "entries", "document_number"), ("surname",), ("given_names",), ("passport_number", "nationality"),
            ("birth_date", "sex"), ("issue_date", "expiry_date"), ("issue_place", "stay"),
        ),
        (
            ("document_number", "issue_place"), ("issue_date", "expiry_date"), ("type", "entries", "stay"),
            ("surname",), ("given_names",), ("passport_number", "nationality"), ("birth_date", "sex"),
        ),
    ),
}  # fmt: skip

# Shares of a row of three; two share as the state's columns do.
_SHARES = {
    "type": 0.5,
    "code": 0.75,
    "sex": 0.5,
    "entries": 0.9,
    "document_number": 1.3,
    "birth_date": 1.3,
    "birth_place": 1.5,
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The skeleton of a side: the floor under the data, and the edges of the column of data."""

    size: tuple[float, float]
    margin: float
    top: float  # of the data
    floor: float
    left: float
    right: float


def mrz_place(kind: Kind) -> MrzPlace | None:
    """Return where Doc 9303 (parts 4 to 7, "Machine readable zone") wants a side's MRZ; None where it has none."""
    mrz_format = MRZ_FORMATS.get(kind)
    if mrz_format is None:
        return None
    zone = nominal_zone(mrz_format)
    # A visa is lower than the page on which it is stuck, and both stand on the same edge.
    lift = PAGE_OF[mrz_format].millimetres[1] - kind.size_mm[1]
    first = float(zone[0, 1]) - lift + OCR_B_HEIGHT / 2
    centres = tuple(first + line * MRZ_LINE_SPACING for line in range(mrz_format.shape[0]))
    return MrzPlace(float(zone[0, 0]) - _BESIDE_STROKES, centres)


def _units(rows: Rows, doubled: bool) -> float:
    """Return the height of rows in pitches."""
    return sum(1 + _LINE * (doubled and row[0] in _NAMES) for row in rows)


def _reach(frame: _Frame, top: float, height: float, obstacles: tuple[Box, ...]) -> float:
    """Return how far right a row may run: to the column's edge, or to what stands in its way."""
    met = [x for x, y, _, tall in obstacles if y < top + height + 0.3 and y + tall > top - 0.3]
    return min([frame.right, *(x - 1.5 for x in met)])


def _cells(row: tuple[str, ...], left: float, right: float, column: float, split: float) -> list[tuple[float, float]]:
    """Return the left and right edges of a row's cells; ``column`` is the width on which a state's columns stand."""
    if len(row) == 2:
        first = split * {"sex": 0.72, "entries": 0.8}.get(row[0], 1.0)
        shares = [first, 1 - first]
    else:
        shares = [_SHARES.get(name, 1.0) for name in row]
    edges = left + np.cumsum([0.0, *shares]) / sum(shares) * min(column, right - left)
    edges[-1] = right
    return [(float(edges[i]), float(edges[i + 1]) - 2.0 * (i + 1 < len(row))) for i in range(len(row))]


def _places(
    name: str, cell: tuple[float, float], top: float, pitch: float, below: bool, double: bool
) -> dict[str, Place]:
    """Return a cell's places: the datum, and above it the same in the state's script where it has two lines."""
    label, line, (left, right) = _LABEL * pitch, _LINE * pitch, cell
    first = top + (0.0 if below else label)
    values = [(left, first + i * line, right - left, line) for i in range(1 + double)]
    caption = (left, first + len(values) * line if below else top, right - left, label)
    if not double:
        return {name: Place(caption, values[0])}
    return {name + NATIONAL: Place(caption, values[0]), name: Place((*caption[:3], 0.0), values[1])}


def _fields(kind: Kind, frame: _Frame, taste: Taste, obstacles: tuple[Box, ...], doubled: bool) -> dict[str, Place]:
    rows = _ROWS[kind][int(taste.order * len(_ROWS[kind]))]
    low, high = _MEASURES[kind].pitch
    room = (frame.floor - frame.top) / _units(rows, doubled)
    pitch = min(low + taste.fill * (high - low), room)
    stride = min(room, 1.15 * pitch)  # rows stand apart where there is room
    narrow = max([width + 1.5 for _, _, width, _ in obstacles if width < 20], default=0.0)
    found: dict[str, Place] = {}
    top = frame.top
    for row in rows:
        height = pitch * _units((row,), doubled)
        right = _reach(frame, top, height, obstacles)
        cells = _cells(row, frame.left, right, frame.right - frame.left - narrow, taste.split)
        for name, cell in zip(row, cells, strict=True):
            found |= _places(name, cell, top, pitch, taste.label_below, doubled and name in _NAMES)
        top += height * stride / pitch
    return found


def _around(fields: Mapping[str, Place]) -> Box:
    boxes = np.array([box for place in fields.values() for box in (place.label, place.value)])
    left, top = boxes[:, :2].min(0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(0)
    return float(left), float(top), float(right - left), float(bottom - top)


def _titles(taste: Taste, left: float, right: float, header: float) -> tuple[Box, Box]:
    """Return the places of the state's name and the document's: beside each other, or one above the other."""
    top, width, height = 2.4, right - left, header - 2.4
    if taste.titles_in_line:
        half = width / 2
        return (left, top, half - 1, height * 0.72), (left + half + 1, top, half - 1, height * 0.72)
    return (left, top, width, height * 0.5), (left, top + height * 0.53, width, height * 0.38)


def _on_portrait(kind: Kind, taste: Taste) -> bool:
    """Return whether the OVD lies across the portrait's edge; small sides have no room for it elsewhere."""
    return taste.ovd_on_portrait or kind in (Kind.TD1_FRONT, Kind.TD2)


def _signs_beside(kind: Kind, taste: Taste) -> bool:
    return kind is Kind.TD3 and taste.signature_beside


def _ovd(rng: np.random.Generator, kind: Kind, taste: Taste, frame: _Frame, portrait: Box, overhang: float) -> Box:
    size = float(rng.uniform(9, 11.5) if kind is Kind.TD1_FRONT else rng.uniform(11, 14))
    if not _on_portrait(kind, taste):
        return frame.right - size, frame.top + 0.5, size, size * 1.1
    x, y, width, height = portrait
    edge = x - overhang if taste.portrait_right else x + width + overhang - size
    return edge, y + 1.5 if taste.ovd_high else y + height - size - 1.0, size, size


def _guards(
    rng: np.random.Generator, issuer: State, kind: Kind, taste: Taste, frame: _Frame, portrait: Box, overhang: float
) -> tuple[dict[str, Box], tuple[Box, ...]]:
    """Return perforation, signature, ghost and OVD, and those of them that rows must leave room for."""
    places: dict[str, Box] = {}
    obstacles: list[Box] = []
    floor = frame.floor
    if kind is Kind.TD3 and issuer.perforated:
        places["perforation"] = (frame.size[0] - frame.margin - 30, 2.8, 30.0, 4.6)
        if not taste.perforated_high:
            floor -= 5.4
            places["perforation"] = (frame.right - 30, floor + 0.6, 30.0, 4.6)
            obstacles.append(places["perforation"])
    if kind is not Kind.MRV_A:
        x, y, width, height = portrait
        places["signature"] = (x + 0.06 * width, y + height + 0.8, 0.88 * width, frame.floor - y - height - 1.2)
        if _signs_beside(kind, taste):
            floor -= 7.6
            places["signature"] = (frame.right - 28, floor + 0.6, 28.0, 6.8)
            obstacles.append(places["signature"])
    if issuer.ghost and kind is not Kind.MRV_A:
        width = float(rng.uniform(*_MEASURES[kind].ghost))
        places["ghost"] = (frame.right - width, floor - width * FACE_ASPECT - 0.3, width, width * FACE_ASPECT)
        obstacles.append(places["ghost"])
    if issuer.ovd:
        places["ovd"] = _ovd(rng, kind, taste, frame, portrait, overhang)
        if not _on_portrait(kind, taste):
            obstacles.append(places["ovd"])
    return places, tuple(obstacles)


def _side_with_portrait(issuer: State, kind: Kind) -> Layout:
    rng, taste, sizes = (
        np.random.default_rng([issuer.seed, list(Kind).index(kind)]),
        taste_of(issuer, kind),
        _MEASURES[kind],
    )
    (page_width, page_height), mrz = kind.size_mm, mrz_place(kind)
    margin, header = float(rng.uniform(*sizes.margin)), float(rng.uniform(*sizes.header))
    floor = page_height - (MRZ_ZONE + _CLEAR if mrz else margin)
    signature = 0.0 if kind is Kind.MRV_A or _signs_beside(kind, taste) else 6.0
    top = header + 1.2
    width = min(float(rng.uniform(*sizes.portrait)), (floor - top - signature - 0.5) / FACE_ASPECT)
    overhang = (2.5 if kind is Kind.TD1_FRONT else 3.5) if issuer.ovd and _on_portrait(kind, taste) else 0.0
    portrait = (page_width - margin - width if taste.portrait_right else margin, top, width, width * FACE_ASPECT)
    beside = width + overhang + float(rng.uniform(2.2, 3.5))
    left = margin if taste.portrait_right else margin + beside
    right = page_width - margin - (beside if taste.portrait_right else 0)
    frame = _Frame(kind.size_mm, margin, top, floor, left, right)
    places, obstacles = _guards(rng, issuer, kind, taste, frame, portrait, overhang)
    high = "perforation" in places and taste.perforated_high
    title, subtitle = _titles(taste, margin, places["perforation"][0] - 2 if high else page_width - margin, header)
    fields = _fields(kind, frame, taste, obstacles, issuer.script != "latin" and kind is not Kind.MRV_A)
    return Layout(
        size=kind.size_mm,
        fields=fields,
        viz=_around(fields),
        background=(2.0, 2.0, page_width - 4, floor - 2),
        title=title,
        subtitle=subtitle,
        centred=taste.centred and not taste.titles_in_line,
        national_right=taste.national_right,
        portrait=portrait,
        mrz=mrz,
        **places,
    )


def _card_back(issuer: State, kind: Kind) -> Layout:
    rng, taste, (width, height) = np.random.default_rng([issuer.seed, 9]), taste_of(issuer, kind), kind.size_mm
    margin = float(rng.uniform(*_MEASURES[kind].margin))
    floor = height - MRZ_ZONE - _CLEAR
    notes = (margin, floor - 4.6, width - 2 * margin, 4.6)
    frame = _Frame((width, height), margin, margin, notes[1] - 0.5, margin, width - margin)
    fields = _fields(kind, frame, taste, (), doubled=False)
    return Layout(
        size=kind.size_mm,
        fields=fields,
        viz=_around(fields),
        background=(2.0, 2.0, width - 4, floor - 2),
        national_right=taste.national_right,
        notes=notes,
        mrz=mrz_place(kind),
    )


@cache
def layout(issuer: State, kind: Kind) -> Layout:
    """Return where a state prints what on a kind of side."""
    return _card_back(issuer, kind) if kind is Kind.TD1_BACK else _side_with_portrait(issuer, kind)
