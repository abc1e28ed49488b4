"""The application with its real tools."""

import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from docscan.inspection import Tools, open_tools
from docscan.service.app import create_app
from docscan.settings import Settings
from tests.conftest import ROOT

SAMPLE = (ROOT / "datasets/samples/genuine-utopia.jpg").read_bytes()
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def tools() -> Tools:
    return open_tools(Settings())


@pytest.fixture
def client(tools: Tools) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), tools), base_url="http://127.0.0.1") as client:
        yield client


def _grey() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (200, 140), 128).save(buffer, "PNG")
    return buffer.getvalue()


def test_an_inspection_can_be_had_again(client: TestClient) -> None:
    answer = client.post("/v1/inspections", files={"visible": ("a.jpg", SAMPLE)})
    assert answer.status_code == 201
    report = answer.json()
    assert answer.headers["Location"] == f"/v1/inspections/{report['id']}"
    again = client.get(answer.headers["Location"])
    assert again.json() == report
    page = client.get(answer.headers["Location"], headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"visible": ("a.txt", b"no picture")}, 415),
        ({"visible": ("a.jpg", SAMPLE[:5000])}, 422),
        ({"uv": ("a.png", _grey())}, 422),
        ({"visible": ("a.png", _grey()), "other": ("b", b"x")}, 422),
    ],
)
def test_bad_images_are_problems(client: TestClient, files: dict[str, tuple[str, bytes]], status: int) -> None:
    answer = client.post("/v1/inspections", files=files)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status
    assert answer.json()["title"]
    assert "a.jpg" not in answer.text  # a file's name can be personal
