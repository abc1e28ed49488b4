"""Manipulation of the image itself, after a device stored it: copy-move, splice, inpainting, text set anew."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from datasets.capturing.capture import Exposed, Pixels, edited
from datasets.capturing.optics import at, box_corners
from datasets.design.personal import print_portrait
from datasets.design.scripts import font_for
from datasets.design.states import state
from datasets.forging.change import Change, Parameters
from datasets.holders import holder
from datasets.physics.surface import Box, Surface, blank
from datasets.portrait import portrait
from datasets.sheet import Sheet
from datasets.typefaces import font

_NAMES = ("surname", "given_names", "birth_date", "expiry_date", "document_number")

Corners = NDArray[np.float64]


def _corners(box: Box, exposed: Exposed) -> Corners:
    """Return a box's corners in the image, clockwise from its upper left."""
    return at(exposed.to_capture, box_corners(box))


def _flat(exposed: Exposed, box: Box, scale: float) -> Pixels:
    """Return a box of the image, straightened, ``scale`` pixels a millimetre."""
    size = max(4, round(box[2] * scale)), max(4, round(box[3] * scale))
    target = np.float32([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]])
    matrix = cv2.getPerspectiveTransform(_corners(box, exposed).astype(np.float32), target)
    frame = exposed.frames["visible"]
    return np.asarray(
        cv2.warpPerspective(frame, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _put(frame: Pixels, patch: Pixels, corners: Corners, feather: float) -> Pixels:
    """Return a frame with a straightened patch put where its corners say, its edges feathered by so many pixels."""
    height, width = patch.shape[:2]
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    size = frame.shape[1], frame.shape[0]
    inner = np.zeros((height, width), np.float32)
    edge = max(1, round(feather))
    inner[edge : height - edge, edge : width - edge] = 1
    mask = cv2.warpPerspective(cv2.GaussianBlur(inner, (0, 0), max(0.4, feather / 2)), matrix, size)[..., None]
    warped = cv2.warpPerspective(patch, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.rint(frame + mask * (warped.astype(np.float32) - frame)), np.uint8)


def _around(box: Box, margin: float) -> Box:
    return box[0] - margin, box[1] - margin, box[2] + 2 * margin, box[3] + 2 * margin


def _scale(exposed: Exposed) -> float:
    """Return pixels a millimetre, on average."""
    corners = _corners((0, 0, *exposed.size_mm), exposed)
    return float(np.linalg.norm(corners[1] - corners[0]) / exposed.size_mm[0])


def _candidates(sheet: Sheet) -> list[str]:
    found = [name for name in _NAMES if name in sheet.fields and sheet.fields[name].box[2] > 4]
    return found or ["surname"]


def copy_move(rng: np.random.Generator, exposed: Exposed, sheet: Sheet) -> tuple[Exposed, Change]:
    """Cover a part of one datum with a part of another."""
    names = _candidates(sheet)
    order = rng.permutation(len(names))
    target, source = sheet.fields[names[order[0]]].box, sheet.fields[names[order[-1]]].box
    width = min(target[2], source[2]) * float(rng.uniform(0.3, 0.8))
    height = min(target[3], source[3])
    taken = source[0] + float(rng.uniform(0, source[2] - width)), source[1], width, height
    if len(names) == 1:  # within one datum
        taken = source[0] + source[2] - width, source[1], width, height
    put = target[0] + float(rng.uniform(0, max(0.1, (target[2] - width) / 2))), target[1], width, height
    patch = _flat(exposed, taken, _scale(exposed))
    frame = _put(exposed.frames["visible"], patch, _corners(put, exposed), 1.0)
    change = Change({"from_x": round(taken[0], 2), "from_y": round(taken[1], 2)}, (put,))
    return edited(exposed, {"visible": frame}), change


def toned(patch: Pixels, like: Pixels, most: float = np.inf) -> Pixels:
    """Give a patch the mean and the spread of what it covers, half way: retouching is never exact.

    ``most`` is how many times its own spread it may get.
    """
    values, goal = patch.astype(np.float32), like.astype(np.float32)
    gain = np.minimum(0.5 + 0.5 * goal.std((0, 1)) / (values.std((0, 1)) + 1), most)
    shift = 0.8 * (goal.mean((0, 1)) - values.mean((0, 1)))
    mean = values.mean((0, 1))
    return np.asarray(np.clip((values - mean) * gain + mean + shift, 0, 255), np.uint8)


def splice(rng: np.random.Generator, exposed: Exposed, sheet: Sheet) -> tuple[Exposed, Change]:
    """Put another document's portrait over this one's."""
    box = sheet.regions["portrait"]
    scale = _scale(exposed) * float(rng.uniform(0.7, 1.4))  # it was photographed by somebody else
    other: Surface = blank((box[2], box[3]), sheet.making.substrate, ("visible",))
    print_portrait(rng, other, (0, 0, box[2], box[3]), portrait(rng), sheet.making.portrait_process)
    size = round(box[2] * scale), round(box[3] * scale)
    seen = cv2.resize(other.visible, size, interpolation=cv2.INTER_AREA)
    seen = seen + rng.normal(0, rng.uniform(0.004, 0.025), seen.shape).astype(np.float32)
    patch = np.asarray(np.clip(seen * 255, 0, 255), np.uint8)
    quality = int(rng.integers(70, 97))
    patch = toned(stored(patch, quality), _flat(exposed, box, scale))
    feather = float(rng.uniform(0.6, 4.0))
    frame = _put(exposed.frames["visible"], patch, _corners(box, exposed), feather)
    parameters: Parameters = {
        "scale": round(scale, 2),
        "quality": float(quality),
        "feather": round(feather, 2),
    }
    return edited(exposed, {"visible": frame}), Change(parameters, (box,))


def ink_of(picture: Pixels) -> NDArray[np.bool_]:
    """Return where a picture of text bears ink: what is darker than most of it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    level = float(np.percentile(grey, 60))
    return np.asarray(grey < level - max(12.0, 0.18 * level))


def painted_over(picture: Pixels, ink: NDArray[np.bool_], scale: float, method: int) -> Pixels:
    """Return a picture, ``scale`` pixels a millimetre, whose ink was painted over with what surrounds it."""
    mask = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.inpaint(np.ascontiguousarray(picture), mask, 0.2 * scale, method), np.uint8)


def stored(picture: Pixels, quality: int) -> Pixels:
    """Return what a JPEG file keeps of a picture."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _emptied(exposed: Exposed, box: Box, method: int) -> tuple[Pixels, float]:
    """Return a frame in which a box's print was painted over with what surrounds it, and pixels a millimetre."""
    frame = exposed.frames["visible"]
    scale = _scale(exposed)
    wide = _around(box, 1.2)
    patch = _flat(exposed, wide, scale)
    edge = round(0.9 * scale)
    inside = np.zeros(patch.shape[:2], np.bool_)
    inside[edge:-edge, edge:-edge] = True
    filled = painted_over(patch, ink_of(patch) & inside, scale, method)
    return _put(frame, filled, _corners(wide, exposed), 1.0), scale


def inpaint(rng: np.random.Generator, exposed: Exposed, sheet: Sheet) -> tuple[Exposed, Change]:
    """Remove a datum by painting over it with what surrounds it."""
    names = _candidates(sheet)
    box = sheet.fields[names[int(rng.integers(len(names)))]].box
    method = (cv2.INPAINT_TELEA, cv2.INPAINT_NS)[int(rng.integers(2))]
    frame, _ = _emptied(exposed, box, method)
    name = "Telea" if method == cv2.INPAINT_TELEA else "Navier-Stokes"
    return edited(exposed, {"visible": frame}), Change({"method": name}, (box,))


def _new_text(rng: np.random.Generator, name: str, old: str) -> str:
    """Return another text of a datum's form."""
    person = holder(rng)
    if name in ("surname", "given_names"):
        return str(getattr(person, name))
    return "".join(str(rng.integers(10)) if character.isdigit() else character for character in old)


def retyped(rng: np.random.Generator, exposed: Exposed, sheet: Sheet) -> tuple[Exposed, Change]:
    """Remove a datum and set another in its place with an image editor."""
    names = _candidates(sheet)
    name = names[int(rng.integers(len(names)))]
    field, issuer = sheet.fields[name], state(sheet.state)
    old = _flat(exposed, field.box, _scale(exposed))
    frame, scale = _emptied(exposed, field.box, cv2.INPAINT_TELEA)
    text = _new_text(rng, name, field.text)
    dark = np.percentile(old.reshape(-1, 3), 4, axis=0) * rng.uniform(0.7, 1.2)
    patch = PillowImage.fromarray(_flat(edited(exposed, {"visible": frame}), field.box, scale * 2))
    colour = tuple(int(value) for value in np.clip(dark, 0, 255))
    size = round(field.box[3] * 0.86 * scale * 2, 1)
    face = font(font_for(text, issuer.fonts[0] if rng.random() < 0.6 else "DejaVuSans.ttf"), size)
    while face.getlength(text) > patch.width and size > 6:
        size = round(size * 0.94, 1)
        face = font(font_for(text, issuer.fonts[0]), size)
    ImageDraw.Draw(patch).text((0.4 * scale, patch.height * 0.78), text, colour, face, anchor="ls")
    small = np.asarray(patch.resize((max(4, patch.width // 2), max(4, patch.height // 2))), np.uint8)
    frame = _put(frame, small, _corners(field.box, exposed), 0.6)
    return edited(exposed, {"visible": frame}), Change({"field": name, "size": size}, (field.box,))
