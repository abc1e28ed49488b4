import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from docscan.types import IMAGE_PARTS

PAGES = ["/", "/history", "/queue", "/drift", "/login", "/setup", "/docs"]


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_page_needs_is_served_here(client: TestClient, page: str) -> None:
    html = client.get(page).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith(("/", "#")), address
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_no_inline_script_and_none_allowed(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=", answer.text)
    assert "script-src 'self';" in answer.headers["content-security-policy"]


def test_the_interface_describes_every_route_of_the_contract(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    inspection = "/v1/inspections/{report_id}"
    assert set(paths) >= {
        "/v1/inspections",
        inspection,
        f"{inspection}/regions/{{name}}.png",
        f"{inspection}/decision",
        "/v1/models",
        "/v1/drift",
        "/metrics",
        "/healthz",
        "/readyz",
    }
    body = paths["/v1/inspections"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert body["required"] == ["visible"]
    assert set(body["properties"]) == set(IMAGE_PARTS) >= {"visible", "uv", "ir", "other_visible", "other_ir"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/static/page.js"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:9", 200), ("[::1]:8080", 200), ("evil.example", 421), ("", 421)],
)
def test_only_this_machines_names_are_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_the_page_knows_the_limit(make_client: Callable[..., TestClient]) -> None:
    assert 'data-max-bytes="7000000"' in make_client(max_bytes=7_000_000).get("/").text
