"""The portrait replaced: pasted over, printed again, put under a cut laminate; or a morph that the issuer printed."""

import cv2
import numpy as np

from datasets.design.personal import print_ghost, print_portrait
from datasets.design.states import State, making_of
from datasets.forging.change import Change, Drawn, Parameters
from datasets.forging.erasure import erase
from datasets.physics.inks import PHOTO_PAPER
from datasets.physics.processes import print_picture
from datasets.physics.surface import PIXELS_PER_MM, Box, Float, Surface, cover, px
from datasets.portrait import portrait
from datasets.sheet import Sheet

_PRINTERS = ("inkjet", "toner", "sublimation")


def _printer(rng: np.random.Generator, issuer: State, sheet: Sheet) -> str:
    """Choose a process that is not the issuer's."""
    own = making_of(issuer, sheet.kind).portrait_process
    others = [name for name in _PRINTERS if name != own]
    return others[int(rng.integers(len(others)))]


def _ghost_too(
    rng: np.random.Generator, sheet: Sheet, issuer: State, face: Float, process: str, replaced: bool
) -> tuple[Box, ...]:
    """Print the ghost image anew where there is one and the forger thought of it."""
    if not replaced or "ghost" not in sheet.regions:
        return ()
    box = sheet.regions["ghost"]
    erase(rng, sheet.surface, box, sheet.making.substrate, 0.85)
    print_ghost(rng, sheet.surface, box, face, process, grey=issuer.grey_ghost)
    return (box,)


def _told(process: str, ghost: bool, sheet: Sheet) -> Parameters:
    return {"process": process, "ghost": ("replaced" if ghost else "kept") if "ghost" in sheet.regions else "none"}


def _edge(surface: Surface, box: Box, depth: float) -> None:
    """Shade the edge of something pasted on: a light side and a dark side, in place."""
    x, y, width, height = box
    around = (x - 0.4, y - 0.4, width + 0.8, height + 0.8)
    part = surface.part(around)
    rows, columns = part.shape
    raised = np.zeros((rows, columns), np.float32)
    margin = px(0.4)
    raised[margin : rows - margin, margin : columns - margin] = 1
    soft = cv2.GaussianBlur(raised, (0, 0), 0.05 * PIXELS_PER_MM)
    shade = cv2.GaussianBlur(raised, (0, 0), 0.16 * PIXELS_PER_MM)
    part.visible *= (1 - depth * np.clip(np.roll(shade, (4, 4), (0, 1)) - soft, 0, 1))[..., None]
    light = np.clip(soft - np.roll(soft, (2, 2), (0, 1)), 0, 1)
    part.visible += (0.25 * depth * light)[..., None]


def pasted(rng: np.random.Generator, drawn: Drawn, issuer: State) -> tuple[Sheet, Change]:
    """Paste a photograph over the portrait."""
    sheet = drawn()
    face, process, ghost = portrait(rng), _printer(rng, issuer, sheet), rng.random() < 0.4
    x, y, width, height = sheet.regions["portrait"]
    grow = float(rng.uniform(-0.2, 0.6))
    right, down = rng.uniform(-0.4, 0.4, 2)
    box = (x - grow / 2 + float(right), y - grow / 2 + float(down), width + grow, height + grow)
    part = sheet.surface.part(box)
    cover(part, PHOTO_PAPER)
    print_picture(rng, part, face, process)
    depth = float(rng.uniform(0.3, 0.9))
    _edge(sheet.surface, box, depth)
    more = _ghost_too(rng, sheet, issuer, face, process, ghost)
    parameters = _told(process, ghost, sheet) | {"edge": round(depth, 3)}
    return sheet, Change(parameters, (box, *more))


def reprinted(rng: np.random.Generator, drawn: Drawn, issuer: State) -> tuple[Sheet, Change]:
    """Remove the portrait and print another on the page."""
    sheet = drawn()
    face, process, ghost = portrait(rng), _printer(rng, issuer, sheet), rng.random() < 0.4
    box, left = sheet.regions["portrait"], float(rng.uniform(0.75, 0.97))
    erase(rng, sheet.surface, box, sheet.making.substrate, left)
    print_portrait(rng, sheet.surface, box, face, process)
    more = _ghost_too(rng, sheet, issuer, face, process, ghost)
    parameters = _told(process, ghost, sheet) | {"erased": round(left, 3)}
    return sheet, Change(parameters, (box, *more))


def _cut(rng: np.random.Generator, surface: Surface, box: Box) -> Box:
    """Cut a laminate along a rectangle about a portrait and press it down again, in place; return the rectangle."""
    x, y, width, height = box
    gap = rng.uniform(0.3, 1.2, 4)
    corners = np.array(
        [
            [x - gap[0], y - gap[1]], [x + width + gap[2], y - gap[1]],
            [x + width + gap[2], y + height + gap[3]], [x - gap[0], y + height + gap[3]],
        ]
    )  # fmt: skip
    corners = np.maximum(corners + rng.normal(0, 0.15, (4, 2)), 0.3)
    layer = np.zeros(surface.shape, np.uint8)
    points = np.rint(corners * PIXELS_PER_MM).astype(np.int32)
    cv2.polylines(layer, [points], True, 255, int(rng.integers(2, 4)), cv2.LINE_AA)
    line = cv2.GaussianBlur(layer, (0, 0), 0.6).astype(np.float32) / 255
    light = np.roll(line, (2, 2), (0, 1))
    surface.visible *= (1 - float(rng.uniform(0.25, 0.55)) * line)[..., None]
    surface.visible += (float(rng.uniform(0.1, 0.3)) * light)[..., None] * (1 - surface.visible)
    lifted = np.zeros(surface.shape, np.uint8)
    cv2.fillPoly(lifted, [points], 255)
    haze = cv2.GaussianBlur(lifted, (0, 0), 2).astype(np.float32) / 255 * np.float32(rng.uniform(0.02, 0.07))
    surface.visible += haze[..., None] * (0.9 - surface.visible)
    if surface.uv is not None:  # glue
        surface.uv += (line + light)[..., None] * np.float32([0.10, 0.14, 0.22])
    low, high = corners.min(0), corners.max(0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def laminate_cut(rng: np.random.Generator, drawn: Drawn, issuer: State) -> tuple[Sheet, Change]:
    """Open the laminate with a knife, exchange the portrait under it and close it again."""
    face, ghost = portrait(rng), rng.random() < 0.4
    sheet = drawn(face=face, ghost_face=face) if ghost else drawn(face=face)
    process = _printer(rng, issuer, sheet)
    box = sheet.regions["portrait"]
    if rng.random() < 0.6:  # else the forger had the issuer's process
        erase(rng, sheet.surface, box, sheet.making.substrate, 0.97)
        print_portrait(rng, sheet.surface, box, face, process)
    else:
        process = sheet.making.portrait_process
    where = _cut(rng, sheet.surface, box)
    more = (sheet.regions["ghost"],) if ghost and "ghost" in sheet.regions else ()
    return sheet, Change(_told(process, ghost, sheet), (where, *more))


def morphed(rng: np.random.Generator, drawn: Drawn, _issuer: State) -> tuple[Sheet, Change]:
    """Let the issuer print a morph of two portraits: to the holder's and to another's likeness."""
    share = float(rng.uniform(0.35, 0.65))
    one, other = portrait(rng), portrait(rng)
    face = np.clip(one * share + other * (1 - share), 0, 1)
    # Morphing tools sharpen what averaging softened.
    face = np.clip(face + rng.uniform(0.2, 0.8) * (face - cv2.GaussianBlur(face, (0, 0), 2.0)), 0.02, 1)
    face = np.asarray(face, np.float32)
    sheet = drawn(face=face, ghost_face=face)
    boxes = tuple(sheet.regions[name] for name in ("portrait", "ghost") if name in sheet.regions)
    return sheet, Change({"share": round(share, 3), "process": sheet.making.portrait_process}, boxes)
