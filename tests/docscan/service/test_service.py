import io
import threading
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from docscan.errors import UsageError
from docscan.inspection import Tools, open_tools
from docscan.service import routes
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


def test_other_errors_are_problems_too(client: TestClient) -> None:
    for answer, status in (
        (client.get("/nowhere"), 404),
        (client.get("/v1/inspections/00000000-0000-0000-0000-000000000000"), 404),
        (client.get("/v1/inspections/not-an-id"), 422),
        (client.delete("/v1/inspections"), 405),
        (client.post("/v1/inspections", json={}), 415),
        (client.get("/healthz", headers={"Host": "elsewhere.example"}), 421),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == PROBLEM


def test_a_request_over_the_limit_is_refused(tools: Tools) -> None:
    small = Settings(max_bytes=1000)
    with TestClient(create_app(small, tools), base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/inspections", files={"visible": ("a.jpg", bytes(2000))})
        assert answer.status_code == 413
        announced = client.post("/v1/inspections", files={"visible": ("a.jpg", bytes(200_000))})
        assert announced.status_code == 413


def test_a_full_queue_answers_busy(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow(*_: object) -> None:
        release.wait(20)
        raise UsageError("enough")

    monkeypatch.setattr(routes, "_inspect", slow)
    settings = Settings(service_workers=1, service_queue=2)
    with TestClient(create_app(settings, tools), base_url="http://127.0.0.1") as client:
        waiting = [
            threading.Thread(target=client.post, args=("/v1/inspections",), kwargs={"files": {"visible": ("a", b"x")}})
            for _ in range(2)
        ]
        for thread in waiting:
            thread.start()
        deadline = time.monotonic() + 10
        while client.get("/readyz").status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.02)
        answer = client.post("/v1/inspections", files={"visible": ("a", b"x")})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        release.set()
        for thread in waiting:
            thread.join()
        assert client.get("/readyz").status_code == 200


def test_what_breaks_inside_leaks_nothing(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ERIKSSON L898902C3")

    monkeypatch.setattr(routes, "_inspect", broken)
    with TestClient(create_app(Settings(), tools), base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/inspections", files={"visible": ("a", b"x")})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert "ERIKSSON" not in answer.text


def test_the_service_stays_on_this_machine() -> None:
    with pytest.raises(UsageError, match="credentials"):
        create_app(Settings(host="0.0.0.0"))


def test_health_models_docs_and_schema(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    (model, *_) = client.get("/v1/models").json()
    assert set(model) == {"name", "version", "sha256", "error_rates"}
    docs = client.get("/docs").text
    assert "http" not in docs.replace("http-equiv", "")  # no file from elsewhere
    assert client.get("/static/swagger/swagger-ui-bundle.js").status_code == 200
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/inspections", "/v1/inspections/{report_id}", "/healthz", "/readyz", "/v1/models"} <= set(paths)


def test_security_headers(client: TestClient) -> None:
    headers = client.get("/").headers
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
