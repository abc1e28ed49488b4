import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from docscan.errors import BrokenImageError, NotAnImageError, TooLargeError
from docscan.rendering.html import stylesheet_digest
from docscan.service import inspecting

IMAGE = {"visible": ("scan of erika.jpg", b"pixels", "image/jpeg")}


def is_problem(answer: Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert found["type"] == "about:blank"
    assert found["title"]
    assert found["detail"]
    assert "\n" not in found["detail"]
    return dict(found)


def test_an_inspection_is_created_and_found_again(client: TestClient) -> None:
    created = client.post("/v1/inspections", files=IMAGE)
    assert created.status_code == 201
    assert created.json()["schema"] == "docscan.report/1"
    assert created.headers["location"] == f"/v1/inspections/{created.json()['id']}"
    again = client.get(created.headers["location"])
    assert again.status_code == 200
    assert again.json() == created.json()


def test_a_cards_other_side_is_in_the_report_and_on_its_page(client: TestClient) -> None:
    created = client.post("/v1/inspections", files=IMAGE | {"other_visible": IMAGE["visible"]})
    assert created.status_code == 201
    assert created.json()["other_side"]["schema"] == "docscan.report/1"
    location = created.headers["location"]
    assert client.get(location).json() == created.json()
    assert "Both sides of the card" in client.get(location, headers={"Accept": "text/html"}).text
    assert 'data-part="other-verdict"' in client.get(f"/inspections/{created.json()['id']}").text


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("*/*", False),
        ("application/json", False),
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=nonsense", False),
    ],
)
def test_accept_decides_between_json_and_the_page(client: TestClient, accept: str, html: bool) -> None:
    location = client.post("/v1/inspections", files=IMAGE).headers["location"]
    answer = client.get(location, headers={"Accept": accept})
    assert answer.headers["vary"].split(", ")[0] == "Accept"
    assert answer.headers["content-type"].startswith("text/html" if html else "application/json")
    if html:
        policy = answer.headers["content-security-policy"]
        assert f"style-src '{stylesheet_digest()}'" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("status", "method", "path", "request_"),
    [
        (404, "GET", "/nothing", {}),
        (404, "GET", "/v1/inspections/0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11", {}),
        (404, "GET", "/v1/inspections/..%2f..%2fetc", {}),
        (405, "PUT", "/v1/inspections", {}),
        (405, "DELETE", "/", {}),
        (415, "POST", "/v1/inspections", {"content": b"pixels", "headers": {"Content-Type": "image/jpeg"}}),
        (415, "POST", "/v1/inspections", {"data": {"visible": "text"}}),
        (422, "POST", "/v1/inspections", {"files": {"uv": ("a", b"x")}}),
        (422, "POST", "/v1/inspections", {"files": {**IMAGE, "portrait": ("a", b"x")}}),
        (422, "POST", "/v1/inspections", {"files": {**IMAGE, "other_uv": ("a", b"x")}}),
        (422, "POST", "/v1/inspections", {"files": [("visible", ("a", b"x")), ("visible", ("b", b"y"))]}),
        (422, "POST", "/v1/inspections", {"files": {"uv": ("a", b"x")}, "data": {"visible": "text"}}),
        (400, "POST", "/v1/inspections", {"content": b"--", "headers": {"Content-Type": "multipart/form-data"}}),
        (400, "POST", "/v1/inspections", {"files": [("visible", (str(n), b"x")) for n in range(9)]}),
        (
            400,
            "POST",
            "/v1/inspections",
            {"content": b"no boundary here", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        ),
    ],
)
def test_every_error_is_a_problem(
    client: TestClient, status: int, method: str, path: str, request_: dict[str, Any]
) -> None:
    is_problem(client.request(method, path, **request_), status)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotAnImageError("It is text."), 415), (BrokenImageError("It is cut."), 422), (TooLargeError("It is big."), 413)],
)
def test_an_unreadable_image_says_why(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(inspecting, "inspect", unreadable)
    assert is_problem(client.post("/v1/inspections", files=IMAGE), status)["detail"] == str(error)


def test_what_breaks_inside_is_not_told_outside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ERIKSSON")

    monkeypatch.setattr(inspecting, "inspect", broken)
    answer = client.post("/v1/inspections", files=IMAGE)
    assert "ERIKSSON" not in json.dumps(is_problem(answer, 500)) + caplog.text
    assert "RuntimeError at" in caplog.text
    assert client.post("/v1/inspections").status_code == 415  # it goes on


def test_a_body_announced_as_too_large_is_not_received(make_client: Callable[..., TestClient]) -> None:
    client = make_client(max_bytes=1000)
    answer = client.post("/v1/inspections", files={"visible": ("a", bytes(200_000))})
    assert "1,000 bytes" in is_problem(answer, 413)["detail"]


def test_a_body_is_counted_as_it_streams_in(make_client: Callable[..., TestClient]) -> None:
    client = make_client(max_bytes=1000)
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="visible"; filename="a"\r\n\r\n'
        for _ in range(100):
            sent += 10_000
            yield bytes(10_000)
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    is_problem(client.post("/v1/inspections", content=body(), headers=headers), 413)


def test_one_image_over_the_limit_is_refused(make_client: Callable[..., TestClient]) -> None:
    client = make_client(max_bytes=1000)
    is_problem(client.post("/v1/inspections", files={"visible": ("a", bytes(1001))}), 413)


def test_a_light_that_was_not_chosen_counts_as_none(client: TestClient) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
    body = part % (b"visible", b"a.jpg", b"pixels") + part % (b"uv", b"", b"") + b"--b--\r\n"  # as browsers do
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert client.post("/v1/inspections", content=body, headers=headers).status_code == 201


def test_beyond_the_queue_it_says_when_to_come_again(
    make_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(service_workers=1, service_queue=1)
    begun, go_on = threading.Event(), threading.Event()
    draw = inspecting.pictures_of

    def slow(*shown: object) -> object:
        begun.set()
        assert go_on.wait(10)
        return draw(*shown)

    monkeypatch.setattr(inspecting, "pictures_of", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/v1/inspections", files=IMAGE)
        assert begun.wait(10)
        refused = client.post("/v1/inspections", files=IMAGE)
        not_ready = client.get("/readyz")
        alive = client.get("/healthz")
        go_on.set()
        assert first.result().status_code == 201
    is_problem(refused, 503)
    assert int(refused.headers["retry-after"]) > 0
    is_problem(not_ready, 503)
    assert alive.status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.post("/v1/inspections", files=IMAGE).status_code == 201


def test_models_health_and_readiness(client: TestClient) -> None:
    assert client.get("/v1/models").json() == []
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_the_log_names_routes_and_nothing_that_was_sent(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "docscan.service"):
        client.post("/v1/inspections", files=IMAGE)
        client.get("/v1/inspections/erika-mustermann?name=erika")
    ours = [entry.msg for entry in caplog.records if entry.name == "docscan.service"]
    assert [(line["route"], line["status"]) for line in ours if line["event"] == "request"] == [
        ("/v1/inspections", 201),
        ("/v1/inspections/{report_id}", 404),
    ]
    assert "erika" not in str(ours)
