"""A TD3 data page (ICAO Doc 9303 part 4): layers in the order in which they are printed."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from datasets.holders import Holder
from datasets.line_work import background
from datasets.portrait import portrait
from datasets.printing import PROCESSES
from datasets.raster import PAGE_SHAPE, PIXELS_PER_MM, Float, px, window
from datasets.states import State
from datasets.typefaces import font, ocr_b
from docscan.mrz.compose import compose
from docscan.types import MrzFormat

OCR_B_CUTS = ("OCRB.otf", "OCRBS.otf")  # round and square stroke ends

# Doc 9303 part 4, section 4: places of the MRZ's lines, in millimetres.
MRZ_PITCH, MRZ_LEFT, MRZ_LINE_SPACING, MRZ_LOWER_CENTRE = 2.54, 6.0, 6.35, 9.4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page on the drawing surface.

    ``zones`` are x, y, width, height in millimetres, named as the product's regions.
    """

    surface: Float
    state: State
    mrz: tuple[str, ...]
    zones: dict[str, tuple[float, float, float, float]]
    face: Float


def place_portrait(
    rng: np.random.Generator,
    surface: Float,
    box: tuple[float, float, float, float],
    face: Float,
    process: str,
) -> None:
    """Print a portrait in a box, in place, by a process."""
    area = surface[window(box)]
    picture = cv2.resize(face, area.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    printed = PROCESSES[process](rng, np.clip(picture, 0, 1))
    if process == "laser_engraving":
        area *= printed  # the card's own background shows through
    else:
        area[:] = printed


def _text_layer(state: State, holder: Holder) -> Image.Image:
    """Return the coverage of the visual zone's text."""
    layer = Image.new("L", PAGE_SHAPE[::-1], 0)
    draw = ImageDraw.Draw(layer)
    label, value = font(state.label_font, px(1.6)), font(state.font, px(2.9))
    draw.text((px(state.text_left), px(4)), f"PASSPORT   {state.name.upper()}", 255, font(state.font, px(4.2)))
    rows = (
        ("Type / Code / Passport No.", f"P   {state.code}   {holder.document_number}"),
        ("Surname", holder.surname),
        ("Given names", holder.given_names),
        ("Nationality", state.name.upper()),
        ("Date of birth / Sex", f"{holder.birth:%d %m %Y}   {holder.sex}"),
        ("Place of birth", state.name.upper()),
        ("Date of expiry", f"{holder.expiry:%d %m %Y}"),
        ("Authority", f"{state.name.upper()} MINISTRY"),
    )
    for index, (name, text) in enumerate(rows):
        top = 10.5 + index * state.row_pitch
        draw.text((px(state.text_left), px(top)), name, 170, label)
        draw.text((px(state.text_left), px(top + 1.9)), text, 255, value)
    return layer


def _mrz_layer(rng: np.random.Generator, lines: tuple[str, ...]) -> Image.Image:
    layer = Image.new("L", PAGE_SHAPE[::-1], 0)
    draw = ImageDraw.Draw(layer)
    face = ocr_b(str(rng.choice(OCR_B_CUTS)), MRZ_PITCH * PIXELS_PER_MM)
    left, lift = MRZ_LEFT + rng.uniform(-0.8, 0.8), rng.uniform(-0.5, 0.5)
    for index, line in enumerate(lines):
        centre = PAGE_SHAPE[0] / PIXELS_PER_MM - MRZ_LOWER_CENTRE + lift - MRZ_LINE_SPACING * (len(lines) - 1 - index)
        for column, character in enumerate(line):
            x = (left + column * MRZ_PITCH) * PIXELS_PER_MM
            # Capitals are 2.54 mm high in this cut: the baseline is half of that below the centre.
            draw.text((x, (centre + 1.27) * PIXELS_PER_MM), character, 255, face, anchor="ls")
    return layer


def mrz_lines(state: State, holder: Holder) -> tuple[str, ...]:
    """Compose the MRZ of a holder's passport."""
    return compose(
        MrzFormat.TD3,
        document_code="P",
        issuing_state=state.code,
        document_number=holder.document_number,
        surname=holder.surname,
        given_names=holder.given_names,
        nationality=state.code,
        birth_date=f"{holder.birth:%y%m%d}",
        sex=holder.sex,
        expiry_date=f"{holder.expiry:%y%m%d}",
        optional_data=holder.personal_number,
    )


def draw_genuine(rng: np.random.Generator, state: State, holder: Holder) -> Drawing:
    """Draw a genuine data page as its state makes it."""
    surface = np.tile(np.float32(state.paper), (*PAGE_SHAPE, 1)).astype(np.float32)
    background(surface, state)
    face = portrait(rng)
    place_portrait(rng, surface, state.portrait, face, state.portrait_process)
    if state.ghost:
        x = min(state.text_left + 36, 104)
        area = surface[window((x, 30, 18, 23))]
        small = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), area.shape[1::-1], interpolation=cv2.INTER_AREA)
        area *= (0.55 + 0.45 * small)[..., None]
    lines = mrz_lines(state, holder)
    for layer, process in (
        (_text_layer(state, holder), state.text_process),
        (_mrz_layer(rng, lines), "thermal"),
    ):
        coverage = np.asarray(layer, np.float32)[..., None] / 255
        ink = np.clip(1 - coverage * (1 - np.float32(state.text_ink)), 0, 1)
        surface *= PROCESSES[process](rng, ink)
    zones = {
        "portrait": state.portrait,
        "viz": (state.text_left, 10.0, min(60.0, 123.0 - state.text_left), 52.0),
        "mrz": (4.0, 88 - 19.5, 117.0, 14.0),
        "background": (2.0, 2.0, 121.0, 62.0),
    }
    return Drawing(surface, state, lines, zones, face)
