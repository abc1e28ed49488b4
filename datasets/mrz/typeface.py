"""The 37 MRZ characters as printers produce them: cuts, weights, stretch, slant and small differences of shape."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from datasets.mrz.text import ALPHABET

Float = NDArray[np.float32]

CELL = 40  # pixels of a character's pitch in the atlas
CELL_HEIGHT = 64
_OWN = Path(__file__).parents[1] / "fonts"
_MATPLOTLIB = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_SYSTEM = Path("/usr/share/fonts/truetype")

# (file, share); the system's fonts are used where they are installed (fonts-liberation, fonts-dejavu-core)
_FACES = (
    (_OWN / "OCRB.otf", 0.50),
    (_OWN / "OCRBS.otf", 0.18),
    (_MATPLOTLIB / "DejaVuSansMono.ttf", 0.07),
    (_MATPLOTLIB / "DejaVuSansMono-Bold.ttf", 0.02),
    (_MATPLOTLIB / "DejaVuSans.ttf", 0.05),
    (_MATPLOTLIB / "cmtt10.ttf", 0.03),
    (_SYSTEM / "liberation/LiberationMono-Regular.ttf", 0.07),
    (_SYSTEM / "liberation/LiberationMono-Bold.ttf", 0.03),
    (_SYSTEM / "liberation/LiberationSans-Regular.ttf", 0.05),
)
# Faces that only training sees, so that the recogniser leans on no one face's ways; nothing is measured on them.
_UNUSUAL = (
    (_MATPLOTLIB / "DejaVuSans-Bold.ttf", 0.15),
    (_MATPLOTLIB / "DejaVuSerif.ttf", 0.08),
    (_MATPLOTLIB / "STIXGeneral.ttf", 0.04),
    (_MATPLOTLIB / "STIXGeneralBol.ttf", 0.04),
    (_SYSTEM / "liberation/LiberationSans-Bold.ttf", 0.22),
    (_SYSTEM / "liberation/LiberationSansNarrow-Regular.ttf", 0.12),
    (_SYSTEM / "liberation/LiberationSansNarrow-Bold.ttf", 0.10),
    (_SYSTEM / "dejavu/DejaVuSansCondensed.ttf", 0.15),
    (_SYSTEM / "dejavu/DejaVuSansCondensed-Bold.ttf", 0.10),
)


@dataclass(frozen=True, slots=True)
class Typeface:
    """Ink coverage of each character, 37 x CELL_HEIGHT x CELL, 0 to 1; capitals are centred in the cell."""

    glyphs: Float
    name: str


@cache
def faces(*, unusual: bool = False) -> dict[Path, float]:
    """Return the faces that are installed, with their shares; ``unusual``: those that only training sees."""
    found = {path: share for path, share in (_UNUSUAL if unusual else _FACES) if path.exists()}
    total = sum(found.values())
    return {path: share / total for path, share in found.items()}


@cache
def _atlas(path: Path) -> Float:
    """Draw a face so that its capitals are CELL * 0.95 high and centred in their cells."""
    probe = ImageFont.truetype(str(path), 1000)
    box = probe.getbbox("H")
    font = ImageFont.truetype(str(path), 1000 * CELL * 0.95 / (box[3] - box[1]))
    box = font.getbbox("H")
    glyphs = []
    for character in ALPHABET:
        picture = PillowImage.new("L", (CELL * 2, CELL_HEIGHT))
        left = CELL - font.getlength(character) / 2
        top = CELL_HEIGHT / 2 - (box[1] + box[3]) / 2
        ImageDraw.Draw(picture).text((left, top), character, font=font, fill=255)
        glyph = np.asarray(picture, np.float32) / 255
        columns = np.flatnonzero(glyph.max(0) > 0.1)
        width = columns[-1] - columns[0] + 1
        if width > CELL * 0.95:  # a proportional face's W: squeeze it into its pitch
            scale = 0.92 * CELL / float(width)
            squeeze = np.float32([[scale, 0, (1 - scale) * CELL], [0, 1, 0]])
            glyph = cv2.warpAffine(glyph, squeeze, (CELL * 2, CELL_HEIGHT))
        glyphs.append(glyph[:, CELL // 2 : CELL // 2 + CELL])
    return np.asarray(glyphs, np.float32)


def _reweighted(sheet: Float, change: float) -> Float:
    """Grow (positive) or shrink strokes by about ``change`` pixels on each side."""
    blurred = cv2.GaussianBlur(sheet, (0, 0), 2.2)
    level = 0.5 - 0.17 * change
    return np.clip((blurred - level) * 4 + 0.5, 0, 1)


def draw_typeface(rng: np.random.Generator, *, unusual: bool = False) -> Typeface:
    """Draw a typeface with its own weight, width, slant and small differences of shape."""
    shares = faces(unusual=unusual)
    path = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
    glyphs = _atlas(path)
    count = len(glyphs)
    sheet = np.ascontiguousarray(glyphs.transpose(1, 0, 2).reshape(CELL_HEIGHT, count * CELL))
    sheet = _reweighted(sheet, rng.uniform(-1.2, 1.6))
    shapes = sheet.reshape(CELL_HEIGHT, count, CELL).transpose(1, 0, 2)
    rows, columns = np.mgrid[:CELL_HEIGHT, :CELL].astype(np.float32)
    middle = np.float32([CELL / 2, CELL_HEIGHT / 2])
    stretch = np.float32([rng.uniform(0.82, 1.08), rng.uniform(0.85, 1.12)])
    slant = rng.normal(0, 0.04) if rng.random() < 0.9 else rng.uniform(-0.05, 0.2)
    wobble = rng.uniform(0, 1.6)
    fields = rng.standard_normal((2, 5, 4)).astype(np.float32) * wobble
    x = (columns - middle[0]) / stretch[0] + slant * (rows - middle[1]) + middle[0]
    y = (rows - middle[1]) / stretch[1] + middle[1]
    x += cv2.resize(fields[0], (CELL, CELL_HEIGHT), interpolation=cv2.INTER_CUBIC)
    y += cv2.resize(fields[1], (CELL, CELL_HEIGHT), interpolation=cv2.INTER_CUBIC)
    # All cells bend alike: one remap of the cells side by side as channels would need more than four channels.
    grid_x = np.tile(np.clip(x, 0, CELL - 1), (1, count)) + np.repeat(np.arange(count), CELL).astype(np.float32) * CELL
    grid_y = np.tile(y, (1, count))
    flat = np.ascontiguousarray(shapes.transpose(1, 0, 2).reshape(CELL_HEIGHT, count * CELL))
    bent = cv2.remap(flat, grid_x, grid_y, cv2.INTER_LINEAR)
    return Typeface(bent.reshape(CELL_HEIGHT, count, CELL).transpose(1, 0, 2), path.stem)


def draw_line(rng: np.random.Generator, face: Typeface, text: str, jitter: float) -> Float:
    """Return a line's ink coverage, CELL_HEIGHT x (len(text) * CELL)."""
    cells = face.glyphs[[ALPHABET.index(character) for character in text]]
    if jitter > 0.3:
        shifts = np.rint(rng.normal(0, jitter, (len(text), 2))).astype(int)
        cells = np.stack([np.roll(cell, tuple(shift), (0, 1)) for cell, shift in zip(cells, shifts, strict=True)])
    return np.ascontiguousarray(cells.transpose(1, 0, 2).reshape(CELL_HEIGHT, len(text) * CELL))
