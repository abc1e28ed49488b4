"""A state's artwork: what the press prints alike on every document of a kind, before it is personalised.

Line work is drawn as vectors at 1,200 dpi and gathered to the surface's 600. Lengths are millimetres.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from datasets.design.grounds import grounds
from datasets.design.layouts import MRZ_ZONE, layout
from datasets.design.personal import title_ink
from datasets.design.states import State, making_of
from datasets.physics.inks import Substrate, fluorescent, spot
from datasets.physics.processes import print_picture
from datasets.physics.surface import PIXELS_PER_MM, Box, Float, Surface, blank, lay, px, smooth_noise, tinted
from datasets.sheet import Kind, Making
from datasets.typefaces import font

_FINE = 2  # pixels of a plate for one of the surface: 1,200 dpi
_BITS = 4  # sub-pixel bits of OpenCV's drawing
_MICRO = 0.34  # height of a line of microtext
_PAPER = (Kind.TD3, Kind.MRV_A)

Curve = NDArray[np.float64]
"""Points x 2, millimetres."""


@dataclass(frozen=True, slots=True)
class _Plate:
    """A printing plate: curves gathered as coverage."""

    canvas: NDArray[np.uint8]

    def curve(self, points: Curve, width: float, closed: bool = False) -> None:
        scale = PIXELS_PER_MM * _FINE
        line = width * scale
        fixed = np.rint(points * scale * (1 << _BITS)).astype(np.int32)
        # A line thinner than a pixel covers that share of it.
        tone = int(255 * min(1.0, line))
        cv2.polylines(self.canvas, [fixed], closed, tone, max(1, round(line)), cv2.LINE_AA, _BITS)

    def coverage(self) -> Float:
        """Return the plate's coverage at the surface's pixels, the ink a little spread."""
        height, width = self.canvas.shape
        small = cv2.resize(self.canvas, (width // _FINE, height // _FINE), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small.astype(np.float32), (0, 0), 0.4) / 255, np.float32)


def _plate(size: tuple[float, float]) -> _Plate:
    return _Plate(np.zeros((px(size[1]) * _FINE, px(size[0]) * _FINE), np.uint8))


def _waves(rng: np.random.Generator, issuer: State, size: tuple[float, float], slope: float) -> Float:
    plate = _plate(size)
    x = np.linspace(-2, size[0] + 2, 420)
    periods, phases = rng.uniform(8, 60, 3), rng.uniform(0, 6.3, 3)
    drift, weights = rng.uniform(-0.06, 0.06, 3), rng.dirichlet((1, 1, 1)) * issuer.wave_amplitude
    reach = issuer.wave_amplitude + abs(slope) * size[0]
    for y0 in np.arange(-reach, size[1] + reach, issuer.wave_pitch):
        bends = (
            w * np.sin(6.283 * x / t + f + d * y0) for t, f, d, w in zip(periods, phases, drift, weights, strict=True)
        )
        plate.curve(np.column_stack([x, y0 + slope * x + sum(bends)]), issuer.line_width)
    return plate.coverage()


def _petals(rng: np.random.Generator, centre: tuple[float, float], radius: float) -> list[Curve]:
    """Return the curves of a guilloche rosette."""
    turn = np.linspace(0, 2 * np.pi, 1200)
    petals, waves = rng.integers(5, 17), rng.integers(12, 40)
    steps = np.linspace(0.25, 1, int(rng.integers(9, 22)))
    found = []
    for step in steps:
        r = radius * step * (1 + 0.22 * np.sin(petals * turn + 4 * step) + 0.06 * np.sin(waves * turn))
        found.append(np.column_stack([centre[0] + r * np.cos(turn), centre[1] + r * np.sin(turn)]))
    return found


def _rosette(rng: np.random.Generator, issuer: State, size: tuple[float, float]) -> Float:
    plate = _plate(size)
    centre = rng.uniform(0.1, 0.9) * size[0], rng.uniform(0.1, 0.75) * size[1]
    for curve in _petals(rng, centre, rng.uniform(0.09, 0.25) * size[1]):
        plate.curve(curve, issuer.line_width, closed=True)
    return plate.coverage()


def _relief(rng: np.random.Generator, issuer: State, size: tuple[float, float]) -> Float:
    """Draw a motif by bending parallel lines."""
    plate = _plate(size)
    centre, radius = (size[0] * rng.uniform(0.35, 0.65), size[1] * rng.uniform(0.3, 0.45)), size[1] * 0.26
    points, depth = int(rng.integers(4, 9)), rng.uniform(0.25, 0.6)
    x = np.linspace(0, size[0], 700)
    for y0 in np.arange(0, size[1], 0.42):
        angle, distance = np.arctan2(y0 - centre[1], x - centre[0]), np.hypot(x - centre[0], y0 - centre[1])
        edge = radius * (1 + depth * np.cos(points * angle)) / (1 + depth)
        plate.curve(np.column_stack([x, y0 - 0.55 / (1 + np.exp((distance - edge) * 2.5))]), issuer.line_width * 0.8)
    return plate.coverage()


def _tint(rng: np.random.Generator, issuer: State, index: int, width: int) -> Float:
    """Return an ink, or a rainbow of two that run into one another across the page: 1 x width x 3."""
    first = np.float32(issuer.inks[index % len(issuer.inks)])
    second = np.float32(issuer.inks[(index + 1) % len(issuer.inks)])
    start, end = np.sort(rng.uniform(0, 1, 2))
    share = np.clip((np.linspace(0, 1, width) - start) / max(end - start, 0.2), 0, 1).astype(np.float32)
    share *= float(issuer.rainbow)
    return np.asarray(first + share[:, None] * (second - first), np.float32)[None]


def _background(rng: np.random.Generator, surface: Surface, issuer: State, kind: Kind) -> None:
    size, width = kind.size_mm, surface.shape[1]
    lay(surface, np.full(surface.shape, 0.35 * rng.random(), np.float32), _OFFSET, _tint(rng, issuer, 0, width))
    sets = 2 - max(0, issuer.grounds - 2)  # where patterns fill the page, there are fewer waves
    layers = [_waves(rng, issuer, size, rng.uniform(-0.3, 0.3)) for _ in range(sets)]
    layers += [_rosette(rng, issuer, size) for _ in range(issuer.rosettes)]
    if issuer.relief:
        layers.append(_relief(rng, issuer, size))
    if issuer.grounds:
        layers = [*grounds(np.random.default_rng([issuer.seed, 3]), surface.shape, issuer.grounds), *layers]
    for index, coverage in enumerate(layers):
        if layout(issuer, kind).mrz:
            coverage[px(size[1] - MRZ_ZONE) :] *= issuer.mrz_band
        lay(surface, coverage, _OFFSET, _tint(rng, issuer, index, width))


_OFFSET = spot("offset", (1.0, 1.0, 1.0))  # its colour comes with each place


def _microtext(surface: Surface, issuer: State, box: Box, how: str) -> None:
    """Print two lines of microtext; "blurred" is what a copier leaves of it."""
    part = surface.part(box)
    rows, columns = part.shape
    fine = 4  # 2,400 dpi
    layer = Image.new("L", (columns * fine, rows * fine), 0)
    face = font("DejaVuSans-Bold.ttf", round(_MICRO * PIXELS_PER_MM * fine * 1.25))
    text = f"{issuer.name.upper()}{issuer.code}" * 200
    for line in range(2):
        base = (line * box[3] / 2 + _MICRO) * PIXELS_PER_MM * fine
        ImageDraw.Draw(layer).text((-37 * line, base), text[: 8 * round(box[2])], 255, face, anchor="ls")
    coverage = cv2.resize(np.asarray(layer, np.uint8), (columns, rows), interpolation=cv2.INTER_AREA)
    coverage = coverage.astype(np.float32) / 255
    if how == "blurred":
        coverage = cv2.GaussianBlur(coverage, (0, 0), 0.11 * PIXELS_PER_MM)
    lay(part, np.asarray(coverage, np.float32), spot("offset, full", (0.22, 0.25, 0.36)))


def _intaglio(rng: np.random.Generator, surface: Surface, issuer: State, box: Box, how: str) -> None:
    """Print a band of engraved lines that swell; raised ink throws a shade on one side and a light on the other."""
    plate = _plate((box[2], box[3]))
    x = np.linspace(0, box[2], 900)
    periods = rng.uniform(2.5, 7.0, 2)
    for y0 in np.linspace(0.15, box[3] - 0.15, 7):
        y = y0 + 0.14 * np.sin(6.283 * x / periods[0] + 9 * y0) * np.sin(6.283 * x / periods[1])
        for start in range(0, len(x) - 1, 20):
            swell = 0.045 + 0.05 * (1 + np.sin(6.283 * x[start] / 6.0 + 5 * y0)) / 2
            plate.curve(np.column_stack([x, y])[start : start + 21], swell)
    part = surface.part(box)
    coverage = cv2.resize(plate.coverage(), part.shape[::-1])
    lay(part, np.asarray(coverage, np.float32), title_ink(issuer))
    if how == "raised":
        height = cv2.GaussianBlur(coverage, (0, 0), 0.8)
        part.visible += 0.35 * (np.roll(height, 1, 0) - np.roll(height, -1, 0))[..., None]
        np.clip(part.visible, 0.02, 1, out=part.visible)


@lru_cache(maxsize=4)
def _glowing_plates(issuer: State, kind: Kind) -> tuple[Float, Float]:
    """Draw the fluorescent pattern: a rosette with the state's code, and a net of waves."""
    rng = np.random.default_rng([issuer.seed, list(Kind).index(kind), 1])
    size, box = kind.size_mm, regions(issuer, kind)["uv_pattern"]
    emblem, net = _plate(size), _plate(size)
    centre = box[0] + box[2] / 2, box[1] + box[3] / 2
    for curve in _petals(rng, centre, box[3] * 0.4):
        emblem.curve(curve, 0.14, closed=True)
    x = np.linspace(0, size[0], 300)
    phase, period = rng.uniform(0, 6, 2)
    for y0 in np.arange(-4, size[1] + 4, 3.1):
        net.curve(np.column_stack([x, y0 + 2.2 * np.sin(x / (4 + period) + phase + y0)]), 0.18)
    layer = Image.fromarray(emblem.canvas)
    face = font("DejaVuSans-Bold.ttf", round(box[3] * 0.2 * PIXELS_PER_MM * _FINE))
    place = tuple(round(value * PIXELS_PER_MM * _FINE) for value in centre)
    ImageDraw.Draw(layer).text(place, issuer.code, 255, face, anchor="mm")
    return _Plate(np.array(layer)).coverage(), net.coverage()


def _glow(surface: Surface, issuer: State, kind: Kind) -> None:
    """Print the fluorescent pattern in the state's two colours."""
    emblem, net = _glowing_plates(issuer, kind)
    lay(surface, emblem, fluorescent("fluorescent pattern", issuer.uv_colours[0]))
    lay(surface, net, fluorescent("fluorescent net", issuer.uv_colours[1]))


def paint(rng: np.random.Generator, surface: Surface, issuer: State, box: Box) -> None:
    """Imitate the fluorescent pattern by hand with a fluorescent pen, in place: few thick and uneven strokes."""
    size = surface.shape[1] / PIXELS_PER_MM, surface.shape[0] / PIXELS_PER_MM
    plate = _plate(size)
    centre = box[0] + box[2] / 2, box[1] + box[3] / 2
    for step in np.linspace(0.12, 0.42, int(rng.integers(3, 6))):
        turn = np.linspace(0, 2 * np.pi, 40)
        r = box[3] * step * (1 + 0.08 * rng.standard_normal(40).cumsum() / 4)
        plate.curve(
            np.column_stack([centre[0] + r * np.cos(turn), centre[1] + r * np.sin(turn)]), rng.uniform(0.5, 1.1)
        )
    uneven = np.clip(0.7 + 0.3 * smooth_noise(rng, surface.shape, 30), 0, 1)
    coverage = cv2.GaussianBlur(plate.coverage(), (0, 0), 4) * uneven
    lay(surface, np.asarray(coverage, np.float32), fluorescent("marker", issuer.uv_colours[0]))


@cache
def regions(issuer: State, kind: Kind) -> dict[str, Box]:
    """Return the artwork's features and where they stand."""
    width, height = kind.size_mm
    places = layout(issuer, kind)
    line = places.portrait[1] - 1.0 if places.portrait else height - MRZ_ZONE - 0.5
    side = min(38.0, height * 0.55)
    centre = width * (0.35 + 0.3 * (issuer.seed % 7) / 6)
    found = {
        "microtext": (2.0, line, width - 4, 0.8),
        "uv_pattern": (centre - side / 2, (height - side) * 0.4, side, side),
    }
    if issuer.intaglio and kind in _PAPER:
        found["intaglio"] = (3.0, 0.7, width - 6, 1.5)
    return found


_UNIT = Substrate("what lets all light through", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 1.0)


@lru_cache(maxsize=2)  # some 170 MB each
def _line_work(issuer: State, kind: Kind, lights: tuple[str, ...]) -> Surface:
    """Return what the offset inks let through; none of them fluoresces, so that any substrate can shine under them."""
    surface = blank(kind.size_mm, _UNIT, lights)
    _background(np.random.default_rng([issuer.seed, list(Kind).index(kind), 0]), surface, issuer, kind)
    return surface


def _on(substrate: Substrate, light: Surface) -> Surface:
    """Return a copy of line work on a substrate."""
    return Surface(
        tinted(light.visible, substrate.visible),
        None if light.uv is None else tinted(light.uv, substrate.uv),
        None if light.ir is None else light.ir * np.float32(substrate.ir),
    )


def _features(surface: Surface, issuer: State, kind: Kind, making: Making) -> None:
    """Print microtext and intaglio, in place."""
    where = regions(issuer, kind)
    if making.microtext != "missing":
        _microtext(surface, issuer, where["microtext"], making.microtext)
    if "intaglio" in where:
        engraving = np.random.default_rng([issuer.seed, list(Kind).index(kind), 2])
        _intaglio(engraving, surface, issuer, where["intaglio"], making.intaglio)


def _matched(rng: np.random.Generator, picture: Float, substrate: Substrate, process: str) -> Float:
    """Prepare a picture so that it prints as light as it is: whoever owns a printer knows how it prints."""
    middle = picture[picture.shape[0] // 3 :, picture.shape[1] // 3 :][:700, :700]
    probe = blank((middle.shape[1] / PIXELS_PER_MM, middle.shape[0] / PIXELS_PER_MM), substrate, ("visible",))
    print_picture(rng, probe, middle, process)
    wanted, got = (np.clip(part.mean((0, 1)), 0.02, 0.98) for part in (middle, probe.visible))
    power = np.tile(np.float32(np.log(wanted) / np.log(got)), picture.shape[1])
    return np.asarray(picture.reshape(len(picture), -1) ** power, np.float32).reshape(picture.shape)


# Drivers sharpen what scanner and printer blur: as much as gives the print the original's contrast of detail again.
_SHARPENING = {"inkjet": (0.4, 1.0), "toner": (0.2, 0.8), "sublimation": (2.0, 4.0)}
_SCATTER = 0.7  # pixels: 0.03 mm


def reproduce(rng: np.random.Generator, surface: Surface, picture: Float, substrate: Substrate, process: str) -> None:
    """Print a scanned picture on a bare surface of a substrate, in place; as light as the picture is."""
    scanned = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 1.4))  # a scan at 300 to 600 dpi
    sharpening = rng.uniform(*_SHARPENING[process])
    scanned = cv2.addWeighted(scanned, 1 + sharpening, cv2.GaussianBlur(scanned, (0, 0), 2.0), -sharpening, 0)
    bare = tinted(np.asarray(scanned, np.float32), 1 / np.float32(substrate.visible))
    np.minimum(np.maximum(bare, 0.02, out=bare), 1, out=bare)
    print_picture(rng, surface, _matched(rng, bare, substrate, process), process)
    if process != "sublimation":  # common stock scatters light, which blurs dots (Yule and Nielsen's optical dot gain)
        surface.visible[:] = cv2.GaussianBlur(surface.visible, (5, 5), _SCATTER)


def artwork(rng: np.random.Generator, issuer: State, kind: Kind, making: Making, lights: tuple[str, ...]) -> Surface:
    """Return a side with its artwork: as the press prints it, or as a counterfeiter's printer repeats a scan of it."""
    printed = _line_work(issuer, kind, lights)
    if making.line_art == "vector":
        surface = _on(making.substrate, printed)
        if making.uv_pattern == "fluorescent" and surface.uv is not None:
            _glow(surface, issuer, kind)
        _features(surface, issuer, kind, making)
    else:
        original = _on(making_of(issuer, kind).substrate, Surface(printed.visible, None, None))
        _features(original, issuer, kind, making)
        surface = blank(kind.size_mm, making.substrate, lights)
        reproduce(rng, surface, original.visible, making.substrate, making.line_art)
    if making.uv_pattern == "painted" and surface.uv is not None:
        paint(rng, surface, issuer, regions(issuer, kind)["uv_pattern"])
    return surface
