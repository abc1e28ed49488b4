import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from docscan.errors import BrokenImageError
from docscan.service import inspecting
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import IMAGE, is_problem

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
OTHER = {"visible": ("another", b"other pixels", "image/jpeg")}


def test_the_same_again_gets_the_first_answer_again(client: TestClient) -> None:
    first = client.post("/v1/inspections", files=IMAGE, headers=KEY)
    again = client.post("/v1/inspections", files={"visible": ("renamed.jpg", IMAGE["visible"][1])}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(client.get("/v1/inspections").json()["inspections"]) == 1


def test_without_a_key_each_is_its_own(client: TestClient) -> None:
    ids = {client.post("/v1/inspections", files=IMAGE).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_another_document_under_the_same_key_is_refused(client: TestClient) -> None:
    client.post("/v1/inspections", files=IMAGE, headers=KEY)
    is_problem(client.post("/v1/inspections", files=OTHER, headers=KEY), 422)
    is_problem(client.post("/v1/inspections", files={**IMAGE, "uv": ("u", b"x")}, headers=KEY), 422)


def test_after_a_restart_the_key_is_still_known(make_client: MakeClient, tmp_path: Path) -> None:
    first = make_client(data=tmp_path).post("/v1/inspections", files=IMAGE, headers=KEY)
    again = make_client(data=tmp_path).post("/v1/inspections", files=IMAGE, headers=KEY)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["holder_removed"]  # the other process's key has not opened its report


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    draw = inspecting.pictures_of

    def slow(*shown: object) -> object:
        begun.set()
        assert go_on.wait(10)
        return draw(*shown)  # type: ignore[arg-type]

    monkeypatch.setattr(inspecting, "pictures_of", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/v1/inspections", files=IMAGE, headers=KEY)
        assert begun.wait(10)
        refused = client.post("/v1/inspections", files=IMAGE, headers=KEY)
        go_on.set()
        assert first.result().status_code == 201
    is_problem(refused, 409)
    assert int(refused.headers["retry-after"]) > 0
    assert client.post("/v1/inspections", files=IMAGE, headers=KEY).headers["idempotency-replayed"] == "true"


def test_what_failed_may_be_tried_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise BrokenImageError("It is cut.")

    with monkeypatch.context() as broken:
        broken.setattr(inspecting, "inspect", unreadable)
        is_problem(client.post("/v1/inspections", files=IMAGE, headers=KEY), 422)
    again = client.post("/v1/inspections", files=IMAGE, headers=KEY)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ä"])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    header = {"Idempotency-Key": key.encode("latin-1")}
    is_problem(client.post("/v1/inspections", files=IMAGE, headers=header), 422)
