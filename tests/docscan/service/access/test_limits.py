"""How often somebody may try, and ask."""

import time

import pytest
from fastapi.testclient import TestClient
from limits.storage import memory

from docscan.service.access.errors import TooManyError
from docscan.service.access.limits import Limits
from docscan.service.access.principal import Permission
from docscan.settings import Settings
from tests.docscan.service.access.conftest import PASSWORD, People, state_of
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import is_problem


def is_too_many(answer: object, least: int) -> None:
    is_problem(answer, 429)  # type: ignore[arg-type]
    assert least <= int(answer.headers["retry-after"])  # type: ignore[attr-defined]


def attempt(client: TestClient, name: str, password: str = "wrong") -> object:
    return client.post("/v1/sessions", json={"name": name, "password": password})


def test_attempts_are_counted_by_name(make_client: MakeClient, password_hash: str) -> None:
    client = make_client(login_attempts=3)
    people = People(state_of(client).database, password_hash)
    people.add("erika")
    people.add("max")
    for name in ("erika", "ERIKA", " erika"):
        is_problem(attempt(client, name), 401)  # type: ignore[arg-type]
    is_too_many(attempt(client, "erika", PASSWORD), 800)
    assert attempt(client, "max", PASSWORD).status_code == 201  # type: ignore[attr-defined]


def test_attempts_are_counted_by_address(make_client: MakeClient) -> None:
    client = make_client(login_attempts_address=3, setup_token="the code")
    for name in "ab":
        is_problem(attempt(client, name), 401)  # type: ignore[arg-type]
    wrong = {"token": "guessed", "name": "a", "password": PASSWORD}
    is_problem(client.post("/v1/setup", json=wrong), 403)
    is_too_many(client.post("/v1/setup", json=wrong), 800)
    is_too_many(attempt(client, "c"), 800)


def test_a_login_that_succeeds_forgets_the_failures(make_client: MakeClient, password_hash: str) -> None:
    client = make_client(login_attempts=2)
    People(state_of(client).database, password_hash).add("erika")
    for _ in range(3):
        is_problem(attempt(client, "erika"), 401)  # type: ignore[arg-type]
        assert attempt(client, "erika", PASSWORD).status_code == 201  # type: ignore[attr-defined]


def test_requests_are_counted_by_who_makes_them(make_client: MakeClient) -> None:
    client = make_client(requests_per_minute=5)
    people = People(state_of(client).database, "")
    one, other = ({"Authorization": f"Bearer {people.key(Permission.READ)}"} for _ in range(2))
    for _ in range(5):
        assert client.get("/v1/models", headers=one).status_code == 200
    is_too_many(client.get("/v1/models", headers=one), 1)
    assert client.get("/v1/models", headers=other).status_code == 200
    for _ in range(5):
        is_problem(client.get("/v1/models"), 401)
    is_too_many(client.get("/v1/models"), 1)
    assert client.get("/healthz").status_code == 200


def test_the_address_is_the_one_that_a_trusted_proxy_names(make_client: MakeClient, password_hash: str) -> None:
    People(state_of(make_client()).database, password_hash).add("erika")
    client = make_client(proxies=["testclient"], login_attempts_address=1)
    for address in ("192.0.2.1", "192.0.2.2"):
        headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
        body = {"name": "erika", "password": "wrong"}
        assert client.post("/v1/sessions", json=body, headers=headers).status_code == 401
        is_too_many(client.post("/v1/sessions", json=body, headers=headers), 800)


def test_an_address_that_nobody_vouches_for_is_not_believed(make_client: MakeClient) -> None:
    client = make_client(login_attempts_address=1)
    body = {"name": "erika", "password": "wrong"}
    assert client.post("/v1/sessions", json=body, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401
    is_too_many(client.post("/v1/sessions", json=body, headers={"X-Forwarded-For": "192.0.2.2"}), 800)


def test_after_a_while_one_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(Settings(login_attempts=1))
    limits.count_login("192.0.2.1", "erika")
    with pytest.raises(TooManyError) as refused:
        limits.count_login("192.0.2.1", "erika")
    later = time.time() + refused.value.retry_after
    monkeypatch.setattr(memory.time, "time", lambda: later)
    limits.count_login("192.0.2.1", "erika")


def test_the_addresses_of_one_ipv6_line_count_together() -> None:
    limits = Limits(Settings(login_attempts_address=1))
    limits.count_login("2001:db8:0:7::1")
    with pytest.raises(TooManyError):
        limits.count_login("2001:db8:0:7:ffff::2")
    limits.count_login("2001:db8:0:8::1")
    limits.count_login("192.0.2.1")
    limits.count_login("192.0.2.2")
