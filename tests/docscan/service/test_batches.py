import io
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from docscan.capture import ImageFile
from docscan.errors import BrokenImageError
from docscan.inspection import Inspection
from docscan.service import inspecting
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import is_problem

IMAGE = ("visible", ("erika.jpg", b"pixels", "image/jpeg"))


def ended(client: TestClient, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (found := client.get(location).json())["ended"] is None:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return dict(found)


def zipped(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.jpg", b"pixels")
    return buffer.getvalue()


@pytest.mark.parametrize("files", [[IMAGE] * 3, [("zip", ("seizure.zip", zipped(3)))]])
def test_a_batch_is_accepted_and_inspected(client: TestClient, files: list[Any]) -> None:
    accepted = client.post("/v1/batches", files=files)
    assert accepted.status_code == 202
    location = accepted.headers["location"]
    assert location == f"/v1/batches/{accepted.json()['id']}"
    found = ended(client, location)
    assert found["documents"] == {"waiting": 0, "done": 3, "failed": 0}
    assert found["verdicts"] == {"no_concern": 0, "refer": 3, "insufficient": 0}
    for number, item in enumerate(found["items"], 1):
        assert (item["number"], item["state"], item["verdict"], item["error"]) == (number, "done", "refer", None)
        assert client.get(item["inspection"]).json()["schema"] == "docscan.report/1"
    (listed,) = client.get("/v1/batches").json()["batches"]
    assert listed == {name: value for name, value in found.items() if name != "items"}
    assert "erika" not in client.get(location).text


def test_a_document_that_cannot_be_inspected_says_why(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = inspecting.inspect

    def inspect(visible: ImageFile, **others: Any) -> Inspection:  # noqa: ANN401
        if visible.data == b"cut":
            raise BrokenImageError("The image is cut.")
        if visible.data == b"breaks":
            raise RuntimeError("ERIKSSON")
        return whole(visible, **others)

    monkeypatch.setattr(inspecting, "inspect", inspect)
    files = [("visible", ("a", data)) for data in (b"cut", b"pixels", b"breaks")]
    found = ended(client, client.post("/v1/batches", files=files).headers["location"])
    assert [item["state"] for item in found["items"]] == ["failed", "done", "failed"]
    assert [item["error"] for item in found["items"]] == [
        "The image is cut.",
        None,
        "The inspection broke (RuntimeError).",
    ]


def test_the_desk_waits_for_no_more_than_one_document_of_a_batch(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(service_workers=1)
    whole, order, begun, go_on = inspecting.inspect, [], threading.Event(), threading.Event()

    def inspect(visible: ImageFile, **others: Any) -> Inspection:  # noqa: ANN401
        order.append(visible.data)
        begun.set()
        assert go_on.wait(20)
        return whole(visible, **others)

    monkeypatch.setattr(inspecting, "inspect", inspect)
    accepted = client.post("/v1/batches", files=[("visible", ("a", b"batch"))] * 4)
    assert begun.wait(20)
    with ThreadPoolExecutor(2) as desk:
        answers = [desk.submit(client.post, "/v1/inspections", files={"visible": ("a", b"desk")}) for _ in range(2)]
        time.sleep(0.5)
        assert order == [b"batch"]
        go_on.set()
        assert [answer.result().status_code for answer in answers] == [201, 201]
    ended(client, accepted.headers["location"])
    assert order == [b"batch", b"desk", b"desk", b"batch", b"batch", b"batch"]


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (415, {"content": b"pixels", "headers": {"Content-Type": "application/zip"}}),
        (400, {"content": b"--", "headers": {"Content-Type": "multipart/form-data"}}),
        (422, {"files": {"uv": ("a", b"x")}}),
        (422, {"files": [IMAGE, ("zip", ("a", b"x"))]}),
        (422, {"files": [("zip", ("a", zipped(1)))] * 2}),
        (422, {"files": [IMAGE], "data": {"visible": "text"}}),
        (422, {"files": {"zip": ("a.zip", b"no zip")}}),
        (413, {"files": {"zip": ("a.zip", zipped(5))}}),
        (413, {"files": [IMAGE] * 5}),
        (413, {"files": {"visible": ("a", bytes(2001))}}),
        (413, {"files": {"visible": ("a", bytes(5_000_000))}}),
        (400, {"files": [IMAGE] * 201}),
    ],
)
def test_every_error_is_a_problem(make_client: MakeClient, status: int, sent: dict[str, Any]) -> None:
    client = make_client(batch_documents=4, batch_bytes=10_000, max_bytes=2000)
    is_problem(client.post("/v1/batches", **sent), status)
    assert client.get("/v1/batches").json() == {"batches": []}


@pytest.mark.parametrize("path", ["0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11", "erika", "..%2f"])
def test_an_unknown_batch_is_not_found(client: TestClient, path: str) -> None:
    is_problem(client.get(f"/v1/batches/{path}"), 404)


def test_beyond_what_may_wait_it_says_when_to_come_again(make_client: MakeClient) -> None:
    client = make_client(batch_waiting=1)
    state = client.app.state.docscan  # type: ignore[attr-defined]
    state.batching.end()
    assert client.post("/v1/batches", files=[IMAGE]).status_code == 202
    refused = client.post("/v1/batches", files=[IMAGE])
    is_problem(refused, 503)
    assert int(refused.headers["retry-after"]) > 0


def test_one_batch_at_a_time_is_received(client: TestClient) -> None:
    with client.app.state.docscan.receiving.hold():  # type: ignore[attr-defined]
        is_problem(client.post("/v1/batches", files=[IMAGE]), 503)
    assert client.post("/v1/batches", files=[IMAGE]).status_code == 202


def test_the_same_request_again_is_the_same_batch(client: TestClient) -> None:
    key = {"Idempotency-Key": "8e03978e"}
    first, again = (client.post("/v1/batches", files=[IMAGE, IMAGE], headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 202
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    is_problem(client.post("/v1/batches", files=[IMAGE], headers=key), 422)
    assert len(client.get("/v1/batches").json()["batches"]) == 1
