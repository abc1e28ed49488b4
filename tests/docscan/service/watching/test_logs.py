import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from docscan.service import inspecting
from docscan.service.access import gate
from docscan.service.watching import logs
from tests.docscan.rendering.conftest import LINES, capture, page
from tests.docscan.service.conftest import client, make_client

__all__ = ["capture", "client", "make_client", "page"]

IMAGE = {"visible": ("scan of erika.jpg", b"pixels", "image/jpeg")}
HOLDER = ("ERIKSSON", "Eriksson", "ANNA", "L898902C3", "1974-08-12", "740812", "ZE184226B", *LINES)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of this process, as it would be on standard error."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level, ours = root.handlers[:], root.level, logs.events.level
    monkeypatch.setattr("sys.stderr", written)
    logs.start("json")
    yield written
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.events.setLevel(ours)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_an_inspection_and_its_request_stand_in_the_log(client: TestClient, log: io.StringIO) -> None:
    answer = client.post("/v1/inspections?name=mustermann", files=IMAGE)
    inspection, request = lines(log)
    name = answer.headers["x-request-id"]
    assert request | {"timestamp": "", "milliseconds": 0} == {
        "timestamp": "",
        "level": "info",
        "logger": "docscan.service",
        "request_id": name,
        "principal": "local",
        "event": "request",
        "method": "POST",
        "route": "/v1/inspections",
        "status": 201,
        "milliseconds": 0,
    }
    assert inspection["request_id"] == name
    assert inspection["principal"] == "local"
    assert inspection["inspection"] == answer.json()["id"]
    assert inspection["verdict"] == "refer"
    assert inspection["outcomes"] == {"passed": 1, "failed": 3, "undetermined": 1, "aborted": 1, "not_performed": 1}
    assert inspection["models"] == {"region": "1.0.0"}
    assert inspection["milliseconds"] == {"decode": 12, "total": 456}


def test_the_log_holds_nothing_that_was_sent_or_read(
    client: TestClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/v1/inspections?surname=ERIKSSON", files=IMAGE, headers={"X-Request-ID": "ERIKSSON"})
    client.post("/v1/inspections", files={"visible": ("ERIKSSON.jpg", b"")})
    client.post("/v1/inspections", files={"ERIKSSON": ("a", b"x")})
    client.post("/v1/inspections", content=b"ERIKSSON", headers={"Content-Type": "multipart/form-data; boundary=ANNA"})
    client.get("/v1/inspections/L898902C3", headers={"Authorization": "Bearer L898902C3", "Cookie": "a=ANNA"})
    client.get("/ERIKSSON/ANNA?L898902C3")
    client.request("ERIKSSON", "/v1/inspections")
    client.get("/healthz", headers={"Host": "ERIKSSON.example"})
    client.get("/v1/drift?weeks=L898902C3")

    def broken(*_: object, **__: object) -> None:
        raise ValueError("L898902C3 of ERIKSSON")

    monkeypatch.setattr(inspecting, "inspect", broken)
    assert client.post("/v1/inspections", files=IMAGE).status_code == 500
    found = log.getvalue()
    assert found.count("\n") == len(lines(log)) > 10
    for secret in (*HOLDER, "erika", "mustermann"):
        assert secret not in found
    assert "ValueError at " in found


def test_other_libraries_are_not_quoted(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    # As they are where nobody has configured them: other tests run uvicorn with its own log.
    for name in ("uvicorn", "uvicorn.error", "alembic", "alembic.runtime.migration", "asyncio", "sqlalchemy.engine"):
        for attribute, usual in (("disabled", False), ("propagate", True), ("level", logging.NOTSET)):
            monkeypatch.setattr(logging.getLogger(name), attribute, usual)
    logging.getLogger("uvicorn").manager._clear_cache()  # type: ignore[attr-defined]  # of levels
    secret = "ERIKSSON"
    try:
        raise ValueError(secret)
    except ValueError:
        for name in ("asyncio", "sqlalchemy.engine", "multipart", "uvicorn.error", "alembic.runtime.migration"):
            logging.getLogger(name).error("Broke on %s", secret, exc_info=True)
    logging.getLogger("botocore.hooks").warning(f"Odd header: {secret}")
    logging.captureWarnings(False)
    logging.captureWarnings(True)  # once more: pytest has its own way with warnings in each phase of a test
    warnings.warn(f"Odd header: {secret}", UserWarning, stacklevel=1)
    logging.getLogger("docscan.checks").error("check %s broke: %s", "uv.image", "ValueError")
    assert secret not in log.getvalue()
    found = lines(log)
    assert [line["event"] for line in found] == [
        *["said by a library"] * 3,
        *["Broke on %s"] * 2,
        *["said by a library"] * 2,
        "check uv.image broke: ValueError",
    ]
    assert all(line["exception"] == "ValueError" for line in found[:5])
    assert all(str(line["place"]).rpartition(":")[2].isdigit() for line in found[:7])


def test_who_asks_is_named_by_id_alone(client: TestClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    known = gate.Principal("user:8c1f", "Anna Eriksson", frozenset(gate.Permission))
    monkeypatch.setattr(gate, "_recognise", lambda *_: known)
    client.get("/v1/models")
    client.get("/healthz")
    first, second = lines(log)
    assert first["principal"] == "user:8c1f"
    assert "principal" not in second
    assert "Eriksson" not in log.getvalue()


@pytest.mark.usefixtures("log")
def test_a_person_at_a_terminal_may_have_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("text")
    logs.event("request", route="/v1/models", status=200)
    (line,) = capsys.readouterr().err.splitlines()
    assert "request" in line
    assert "route=/v1/models" in line
    assert not line.startswith("{")
