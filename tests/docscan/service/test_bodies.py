"""Clients that send too much, or too slowly."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from docscan.runtime import Models
from docscan.service.app import create_app
from docscan.settings import Settings
from docscan.tools import Tools
from tests.docscan.service.test_routes import is_problem


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/setup"])
@pytest.mark.parametrize("media", ["application/json", "multipart/form-data; boundary=b", "text/plain", ""])
def test_a_long_body_is_not_received_by_a_route_that_takes_no_images(client: TestClient, path: str, media: str) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"[" * 10_000

    headers = {"Content-Type": media}
    is_problem(client.post(path, content=b"[" * 70_000, headers=headers), 413)
    is_problem(client.post(path, content=body(), headers=headers), 413)


def test_a_small_body_passes(client: TestClient) -> None:
    is_problem(client.post("/v1/sessions", json={"name": "a" * 100, "password": "b"}), 401)


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A real server that gives half a second."""
    settings = Settings(data=tmp_path, body_seconds=0.5)
    app = create_app(settings, Tools(settings, Models({}, {})))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    ("path", "media", "start"),
    [
        (
            "/v1/inspections",
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="visible"',
        ),
        ("/v1/sessions", "application/json", b"["),
    ],
)
def test_whoever_sends_a_byte_now_and_then_is_not_waited_for(
    impatient: tuple[str, int], path: str, media: str, start: bytes
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: 1000\r\n\r\n"
    begun = time.monotonic()
    with socket.create_connection(impatient) as connection:
        connection.settimeout(0.1)
        connection.sendall(head.encode() + start)
        answer = b""
        while b"\r\n\r\n" not in answer and time.monotonic() - begun < 20:
            try:
                answer += connection.recv(4096)
            except TimeoutError:
                connection.sendall(b"-")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert time.monotonic() - begun >= 0.5
