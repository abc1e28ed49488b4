"""Whole captures with MRZs in them, and what stands where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.mrz.camera import Pose, expose, paste, pose, random_turn, shifted
from datasets.mrz.negatives import clutter, surroundings
from datasets.mrz.page import Page, draw_page


@dataclass(frozen=True, slots=True)
class ZoneTruth:
    """An MRZ in a capture; points are pixels, x to the right and y down.

    ``centres`` is lines x characters x 2; ``ends`` lines x (start, end) x 2, the outer edges of the first and last
    character; ``lines`` the text, ``face`` the name of its font.
    """

    lines: tuple[str, ...]
    centres: NDArray[np.float64]
    ends: NDArray[np.float64]
    face: str

    @property
    def pitch(self) -> float:
        """Pixels a character takes, on average."""
        return float(np.linalg.norm(self.ends[:, 1] - self.ends[:, 0], axis=-1).mean() / len(self.lines[0]))


@dataclass(frozen=True, slots=True)
class MrzCapture:
    """A grey capture, height x width, with the MRZs in it."""

    image: NDArray[np.uint8]
    zones: tuple[ZoneTruth, ...]


def truth(page: Page, where: Pose) -> ZoneTruth:
    """Return where a placed page's MRZ stands."""
    count, width = len(page.lines), len(page.lines[0])
    columns, rows = np.meshgrid(np.arange(width) + page.first[0], page.first[1] + page.spacing * np.arange(count))
    return ZoneTruth(page.lines, where.place(np.stack([columns, rows], -1)), where.place(page.ends()), page.face)


def zone_capture(
    rng: np.random.Generator,
    pitch: float,
    *,
    random_share: float = 0.0,
    severity: float = 1.0,
    issued: bool = False,
    unusual: bool = False,
) -> MrzCapture:
    """Draw a capture round one MRZ, ``pitch`` pixels a character; ``issued``, ``unusual``: see ``draw_page``."""
    scale, above = float(np.clip(pitch * 1.2, 9, 22)), rng.uniform(3, 10)
    page = draw_page(rng, scale, random_share=random_share, above=above, issued=issued, unusual=unusual)
    turn = random_turn(rng)
    where = pose(rng, page, pitch * len(page.lines[0]), turn)
    ends = where.place(page.ends()).reshape(-1, 2)
    margin = rng.uniform(1, 7, 4) * pitch if rng.random() < 0.8 else rng.uniform(0.3, 1.5, 4) * pitch
    low, high = ends.min(0) - margin[:2] - pitch * 0.7, ends.max(0) + margin[2:] + pitch * 0.7
    where = shifted(where, (float(-low[0]), float(-low[1])))
    canvas = surroundings(rng, (int(high[1] - low[1]), int(high[0] - low[0])))
    paste(canvas, page, where)
    return MrzCapture(expose(rng, canvas, pitch, severity), (truth(page, where),))


def _share(rng: np.random.Generator) -> float:
    """Draw an MRZ's length as a share of the image's longer side."""
    return float(np.exp(rng.uniform(np.log(0.14), np.log(0.97))))


def scene(
    rng: np.random.Generator,
    size: tuple[int, int],
    *,
    documents: int,
    share: float | None = None,
    severity: float = 1.0,
    random_share: float = 0.0,
    issued: bool = False,
) -> MrzCapture:
    """Draw a capture of ``size`` (height, width) with some documents among clutter; ``issued``: see ``draw_page``.

    Where no ``share`` is asked for, one document in ten has no MRZ and one in seventeen leaves the image a little.
    """
    canvas = surroundings(rng, size)
    clutter(rng, canvas, most=4)
    placed: list[tuple[ZoneTruth, bool]] = []
    taken = np.zeros(size, np.uint8)
    pitch = 10.0
    for _ in range(documents * 4):
        if len(placed) == documents:
            break
        length = (_share(rng) if share is None else share) * max(size) / (1.0 if documents == 1 else 1.6)
        turn = random_turn(rng)
        along = abs(np.cos(turn)) * size[1] + abs(np.sin(turn)) * size[0]
        length = min(length, along * 0.97)
        scale = 10.0 if length < 440 else min(26.0, length / 36)
        blank = share is None and rng.random() < 0.1  # a document with no MRZ is no MRZ
        page = draw_page(rng, max(6.0, scale), random_share=random_share, blank=blank, issued=issued)
        where = pose(rng, page, length, turn)
        ends = where.place(page.ends()).reshape(-1, 2)
        pad = length / len(page.lines[0]) * 0.8
        low, high = ends.min(0) - pad, ends.max(0) + pad
        room = np.float64([size[1], size[0]]) - (high - low)
        if room.min() < 0:
            continue
        # A document held too close leaves the image with a part of its MRZ.
        beyond = 0.15 * length if share is None and rng.random() < 0.06 else 0.0
        where = shifted(where, tuple(rng.uniform(-beyond, room + beyond) - low))
        corners = np.float64([[0, 0], [page.image.shape[1], 0], page.image.shape[::-1], [0, page.image.shape[0]]])
        outline = np.rint(where.place(corners / page.scale)).astype(np.int32)
        here = np.zeros(size, np.uint8)
        cv2.fillConvexPoly(here, outline, 1)
        if (here & taken).any():
            continue
        taken |= here
        paste(canvas, page, where)
        placed.append((truth(page, where), blank))
        pitch = placed[-1][0].pitch
    zones = tuple(zone for zone, blank in placed if not blank)
    return MrzCapture(expose(rng, canvas, pitch, severity), zones)


def document_capture(
    rng: np.random.Generator, pitch: float, *, severity: float = 1.0, issued: bool = False
) -> MrzCapture:
    """Draw a capture of one whole document, ``pitch`` pixels a character, at any turn, tilted up to 35 degrees.

    ``issued``: the print would pass its issuer's quality control (see ``draw_page``).
    """
    page = draw_page(rng, float(np.clip(pitch * 1.2, 9, 22)), issued=issued)
    where = pose(rng, page, pitch * len(page.lines[0]), random_turn(rng))
    corners = np.float64([[0, 0], [page.image.shape[1], 0], page.image.shape[::-1], [0, page.image.shape[0]]])
    outline = where.place(corners / page.scale)
    low, high = outline.min(0), outline.max(0)
    margin = rng.uniform(0.0, 0.25, 4) * float((high - low).max())
    where = shifted(where, (float(margin[0] - low[0]), float(margin[1] - low[1])))
    size = np.ceil(high - low + margin[:2] + margin[2:]).astype(int)
    canvas = surroundings(rng, (int(size[1]), int(size[0])))
    clutter(rng, canvas, most=3)
    paste(canvas, page, where)
    return MrzCapture(expose(rng, canvas, pitch, severity), (truth(page, where),))
