"""A genuine side that is not there itself: shown on a screen, or scanned and printed."""

import cv2
import numpy as np

from datasets.design.artwork import reproduce
from datasets.forging.change import Change
from datasets.physics.inks import OFFICE_PAPER, PHOTO_PAPER, POLYCARBONATE, PVC
from datasets.physics.surface import Float, Surface, blank
from datasets.sheet import Sheet


def _stripes(length: int, pixel: float, inks: int) -> Float:
    """Return how much light each place of a row lets through for each of ``inks`` stripes: length x inks."""
    phase = (np.arange(length, dtype=np.float32) + 0.5) / np.float32(pixel) % 1
    middles = (np.arange(inks, dtype=np.float32) + 0.5) / inks
    distance = np.abs(phase[:, None] - middles)
    half = 0.5 / inks
    return np.clip((half * 0.9 - np.minimum(distance, 1 - distance)) * pixel * 1.5 + 0.5, 0, 1)


def displayed(rng: np.random.Generator, surface: Surface) -> dict[str, str | float]:
    """Show a surface on a display, in place: pixels of three stripes, glass dark to infrared and to ultraviolet."""
    rows, columns = surface.shape
    per_inch = float(rng.uniform(110, 300))
    pixel = 600 / per_inch
    small = round(columns / pixel), round(rows / pixel)
    shown = cv2.resize(surface.visible, small, interpolation=cv2.INTER_AREA)
    shown = np.clip(shown + 0.4 * (shown - cv2.GaussianBlur(shown, (0, 0), 1.0)), 0.02, 1)
    # The display's curve and the picture's do not quite cancel.
    shown = shown ** np.float32(rng.uniform(0.93, 1.07))
    grid = _stripes(columns, pixel, 3)[None] * _stripes(rows, pixel, 1)[:, :1, None]
    # Glass and the air before it scatter: what reaches a lens has a part of the grid's contrast.
    contrast = float(rng.uniform(0.06, 0.3))
    grid = 1 + np.float32(contrast) * (grid / max(1e-3, float(grid.mean())) - 1)
    spread = cv2.resize(np.asarray(shown, np.float32), (columns, rows), interpolation=cv2.INTER_NEAREST)
    before = surface.visible.mean((0, 1))
    surface.visible[:] = spread * grid
    surface.visible *= before / surface.visible.mean((0, 1))  # exposed for what is shown
    if surface.uv is not None:
        surface.uv[:] = np.float32([0.004, 0.005, 0.012])
    if surface.ir is not None:
        surface.ir[:] = np.float32(rng.uniform(0.03, 0.09))
    return {"display_ppi": round(per_inch, 1), "contrast": round(contrast, 3)}


def screen(rng: np.random.Generator, sheet: Sheet) -> Change:
    """Show the side on a display, in place."""
    return Change(displayed(rng, sheet.surface), (sheet.kind.box,))


def print_and_scan(rng: np.random.Generator, sheet: Sheet) -> Change:
    """Scan the side and print it again, in place: everything comes from one printer."""
    surface, process = sheet.surface, ("inkjet", "toner", "sublimation")[int(rng.integers(3))]
    card = sheet.making.substrate is POLYCARBONATE
    stock = PVC if card else (PHOTO_PAPER if process != "toner" and rng.random() < 0.5 else OFFICE_PAPER)
    lights = tuple(light for light, plane in (("uv", surface.uv), ("ir", surface.ir)) if plane is not None)
    printed = blank(sheet.kind.size_mm, stock, ("visible", *lights))
    reproduce(rng, printed, surface.visible, stock, process)
    for plane, new in ((surface.visible, printed.visible), (surface.uv, printed.uv), (surface.ir, printed.ir)):
        if plane is not None and new is not None:
            plane[:] = new
    return Change({"process": process, "substrate": stock.name}, (sheet.kind.box,))
