from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.capturing import encode, expose, settings
from datasets.capturing.capture import lights_of
from datasets.capturing.devices import DEVICES, ENCODERS, Settings
from datasets.physics.inks import B900, SECURITY_PAPER, fluorescent
from datasets.physics.surface import Surface, blank, lay

SIZE = (60.0, 40.0)
LIGHTS = ("visible", "uv", "ir")


def _marked() -> Surface:
    """Return a small side with four black squares, 5 mm each, 5 mm from its corners; they glow, too."""
    surface = blank(SIZE, SECURITY_PAPER)
    for x in (5.0, SIZE[0] - 10):
        for y in (5.0, SIZE[1] - 10):
            part = surface.part((x, y, 5.0, 5.0))
            lay(part, np.ones(part.shape, np.float32), B900)
            lay(part, np.ones(part.shape, np.float32), fluorescent("mark", (0.1, 0.9, 0.2)))
    return surface


def _settings(device: str, seed: int = 1, **changes: object) -> Settings:
    chosen = settings(np.random.default_rng(seed), device, 300.0)
    return replace(chosen, thumb=False, glare=0, **changes)  # type: ignore[arg-type]


def _decoded(data: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("seed", range(3))
def test_the_matrix_says_where_the_marks_are_in_the_file(device: str, seed: int) -> None:
    chosen = _settings(device, seed, shadow=0.0)
    captured = encode(expose(np.random.default_rng(2), _marked(), chosen, ("visible",)), chosen)
    grey = _decoded(captured.files["visible"][0]).mean(2)
    for x in (7.5, SIZE[0] - 7.5):
        for y in (7.5, SIZE[1] - 7.5):
            inner = np.array([[x - 2.2, y - 2.2], [x + 2.2, y + 2.2], [x - 3.4, y], [x + 3.4, y], [x, y - 3.4]])
            seen = cv2.perspectiveTransform(inner.reshape(1, -1, 2), captured.to_capture)[0]
            if seen.min() < 1 or (seen >= (grey.shape[1] - 1, grey.shape[0] - 1)).any():
                continue  # laid against the reader's frame
            values = [grey[round(row), round(column)] for column, row in seen]
            assert max(values[:2]) < 0.6 * min(values[2:])


def _centroid(plane: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return the middle of what is bright within 50 pixels of a point."""
    column, row = (int(value) for value in near)
    part = plane[row - 50 : row + 51, column - 50 : column + 51].astype(np.float64)
    part = np.where(part > part.max() / 2, part - np.percentile(part, 30), 0)
    rows, columns = np.mgrid[-50:51, -50:51]
    return np.array([(part * columns).sum(), (part * rows).sum()]) / part.sum()


@pytest.mark.parametrize("seed", range(3))
def test_three_lights_of_a_reader_are_registered_to_a_pixel(seed: int) -> None:
    chosen = _settings("reader", seed, crop_x=5, crop_y=3, encoder="png", margins=(0.05, 0.05, 0.05, 0.05))
    captured = encode(expose(np.random.default_rng(2), _marked(), chosen, LIGHTS), chosen)
    planes = {light: _decoded(data).astype(np.float32).mean(2) for light, (data, _) in captured.files.items()}
    assert len({plane.shape for plane in planes.values()}) == 1
    for mark in ((7.5, 7.5), (SIZE[0] - 7.5, SIZE[1] - 7.5)):
        near = cv2.perspectiveTransform(np.array([[mark]], np.float64), captured.to_capture)[0, 0]
        dark, glowing, absorbing = (
            _centroid(255 - planes[light] if light != "uv" else planes[light], near) for light in LIGHTS
        )
        assert np.abs(dark - glowing).max() < 0.5
        assert np.abs(dark - absorbing).max() < 0.5


def test_daylight_does_not_depend_on_the_other_lights() -> None:
    chosen = _settings("reader")
    alone = expose(np.random.default_rng(2), _marked(), chosen, ("visible",))
    together = expose(np.random.default_rng(2), _marked(), chosen, LIGHTS)
    assert np.array_equal(alone.frames["visible"], together.frames["visible"])


def test_scanners_and_phones_have_daylight_alone() -> None:
    assert lights_of(_settings("reader"), LIGHTS) == LIGHTS
    assert lights_of(_settings("phone"), LIGHTS) == lights_of(_settings("flatbed"), LIGHTS) == ("visible",)


def test_every_device_and_encoder_comes_up_and_writes_what_it_says() -> None:
    drawn = [settings(np.random.default_rng(seed)) for seed in range(300)]
    assert set(Counter(one.device for one in drawn)) == set(DEVICES)
    assert set(Counter(one.encoder for one in drawn)) == set(ENCODERS)
    for encoder in ENCODERS:
        chosen = _settings("flatbed", encoder=encoder, longest=200 if encoder == "messenger" else 0)
        data, form = encode(expose(np.random.default_rng(2), _marked(), chosen, ("visible",)), chosen).files["visible"]
        assert data.startswith(b"\x89PNG" if form == "PNG" else b"\xff\xd8")
        assert form == ("PNG" if encoder == "png" else "JPEG")
        if encoder == "messenger":
            assert max(_decoded(data).shape) == 200
