import os
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from docscan.mrz import second_reader
from docscan.types import Image

# Where the card's MRZ has ink: measured on its pixels, darker than 110 of 255.
INK = np.array([(109, 379), (875, 379), (875, 512), (109, 512)])
CHARACTER = 766 / 30  # PassportEye's boxes are about as rough as that


@pytest.fixture(scope="module")
def card(real_images: Path) -> Image:
    """A flat drawing of a TD1, which tesseract reads without an error."""
    return cv2.cvtColor(cv2.imread(str(real_images / "card-cmw.png")), cv2.COLOR_BGR2RGB)


@pytest.fixture
def slow_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


def test_lines_and_their_place(card: Image) -> None:
    zone = second_reader.read(card)
    assert zone is not None
    assert [line[:10] for line in zone.lines] == ["IDCMW<5128", "6104128M14", "PUBLIC<<JO"]
    assert zone.reader == "passporteye"
    assert zone.character_confidence == ()
    np.testing.assert_allclose(zone.polygon, INK, atol=CHARACTER)


def test_a_card_on_its_head(card: Image) -> None:
    height, width = card.shape[:2]
    zone = second_reader.read(np.ascontiguousarray(card[::-1, ::-1]))
    assert zone is not None
    assert zone.lines[0].startswith("IDCMW<5128")
    np.testing.assert_allclose(
        zone.polygon, (width, height) - INK, atol=CHARACTER
    )  # still begins at the text's upper left


def test_a_large_picture_is_measured_in_its_own_pixels(card: Image) -> None:
    large = cv2.resize(card, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    zone = second_reader.read(large)
    assert zone is not None
    np.testing.assert_allclose(np.array(zone.polygon) / 2.5, INK, atol=CHARACTER)


@pytest.mark.parametrize("shape", [(400, 600), (1, 1), (3, 900), (900, 3)])
def test_nothing_to_read(shape: tuple[int, int]) -> None:
    assert second_reader.read(np.full((*shape, 3), 255, np.uint8)) is None


@pytest.mark.usefixtures("slow_tesseract")
def test_a_hanging_tesseract_is_ended(
    card: Image, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(second_reader, "BUDGET", 0.5)
    start = time.monotonic()
    assert second_reader.read(card) is None
    assert time.monotonic() - start < 10  # not the program's thirty
    assert [record.getMessage() for record in caplog.records] == ["PassportEye broke: TimeoutExpired"]


def test_holders_data_stay_out_of_files(card: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    environment = dict(os.environ)
    assert second_reader.read(card) is not None
    assert {key for key in os.environ if os.environ[key] != environment.get(key)} <= {"MPLBACKEND"}


def test_without_tesseract(card: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_reader.missing() is None
    monkeypatch.setenv("PATH", "")
    assert second_reader.missing() == "The second reader is unavailable: the program tesseract is not installed."
    assert second_reader.read(card) is None


def test_lines_are_cleaned() -> None:
    text = "Luzern\n p < uto eriksson «« anna <<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159\n<<<<\nÄ" + "A" * 30
    assert second_reader.clean_lines(text) == (
        "P<UTOERIKSSON<<ANNA<<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159",
    )
