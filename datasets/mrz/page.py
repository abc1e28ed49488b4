"""A document's page, or the strip of it round the MRZ, drawn in grey.

Lengths on a page are counted in pitches: the distance between two characters' centres, nominally 2.54 mm
(ICAO Doc 9303 part 3, section 4.3).
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from datasets.mrz.stamps import texture, words
from datasets.mrz.text import random_format, zone_lines
from datasets.mrz.typeface import CELL_HEIGHT, Float, draw_line, draw_typeface
from docscan.types import MrzFormat

MILLIMETRES = 2.54
LEAST_CONTRAST = 0.6  # print contrast signal, ISO 1831
_SIZES = {  # page width and height, left margin, centre of the lowest line above the lower edge, in millimetres
    MrzFormat.TD3: (125.0, 88.0, 6.5, 9.5),
    MrzFormat.MRV_A: (120.0, 80.0, 5.0, 9.0),
    MrzFormat.TD1: (85.6, 53.98, 4.7, 6.5),
    MrzFormat.TD2: (105.0, 74.0, 6.5, 9.0),
    MrzFormat.MRV_B: (105.0, 74.0, 6.5, 9.0),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page.

    ``image`` is float, height x width, 0 to 1, ``scale`` pixels a pitch. ``first`` is the centre of the first
    character of the first line and ``spacing`` the distance of the lines, in pitches from the upper left corner.
    ``face`` is the font's name, empty where the MRZ was left out.
    """

    image: Float
    scale: float
    format: MrzFormat
    lines: tuple[str, ...]
    first: tuple[float, float]
    spacing: float
    face: str

    def ends(self) -> np.ndarray:
        """Return the outer edges of each line at the height of its centre: lines x (start, end) x (x, y), pitches."""
        width = len(self.lines[0])
        left = self.first[0] - 0.5
        rows = self.first[1] + self.spacing * np.arange(len(self.lines))
        return np.float64([[[left, row], [left + width, row]] for row in rows])


def _background(rng: np.random.Generator, shape: tuple[int, int], scale: float, strength: float = 1.0) -> Float:
    """Return paper: tint, clouds, guilloche, and sometimes a picture under the text."""
    height, width = shape
    page = np.full(shape, rng.choice([rng.uniform(0.75, 1.0), rng.uniform(0.4, 0.8)], p=[0.75, 0.25]), np.float32)
    if rng.random() < 0.7:
        page += texture(rng, shape, rng.uniform(2, 12)) * rng.uniform(0, 0.09)
    rows = (np.arange(height, dtype=np.float32) / np.float32(scale))[:, None]
    columns = (np.arange(width, dtype=np.float32) / np.float32(scale))[None]
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.35, 0.3, 0.2, 0.15]))):
        period = rng.uniform(0.25, 2.0)
        angle, phase = rng.uniform(0, np.pi, 2).astype(np.float32)
        wave = np.float32(rng.uniform(0, 3)) * np.sin(columns * np.float32(rng.uniform(0.05, 0.8)) + phase)
        turn = np.float32(2 * np.pi / period)
        lines = np.sin((columns * np.cos(angle) + (rows + wave) * np.sin(angle)) * turn)
        sharpness = rng.uniform(1, 4)
        page += np.clip(lines * sharpness, -1, 1) * min(rng.exponential(0.035), 0.11) * strength
    if rng.random() < 0.25:  # bands of another colour
        edge = rng.uniform(0, height / scale, 2)
        band = (rows > edge.min()) & (rows < edge.max())
        page += band * rng.uniform(-0.25, 0.15)
    if rng.random() < 0.25:  # a large shape printed across: an emblem, a stamp, a hologram
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (int(rng.uniform(2, 12) * scale), int(rng.uniform(2, 12) * scale))
        tone = float(rng.uniform(-0.3, 0.2))
        thickness = -1 if rng.random() < 0.5 else max(1, int(rng.uniform(0.1, 1) * scale))
        layer = np.zeros(shape, np.float32)
        cv2.ellipse(layer, centre, axes, float(rng.uniform(0, 180)), 0, 360, tone, thickness)
        page += layer
    return page


def _print_text(rng: np.random.Generator, page: Float, scale: float, lower_edge: float) -> None:
    """Print labels and data of the visual inspection zone above the MRZ, in place."""
    height, width = page.shape
    ink = rng.uniform(0.3, 0.9)
    room = int(lower_edge * scale)
    for _ in range(int(rng.integers(0, 22))):
        size = rng.uniform(0.5, 1.5) * scale
        stamp = words(rng, size)
        if stamp.shape[0] >= room or stamp.shape[1] >= width:
            continue
        y = int(rng.integers(0, room - stamp.shape[0]))
        x = int(rng.integers(0, width - stamp.shape[1]))
        page[y : y + stamp.shape[0], x : x + stamp.shape[1]] *= 1 - stamp * ink
    if rng.random() < 0.7:  # the portrait
        tall, wide = int(rng.uniform(9, 16) * scale), int(rng.uniform(7, 13) * scale)
        if tall < room and wide < width:
            y, x = int(rng.integers(0, room - tall + 1)), int(rng.integers(0, width - wide + 1))
            page[y : y + tall, x : x + wide] = 0.5 + 0.2 * texture(rng, (tall, wide), rng.uniform(2, 9))
    if rng.random() < 0.25:  # a rule, or a frame round the page
        y = int(rng.uniform(0, room))
        page[y : y + max(1, int(0.1 * scale))] *= 1 - ink
    if rng.random() < 0.15:
        cv2.rectangle(page, (1, 1), (width - 2, height - 2), 0.2, max(1, int(0.12 * scale)))


def _ink(rng: np.random.Generator, coverage: Float, scale: float) -> Float:
    """Lay ink as printers do: spread, dot gaps, engraving dots, wear."""
    spread = rng.uniform(0, 0.05) * scale
    if spread > 0.3:
        coverage = cv2.GaussianBlur(coverage, (0, 0), spread)
    kind = rng.random()
    if kind < 0.15:  # dots of a matrix or of laser engraving
        period = rng.uniform(0.08, 0.16) * scale
        rows, columns = np.mgrid[: coverage.shape[0], : coverage.shape[1]].astype(np.float32)
        dots = np.cos(rows * (2 * np.pi / period)) * np.cos(columns * (2 * np.pi / period))
        coverage = coverage * (1 - rng.uniform(0, 0.6) * (dots < 0))
    elif kind < 0.4:  # ink that did not take, wear
        holes = texture(rng, coverage.shape, rng.uniform(20, 150))
        coverage = coverage * (1 - np.clip(holes - rng.uniform(0.8, 2.5), 0, 1))
    elif kind < 0.5:  # a fading ribbon
        fade = texture(rng, coverage.shape, rng.uniform(1, 6))
        coverage = coverage * np.clip(1 - np.abs(fade) * rng.uniform(0, 0.5), 0.25, 1)
    return coverage


def _print_zone(rng: np.random.Generator, page: Page, least_ink: float, *, unusual: bool) -> str:
    """Print the MRZ, in place; return the face it is set in."""
    face = draw_typeface(rng, unusual=unusual)
    jitter = float(rng.choice([0, 0, rng.uniform(0.3, 1.2)]))
    scale = page.scale
    paper = page.image
    ink = rng.uniform(0.5, 0.97) if rng.random() < 0.75 else rng.uniform(0.22, 0.5)
    ink = least_ink + (1 - least_ink) * ink
    tall = round(CELL_HEIGHT / 40 * scale)
    width = round(len(page.lines[0]) * scale)
    for index, text in enumerate(page.lines):
        left = round((page.first[0] - 0.5) * scale)
        top = round((page.first[1] + index * page.spacing) * scale - tall / 2)
        coverage = cv2.resize(draw_line(rng, face, text, jitter), (width, tall), interpolation=cv2.INTER_AREA)
        coverage = _ink(rng, coverage, scale)
        area = paper[max(top, 0) : top + tall, left : left + width]
        coverage = coverage[max(0, -top) : max(0, -top) + area.shape[0], : area.shape[1]]
        area *= 1 - coverage * ink
        if ink > 0.8 and rng.random() < 0.12:  # embossing: a light edge beside each stroke
            area += 0.35 * (np.roll(coverage, 1, (0, 1)) - coverage).clip(0)
    return face.name


def _outline_zone(rng: np.random.Generator, page: Page) -> None:
    """Rule off the zone, or draw a box round it, as some issuers and many instructions do, in place."""
    pad = rng.uniform(0.9, 1.6)
    ends = page.ends()
    corners = np.rint(np.stack([ends[0, 0] - (0.4, pad), ends[-1, 1] + (0.4, pad)]) * page.scale).astype(int)
    tone, thickness = float(rng.uniform(0, 0.6)), max(1, int(rng.uniform(0.05, 0.25) * page.scale))
    (left, top), (right, bottom) = corners.tolist()
    if rng.random() < 0.5:
        cv2.rectangle(page.image, (left, top), (right, bottom), tone, thickness)
    else:
        cv2.line(page.image, (0, top), (page.image.shape[1], top), tone, thickness)


def draw_page(
    rng: np.random.Generator,
    scale: float,
    *,
    random_share: float = 0.0,
    above: float | None = None,
    form: MrzFormat | None = None,
    blank: bool = False,
    issued: bool = False,
    unusual: bool = False,
) -> Page:
    """Draw a page with an MRZ.

    Parameters
    ----------
    scale
        Pixels a pitch.
    random_share
        Share of pages whose MRZ follows no grammar.
    above
        Draw only this many pitches above the first line; None: the whole page.
    blank
        Leave the MRZ's place empty.
    issued
        Print as an issuer's quality control lets pass: the ink takes at least 0.6 of the paper's light (the print
        contrast signal of ISO 1831), and the artwork has half its strength. Training also shows what does not pass.
    unusual
        Set the MRZ in a face that nothing is measured on.
    """
    form = random_format(rng) if form is None else form
    lines = zone_lines(rng, form, random_share)
    width, height, margin, bottom = (value / MILLIMETRES for value in _SIZES[form])
    spacing = rng.normal(2.5, 0.12) if rng.random() < 0.8 else rng.uniform(1.75, 3.1)
    spacing = float(np.clip(spacing, 1.7, 3.2))
    bottom *= rng.uniform(0.7, 1.3)
    height *= rng.uniform(0.9, 1.1)
    first_row = height - bottom - spacing * (len(lines) - 1)
    if above is not None and first_row > above:
        height -= first_row - above
        first_row = above
    margin = max(0.1, margin * rng.uniform(0.4, 1.3))
    width = max(width, margin + len(lines[0]) + rng.uniform(0.1, 3))
    shape = (round(height * scale), round(width * scale))
    image = _background(rng, shape, scale, 0.5 if issued else 1.0)
    _print_text(rng, image, scale, max(first_row - rng.uniform(1.0, 2.0), 0))
    if rng.random() < 0.2:  # a lighter field under the MRZ
        top = max(0, round((first_row - 1.3) * scale))
        image[top:] = image[top:] * 0.3 + 0.7 * rng.uniform(0.7, 1.0)
    page = Page(image, scale, form, lines, (margin + 0.5, first_row), spacing, "")
    if not blank:
        page = replace(page, face=_print_zone(rng, page, LEAST_CONTRAST if issued else 0.0, unusual=unusual))
    if rng.random() < 0.05:
        _outline_zone(rng, page)
    np.clip(image, 0, 1, out=image)
    return page
