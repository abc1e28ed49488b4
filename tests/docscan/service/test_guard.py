"""Under which names the service answers, and what it says to browsers that come by https."""

import pytest
from fastapi.testclient import TestClient

from tests.docscan.service.access.conftest import People, state_of
from tests.docscan.service.conftest import MakeClient


@pytest.fixture
def reachable(make_client: MakeClient) -> TestClient:
    People(state_of(make_client()).database, "").add("somebody")  # or the next would not start
    return make_client(host="0.0.0.0", hosts=["Docscan.example"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("docscan.example", 200),
        ("DOCSCAN.example:8443", 200),
        ("localhost", 200),
        ("192.0.2.7:8080", 200),
        ("[2001:db8::7]:8080", 200),
        ("evil.example", 421),
        ("docscan.example.evil.example", 421),
        ("", 421),
    ],
)
def test_only_its_own_names_are_answered(reachable: TestClient, host: str, status: int) -> None:
    assert reachable.get("/healthz", headers={"Host": host}).status_code == status


def test_on_loopback_no_other_address_is_answered(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "192.0.2.7"}).status_code == 421


def test_https_is_for_good(reachable: TestClient) -> None:
    secure = reachable.get("https://docscan.example/nothing")
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in reachable.get("http://docscan.example/healthz").headers


def test_https_of_a_trusted_proxy_counts(make_client: MakeClient) -> None:
    People(state_of(make_client()).database, "").add("somebody")
    header = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    trusted = make_client(proxies=["testclient"]).get("/healthz", headers=header)
    assert "strict-transport-security" in trusted.headers
    assert "strict-transport-security" not in make_client().get("/healthz", headers=header).headers
