from dataclasses import replace

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from docscan.page_geometry import in_capture, rectangle
from docscan.rendering.pictures import Pictures, draw
from docscan.service.crops import crop
from docscan.types import Capture, CheckResult, Outcome, Page, Polygon, Region, Report, Spectrum
from tests.docscan.rendering.conftest import capture, page, report
from tests.docscan.service.test_routes import IMAGE, is_problem

__all__ = ["capture", "page"]


def with_region(name: str, polygon: Polygon, *spectra: Spectrum) -> Report:
    checks = tuple(
        CheckResult(f"x.{spectrum}", Outcome.FAILED, "It was seen.", spectrum, region=Region(name, polygon))
        for spectrum in spectra
    )
    return replace(report(), checks=checks)


def decoded(png: bytes | None) -> NDArray[np.uint8]:
    assert png is not None
    assert png.startswith(b"\x89PNG")
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image[..., ::-1], np.uint8)


def marked(page: Page) -> tuple[Capture, Page, Polygon]:
    """A grey page with a red square at 60 to 80 mm across and 20 to 40 mm down, in capture and page."""
    corners = in_capture(rectangle(20, 20) + np.array([60.0, 20.0]), page.to_capture)
    image = np.full((700, 1000, 3), 128, np.uint8)
    cv2.fillPoly(image, [np.array(corners, np.int32)], (255, 0, 0))
    scale = page.pixels_per_mm
    flat = np.full((round(88 * scale), round(125 * scale), 3), 128, np.uint8)
    flat[round(20 * scale) : round(40 * scale), round(60 * scale) : round(80 * scale)] = (255, 0, 0)
    return Capture(image), replace(page, image=flat), corners


def test_a_region_is_cut_from_the_page_where_it_lies(page: Page) -> None:
    capture, page, corners = marked(page)
    shown = with_region("portrait", corners, Spectrum.VISIBLE)
    image = decoded(crop(shown, draw(shown, capture, page), "portrait", None))
    height, width = image.shape[:2]
    assert 20 * 8 < height < 20 * 8 * 1.3
    red = (image[..., 0] > 200) & (image[..., 1] < 60)
    assert 0.6 < red.mean() < 0.85  # the square, with a little around it
    assert red[height // 2, width // 2]
    assert not red[:4].any()
    assert not red[:, -4:].any()


def test_where_no_page_was_found_the_capture_is_cut(page: Page) -> None:
    capture, page, corners = marked(page)
    shown = with_region("portrait", corners, Spectrum.VISIBLE)
    image = decoded(crop(shown, draw(shown, capture, replace(page, found=False)), "portrait", None))
    red = (image[..., 0] > 200) & (image[..., 1] < 60)
    assert 0.6 < red.mean() < 0.85


def test_each_region_is_shown_under_its_light(page: Page) -> None:
    capture, page, corners = marked(page)
    page = replace(page, uv=np.full_like(page.image, 7))
    shown = with_region("paper", corners, Spectrum.UV, Spectrum.VISIBLE)
    pictures = draw(shown, replace(capture, uv=capture.visible), page)
    assert decoded(crop(shown, pictures, "paper", Spectrum.UV)).mean() < 12
    assert decoded(crop(shown, pictures, "paper", Spectrum.VISIBLE)).mean() > 80
    assert crop(shown, pictures, "paper", Spectrum.IR) is None
    assert crop(shown, pictures, "portrait", None) is None


def test_a_region_outside_the_picture_has_none(page: Page) -> None:
    capture, page, _ = marked(page)
    far = ((-90.0, -90.0), (-80.0, -90.0), (-80.0, -80.0), (-90.0, -80.0))
    shown = with_region("portrait", far, Spectrum.VISIBLE)
    pictures: Pictures = draw(replace(shown, checks=()), capture, page)
    assert crop(shown, pictures, "portrait", None) is None


@pytest.fixture
def created(client: TestClient) -> dict[str, object]:
    return dict(client.post("/v1/inspections", files=IMAGE).json())


def test_regions_of_a_cards_other_side_can_be_had(client: TestClient) -> None:
    report = client.post("/v1/inspections", files=IMAGE | {"other_visible": IMAGE["visible"]}).json()
    address = f"/v1/inspections/{report['id']}/regions"
    for name, side in (("birth_date", "this"), ("portrait", "other")):
        assert decoded(client.get(f"{address}/{name}.png", params={"side": side}).content).size
        is_problem(client.get(f"{address}/{name}.png", params={"side": "this" if side == "other" else "other"}), 404)


def test_every_region_of_a_report_can_be_had(client: TestClient, created: dict[str, object]) -> None:
    checks = created["checks"]
    assert isinstance(checks, list)
    names = {check["region"]["name"] for check in checks if check["region"]}
    assert len(names) >= 2
    for name in names:
        answer = client.get(f"/v1/inspections/{created['id']}/regions/{name}.png")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert decoded(answer.content).size
    is_problem(client.get(f"/v1/inspections/{created['id']}/regions/nothing.png"), 404)
    is_problem(client.get(f"/v1/inspections/{created['id']}/regions/portrait.png?spectrum=xray"), 422)
