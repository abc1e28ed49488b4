from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from docscan.mrz.crops import CROP_HEIGHT, CROP_WIDTH, OrientedBox, zone_crop
from docscan.mrz.locate import Frame, box_of, find_lines, find_zones
from docscan.mrz.rectify import STRIP_HEIGHT, STRIP_WIDTH, frame_homography, line_strips, place

FRAME = np.array([[100.0, 60], [420, 90], [412, 125], [96, 92]])


def test_a_boxs_crop_and_the_image_map_onto_each_other() -> None:
    box = OrientedBox((210.0, 90.0), 0.4, 300.0)
    points = np.array([[0.0, 0], [CROP_WIDTH - 1, 0], [33, 120.5]])
    assert np.allclose(box.to_crop(box.to_image(points)), points)


def test_a_crop_of_a_turned_image_is_the_turned_crop() -> None:
    image = np.random.default_rng(1).integers(0, 255, (200, 500)).astype(np.uint8)
    image = np.asarray(np.kron(image[::8, ::8], np.ones((8, 8))), np.uint8)
    middle = ((image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2)
    upright = zone_crop(image, OrientedBox(middle, 0.0, 400.0))
    turned = zone_crop(image, OrientedBox(middle, np.pi, 400.0))
    assert upright.shape == (CROP_HEIGHT, CROP_WIDTH)
    assert np.abs(upright[::-1, ::-1].astype(int) - turned).mean() < 1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_zones_of_a_turned_picture_are_told_in_the_picture(turns: int) -> None:
    image = np.full((300, 500), 200, np.uint8)
    image[200:204, 150:350] = 0

    class Dark:
        """Marks what is dark, as the zone finder marks zones."""

        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="image")]

        def run(self, _: None, given: dict[str, np.ndarray]) -> list[np.ndarray]:
            dark = given["image"][0, 0] < -1
            rows, columns = (side // 4 for side in dark.shape)
            cells = dark[: rows * 4, : columns * 4].reshape(rows, 4, columns, 4).any((1, 3))
            return [np.where(cells, 5.0, -5.0).astype(np.float32)[None, None]]

    (box,) = find_zones(image, Dark(), 500, turns)
    assert box.centre == pytest.approx((249.5, 201.5), abs=3)
    assert np.sin(box.angle) == pytest.approx(0, abs=0.01)
    assert box.length == pytest.approx(224, abs=12)


def test_a_frame_read_upside_down_twice_is_the_frame() -> None:
    frame = Frame(FRAME, 3, np.array([[0.1, 0.0, 0.02], [0.0, 0.1, 0.0], [-0.1, 0.2, 0.1]]), 0.9, 0.8)
    twice = frame.turned().turned()
    assert np.allclose(twice.corners, frame.corners)
    assert np.allclose(twice.bends, frame.bends)


def test_a_turned_frame_bends_along_the_same_pixels() -> None:
    frame = Frame(FRAME, 2, np.array([[0.3, -0.1, 0.02], [0.1, 0.1, 0.05]]), 0.9, 0.8)

    def course(one: Frame, row: int, along: float) -> np.ndarray:
        departure = np.polyval(one.bends[row], along)
        return place(frame_homography(one.corners, one.lines), np.array([along, row + departure]))

    assert np.allclose(course(frame, 0, 0.3), course(frame.turned(), 1, 0.7), atol=1e-6)


def test_strips_follow_a_frame() -> None:
    image = np.full((200, 500), 255, np.uint8)
    homography = frame_homography(FRAME, 2)
    for along in np.linspace(0.02, 0.98, 400):  # paint the second line's course
        x, y = place(homography, np.array([along, 1.0]))
        image[round(y) - 1 : round(y) + 2, round(x)] = 0
    strips = line_strips(image, FRAME, 2)
    assert strips.shape == (2, STRIP_HEIGHT, STRIP_WIDTH)
    middle = strips[1, STRIP_HEIGHT // 2 - 2 : STRIP_HEIGHT // 2 + 2, 40:-40]
    assert middle.min(0).mean() < 60
    assert strips[0, STRIP_HEIGHT // 2 - 2 : STRIP_HEIGHT // 2 + 2].mean() > 240


def test_a_frames_box_holds_it() -> None:
    frame = Frame(FRAME, 2, np.zeros((2, 3)), 0.9, 0.8)
    inside = box_of(frame).to_crop(FRAME)
    assert (inside > 0).all()
    assert (inside[:, 0] < CROP_WIDTH).all()
    assert (inside[:, 1] < CROP_HEIGHT).all()


class _SeesDarkBars:
    """Stands for the line finder: what is dark is a line that stands upright."""

    def get_inputs(self) -> list[object]:
        return [type("Input", (), {"name": "picture"})]

    def run(self, _names: None, pictures: dict[str, np.ndarray]) -> list[np.ndarray]:
        crop = pictures["picture"][0, 0]
        seen = cv2.resize(crop, (crop.shape[1] // 4, crop.shape[0] // 4), interpolation=cv2.INTER_AREA) < -1.0
        nothing = np.where(seen, -8.0, 8.0)
        return [np.stack([nothing, -nothing, np.full_like(nothing, -8.0)])[None].astype(np.float32)]


class _SeesLinesThatTouch(_SeesDarkBars):
    """Is less sure between the lines than on them, but thinks that they touch."""

    def run(self, names: None, pictures: dict[str, np.ndarray]) -> list[np.ndarray]:
        nothing, upright, turned = super().run(names, pictures)[0][0]
        rows = np.flatnonzero((upright > 0).any(1))
        columns = np.flatnonzero((upright > 0).any(0))
        between = np.zeros_like(upright, bool)
        between[rows[0] : rows[-1], columns[0] : columns[-1]] = True
        doubtful = between & (upright < 0)
        return [np.stack([np.where(doubtful, -0.5, nothing), np.where(doubtful, 0.0, upright), turned])[None]]


def test_lines_that_touch_in_the_finders_eyes_are_told_apart() -> None:
    box = OrientedBox((260, 92), 0.09, 340)
    found = find_lines(_bars((200, 500), FRAME), box, _SeesLinesThatTouch())
    assert found is not None
    assert found.lines == 2
    assert np.abs(found.corners - FRAME).max() < 12


def _bars(shape: tuple[int, int], frame: np.ndarray) -> np.ndarray:
    image = np.full(shape, 255, np.uint8)
    for start, end in ((frame[0], frame[1]), (frame[3], frame[2])):
        cv2.line(image, tuple(map(round, start)), tuple(map(round, end)), 0, 9)
    return image


@pytest.mark.parametrize(
    ("centre", "length"), [((260, 92), 340), ((330, 100), 150), ((180, 80), 160), ((250, 95), 90), ((262, 92), 700)]
)
def test_lines_are_found_whole_although_the_box_shows_a_part_of_them(
    centre: tuple[float, float], length: float
) -> None:
    box = OrientedBox(centre, 0.09, length)
    found = find_lines(_bars((200, 500), FRAME), box, _SeesDarkBars())
    assert found is not None
    assert found.lines == 2
    assert np.abs(found.corners - FRAME).max() < 12  # the bars are drawn with round ends
