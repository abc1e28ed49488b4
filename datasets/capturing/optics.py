"""From the page to the sensor's pixels, and from those to eight bits.

Pixel coordinates are OpenCV's: whole numbers are the middles of pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.capturing.devices import Settings
from datasets.physics.surface import PIXELS_PER_MM, Box, Float, bands

Matrix = NDArray[np.float64]


def _turned(chosen: Settings, width: float) -> Matrix:
    """Return page millimetres, from the middle, as a pinhole camera sees them, without scale."""
    turn, x, y = np.deg2rad((chosen.turn, chosen.tilt_x, chosen.tilt_y))
    about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    plane = (about_x @ about_y @ about_z)[:, :2]
    away = plane[2] / (chosen.distance * width)
    return np.array([[*plane[0], 0], [*plane[1], 0], [*away, 1]], np.float64)


def at(matrix: Matrix, points: NDArray[np.float64]) -> Matrix:
    """Return points x 2 mapped by a 3 x 3 matrix."""
    return cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0].astype(np.float64)


def box_corners(box: Box) -> Matrix:
    """Return a box's corners in millimetres, clockwise from the upper left: 4 x 2."""
    x, y, width, height = box
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def page_corners(size_mm: tuple[float, float]) -> Matrix:
    """Return the page's corners in millimetres, clockwise from the upper left."""
    return box_corners((0.0, 0.0, *size_mm))


def place(chosen: Settings, size_mm: tuple[float, float]) -> tuple[Matrix, tuple[int, int]]:
    """Return the matrix from millimetres to pixels, and the capture's width and height in pixels."""
    width, height = size_mm
    scale = chosen.dpi / 25.4
    middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]], np.float64)
    seen = np.diag([scale, scale, 1]) @ _turned(chosen, width) @ middle
    corners = at(seen, page_corners(size_mm))
    margins = np.array(chosen.margins).reshape(2, 2) * width * scale
    low, high = corners.min(0) - margins[0], corners.max(0) + margins[1]
    extent = high - low
    if chosen.frame:  # a camera's frame is wider or higher than the page needs
        wanted = np.maximum(extent, extent[::-1] * np.array([chosen.frame, 1 / chosen.frame]))
        low -= (wanted - extent) * np.array(chosen.margins[:2]) / (np.array(chosen.margins).reshape(2, 2).sum(0))
        extent = wanted
    shift = np.array([[1, 0, -low[0] - 0.5], [0, 1, -low[1] - 0.5], [0, 0, 1]])
    return shift @ seen, (round(extent[0]), round(extent[1]))


def resample(picture: Float, to_capture: Matrix, size: tuple[int, int], dpi: float) -> Float:
    """Return a surface's picture at the capture's pixels; past the page's edges it goes on with their colour.

    Light is gathered over the area of a pixel first, so that fine lines do not alias.
    """
    step = PIXELS_PER_MM * 25.4 / dpi
    reduction = 2 if step >= 2 else 1
    if reduction > 1:
        small = (picture.shape[1] // reduction, picture.shape[0] // reduction)
        picture = cv2.resize(
            picture[: small[1] * reduction, : small[0] * reduction], small, interpolation=cv2.INTER_AREA
        )
    sigma = 0.3 * step / reduction
    if sigma > 0.33:
        picture = cv2.GaussianBlur(picture, (3, 3) if sigma < 0.5 else (5, 5), sigma)
    pixel = reduction / PIXELS_PER_MM
    from_surface = to_capture @ np.array([[pixel, 0, pixel / 2], [0, pixel, pixel / 2], [0, 0, 1]])
    # Linear weights between pixels of the same pitch blur in patches; cubic ones do not to the eye.
    weights = cv2.INTER_CUBIC if step / reduction < 1.4 else cv2.INTER_LINEAR
    seen = cv2.warpPerspective(picture, from_surface, size, flags=weights, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


def _motion_kernel(length: float, degrees: float) -> Float:
    side = int(np.ceil(length)) // 2 * 2 + 3
    kernel = np.zeros((side * 8, side * 8), np.uint8)
    half = 4 * length * np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    ends = [tuple(int(v) for v in np.rint(side * 4 + sign * half)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 255, 8)
    small = cv2.resize(kernel, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small / small.sum(), np.float32)


def blurred(scene: Float, chosen: Settings) -> Float:
    """Return a scene through a lens out of focus, and moved while exposed."""
    side = int(np.ceil(chosen.blur * 2.5)) * 2 + 1
    scene = cv2.GaussianBlur(scene, (side, side), chosen.blur)
    if chosen.motion:
        scene = cv2.filter2D(scene, -1, _motion_kernel(chosen.motion, chosen.motion_angle))
    return np.asarray(scene, np.float32)


def _grain(rng: np.random.Generator, signal: Float, noise: float) -> Float:
    """Add photon noise, which grows with the root of the signal, and the circuit's own; in place."""
    for rows in bands(len(signal)):
        part = signal[rows]
        grain = rng.standard_normal(part.shape, dtype=np.float32)
        root = np.maximum(part, 0)
        root += np.float32(0.03)
        grain *= np.sqrt(root, out=root)
        grain *= np.float32(noise)
        part += grain
    return signal


_FILTERS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2))  # row, column, channel: RGGB


def _demosaiced(rng: np.random.Generator, scene: Float, chosen: Settings, noise: float) -> Float:
    """Sample a scene through a Bayer mosaic, with noise, and interpolate its colours again.

    Noise comes before the interpolation, so neighbours share it as in real photographs. The sensor sees less red and
    blue than green; its white balance gains them, and their noise, again.
    """
    height, width = scene.shape[0] // 2 * 2, scene.shape[1] // 2 * 2
    gains = np.tile(np.float32([[0.55, 1.0], [1.0, 0.65]]), width // 2)
    raw, sampled = np.empty((height, width), np.float32), np.empty((height, width), np.uint16)
    for row, column, channel in _FILTERS:
        raw[row::2, column::2] = scene[row:height:2, column:width:2, channel]
    for rows in bands(height):
        pairs = raw[rows].reshape(-1, 2, width)
        pairs *= gains
    _grain(rng, raw, noise)
    for rows in bands(height):
        part = raw[rows]
        np.minimum(np.maximum(part, 0, out=part), 1, out=part)
        pairs = part.reshape(-1, 2, width)
        pairs /= gains
        part *= np.float32(4095 * 4)
        part += 512
        sampled[rows] = part
    code = cv2.COLOR_BayerRGGB2RGB if chosen.device == "reader" else cv2.COLOR_BayerRGGB2RGB_EA
    colour = cv2.demosaicing(sampled, code)
    colour = cv2.copyMakeBorder(colour, 0, scene.shape[0] - height, 0, scene.shape[1] - width, cv2.BORDER_REPLICATE)
    seen = np.empty(colour.shape, np.float32)
    for rows in bands(len(seen)):
        np.subtract(colour[rows], np.float32(512), out=seen[rows])
        seen[rows] *= np.float32(1 / (4095 * 4))
    return seen


def _line_sensor(rng: np.random.Generator, scene: Float) -> Float:
    """Return what a scanner's moving line sees: columns of unlike gain, colours a little out of step."""
    columns = 1 + 0.002 * rng.standard_normal((1, scene.shape[1], 1)).astype(np.float32)
    steps = rng.normal(0, 0.18, 2)
    scene = (scene.reshape(len(scene), -1) * np.repeat(columns.ravel(), 3)).reshape(scene.shape)
    for channel, step in ((0, steps[0]), (2, steps[1])):
        weight = float(np.clip(abs(step), 0, 0.45))
        taps = (1 - weight, weight) if step > 0 else (weight, 1 - weight)
        kernel = np.float32([*taps, 0] if step < 0 else [0, *taps]).reshape(3, 1)
        scene[..., channel] = cv2.filter2D(np.ascontiguousarray(scene[..., channel]), -1, kernel)
    return np.asarray(scene, np.float32)


def _curved(picture: Float, chosen: Settings) -> Float:
    """Apply the tone curve, a cubic that leaves black and white where they are; in place."""
    for rows in bands(len(picture)):
        part = picture[rows]
        np.minimum(np.maximum(part, 0, out=part), 1, out=part)
        bend = part * np.float32(2 * chosen.contrast)
        bend += np.float32(chosen.brightness - chosen.contrast)
        bend *= part
        bend *= 1 - part
        part += bend
    return picture


def _sharpened(picture: Float, chosen: Settings) -> Float:
    if not chosen.sharpening:
        return picture
    soft = cv2.GaussianBlur(picture, (5, 5), chosen.sharpening_radius)
    return np.asarray(cv2.addWeighted(picture, 1 + chosen.sharpening, soft, -chosen.sharpening, 0), np.float32)


def _eight_bits(picture: Float) -> NDArray[np.uint8]:
    found = np.empty(picture.shape, np.uint8)
    for rows in bands(len(picture)):
        found[rows] = cv2.convertScaleAbs(np.maximum(picture[rows], 0), alpha=255)
    return found


def develop(rng: np.random.Generator, light: Float, chosen: Settings, noise: float = 1.0) -> NDArray[np.uint8]:
    """Return eight-bit RGB of the light that falls on the sensor.

    Parameters
    ----------
    light
        Height x width x 3 of a colour sensor, height x width of a grey one. A phone's is linear in power; others' is
        as the eye sees it, which spares their scenes two conversions.
    noise
        A factor on the settings' noise, for dim light.
    """
    phone = chosen.device == "phone"
    if light.ndim == 3 and chosen.mosaic:
        light = _demosaiced(rng, light, chosen, chosen.noise * noise)
    elif light.ndim == 3 and chosen.device == "flatbed":
        light = _grain(rng, _line_sensor(rng, light), chosen.noise * noise)
    else:
        light = _grain(rng, light, chosen.noise * noise)
    if phone:
        np.sqrt(np.maximum(light, 0, out=light), out=light)
    picture = _eight_bits(_sharpened(_curved(light, chosen), chosen))
    return picture if picture.ndim == 3 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
