"""What administrators do with accounts and keys, and people with their own password."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from docscan.service.access.principal import Permission, Role
from tests.docscan.service.access.conftest import PASSWORD, People
from tests.docscan.service.test_routes import IMAGE, is_problem

ME = "/v1/sessions/current"
ANOTHER = "another good and long password"


@pytest.fixture
def administrator(browser: Callable[..., TestClient]) -> TestClient:
    return browser(Role.ADMINISTRATOR, "chief")


def fresh(client: TestClient) -> TestClient:
    """Return another browser at the same service."""
    return TestClient(client.app, base_url=str(client.base_url))


def log_in(client: TestClient, name: str, password: str) -> int:
    answer = client.post("/v1/sessions", json={"name": name, "password": password})
    if answer.status_code == 201:
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer.status_code


def test_an_account_is_made_used_changed_and_disabled(administrator: TestClient) -> None:
    made = administrator.post("/v1/accounts", json={"name": "Erika", "role": "officer", "password": PASSWORD})
    assert made.status_code == 201
    account = made.json()
    assert account["name"] == "erika"
    assert "password" not in made.text
    assert administrator.get(made.headers["location"]).json() == account
    assert [each["name"] for each in administrator.get("/v1/accounts").json()] == ["chief", "erika"]
    erika = fresh(administrator)
    assert log_in(erika, "erika", PASSWORD) == 201
    place = made.headers["location"]
    assert administrator.patch(place, json={"role": "examiner"}).json()["role"] == "examiner"
    is_problem(erika.get(ME), 401)
    assert log_in(erika, "erika", PASSWORD) == 201
    assert erika.get(ME).json()["role"] == "examiner"
    assert administrator.put(f"{place}/password", json={"password": ANOTHER}).status_code == 204
    is_problem(erika.get(ME), 401)
    assert log_in(erika, "erika", PASSWORD) == 401
    assert log_in(erika, "erika", ANOTHER) == 201
    assert administrator.patch(place, json={"disabled": True}).json()["disabled"]
    is_problem(erika.get(ME), 401)
    assert log_in(erika, "erika", ANOTHER) == 401
    assert administrator.patch(place, json={"disabled": False}).json()["disabled"] is None
    assert log_in(erika, "erika", ANOTHER) == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "chief", "role": "officer", "password": PASSWORD}, 409),
        ({"name": "two words", "role": "officer", "password": PASSWORD}, 400),
        ({"name": "erika", "role": "king", "password": PASSWORD}, 422),
        ({"name": "erika", "role": "officer", "password": "short"}, 400),
        ({"name": "erika", "role": "officer", "password": "a" * 2000}, 422),
        ({"name": "erika", "role": "officer", "password": PASSWORD, "id": "0"}, 422),
        ({"name": "erika", "role": "officer"}, 422),
        ([], 422),
    ],
)
def test_an_account_that_makes_no_sense_is_not_made(administrator: TestClient, body: object, status: int) -> None:
    answer = is_problem(administrator.post("/v1/accounts", json=body), status)
    assert PASSWORD not in str(answer)
    assert len(administrator.get("/v1/accounts").json()) == 1


def test_the_last_administrator_cannot_remove_themselves(administrator: TestClient) -> None:
    (me,) = administrator.get("/v1/accounts").json()
    for change in ({"role": "officer"}, {"disabled": True}, {"disabled": True, "role": "officer"}):
        is_problem(administrator.patch(f"/v1/accounts/{me['id']}", json=change), 409)
    assert administrator.get("/v1/accounts").json() == [me]


def test_an_account_that_is_not_there_is_not_found(administrator: TestClient) -> None:
    is_problem(administrator.get("/v1/accounts/none"), 404)
    is_problem(administrator.patch("/v1/accounts/none", json={"role": "officer"}), 404)
    is_problem(administrator.put("/v1/accounts/none/password", json={"password": PASSWORD}), 404)
    is_problem(administrator.delete("/v1/keys/none"), 404)


def test_people_change_their_own_password(client: TestClient, people: People) -> None:
    people.add("erika")
    here, elsewhere = fresh(client), fresh(client)
    assert log_in(here, "erika", PASSWORD) == log_in(elsewhere, "erika", PASSWORD) == 201
    change = "/v1/accounts/me/password"
    is_problem(here.put(change, json={"old": "wrong", "password": ANOTHER}), 403)
    is_problem(here.put(change, json={"old": PASSWORD, "password": "short"}), 400)
    changed = here.put(change, json={"old": PASSWORD, "password": ANOTHER})
    assert changed.status_code == 200
    assert here.get(ME).json() == changed.json()
    is_problem(elsewhere.get(ME), 401)
    assert log_in(elsewhere, "erika", PASSWORD) == 401
    assert log_in(elsewhere, "erika", ANOTHER) == 201


def test_a_key_has_no_password_to_change(client: TestClient, people: People) -> None:
    headers = {"Authorization": f"Bearer {people.key(*Permission)}"}
    body = {"old": PASSWORD, "password": ANOTHER}
    is_problem(client.put("/v1/accounts/me/password", json=body, headers=headers), 403)


def test_a_key_is_shown_once_used_and_revoked(administrator: TestClient) -> None:
    expires = datetime.now(UTC) + timedelta(days=30)
    body = {"name": "page reader 1", "scopes": ["inspect"], "expires": expires.isoformat()}
    made = administrator.post("/v1/keys", json=body)
    assert made.status_code == 201
    text = made.json()["key"]
    (listed,) = administrator.get("/v1/keys").json()
    assert listed == {name: value for name, value in made.json().items() if name != "key"}
    assert listed["last_used"] is None
    scanner = fresh(administrator)
    scanner.headers["Authorization"] = f"Bearer {text}"
    assert scanner.post("/v1/inspections", files=IMAGE).status_code == 201
    used = administrator.get("/v1/keys").json()[0]["last_used"]
    assert used
    assert scanner.get(ME).json() == {"name": "page reader 1", "role": None, "permissions": ["inspect"], "csrf": None}
    assert administrator.get("/v1/keys").json()[0]["last_used"] == used  # once a minute
    assert text.split("_", 2)[2] not in administrator.get("/v1/keys").text
    assert administrator.delete(made.headers["location"]).status_code == 204
    is_problem(scanner.post("/v1/inspections", files=IMAGE), 401)
    assert administrator.get("/v1/keys").json()[0]["revoked"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "a", "scopes": []}, 422),
        ({"name": "", "scopes": ["read"]}, 422),
        ({"name": " ", "scopes": ["read"]}, 400),
        ({"name": "a", "scopes": ["fly"]}, 422),
        ({"name": "a", "scopes": ["read"], "expires": "2020-01-01T00:00:00Z"}, 400),
        ({"name": "a", "scopes": ["read"], "expires": "9999-12-31T23:59:59-10:00"}, 422),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(administrator: TestClient, body: object, status: int) -> None:
    is_problem(administrator.post("/v1/keys", json=body), status)
    assert administrator.get("/v1/keys").json() == []
