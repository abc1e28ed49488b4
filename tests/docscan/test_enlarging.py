"""A picture that software enlarged is told from one that was captured so finely."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from docscan.capture import ImageFile
from docscan.enlarging import enlargement
from docscan.inspection import Inspection, inspect
from docscan.tools import Tools
from docscan.types import Image, PageSize, Verdict
from tests.conftest import ROOT
from training.software import sharpened, stored

SAMPLE = ROOT / "datasets" / "samples" / "genuine-utopia.jpg"
HOW = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "lanczos": cv2.INTER_LANCZOS4}


@cache
def _captured() -> Image:
    return np.asarray(cv2.imread(str(SAMPLE)), np.uint8)


def _times(image: Image) -> float:
    """Return how many times larger it was made, the page filling all of it."""
    height, width = image.shape[:2]
    across, down = PageSize.ID_3.millimetres
    return enlargement(image, np.diag([width / across, height / down, 1.0]), PageSize.ID_3)


def _small(share: float) -> Image:
    """Return the sample as the web has it: shrunk, sharpened, stored."""
    small = cv2.resize(_captured(), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return stored(sharpened(np.asarray(small, np.uint8), amount=0.8, radius=0.9), quality=85)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("times", [1.5, 1.7, 2.0, 2.4, 3.0])
def test_it_tells_how_many_times_a_picture_was_enlarged(how: str, times: float) -> None:
    large = cv2.resize(_small(0.45), None, fx=times, fy=times, interpolation=HOW[how])
    assert _times(stored(np.asarray(large, np.uint8), quality=85)) == pytest.approx(times, rel=0.02)


def _grating(pitch: float) -> Image:
    """Return noisy paper with fine lines at two angles, as regular as print may be."""
    down, across = np.mgrid[:900, :1200].astype(np.float32)
    lines = np.sin(2 * np.pi * across / pitch) + np.sin(2 * np.pi * (down + 0.3 * across) / pitch)
    noise = np.random.default_rng(2).normal(0, 3, lines.shape)
    return np.repeat(np.clip(150 + 25 * lines + noise, 0, 255).astype(np.uint8)[..., None], 3, 2)


def _through_a_mosaic() -> Image:
    """Return the sample as a sensor sees it whose pixels have one colour each."""
    mosaic = np.zeros(_captured().shape[:2], np.uint8)
    for row, column, channel in ((0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 1, 0)):
        mosaic[row::2, column::2] = _captured()[row::2, column::2, channel]
    return np.asarray(cv2.cvtColor(mosaic, cv2.COLOR_BayerRGGB2BGR), np.uint8)


@pytest.mark.parametrize(
    "made",
    [
        _captured,
        lambda: stored(_captured(), quality=50),
        lambda: stored(np.asarray(cv2.resize(_captured(), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)), 85),
        _through_a_mosaic,
        *(lambda pitch=pitch: stored(_grating(pitch), quality=85) for pitch in (2.9, 4.0, 6.3)),
        lambda: np.full((900, 1200, 3), 230, np.uint8),
    ],
    ids=["captured", "stored coarsely", "shrunk", "colours apart", "fine lines", "lines", "coarse lines", "nothing"],
)
def test_nothing_else_is_taken_for_it(made: object) -> None:
    assert callable(made)
    assert _times(made()) == 1.0


def test_of_a_small_page_nothing_is_known() -> None:
    large = cv2.resize(_small(0.2)[:120, :200], None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC)
    assert _times(np.asarray(large, np.uint8)) == 1.0


def _inspected(image: Image, tools: Tools) -> Inspection:
    return inspect(
        ImageFile("one.jpg", cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()), tools=tools
    )


def _of_web(image: Image, share: float) -> Image:
    return np.asarray(cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_CUBIC), np.uint8)


def test_an_enlarged_document_is_not_judged_by_its_print(tools: Tools) -> None:
    seen = _inspected(_of_web(_small(0.45), 1 / 0.45), tools)
    assert seen.report.verdict is Verdict.INSUFFICIENT
    assert "Software enlarged the picture 2.2 times, and it shows no more than 1" in seen.report.reason
    by_print = [check for check in seen.report.checks if check.id.startswith(("print.", "page."))]
    assert all(check.outcome.value == "undetermined" and check.log10_lr == 0 for check in by_print)
    assert seen.heat is None


@pytest.mark.parametrize("name", ["pass-cze.jpg", "pass-pol.png", "visa-usa.jpg"])
def test_a_genuine_specimen_that_was_enlarged_is_not_referred(name: str, real_images: Path, tools: Tools) -> None:
    image = np.asarray(cv2.imread(str(real_images / name)), np.uint8)
    seen = _inspected(_of_web(image, 2.5), tools)
    assert seen.page.enlarged == pytest.approx(2.5, rel=0.02)
    assert seen.report.verdict is Verdict.INSUFFICIENT
