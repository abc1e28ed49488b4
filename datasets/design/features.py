"""What a document bears besides print: fibres and thread, the OVD, the perforated number, stamps, wear.

Each is drawn from its own random numbers, in place, and behaves under each light as its kind does.
"""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from datasets.design.states import State
from datasets.physics.inks import DYE_BLACK, STAMP, Ink, spot
from datasets.physics.processes import print_picture
from datasets.physics.surface import PIXELS_PER_MM, Box, Float, Surface, bands, lay, px, smooth_noise
from datasets.sheet import Making
from datasets.typefaces import font

_BITS = 4
_CARD = 110.0  # millimetres: what is wider is paper and has a thread


def _fibre(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return a fibre's path in pixels: 2.5 to 6 mm, curled."""
    length, steps = rng.uniform(2.5, 6.0) * PIXELS_PER_MM, 14
    headings = rng.uniform(0, 6.28) + np.cumsum(rng.normal(0, 0.28, steps))
    path = np.cumsum(np.stack([np.cos(headings), np.sin(headings)], 1), 0) * length / steps
    return np.asarray(path + rng.uniform(0, shape[::-1]))


def _drawn(shape: tuple[int, int], paths: list[np.ndarray], width: int) -> Float:
    layer = np.zeros(shape, np.uint8)
    for path in paths:
        cv2.polylines(layer, [np.rint(path * (1 << _BITS)).astype(np.int32)], False, 255, width, cv2.LINE_AA, _BITS)
    return np.asarray(layer, np.float32) / 255


def _lay_path(surface: Surface, path: np.ndarray, ink: Ink) -> None:
    """Lay a thin line, in place, touching only the pixels about it."""
    low = np.clip(np.floor(path.min(0)) - 3, 0, None).astype(int)
    high = np.clip(np.ceil(path.max(0)) + 4, 0, surface.shape[::-1]).astype(int)
    if (high <= low).any():
        return
    rows, columns = slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))
    part = surface.cut(rows, columns)
    lay(part, 0.9 * _drawn(part.shape, [path - low], 2), ink)


def fibres(rng: np.random.Generator, surface: Surface, issuer: State, making: Making) -> None:
    """Lay fibres at random, and in passports and visas a thread, in place.

    Genuine ones are in the paper: nearly unseen by daylight, two colours under ultraviolet. "printed" ones are fine
    coloured lines that do not fluoresce; "missing": neither fibres nor thread.
    """
    shape = surface.shape
    area = shape[0] * shape[1] / PIXELS_PER_MM**2
    paths = [_fibre(rng, shape) for _ in range(rng.poisson(area / 220))]
    thread = rng.uniform(-1.5, 1.5)
    if making.fibres == "missing":
        return
    for number, path in enumerate(paths):
        genuine = Ink("fibre", (0.93, 0.94, 0.97), issuer.fibre_colours[number % 2], 0.3, 0.97)
        drawn = spot("fine lines", (0.55, 0.62, 0.85) if number % 2 else (0.85, 0.55, 0.55))
        _lay_path(surface, path, drawn if making.fibres == "printed" else genuine)
    if shape[1] > px(_CARD) and making.fibres == "fluorescent":
        _thread(surface, issuer, thread)


def _thread(surface: Surface, issuer: State, shift: float) -> None:
    """Lay a thread from edge to edge: a faint line by daylight, segments of two colours under ultraviolet."""
    height, width = surface.shape
    left = px(width / PIXELS_PER_MM * (0.55 + 0.3 * (issuer.seed % 11) / 10) + shift)
    strip = surface.cut(slice(0, height), slice(left, left + px(1.2)))
    segment = (np.arange(height) // px(4.0)) % 2
    for number in (0, 1):
        coverage = np.repeat((segment == number).astype(np.float32)[:, None], strip.shape[1], 1)
        lay(strip, coverage, Ink("thread", (0.955, 0.955, 0.96), issuer.fibre_colours[number], 0.3, 0.90))


@lru_cache(maxsize=4)
def _grating(issuer: State, shape: tuple[int, int]) -> tuple[Float, Float]:
    """Return an OVD's motif: at each point the direction of its grating in turns, and how strongly it diffracts."""
    rng = np.random.default_rng([issuer.seed, 77])
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(np.float32)
    radius, angle = np.hypot(rows, columns), np.arctan2(rows, columns)
    points = int(rng.integers(4, 11))
    star = radius * (1 + 0.25 * np.cos(points * angle))
    rings = star * rng.uniform(2.5, 5.0)
    direction = rings + points * angle / 12.566 * rng.integers(1, 3)
    layer = Image.new("L", shape[::-1], 0)
    place = shape[1] / 2, shape[0] / 2
    ImageDraw.Draw(layer).text(place, issuer.code, 255, font("DejaVuSans-Bold.ttf", shape[1] // 4), anchor="mm")
    direction = np.where(np.asarray(layer) > 127, direction + 0.5, direction)
    lines = 0.55 + 0.45 * np.cos(star * rng.uniform(30, 60))
    outline = np.clip((1.0 - np.maximum(star / 1.15, radius)) / 0.04, 0, 1)
    return np.asarray(direction, np.float32), np.asarray(outline * lines, np.float32)


def _spectrum(turn: Float) -> Float:
    """Return the saturated colour of a phase in turns."""
    return np.clip(np.abs((turn[..., None] * 6 + np.float32([0, 4, 2])) % 6 - 3) - 1, 0, 1)


def _diffracted(issuer: State, shape: tuple[int, int], view: float) -> tuple[Float, Float]:
    """Return the colour that an OVD sends to the viewer, and how bright, for a view of 0 to 1."""
    direction, strength = _grating(issuer, shape)
    colour = _spectrum(direction * 0.5 + np.float32(view * 1.7))
    # A grating sends light to the eye in few directions only: what shines changes with the view.
    lit = 0.25 + 0.75 * np.clip(np.cos(6.283 * (direction - np.float32(view * 2.3))), 0, 1) ** 2
    return colour, np.asarray(strength * lit, np.float32)


def ovd(rng: np.random.Generator, surface: Surface, box: Box, issuer: State, making: Making, view: float) -> None:
    """Apply the optically variable device, in place.

    Parameters
    ----------
    making
        Its ``ovd``: "diffractive"; "copied", a print of how it looked to a scanner: dull, the same from everywhere and
        without effect on infrared; "missing".
    view
        From where the light falls, 0 to 1.
    """
    part = surface.part(box)
    seen_from = rng.random()
    if making.ovd == "missing":
        return
    if making.ovd == "copied":
        colour, light = _diffracted(issuer, part.shape, float(seen_from))
        grey = light[..., None] * (0.45 + 0.35 * colour)
        picture = np.clip(0.97 - 0.75 * light[..., None] + grey, 0.05, 1)
        soft = cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), 2.0)
        print_picture(rng, part, soft, "inkjet" if rng.random() < 0.6 else "sublimation")
        return
    colour, light = _diffracted(issuer, part.shape, view)
    share = (0.8 * light)[..., None]
    part.visible *= 1 - 0.55 * share
    part.visible += 0.62 * share * colour
    np.clip(part.visible, 0.02, 1, out=part.visible)
    _, strength = _grating(issuer, part.shape)
    if part.uv is not None:
        part.uv *= (1 - 0.5 * strength)[..., None]
    if part.ir is not None:
        part.ir *= 1 - 0.25 * strength


# 5 x 7 dots of digits and capitals, as perforating heads have them; a row is five bits.
_DOTS = {
    "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E", "4": "02060A121F0202",
    "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808", "8": "0E11110E11110E", "9": "0E11110F01020C",
    "A": "0E11111F111111", "B": "1E11111E11111E", "C": "0E11101010110E", "D": "1C12111111121C", "E": "1F10101E10101F",
    "F": "1F10101E101010", "G": "0E11101711110F", "H": "1111111F111111", "I": "0E04040404040E", "J": "0702020202120C",
    "K": "11121418141211", "L": "1010101010101F", "M": "111B1515111111", "N": "11111915131111", "O": "0E11111111110E",
    "P": "1E11111E101010", "Q": "0E11111115120D", "R": "1E11111E141211", "S": "0F10100E01011E", "T": "1F040404040404",
    "U": "1111111111110E", "V": "11111111110A04", "W": "1111111515150A", "X": "11110A040A1111", "Y": "1111110A040404",
    "Z": "1F01020408101F",
}  # fmt: skip


def _holes(box: Box, text: str) -> list[tuple[float, float]]:
    """Return the centres of a text's holes in millimetres from the box's corner."""
    step = min(box[2] / (6 * len(text)), box[3] / 7.5)
    found = []
    for place, character in enumerate(text):
        dots = bytes.fromhex(_DOTS[character])
        found += [
            ((place * 6 + column + 0.75) * step, (row + 0.75) * step)
            for row, bits in enumerate(dots)
            for column in range(5)
            if bits >> (4 - column) & 1
        ]
    return found


def perforation(rng: np.random.Generator, surface: Surface, box: Box, text: str, making: Making) -> None:
    """Drill a number through the page, in place: round holes that show the dark behind, with a light edge.

    "printed" holes are dots of dye: soft, without an edge, gone under infrared.
    """
    part = surface.part(box)
    layer = np.zeros(part.shape, np.uint8)
    radius = 0.17 * PIXELS_PER_MM
    for x, y in _holes(box, text):
        wander = np.add(rng.normal(0, 0.02, 2), (x, y))
        centre = tuple(int(value) for value in np.rint(wander * PIXELS_PER_MM * (1 << _BITS)))
        size = round(radius * rng.uniform(0.92, 1.08) * (1 << _BITS))
        cv2.circle(layer, centre, size, 255, -1, cv2.LINE_AA, _BITS)
    hole = np.asarray(layer, np.float32) / 255
    if making.perforation == "printed":
        lay(part, np.asarray(0.8 * cv2.GaussianBlur(hole, (0, 0), 1.2), np.float32), DYE_BLACK)
        return
    behind = rng.uniform(0.1, 0.3)
    rim = np.clip(cv2.GaussianBlur(hole, (0, 0), 1.6) * 1.6 - hole, 0, 1)
    part.visible *= 1 - hole[..., None]
    part.visible += (hole * behind)[..., None] + 0.10 * rim[..., None]
    np.clip(part.visible, 0.02, 1, out=part.visible)
    if part.uv is not None:
        part.uv *= 1 - 0.97 * hole[..., None]
    if part.ir is not None:
        part.ir *= 1 - hole * np.float32(0.85)


def stamp(rng: np.random.Generator, surface: Surface, text: str) -> Box:
    """Stamp a side by hand somewhere, in place; return where."""
    size, height, width = rng.uniform(20, 30), *(side / PIXELS_PER_MM for side in surface.shape)
    box = (float(rng.uniform(3, width - size - 3)), float(rng.uniform(2, height * 0.6 - size / 2)), size, size * 0.6)
    part = surface.part(box)
    rows, columns = part.shape
    layer = Image.new("L", (columns, rows), 0)
    pen = ImageDraw.Draw(layer)
    pen.rounded_rectangle((rows // 8, rows // 8, columns - rows // 8, rows - rows // 8), rows // 5, None, 255, 5)
    pen.text((columns / 2, rows / 2), text, 255, font("DejaVuSans-Bold.ttf", columns // 9), anchor="mm")
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), rng.uniform(-14, 14), 0.95)
    coverage = cv2.warpAffine(np.asarray(layer, np.float32) / 255, turn, (columns, rows))
    uneven = np.clip(0.75 + 0.45 * smooth_noise(rng, part.shape, 9), 0.05, 1)
    lay(part, np.asarray(cv2.GaussianBlur(coverage, (0, 0), 1.1) * uneven * 0.8, np.float32), STAMP)
    return box


def wear(rng: np.random.Generator, surface: Surface, laminate: float) -> None:
    """Age a side, in place: dirt, scratches, a laminate that scatters; the same chances for every document."""
    shape, use = surface.shape, float(rng.beta(1.2, 3.5))
    coarse = shape[0] // 8, shape[1] // 8
    clouds = smooth_noise(rng, coarse, 5) * 0.5 + smooth_noise(rng, coarse, 40) * 0.25
    dirt = cv2.resize(np.clip(clouds, 0, 1), shape[::-1]) * np.float32(use * 0.12)
    scratches = []
    for _ in range(rng.poisson(use * 14)):
        start, heading = rng.uniform(0, shape[::-1]), rng.uniform(0, 6.28)
        reach = rng.uniform(2, 25) * PIXELS_PER_MM * np.array([np.cos(heading), np.sin(heading)])
        scratches.append(np.stack([start, start + reach * 0.5 + rng.normal(0, 6, 2), start + reach]))
    marks = _drawn(shape, scratches, 1) * np.float32(rng.uniform(0.1, 0.6))
    haze = np.float32(0.05 * laminate * rng.uniform(0.3, 1.0))
    for rows in bands(shape[0]):
        part, kept, added = surface.visible[rows], (1 - dirt[rows]) * (1 - haze), marks[rows] * np.float32(0.25) + haze
        part *= cv2.cvtColor(kept, cv2.COLOR_GRAY2RGB)
        part += cv2.cvtColor(added, cv2.COLOR_GRAY2RGB)
    if surface.uv is not None:
        surface.uv *= (1 - 2 * dirt)[..., None]
    if surface.ir is not None:
        surface.ir *= 1 - np.float32(0.3) * dirt
        surface.ir += marks * np.float32(0.05)
