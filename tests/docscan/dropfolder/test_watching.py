"""The watcher with a service that answers as it is told; tests/end_to_end/test_watch.py has the real one."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from docscan.dropfolder.pairing import DEFAULT_PATTERN, Folder, Pattern
from docscan.dropfolder.sending import Later, Refused, Service, Taken, key_of
from docscan.dropfolder.watching import Watcher

TAKEN = (201, {}, b'{"id": "5", "verdict": "refer"}')


class Scripted(ThreadingHTTPServer):
    """Answers posts with one answer after another, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], bytes]] = [TAKEN]
        self.received: list[tuple[str, str, bytes]] = []  # key, authorization, body

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers["Idempotency-Key"], self.headers.get("Authorization", ""), body))
        answers = self.server.answers
        self._answer(*(answers.pop(0) if len(answers) > 1 else answers[0]))

    def do_GET(self) -> None:
        self._answer(200, {}, b"{}")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as scripted:
        threading.Thread(target=scripted.serve_forever, args=(0.01,), daemon=True).start()
        yield scripted
        scripted.shutdown()


def _run(folder: Path, url: str, *, delete: bool = False, patience: float = 0) -> list[str]:
    said: list[str] = []
    watched = Folder(folder, Pattern(DEFAULT_PATTERN), ("visible",), settled=0, patience=patience)
    with Service(url, "dsk_secret") as service:
        Watcher(watched, service, delete, said.append).run(once=True)
    return said


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_lights_travel_together_and_files_names_do_not(tmp_path: Path, server: Scripted) -> None:
    (tmp_path / "ERIKSSON_VIS.jpg").write_bytes(b"daylight")
    (tmp_path / "ERIKSSON_UV.jpg").write_bytes(b"glow")
    said = _run(tmp_path, server.url)
    ((key, authorization, body),) = server.received
    assert key == key_of({"visible": b"daylight", "uv": b"glow"})
    assert authorization == "Bearer dsk_secret"
    assert b"daylight" in body
    assert b"glow" in body
    assert b"ERIKSSON" not in body
    assert _names(tmp_path / "done") == ["ERIKSSON_UV.jpg", "ERIKSSON_VIS.jpg"]
    assert "refer" in said[0]
    assert "ERIKSSON" not in "".join(said)


def test_what_was_sent_can_be_deleted(tmp_path: Path, server: Scripted) -> None:
    (tmp_path / "1_VIS.jpg").write_bytes(b"daylight")
    _run(tmp_path, server.url, delete=True)
    assert _names(tmp_path) == []


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_is_refused_is_put_aside_with_the_reason(tmp_path: Path, server: Scripted, status: int) -> None:
    server.answers = [(status, {}, b'{"detail": "The image is no image."}')]
    (tmp_path / "ERIKSSON_VIS.jpg").write_bytes(b"no image")
    _run(tmp_path, server.url)
    assert _names(tmp_path / "failed") == ["ERIKSSON_VIS.jpg", "reasons.log"]
    reasons = (tmp_path / "failed/reasons.log").read_text()
    assert f"{status} The image is no image." in reasons
    assert key_of({"visible": b"no image"})[:12] in reasons
    assert "ERIKSSON" not in reasons


def test_a_document_without_visible_light_fails(tmp_path: Path, server: Scripted) -> None:
    (tmp_path / "1_UV.jpg").write_bytes(b"glow")
    assert "no image under visible light" in _run(tmp_path, server.url)[0]
    assert server.received == []
    assert "1_UV.jpg" in _names(tmp_path / "failed")


def test_names_that_stand_in_the_folder_already_are_kept_apart(tmp_path: Path, server: Scripted) -> None:
    for data in (b"one", b"two"):
        (tmp_path / "1_VIS.jpg").write_bytes(data)
        _run(tmp_path, server.url)
    assert _names(tmp_path / "done") == ["1_VIS-2.jpg", "1_VIS.jpg"]


def test_a_busy_service_is_asked_again_with_the_same_key(tmp_path: Path, server: Scripted) -> None:
    server.answers = [(503, {"Retry-After": "0"}, b"{}"), (429, {"Retry-After": "0"}, b"{}"), TAKEN]
    (tmp_path / "1_VIS.jpg").write_bytes(b"daylight")
    said = _run(tmp_path, server.url)
    assert len({key for key, _, _ in server.received}) == 1
    assert [line.split(": ")[1][:3] for line in said[:2]] == ["503", "429"]
    assert _names(tmp_path / "done") == ["1_VIS.jpg"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (201, Taken),
        (422, Refused),
        (413, Refused),
        (401, Later),
        (403, Later),
        (409, Later),
        (500, Later),
        (503, Later),
    ],
)
def test_each_answer_means(server: Scripted, status: int, kind: type) -> None:
    server.answers = [(status, {}, TAKEN[2])]
    with Service(server.url, "") as service:
        assert isinstance(service.send({"visible": b"daylight"}), kind)


def test_pauses_grow_unless_the_service_names_one(server: Scripted) -> None:
    server.answers = [(500, {}, b""), (500, {}, b""), (503, {"Retry-After": "7"}, b"not json")]
    with Service(server.url, "") as service:
        seconds = [service.send({"visible": b""}, tries).seconds for tries in (0, 20, 3)]
    assert seconds == [1, 60, 7]


def test_a_service_that_is_down_is_waited_for(server: Scripted) -> None:
    url = server.url
    server.server_close()
    with Service(url, "") as service:
        outcome = service.send({"visible": b"daylight"})
    assert isinstance(outcome, Later)
    assert "does not answer" in outcome.reason


def test_what_a_crash_left_between_two_moves_is_not_sent_again(tmp_path: Path, server: Scripted) -> None:
    (tmp_path / "1_VIS.jpg").write_bytes(b"daylight")
    (tmp_path / ".docscan-sent").write_text('["1_UV.jpg", "1_VIS.jpg"]')
    _run(tmp_path, server.url)
    assert server.received == []
    assert _names(tmp_path) == ["done"]
    assert _names(tmp_path / "done") == ["1_VIS.jpg"]


def test_keys_tell_lights_and_images_apart() -> None:
    documents = [{"visible": b"ab"}, {"visible": b"a", "uv": b"b"}, {"visible": b"b", "uv": b"a"}, {"visible": b"a"}]
    documents += [{"visible": b"a", "other_visible": b"b"}, {"visible": b"b", "other_visible": b"a"}]
    assert len({key_of(images) for images in documents}) == len(documents)
