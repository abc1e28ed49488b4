import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docscan.capture import ImageFile, decode, load, read_file
from docscan.errors import BrokenImageError, InputError, NotAnImageError, TooLargeError
from docscan.types import Spectrum
from tests.corrupt import corrupted_inputs, encoded, huge_headers, picture

LIMITS = {"max_bytes": 50_000_000, "max_pixels": 80_000_000}


def _decode(data: bytes, name: str = "page") -> np.ndarray:
    return decode(ImageFile(name, data), Spectrum.VISIBLE, **LIMITS)[0]


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "webp", "bmp", "jp2"])
def test_every_format_shows_the_same_picture(kind: str) -> None:
    shown = _decode(encoded(kind)).astype(int)
    assert shown.shape == (144, 208, 3)
    assert np.abs(shown - np.asarray(picture()).astype(int)).mean() < 25


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_undone(orientation: int) -> None:
    upright = np.zeros((64, 96, 3), np.uint8)
    upright[:32, :48], upright[:32, 48:], upright[32:, :48] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    # What a camera stores so that the tag's transformation gives the upright picture back.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright.transpose(1, 0, 2), 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(_decode(_saved(Image.fromarray(stored), "PNG", exif=exif)), upright)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "JPEG")],
)
def test_pixel_layouts_become_rgb(mode: str, kind: str) -> None:
    grey = Image.fromarray(np.kron([[0, 255], [255, 0]], np.ones((40, 40))).astype(np.uint8))
    shown = _decode(_saved(grey.convert("RGB").convert(mode), kind))
    assert shown.shape == (80, 80, 3)
    assert shown[10, 10].max() < 60
    assert shown[10, 70].min() > 200


def test_transparency_shows_paper() -> None:
    assert (_decode(_saved(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")) == 255).all()


@pytest.mark.parametrize("top", [1023, 4095, 65535])
def test_sixteen_bits_keep_the_whole_range(top: int) -> None:
    ramp = np.linspace(0, top, 64 * 64).reshape(64, 64).astype(np.uint16)
    shown = _decode(_saved(Image.fromarray(ramp), "PNG"))
    assert shown.min() == 0
    assert shown.max() == 255
    assert abs(float(shown.mean()) - 127.5) < 2


def test_corrupted_inputs_decode_or_say_why() -> None:
    cases = corrupted_inputs()
    assert len(cases) >= 200
    refused = 0
    for name, data in cases:
        try:
            _decode(data, name)
        except InputError as error:
            refused += 1
            assert str(error).startswith(f"{name}: ")
            assert "\n" not in str(error)
    assert refused > len(cases) / 2


def test_kinds_of_refusal() -> None:
    with pytest.raises(NotAnImageError):
        _decode(b"no picture")
    with pytest.raises(BrokenImageError):
        _decode(encoded("jpg")[:900])
    with pytest.raises(TooLargeError, match="bytes"):
        decode(ImageFile("a", bytes(11)), Spectrum.VISIBLE, max_bytes=10, max_pixels=10)
    with pytest.raises(TooLargeError, match="pixels"):
        decode(ImageFile("a", encoded("png")), Spectrum.VISIBLE, max_bytes=10**6, max_pixels=1000)


@pytest.mark.parametrize("index", range(len(huge_headers())))
def test_a_bomb_is_refused_without_its_memory(index: int, tmp_path: Path) -> None:
    name, data = huge_headers()[index]
    path = tmp_path / name
    path.write_bytes(data)
    script = (
        "import resource, sys, pathlib\n"
        "from docscan.capture import *\nfrom docscan.errors import InputError\nfrom docscan.types import Spectrum\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    decode(ImageFile('x', data), Spectrum.VISIBLE, max_bytes=50_000_000, max_pixels=80_000_000)\n"
        "except InputError: pass\nelse: sys.exit('decoded')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 100_000, "kilobytes taken by refusing"


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.jpg", "no such file"), (tmp_path, "not a file")):
        with pytest.raises(InputError, match=reason):
            read_file(path, max_bytes=1000)
    (tmp_path / "big").write_bytes(bytes(2000))
    with pytest.raises(TooLargeError):
        read_file(tmp_path / "big", max_bytes=1000)


@pytest.mark.parametrize("quality", [25, 30, 50, 75, 95])
def test_what_a_jpeg_keeps_is_told_by_its_tables(quality: int) -> None:
    file = ImageFile("page.jpg", _saved(picture(), "JPEG", quality=quality))
    seen = decode(file, Spectrum.VISIBLE, **LIMITS)[1].jpeg_quality
    assert seen == pytest.approx(quality, abs=0.5)


@pytest.mark.parametrize("kind", ["png", "tif", "webp", "bmp", "jp2"])
def test_other_formats_have_no_jpeg_quality(kind: str) -> None:
    assert decode(ImageFile("page", encoded(kind)), Spectrum.VISIBLE, **LIMITS)[1].jpeg_quality is None


def test_the_other_lights_show_the_same_view() -> None:
    visible = ImageFile("v", encoded("png"))
    half = ImageFile("uv", encoded("png", picture().resize((104, 72))))
    capture = load(visible, uv=half, **LIMITS)
    assert capture.uv is not None
    assert [source.spectrum for source in capture.sources] == [Spectrum.VISIBLE, Spectrum.UV]
    with pytest.raises(InputError, match="another view"):
        load(visible, ir=ImageFile("ir", encoded("png", Image.new("RGB", (200, 200)))), **LIMITS)
