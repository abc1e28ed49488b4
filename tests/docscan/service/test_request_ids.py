import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from docscan.service import inspecting, request_ids

IMAGE = {"visible": ("scan.jpg", b"pixels", "image/jpeg")}
NGINX = "7f3a91c04be2d85566cd0e1f92ab34c7"
UUID = "0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str | None]]:
    """The id that was current at each line of the service's log, which is what the line carries (watching.logs)."""
    ids: list[str | None] = []

    def note(record: logging.LogRecord) -> bool:
        if record.name == "docscan.service":
            ids.append(request_ids.current())
        return True

    caplog.handler.addFilter(note)
    with caplog.at_level(logging.INFO, "docscan.service"):
        yield ids
    caplog.handler.removeFilter(note)


@pytest.mark.parametrize("sane", [NGINX, NGINX.upper(), UUID])
def test_a_proxys_id_is_taken(client: TestClient, logged: list[str | None], sane: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": sane})
    assert answer.headers["x-request-id"] == sane
    assert logged == [sane]


@pytest.mark.parametrize("other", ["", "ERIKA-MUSTERMANN", "L898902C3", "a" * 65, "-" * 32, NGINX + "\t", "12ab"])
def test_what_could_be_anything_else_is_not(client: TestClient, logged: list[str | None], other: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": other})
    given = answer.headers["x-request-id"]
    assert len(given) == 36
    assert given != other
    assert logged == [given]


def test_every_answer_has_its_own(client: TestClient) -> None:
    given = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(given) == 3


@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("GET", "/nothing", "localhost"),
        ("PUT", "/v1/inspections", "localhost"),
        ("POST", "/v1/inspections", "localhost"),
        ("GET", "/healthz", "elsewhere.example"),
    ],
)
def test_a_problem_names_its_request(client: TestClient, method: str, path: str, host: str) -> None:
    answer = client.request(method, path, headers={"X-Request-ID": UUID, "Host": host})
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == UUID


def test_what_breaks_is_logged_under_its_id(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, logged: list[str | None]
) -> None:
    seen = []

    def broken(*_: object, **__: object) -> None:
        seen.append(request_ids.current())  # in the thread that inspects
        raise RuntimeError("broken")

    monkeypatch.setattr(inspecting, "inspect", broken)
    answer = client.post("/v1/inspections", files=IMAGE, headers={"X-Request-ID": UUID})
    assert answer.status_code == 500
    assert seen == [UUID]
    assert len(logged) == 2  # that it broke, and the request
    assert set(logged) == {UUID}


def test_outside_of_a_request_there_is_none(client: TestClient) -> None:
    client.get("/healthz")
    assert request_ids.current() is None
