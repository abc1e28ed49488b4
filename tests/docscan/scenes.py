"""Documents laid on a table, with a homography that is known: what the page's tests measure against."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from skimage import data

from docscan.page_geometry import Corners, nominal_zone, rectangle
from docscan.types import Image, MrzFormat, Page, PageSize

PIXELS_PER_MM = 8.0
FORMATS = {PageSize.ID_1: MrzFormat.TD1, PageSize.ID_2: MrzFormat.TD2, PageSize.ID_3: MrzFormat.TD3}


@dataclass(frozen=True)
class Scene:
    image: Image
    corners: Corners  # of the page as one reads it, in pixels of the image
    zone: tuple[tuple[float, float], ...]  # of the MRZ's text
    format: MrzFormat


def seen_askew(page: Page) -> Page:
    """Return a page as if its right edge had been a twentieth farther from the camera than its left."""
    to_capture = page.to_capture.copy()
    to_capture[2, 0] += 0.05 * to_capture[2, 2] / page.size.millimetres[0]
    return replace(page, to_capture=to_capture)


def document(size: PageSize, seed: int = 0) -> Image:
    """Return a page: tinted background with line work, portrait, lines of text, MRZ at its nominal place."""
    random = np.random.default_rng(seed)
    width, height = (round(side * PIXELS_PER_MM) for side in size.millimetres)
    y, x = np.mgrid[0:height, 0:width]
    waves = 8 * np.sin(x / 9 + 3 * np.sin(y / 40)) + 6 * np.sin(y / 7)
    page = np.clip(np.array(random.integers(185, 235, 3)) + waves[..., np.newaxis], 0, 255).astype(np.uint8)
    ink = tuple(int(v) for v in random.integers(10, 60, 3))

    def mm(*values: float) -> tuple[int, ...]:
        return tuple(round(value * PIXELS_PER_MM) for value in values)

    cv2.rectangle(page, mm(6, 12), mm(28, 40), (110, 90, 80), -1)
    cv2.circle(page, mm(17, 24), mm(6)[0], (200, 170, 150), -1)
    for row in range(6):
        cv2.putText(page, "SPECIMEN TEXT 12345"[: 8 + row], mm(33, 10 + 4.5 * row), 0, 0.8, ink, 2, cv2.LINE_AA)
    lines, characters = FORMATS[size].shape
    zone = nominal_zone(FORMATS[size]) * PIXELS_PER_MM
    for line in range(lines):
        baseline = round(zone[0, 1] + (2.4 + 6.35 * line) * PIXELS_PER_MM)
        for column in range(characters):
            text = "ABCDEFGHKLMNPRSTUVXYZ0123456789<<<<<<"[random.integers(37)]
            place = (round(zone[0, 0] + column * 2.54 * PIXELS_PER_MM), baseline)
            cv2.putText(page, text, place, cv2.FONT_HERSHEY_PLAIN, 1.55, (20, 20, 20), 2, cv2.LINE_AA)
    return page


def table(kind: str, shape: tuple[int, int], seed: int = 0) -> Image:
    """Return a background of this shape."""
    random = np.random.default_rng(seed + 100)
    height, width = shape
    if kind == "plain":
        image = np.full((height, width, 3), random.integers(30, 120, 3), np.float64)
    elif kind == "white":
        image = np.full((height, width, 3), 252.0)
    else:
        texture = {"brick": data.brick, "grass": data.grass, "gravel": data.gravel}[kind]()
        image = cv2.resize(texture, (width, height), interpolation=cv2.INTER_CUBIC)[..., np.newaxis] * np.array(
            [0.75, 0.6, 0.45]
        )
    return np.clip(image + random.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def photographed(
    page: Image,
    size: PageSize,
    background: Image,
    *,
    fill: float = 0.7,
    roll: float = 0.0,
    tilt: float = 0.0,
    towards: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    seed: int = 0,
) -> Scene:
    """Photograph a page with a pinhole camera.

    ``fill`` is the page's width in the picture's, ``roll``, ``tilt`` and its direction ``towards`` are degrees,
    ``shift`` shares of the picture.
    """
    height, width = background.shape[:2]
    page_width, page_height = size.millimetres
    focal = 1.1 * max(width, height)  # of a phone; not the finder's assumption
    distance = focal * page_width / (fill * width)
    flat = np.column_stack([rectangle(page_width, page_height) - (page_width / 2, page_height / 2), np.zeros(4)])

    def turn(axis: tuple[float, float, float], degrees: float) -> np.ndarray:
        return cv2.Rodrigues(np.array(axis) * np.radians(degrees))[0]

    direction = np.radians(towards)
    rotation = turn((np.cos(direction), np.sin(direction), 0), tilt) @ turn((0, 0, 1), roll)

    def seen(points: np.ndarray) -> np.ndarray:
        placed = points @ rotation.T + (0, 0, distance)
        return focal * placed[:, :2] / placed[:, 2:] + ((0.5 + shift[0]) * width, (0.5 + shift[1]) * height)

    corners = seen(flat)
    pixels = rectangle(page.shape[1], page.shape[0]) - 0.5
    matrix = cv2.getPerspectiveTransform(pixels.astype(np.float32), corners.astype(np.float32))
    # Four times finer, then averaged: so the border is soft as a camera's.
    fine = np.diag([2.0, 2.0, 1.0]) @ matrix
    big = cv2.resize(background, (2 * width, 2 * height))
    cover = cv2.warpPerspective(
        np.full(page.shape[:2], 255, np.uint8), fine, (2 * width, 2 * height), flags=cv2.INTER_LINEAR
    )
    laid = cv2.warpPerspective(page, fine, (2 * width, 2 * height), flags=cv2.INTER_AREA)
    share = cover[..., np.newaxis] / 255
    image = cv2.resize(
        (laid * share + big * (1 - share)).astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA
    )
    noise = np.random.default_rng(seed).normal(0, 2, image.shape)
    image = np.clip(image + noise, 0, 255).astype(np.uint8)
    nominal = nominal_zone(FORMATS[size]) - (page_width / 2, page_height / 2)
    zone = seen(np.column_stack([nominal, np.zeros(4)]))
    return Scene(image, corners, tuple((float(x), float(y)) for x, y in zone), FORMATS[size])
