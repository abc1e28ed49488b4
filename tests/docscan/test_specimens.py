"""The real specimens, each inspected once by ``docscan inspect``: what every report of them must be."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from docscan import cli, inspection
from docscan import tools as tools_room
from docscan.capture import ImageFile
from docscan.tools import Tools
from docscan.types import Agreement, Outcome, Verdict

TODAY = date(2026, 11, 24)

# What the specimens themselves contradict, and why; none does in what was read.
CONTRADICTIONS: dict[str, set[str]] = {}

Reports = dict[str, dict[str, Any]]

run = CliRunner().invoke


@pytest.fixture(scope="module")
def images(real_images: Path) -> list[Path]:
    return sorted([*real_images.glob("*.jpg"), *real_images.glob("*.png")])


@pytest.fixture(scope="module")
def reports(images: list[Path], tools: Tools) -> Reports:
    """Return each image's report as it is printed; the models are opened once for all of them."""
    found = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tools_room, "open_tools", lambda _settings: tools)
        patched.setattr(cli, "_today", lambda: TODAY)
        for image in images:
            result = run(cli.app, ["inspect", str(image), "--json"])
            assert result.exit_code == 0, image
            found[image.name] = json.loads(result.stdout)
    return found


def test_every_real_image_gets_a_report(reports: Reports) -> None:
    assert len(reports) == 16
    for report in reports.values():
        assert report["verdict"] in ("no_concern", "refer", "insufficient")
        assert not [check for check in report["checks"] if check["outcome"] == "aborted"]


# A drawn card whose characters are not those of OCR-B.
SUSPECTED = {"card-cmw.png": {"mrz.glyphs"}}
NO_SIGN_OF_FORGERY = {"document.specimen", "document.expiry"}


def test_no_genuine_specimen_is_referred_or_fails_a_check(reports: Reports) -> None:
    for name, report in reports.items():
        failed = {check["id"] for check in report["checks"] if check["outcome"] == Outcome.FAILED}
        assert failed - NO_SIGN_OF_FORGERY == SUSPECTED.get(name, set()), name
        assert report["verdict"] != "refer", name


def test_every_real_image_gets_one_line_of_its_mrz(images: list[Path], reports: Reports) -> None:
    result = run(cli.app, ["mrz", *map(str, images), "--json"])
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(image) for image in images]
    assert all(set(line) == {"file", "mrz", "others", "error"} and line["error"] is None for line in lines)
    for line, report in zip(lines, reports.values(), strict=True):
        assert (line["mrz"] and line["mrz"]["lines"]) == (report["mrz"] and report["mrz"]["lines"])


def test_no_genuine_specimen_contradicts_itself(reports: Reports) -> None:
    agreeing = {}
    for name, report in reports.items():
        failed = {
            check["id"].removeprefix("viz.")
            for check in report["checks"]
            if check["id"].startswith("viz.") and check["outcome"] == Outcome.FAILED
        }
        assert failed == CONTRADICTIONS.get(name, set()), name
        fields = report["visual"]["fields"].values()
        agreeing[name] = sum(field["agreement"] == Agreement.AGREES for field in fields)
    # The check must have been made, not avoided: ten specimens can be read by a person and by it.
    assert sum(count >= 5 for count in agreeing.values()) >= 10, agreeing


@pytest.mark.parametrize("name", ["pass-bdr.jpg", "pass-lux.jpg"])
def test_what_is_no_concern_in_colours_is_insufficient_in_shades_of_grey(
    images: list[Path], tools: Tools, name: str
) -> None:
    grey = cv2.imread(str(next(image for image in images if image.name == name)), cv2.IMREAD_GRAYSCALE)
    file = ImageFile("grey.png", cv2.imencode(".png", grey)[1].tobytes())
    report = inspection.inspect(file, tools=tools, today=TODAY).report
    assert report.verdict is Verdict.INSUFFICIENT
    assert "in shades of grey" in report.reason


def test_a_picture_of_two_documents_is_never_no_concern(images: list[Path], tools: Tools) -> None:
    named = {image.name: image for image in images}
    one, other = (cv2.imread(str(named[name])) for name in ("pass-bdr.jpg", "pass-lux.jpg"))  # each alone: no_concern
    width = one.shape[1]
    other = cv2.resize(other, (width, round(other.shape[0] * width / other.shape[1])), interpolation=cv2.INTER_AREA)
    strip = np.full((width // 30, width, 3), 90, np.uint8)
    picture = cv2.imencode(".png", np.concatenate([one, strip, other]))[1].tobytes()
    report = inspection.inspect(ImageFile("two.png", picture), tools=tools, today=TODAY).report
    assert report.verdict is Verdict.INSUFFICIENT
    assert report.reason.startswith("Capture each document by itself")
