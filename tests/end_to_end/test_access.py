"""A real browser: that it keeps the session after another site sent it here, and keeps other pages' requests out."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser

from docscan.runtime import Models
from docscan.service.app import create_app
from docscan.settings import Settings
from docscan.tools import Tools
from tests.docscan.service.access.provider import CLIENT, SECRET, running


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, Tools(settings, Models({}, {})))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_a_login_through_the_provider_ends_on_the_page_that_was_wanted(browser: Browser, tmp_path: Path) -> None:
    with running() as provider:
        # To a browser localhost is another site than 127.0.0.1, as a provider is.
        provider.url = provider.url.replace("127.0.0.1", "localhost")
        provider.person["roles"] = ["officer"]
        settings = Settings.model_validate(
            {
                "data": tmp_path,
                "oidc_issuer": provider.url,
                "oidc_client_id": CLIENT,
                "oidc_client_secret": SECRET,
            }
        )
        with serving(settings) as url:
            page = browser.new_page()
            page.goto(f"{url}/login/oidc?next=/docs")
            page.wait_for_url(f"{url}/docs")
            assert "docscan" in page.title()
            me = page.evaluate("fetch('/v1/sessions/current').then((answer) => answer.json())")
            assert (me["name"], me["role"]) == ("erika", "officer")
            assert page.evaluate("document.cookie") == ""
            status = "fetch('/v1/sessions/current', {method: 'DELETE', headers: %s}).then((answer) => answer.status)"
            assert page.evaluate(status % "{}") == 403
            assert page.evaluate(status % f"{{'X-CSRF-Token': '{me['csrf']}'}}") == 204
            page.goto(f"{url}/docs")
            assert page.url == f"{url}/login?next=/docs"
            page.close()


@contextmanager
def another_page(html: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True  # browsers open connections on which they say nothing
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_page_of_the_browser_posts_nothing(browser: Browser, tmp_path: Path, host: str) -> None:
    with serving(Settings(data=tmp_path)) as url:
        form = f'<form method="post" enctype="multipart/form-data" action="{url}/v1/inspections">'
        with another_page(f'{form}<input name="visible" type="file"><button>Win</button></form>') as port:
            page = browser.new_page()
            page.goto(f"http://{host}:{port}/")
            with page.expect_response(f"{url}/v1/inspections") as answer:
                page.get_by_text("Win").click()
            assert answer.value.status == 403
            page.close()
