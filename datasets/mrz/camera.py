"""How a page comes into an image: the camera's pose, the bend of the leaf, light, optics, noise, compression."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.mrz.page import Page
from datasets.mrz.stamps import texture
from datasets.mrz.typeface import Float


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a page stands in an image.

    ``matrix`` maps pitches of the bent page to pixels (3 x 3, homogeneous columns); before it, a leaf bends by
    ``bend * (x - axis) ** 2`` in y.
    """

    matrix: NDArray[np.float64]
    bend: float
    axis: float

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points of the flat page (... x 2, pitches) to pixels."""
        x, y = points[..., 0], points[..., 1] + self.bend * (points[..., 0] - self.axis) ** 2
        mapped = np.stack([x, y, np.ones_like(x)], -1) @ self.matrix.T
        return np.asarray(mapped[..., :2] / mapped[..., 2:], np.float64)


def random_turn(rng: np.random.Generator) -> float:
    """Draw a rotation in the image's plane, radians: mostly near one of the four sides, else any."""
    if rng.random() < 0.3:
        return float(rng.uniform(-np.pi, np.pi))
    quarter = rng.choice(4, p=[0.55, 0.15, 0.15, 0.15])
    return float(quarter * np.pi / 2 + np.deg2rad(rng.normal(0, 4)))


def pose(rng: np.random.Generator, page: Page, zone_width: float, turn: float, most_tilt: float = 35.0) -> Pose:
    """Draw a camera so that the MRZ's mean length is ``zone_width`` pixels; the zone's centre lands on 0, 0.

    ``most_tilt`` is in degrees out of the image's plane.
    """
    ends = page.ends()
    centre = ends.reshape(-1, 2).mean(0)
    length = ends[0, 1, 0] - ends[0, 0, 0]
    tilt = np.deg2rad(rng.uniform(0, most_tilt)) if rng.random() < 0.6 else np.deg2rad(abs(rng.normal(0, 2)))
    direction = rng.uniform(0, 2 * np.pi)
    axis = np.float64([np.cos(direction), np.sin(direction), 0])
    rotation = cv2.Rodrigues(axis * min(tilt, np.deg2rad(most_tilt)))[0]
    turned = cv2.Rodrigues(np.float64([0, 0, turn]))[0] @ rotation
    distance = length * rng.uniform(1.2, 4.0)
    camera = np.float64(
        [turned[0] * distance, turned[1] * distance, turned[2]]
    )  # rows: x * f, y * f, z; the distance is added to z below
    matrix = camera[:, [0, 1, 2]]
    matrix = np.column_stack([matrix[:, 0], matrix[:, 1], [0, 0, distance]])
    matrix = matrix @ np.float64([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    bend = rng.normal(0, 0.0012) if rng.random() < 0.3 else 0.0
    flat = Pose(matrix, bend, float(centre[0] + rng.normal(0, length / 3)))
    placed = flat.place(ends)
    scale = zone_width / np.linalg.norm(placed[:, 1] - placed[:, 0], axis=-1).mean()
    return Pose(np.diag([scale, scale, 1.0]) @ matrix, bend, flat.axis)


def shifted(where: Pose, offset: tuple[float, float]) -> Pose:
    """Return the pose moved by pixels."""
    move = np.float64([[1, 0, offset[0]], [0, 1, offset[1]], [0, 0, 1]])
    return Pose(move @ where.matrix, where.bend, where.axis)


def paste(canvas: Float, page: Page, where: Pose) -> None:
    """Draw a page into an image, in place."""
    height, width = canvas.shape
    corners = (
        np.float64([[0, 0], [page.image.shape[1], 0], page.image.shape[::-1], [0, page.image.shape[0]]]) / page.scale
    )
    outline = where.place(corners)
    left, top = np.maximum(np.floor(outline.min(0)).astype(int) - 2, 0)
    right, bottom = np.minimum(np.ceil(outline.max(0)).astype(int) + 2, (width, height))
    if right - left < 2 or bottom - top < 2:
        return
    columns, rows = np.meshgrid(np.arange(left, right) + 0.0, np.arange(top, bottom) + 0.0)
    inverse = np.linalg.inv(where.matrix)
    x = inverse[0, 0] * columns + inverse[0, 1] * rows + inverse[0, 2]
    y = inverse[1, 0] * columns + inverse[1, 1] * rows + inverse[1, 2]
    z = inverse[2, 0] * columns + inverse[2, 1] * rows + inverse[2, 2]
    x, y = x / z, y / z
    if where.bend:
        y -= where.bend * (x - where.axis) ** 2
    map_x = (x * page.scale - 0.5).astype(np.float32)
    map_y = (y * page.scale - 0.5).astype(np.float32)
    source = page.image
    # The page is drawn finer than it is seen: blur away what the pixels could not carry.
    pixels = np.sqrt(abs(cv2.contourArea(outline.astype(np.float32))) / (source.shape[0] * source.shape[1]))
    if pixels < 0.75:
        source = cv2.GaussianBlur(source, (0, 0), 0.42 / pixels)
    seen = cv2.remap(source, map_x, map_y, cv2.INTER_LINEAR, borderValue=-1.0)
    area = canvas[top:bottom, left:right]
    np.copyto(area, seen, where=seen >= 0)


def _motion(rng: np.random.Generator, image: Float, length: float) -> Float:
    size = max(3, int(np.ceil(length)) | 1)
    kernel = np.zeros((size, size), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = np.float64([np.cos(angle), np.sin(angle)]) * length / 2
    middle = size // 2
    start, end = np.rint(middle - reach).astype(int), np.rint(middle + reach).astype(int)
    cv2.line(kernel, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def expose(rng: np.random.Generator, image: Float, pitch: float, severity: float = 1.0) -> NDArray[np.uint8]:
    """Light, focus, record and compress an image; ``pitch`` is the pixels a character takes.

    ``severity`` scales what hides text: blur, noise, glare and compression.
    """
    shape = image.shape
    if rng.random() < 0.6:
        light = texture(rng, shape, rng.uniform(1, 3)) * rng.uniform(0, 0.18) + rng.uniform(0.75, 1.05)
        image = image * light
    if rng.random() < 0.12 * severity:
        glare = np.zeros(shape, np.float32)
        centre = (int(rng.uniform(0, shape[1])), int(rng.uniform(0, shape[0])))
        axes = (int(rng.uniform(1, 8) * pitch) + 1, int(rng.uniform(1, 4) * pitch) + 1)
        cv2.ellipse(glare, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        image = image + cv2.GaussianBlur(glare, (0, 0), max(1.0, pitch * 0.8)) * rng.uniform(0.1, 0.5)
    # Blur is told in shares of a character: half a stroke's width still reads, a whole one hardly.
    blur = abs(rng.normal(0, 0.055)) * pitch * severity
    blur = min(blur, 0.16 * pitch)
    if rng.random() < 0.75:
        image = cv2.GaussianBlur(image, (0, 0), max(0.25, blur))
    if rng.random() < 0.12 * severity:
        image = _motion(rng, image, rng.uniform(0.05, 0.3) * pitch + 1)
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 1.8))
        image = image + rng.uniform(0.2, 1.5) * (image - soft)
    gain, offset = rng.uniform(0.55, 1.1), rng.uniform(-0.08, 0.15)
    image = np.clip(image, 0, 1.2) ** np.float32(rng.uniform(0.6, 1.6)) * np.float32(gain) + np.float32(offset)
    noise = rng.exponential(0.013) * severity
    grain = rng.standard_normal(shape, np.float32) * np.float32(min(noise, 0.05))
    if rng.random() < 0.3:
        grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.5, 1.2)) * 1.8
    recorded = np.clip((image + grain) * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        quality = int(rng.uniform(30 if severity >= 1 else 55, 97))
        recorded = cv2.imdecode(
            cv2.imencode(".jpg", recorded, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE
        )
    return recorded
