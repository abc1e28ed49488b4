import cv2
import numpy as np
import pytest

from datasets.specimens import GENUINE
from docscan.capture import ImageFile
from docscan.runtime import Models
from docscan.types import CheckResult, Outcome
from training.witnesses.judging import processed_rows
from training.witnesses.measuring import Witnessed
from training.witnesses.processed import PROCESSINGS, Picture, processed


def _picture() -> Picture:
    """Draw yellowish paper with print and grain on it."""
    rows, columns = np.mgrid[:240, :320]
    paper = 170 + 25 * np.sin(columns / 5) + 10 * np.sin(rows / 40) + np.random.default_rng(3).normal(0, 3, rows.shape)
    paper[100:120, 60:260:7] -= 90
    return np.clip(paper[..., None] * (0.9, 1.0, 1.02), 0, 255).astype(np.uint8)


def _after(name: str) -> Picture:
    file = ImageFile("one", cv2.imencode(".png", _picture())[1].tobytes())
    return np.asarray(cv2.imdecode(np.frombuffer(processed(file, name).data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _fineness(picture: Picture) -> float:
    return float(cv2.Laplacian(picture, cv2.CV_32F).std())


@pytest.mark.parametrize("name", PROCESSINGS)
def test_a_picture_keeps_its_size_and_shows_the_same(name: str) -> None:
    before, after = _picture(), _after(name)
    assert after.shape == before.shape
    assert np.corrcoef(before.mean(-1).ravel(), after.mean(-1).ravel())[0, 1] > 0.65  # light from one side counts too
    assert bool(np.ptp(after, axis=-1).any()) is (name != "in shades of grey")
    if name != "stored again":
        assert np.abs(after.astype(int) - _after("stored again")).mean() > 0.5


@pytest.mark.parametrize(
    ("what", "finer"), [("sharpened", True), ("noise of", True), ("noise reduced", False), ("blurred", False)]
)
def test_what_is_sharpened_is_finer_and_what_is_smoothed_is_not(what: str, finer: bool) -> None:
    for name in (name for name in PROCESSINGS if name.startswith(what)):
        assert (_fineness(_after(name)) > _fineness(_after("stored again"))) is finer, name


def test_rows_say_how_many_genuine_documents_are_referred_and_why() -> None:
    def one(ratio: float) -> Witnessed:
        outcome = Outcome.FAILED if ratio > 0 else Outcome.PASSED
        unlisted = CheckResult("mrz.issuing_state", Outcome.FAILED, "", log10_lr=3.0)  # no reason: states are invented
        return Witnessed(GENUINE, "A", 1, True, {}, (CheckResult("photo.edge", outcome, "", log10_lr=ratio), unlisted))

    rows = processed_rows(
        {"sharpened": [one(2.0), one(-0.1), one(0.5), one(-0.1)], "blurred": [one(-0.1)]}, Models({}, {})
    )
    assert rows["sharpened"].startswith("25.0 % (1 of 4;")
    assert rows["sharpened"].endswith("failed: photo.edge 2")
    assert rows["blurred"].endswith("failed: none")
