"""Print that was copied to another place of its page, on pages drawn here: paper with lines, noise, and words."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docscan.copies import Twins, twins_of
from docscan.types import MrzFormat, Page, PageSize, Quality
from docscan.zones import layout_of

SCALE = 10.0
LAYOUT = layout_of(PageSize.ID_3, MrzFormat.TD3)
LIKE_A_COPY = 8.5  # above all genuine pages of the calibration and validation states that were looked at

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Drawing:
    """A page: how strong its lines are, how far apart if they recur, and how strong the noise, in grey levels."""

    lines: float = 25.0
    recurs_mm: float | None = None
    noise: float = 3.0

    def page(self) -> Image:
        y, x = np.mgrid[0:880, 0:1250] / SCALE
        if self.recurs_mm:
            along, across = 2 * np.pi * x / self.recurs_mm, 2 * np.pi * y / self.recurs_mm
            phases = np.sin(along) + 4 * across, np.sin(across) + 3 * along
        else:
            phases = 9 * np.sin(x / 7.3 + 0.02 * y**1.5) + 5.1 * y, 7 * np.sin(y / 9.1 + 0.01 * x**1.5) + 3.7 * x
        return np.asarray(200 - self.lines * np.any([np.sin(phase) > 0.6 for phase in phases], axis=0), np.uint8)

    def finished(self, page: Image, seed: int = 1) -> Image:
        noise = np.random.default_rng(seed).normal(0, self.noise, page.shape) if self.noise else 0.0
        return np.asarray(np.clip(cv2.GaussianBlur(page.astype(np.float32), (0, 0), 0.6) + noise, 0, 255), np.uint8)


def words(page: Image, *placed: tuple[str, float, float]) -> Image:
    for text, x, y in placed:
        at = round(x * SCALE), round(y * SCALE)
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_DUPLEX, 1.0, 40, 2, cv2.LINE_AA)
    return page


def copied(image: Image, one: tuple[float, float], other: tuple[float, float], width: float, height: float) -> Image:
    """Copy a part of an image, moved by parts of a pixel too, as an editor that turned it would."""
    size = round(width * SCALE), round(height * SCALE)
    middle = (one[0] + width / 2) * SCALE, (one[1] + height / 2) * SCALE
    part = cv2.getRectSubPix(image, size, middle)
    x, y = round(other[0] * SCALE), round(other[1] * SCALE)
    image = image.copy()
    image[y : y + size[1], x : x + size[0]] = part
    return image


def stored(image: Image, quality: int) -> Image:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8)


def found(image: Image) -> Twins | None:
    colours = np.repeat(image[..., None], 3, axis=2)
    quality = Quality(0.6, 0.0, 254, whole_page=True, usable=True)
    page = Page(
        colours, PageSize.ID_3, SCALE, np.diag([SCALE, SCALE, 1.0]), found=True, border_seen=True, quality=quality
    )
    return twins_of(page, LAYOUT)


def likeness(image: Image) -> float:
    twins = found(image)
    return 0.0 if twins is None else twins.likeness


SOME = (("KOVALSKA", 45, 25), ("MARIJA ELENA", 45, 37), ("14 AUG 1981", 45, 49), ("PX4401872", 85, 25))


@pytest.mark.parametrize("quality", [95, 75])
def test_a_part_of_a_date_that_was_copied_over_a_name_is_found_where_it_lies(quality: int) -> None:
    drawing = Drawing()
    genuine = drawing.finished(words(drawing.page(), *SOME))
    forged = copied(genuine, (58.33, 45.4), (46.0, 21.4), 9.0, 4.4)
    twins = found(stored(forged, quality))
    assert likeness(stored(genuine, quality)) < LIKE_A_COPY
    assert twins is not None
    assert twins.likeness > LIKE_A_COPY
    places = sorted((round(box.x), round(box.y)) for box in (twins.one, twins.other))
    assert np.abs(np.array(places) - [(46, 21), (58, 45)]).max() <= 2
    assert twins.one.width == pytest.approx(9, abs=2)
    moved = twins.other.x - twins.one.x, twins.other.y - twins.one.y
    assert moved == pytest.approx((12.33, 24.0), abs=0.1)


@pytest.mark.parametrize(
    "drawing",
    [Drawing(), Drawing(lines=0.0), Drawing(recurs_mm=6.0), Drawing(lines=0.0, noise=0.0), Drawing(noise=1.0)],
    ids=["lines", "plain paper", "a pattern that recurs", "a drawing", "little noise"],
)
def test_a_word_that_was_printed_twice_is_no_copy(drawing: Drawing) -> None:
    """Dates of issue and of expiry often share day and month, in the same column and in the same letters."""
    twice = (("14 AUG 2019", 45, 25), ("14 AUG 2029", 45, 37), ("14 AUG 2019", 81, 49))
    assert likeness(drawing.finished(words(drawing.page(), *twice))) < LIKE_A_COPY


def test_a_pattern_that_recurs_with_no_text_at_all_is_no_copy() -> None:
    drawing = Drawing(lines=60.0, recurs_mm=6.0)
    assert likeness(drawing.finished(drawing.page())) < LIKE_A_COPY


def test_portrait_and_zone_are_left_out() -> None:
    """A zone has the same filler many times, a portrait may have anything."""
    drawing = Drawing()
    page = drawing.finished(words(drawing.page(), ("P<UTOKOVALSKA<<MARIJA", 8, 75), ("WWWW", 8, 30)))
    inside = copied(copied(page, (8, 71), (60, 71), 12, 5), (8, 26), (8, 38), 12, 5)
    assert likeness(inside) < LIKE_A_COPY


def test_an_empty_page_has_none() -> None:
    assert found(np.full((880, 1250), 200, np.uint8)) is None
