"""Prints what is personal on a side, and the form around it: portrait, ghost, signature, labels, values, MRZ.

Everything is rasterised in a window of its own at 600 dpi. Boxes are millimetres; values are printed in type whose size
follows from the height of their box, so that a forger's text in the same box has the same size.
"""

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from datasets.design.layouts import Layout, mrz_place
from datasets.design.scripts import font_for, is_arabic, labels, notes, shortened, titles
from datasets.design.states import State
from datasets.physics.inks import CARBON, INTAGLIO_DARK, INTAGLIO_SPLIT, RED_NUMBER, Ink, Substrate, spot
from datasets.physics.processes import PROCESSES, print_coverage, print_picture
from datasets.physics.surface import PIXELS_PER_MM, Box, Float, Surface, lay
from datasets.sheet import Field, Kind, Making
from datasets.typefaces import font, ocr_b
from docscan.page_geometry import MRZ_LINE_SPACING, MRZ_PITCH, OCR_B_HEIGHT

_EM = 0.86  # size of type by the height of its box: accents above and tails below stay inside
_BASELINE = 0.78  # of a box's height, from its top
_SMALLEST = 0.45  # to which a text is made smaller at most
_BEARING = 0.4  # millimetres, to which a J or a serif may reach out of its box on the left
_WHITENED = 0.85  # how much of the artwork is left out where a portrait is printed on paper


def text_width(text: str, name: str, height: float) -> float:
    """Return how wide a text is, in millimetres, in a font in a box of that height."""
    return _length(text, name, height * _EM * PIXELS_PER_MM) / PIXELS_PER_MM


@lru_cache(maxsize=4096)
def _length(text: str, name: str, size: float) -> float:
    direction = "ltr" if is_arabic(text) else None
    return font(font_for(text, name), round(size, 1)).getlength(text, direction=direction)


@lru_cache(maxsize=512)  # titles and labels are the same on all documents of a kind
def _coverage(shape: tuple[int, int], text: str, name: str, align: str) -> tuple[Float, tuple[float, float]]:
    """Rasterise a text in a window of so many pixels, smaller where it is too long; kept, so not to be written to.

    The window is its box and ``_BEARING`` on the left.

    Returns
    -------
    The coverage, and the left and right end of the text in pixels.
    """
    height, width = shape
    size = height * _EM * (0.88 if is_arabic(text) else 1)  # a hamza stands higher than any capital
    bearing = PIXELS_PER_MM * _BEARING
    size *= max(_SMALLEST, min(1.0, (width - bearing - 2) / max(_length(text, name, size), 1)))
    layer = Image.new("L", (width, height), 0)
    length = _length(text, name, size)
    left = {"left": bearing, "centre": (width + bearing - length) / 2, "right": width - length - 1}[align]
    ImageDraw.Draw(layer).text(
        (left, height * _BASELINE),
        text,
        255,
        font(font_for(text, name), round(size, 1)),
        anchor="ls",
        direction="ltr" if is_arabic(text) else None,
    )
    return np.asarray(layer, np.float32) / 255, (max(left, 0.0), min(left + length, width))


def _window(box: Box) -> Box:
    return box[0] - _BEARING, box[1], box[2] + _BEARING, box[3]


def print_ink(rng: np.random.Generator, part: Surface, coverage: Float, ink: Ink, process: str | None = None) -> None:
    """Print text or lines on a part of a surface, in place.

    Parameters
    ----------
    coverage
        Where; of the part's shape.
    process
        None: engraved where the ink is carbonised polymer, else solid. A counterfeiter who prints all at once names
        his printer's process: text is then divided into its dots, black on top in ``ink``.
    """
    if process is None and ink is CARBON:
        # The laser's dots: rough edges, and darkness that varies from dot to dot.
        dots, _ = PROCESSES["laser_engraving"](rng, 1 - coverage)[0]
        depth = cv2.GaussianBlur(rng.standard_normal(coverage.shape, np.float32), (0, 0), 0.7)
        rough = dots * (1 - rng.uniform(0.05, 0.12) * np.abs(depth))
        lay(part, np.asarray(rough * (cv2.GaussianBlur(coverage, (0, 0), 1.0) > 0.02), np.float32), ink)
    elif process is None:
        print_coverage(rng, part, coverage, ink)
    else:
        layers = PROCESSES[process](rng, 1 - coverage[..., None] * (1 - np.float32(ink.visible)))
        for dots, own in layers[:-1]:
            lay(part, dots, own)
        lay(part, layers[-1][0], ink if max(ink.visible) < 0.3 else layers[-1][1])


def print_field(
    rng: np.random.Generator,
    surface: Surface,
    issuer: State,
    field_box: Box,
    text: str,
    ink: Ink,
    font: str | None = None,
    *,
    align: str = "left",
    process: str | None = None,
) -> Field:
    """Print a datum, in place.

    Parameters
    ----------
    field_box
        ``layout(issuer, kind).fields[name].value``, or a field's own box: the type's size follows from its height, and
        text that is too long is printed smaller.
    font
        The state's own for None.
    align
        "left", "centre" or "right".

    Returns
    -------
    The field as printed; its box is as high as ``field_box`` and as wide as the text.
    """
    part = surface.part(_window(field_box))
    coverage, (left, right) = _coverage(part.shape, text, font or issuer.fonts[0], align)
    print_ink(rng, part, coverage, ink, process)
    x, y, _, height = field_box
    start, end = (x - _BEARING + edge / PIXELS_PER_MM for edge in (left, right))
    return Field(text, (start, y, min(end - start + 0.2, field_box[0] + field_box[2] - start), height))


def print_portrait(
    rng: np.random.Generator, surface: Surface, box: Box, face: Float, process: str, substrate: Substrate | None = None
) -> None:
    """Print a portrait, in place.

    Laser engraving lets the artwork show through. For the other processes the artwork is left out where the portrait
    will be; ``substrate`` is then what shows in its lights. None prints on whatever is there.
    """
    part = surface.part(box)
    if substrate is not None and process != "laser_engraving":
        for plane, bare in ((part.visible, substrate.visible), (part.uv, substrate.uv), (part.ir, substrate.ir)):
            if plane is not None:
                plane *= 1 - _WHITENED
                plane += np.float32(bare) * np.float32(_WHITENED)
    print_picture(rng, part, face, process)


def faded(face: Float, issuer: State) -> Float:
    """Return a portrait as a state sets it: a third of the states let it fade out towards its edges."""
    if issuer.seed % 3:
        return face
    rows, columns = (np.linspace(-1, 1, n, dtype=np.float32) for n in face.shape[:2])
    edge = np.maximum(np.abs(rows)[:, None], np.abs(columns)[None])
    mask = np.clip((1 - edge) / 0.1, 0, 1)[..., None]
    return np.asarray(1 - (1 - face) * mask, np.float32)


def print_ghost(rng: np.random.Generator, surface: Surface, box: Box, face: Float, process: str, grey: bool) -> None:
    """Print the portrait again, small and light and fading out, over the artwork, in place."""
    picture = cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) if grey else face
    rows, columns = (np.linspace(-1, 1, n, dtype=np.float32) for n in face.shape[:2])
    oval = np.clip((1.08 - np.hypot(rows[:, None], columns[None] * 1.05)) / 0.25, 0, 1)[..., None]
    print_picture(rng, surface.part(box), np.asarray(1 - 0.55 * (1 - picture) * oval, np.float32), process)


def _pen(seed: int, shape: tuple[int, int]) -> Float:
    """Draw a signature: a pen that swings up and down while it runs to the right, then a flourish."""
    rng = np.random.default_rng(seed)
    height, width = shape
    count = int(rng.integers(7, 13))
    swing = rng.uniform(0.08, 0.3, count) * np.where(np.arange(count) % 2, 1, -1) * rng.choice([1.0, 0.6], count)
    knots = np.stack([np.linspace(0.05, 0.82, count) + rng.normal(0, 0.025, count), 0.52 + swing])
    knots[1, :3] = rng.permutation([0.1, 0.88, float(rng.uniform(0.1, 0.6))])  # a capital first
    if rng.random() < 0.6:
        knots = np.concatenate([knots, [[0.95, 0.4, 0.9], [0.75, 0.9, 0.84]]], axis=1)
    fine = np.linspace(0, knots.shape[1] - 1, 240)
    path = np.stack([np.interp(fine, np.arange(knots.shape[1]), axis) for axis in knots])
    loops = np.stack([np.cos(fine * 2.9) * 0.018, np.sin(fine * 2.9) * 0.05])
    curve = np.asarray(path + loops, np.float32)
    smooth = np.stack([cv2.GaussianBlur(axis[None], (0, 0), 5.0, borderType=cv2.BORDER_REPLICATE)[0] for axis in curve])
    points = np.clip(smooth.T, 0.03, 0.97) * [width - 1, height - 1]
    layer = np.zeros(shape, np.uint8)
    for part in range(8):
        stroke = np.round(points[part * 30 : part * 30 + 31] * 16).astype(np.int32)
        cv2.polylines(layer, [stroke], False, 255, int(rng.integers(4, 9)), cv2.LINE_AA, 4)
    return np.asarray(layer, np.float32) / 255


def print_signature(
    rng: np.random.Generator, surface: Surface, box: Box, who: str, ink: Ink, process: str | None = None
) -> None:
    """Print the signature of whoever bears a name, in place; the same curve for the same name."""
    part = surface.part(box)
    print_ink(rng, part, _pen(crc32(who.encode()), part.shape), ink, process)


def print_mrz(
    rng: np.random.Generator,
    surface: Surface,
    kind: Kind,
    lines: Sequence[str],
    making: Making,
    shift: tuple[float, float] | None = None,
) -> Box:
    """Print an MRZ, in place, at most 0.5 mm from where Doc 9303 parts 4 to 7 want it (tolerance 1 mm).

    Parameters
    ----------
    making
        Its font, the pitch of its characters, its ink.
    shift
        Of the print, in millimetres; None: as chance has it.

    Returns
    -------
    The box around the text.
    """
    place = mrz_place(kind)
    if place is None:
        raise ValueError(f"{kind} has no MRZ")
    right, down = rng.uniform(-0.5, 0.5, 2) if shift is None else shift
    pitch, process = making.mrz_pitch * PIXELS_PER_MM, None if making.line_art == "vector" else making.line_art
    face = ocr_b(making.mrz_font, pitch) if making.mrz_font.startswith("OCRB") else _as_high(making.mrz_font, pitch)
    left, above = place.left + right, MRZ_LINE_SPACING / 2
    width = max(map(len, lines)) * making.mrz_pitch
    for line, centre in zip(lines, place.centres, strict=True):
        part = surface.part((left, centre + down - above, width, 2 * above))
        layer = Image.new("L", part.shape[::-1], 0)
        draw, height = ImageDraw.Draw(layer), -face.getbbox("H", anchor="ls")[1]
        for column, character in enumerate(line):
            draw.text(((column + 0.5) * pitch, (part.shape[0] + height) / 2), character, 255, face, anchor="ms")
        print_ink(rng, part, np.asarray(layer, np.float32) / 255, making.mrz_ink, process)
    top, height = place.centres[0] + down - OCR_B_HEIGHT / 2, (len(lines) - 1) * MRZ_LINE_SPACING + OCR_B_HEIGHT
    return float(left), float(top), float(width), float(height)


def _as_high(name: str, pitch: float) -> ImageFont.FreeTypeFont:
    """Open a font that is not OCR-B at the size at which its capitals are as high as OCR-B's."""
    high = OCR_B_HEIGHT * pitch / MRZ_PITCH
    return font(name, 1000 * high / -font(name, 1000).getbbox("H", anchor="ls")[1])


def _dark(issuer: State, number: int) -> Ink:
    """Return one of a state's offset inks, printed as full as text wants it."""
    colour = np.array(issuer.inks[number % len(issuer.inks)]) ** 2
    strength = 0.3 / max(0.3, float(colour @ [0.3, 0.59, 0.11]))
    red, green, blue = (float(c) for c in colour * strength)
    return spot("offset, full", (red, green, blue))


def title_ink(issuer: State) -> Ink:
    """Return the ink of a state's titles: intaglio where it has that."""
    if issuer.intaglio:
        return INTAGLIO_SPLIT if issuer.intaglio_split else INTAGLIO_DARK
    return _dark(issuer, 1)


def number_ink(issuer: State, making: Making) -> Ink:
    """Return the ink of a document's number: red letterpress in a third of the states."""
    return RED_NUMBER if issuer.seed % 5 < 2 and making.text_ink is not CARBON else making.text_ink


def _print_text(
    rng: np.random.Generator,
    surface: Surface,
    box: Box,
    texts: Sequence[str],
    name: str,
    ink: Ink,
    align: str = "left",
    process: str | None = None,
) -> None:
    """Print the longest of some texts that fits, in place."""
    text = shortened(texts, [text_width(text, name, box[3]) for text in texts], box[2])
    part = surface.part(_window(box))
    print_ink(rng, part, _coverage(part.shape, text, name, align)[0], ink, process)


def print_form(
    rng: np.random.Generator, surface: Surface, issuer: State, kind: Kind, places: Layout, making: Making
) -> None:
    """Print what is the same on all documents of a kind, in place: titles, labels, small print, in offset inks."""
    process = None if making.line_art == "vector" else making.line_art
    label_ink, face = _dark(issuer, 0), issuer.fonts[1]
    if places.title and places.subtitle:
        state_texts, document_texts = titles(issuer, kind)
        bold = "DejaVuSerif-Bold.ttf" if "Serif" in face and issuer.script != "arabic" else "DejaVuSans-Bold.ttf"
        align = "centre" if places.centred else "left"
        last = "right" if places.title[1] == places.subtitle[1] else align
        _print_text(rng, surface, places.title, state_texts, bold, title_ink(issuer), align, process)
        _print_text(rng, surface, places.subtitle, document_texts, bold, label_ink, last, process)
    for name, place in places.fields.items():
        if place.label[3]:
            texts = labels(issuer, kind, name.removesuffix("_national"))
            _print_text(rng, surface, place.label, texts, face, label_ink, process=process)
    if places.notes:
        x, y, width, height = places.notes
        for line, text in enumerate(notes(issuer)):
            box = (x, y + line * height / 2, width, height * 0.42)
            _print_text(rng, surface, box, [text], face, label_ink, process=process)
