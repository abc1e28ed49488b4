import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from docscan.errors import UsageError
from docscan.service.watching import traces
from docscan.service.watching.starting import start, stop
from docscan.settings import Settings
from tests.docscan.rendering.conftest import LINES, capture, page, report
from tests.docscan.service.conftest import client, make_client

__all__ = ["capture", "client", "make_client", "page"]

IMAGE = {"visible": ("ERIKSSON.jpg", b"pixels", "image/jpeg")}


class Receiver:
    """A collector for OTLP over HTTP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        received = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def spans(self) -> list[Span]:
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    traces.stop()
    made.server.shutdown()


def attributes(span: Span) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_a_request_and_each_stage_of_its_inspection_arrive(client: TestClient, receiver: Receiver) -> None:
    traces.start(receiver.url)
    proxy = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = client.post("/v1/inspections?name=ERIKSSON", files=IMAGE, headers={"traceparent": proxy})
    traces.stop()
    spans = {span.name: span for span in receiver.spans()}
    assert set(spans) == {"POST /v1/inspections", "inspection", "inspection.decode"}
    request, whole, stage = spans["POST /v1/inspections"], spans["inspection"], spans["inspection.decode"]
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/v1/inspections",
        "http.response.status_code": 201,
        "docscan.request_id": answer.headers["x-request-id"],
    }
    assert request.trace_id.hex() == proxy.split("-")[1]
    assert request.parent_span_id.hex() == proxy.split("-")[2]
    assert whole.parent_span_id == request.span_id
    assert stage.parent_span_id == whole.span_id
    assert attributes(whole) == {"docscan.inspection": answer.json()["id"], "docscan.verdict": "refer"}
    assert whole.end_time_unix_nano == report().created.timestamp() * 1e9
    assert (whole.end_time_unix_nano - whole.start_time_unix_nano) / 1e6 == pytest.approx(456.0)
    assert stage.start_time_unix_nano == whole.start_time_unix_nano
    assert (stage.end_time_unix_nano - stage.start_time_unix_nano) / 1e6 == pytest.approx(12.34)


def test_nothing_personal_is_sent(client: TestClient, receiver: Receiver) -> None:
    traces.start(receiver.url)
    client.post("/v1/inspections?name=ERIKSSON", files=IMAGE, headers={"User-Agent": "ERIKSSON"})
    client.get("/v1/inspections/L898902C3")
    client.get("/ERIKSSON")
    client.request("ERIKSSON", "/v1/models")
    traces.stop()
    assert {span.name for span in receiver.spans()} >= {"GET /v1/inspections/{report_id}", "GET (no route)"}
    for body in receiver.bodies:
        for secret in (b"ERIKSSON", b"L898902C3", b"testclient", b"127.0.0.1", *map(str.encode, LINES)):
            assert secret not in body


def test_without_a_place_to_go_there_are_none(client: TestClient, receiver: Receiver) -> None:
    start(Settings())
    client.post("/v1/inspections", files=IMAGE)
    stop()
    assert receiver.bodies == []


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(UsageError, match=r"DOCSCAN_TRACES is set, .* pip install 'docscan\[traces\]'"):
        traces.start("http://127.0.0.1:4318/v1/traces")
