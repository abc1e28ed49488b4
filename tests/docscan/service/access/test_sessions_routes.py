"""Logging in, out, and what a browser has to show for a change."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from docscan.service.access import accounts
from docscan.service.access.principal import Permission, Role
from docscan.service.storage.tables import ApiKey, Session, User
from tests.docscan.service.access.conftest import PASSWORD, People, state_of
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import IMAGE, is_problem

ME = "/v1/sessions/current"


def log_in(client: TestClient, name: str = "erika", password: str = PASSWORD, **headers: str) -> Response:
    return client.post("/v1/sessions", json={"name": name, "password": password}, headers=headers)


def test_a_person_logs_in_works_and_logs_out(client: TestClient, people: People) -> None:
    people.add("erika")
    is_problem(client.get(ME), 401)
    begun = log_in(client, name=" Erika ")
    assert begun.status_code == 201
    session = begun.json()
    assert session["name"] == "erika"
    assert session["role"] == "officer"
    assert session["permissions"] == ["decide", "inspect", "read"]
    assert client.get(ME).json() == session
    client.headers["X-CSRF-Token"] = session["csrf"]
    assert client.post("/v1/inspections", files=IMAGE).status_code == 201
    token = client.cookies["docscan"]
    assert client.delete(ME).status_code == 204
    assert "docscan" not in client.cookies
    client.cookies.set("docscan", token)  # whoever copied it
    is_problem(client.get(ME), 401)


def test_the_cookie_is_for_this_service_alone(client: TestClient, people: People) -> None:
    people.add("erika")
    given = log_in(client).headers["set-cookie"]
    assert given.startswith("docscan=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(given.split("; "))
    assert "Secure" not in given
    assert "max-age" not in given.lower()
    secure = TestClient(client.app, base_url="https://localhost")
    given = log_in(secure).headers["set-cookie"]
    assert given.startswith("__Host-docscan=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(given.split("; "))
    assert secure.get(ME).status_code == 200


def test_what_is_kept_opens_no_session(client: TestClient, people: People) -> None:
    user_id = people.add("erika")
    opened = people.session(user_id)
    key = people.key(Permission.READ)
    with people.database.read() as session:
        kept = session.scalars(select(Session.token_hash)).one()
        secret = session.scalars(select(ApiKey.secret_hash)).one()
        assert opened.token not in kept
        assert key.split("_", 2)[2] not in secret
        key_id = session.scalars(select(ApiKey.id)).one()
    client.cookies.set("docscan", kept)
    is_problem(client.get(ME), 401)
    is_problem(client.get(ME, headers={"Authorization": f"Bearer dsk_{key_id}_{secret}"}), 401)


@pytest.mark.parametrize(
    ("name", "password"),
    [("erika", "correct horse battery stable"), ("nobody.here", PASSWORD), ("disabled", PASSWORD), ("oidc", PASSWORD)],
)
def test_every_refusal_is_the_same(client: TestClient, people: People, name: str, password: str) -> None:
    people.add("erika")
    people.add("disabled", disabled=True)
    with people.database.begin() as session:
        accounts.create(session, "oidc", Role.OFFICER, None, datetime.now(UTC))
    refused = is_problem(log_in(client, name, password), 401)
    assert refused["detail"] == "The name or the password is not right, or the account is disabled."
    assert "docscan" not in client.cookies


def test_a_session_ends_by_itself(client: TestClient, people: People) -> None:
    user_id = people.add("erika")
    for begun, longest, status in ((0, 12, 200), (29, 12, 200), (31, 12, 401), (10, 1 / 6, 401)):
        client.cookies.set("docscan", people.session(user_id, begun=timedelta(minutes=begun), longest=longest).token)
        assert client.get(ME).status_code == status, begun


def test_a_session_in_use_goes_on(client: TestClient, people: People) -> None:
    opened = people.session(people.add("erika"), begun=timedelta(minutes=29))
    client.cookies.set("docscan", opened.token)
    assert client.get(ME).status_code == 200
    with people.database.read() as session:
        assert datetime.now(UTC) - session.scalars(select(Session.seen)).one() < timedelta(minutes=1)


def test_sessions_that_are_over_are_cleared_away(client: TestClient, people: People) -> None:
    user_id = people.add("erika")
    people.session(user_id, begun=timedelta(hours=13))
    assert log_in(client).status_code == 201
    with people.database.read() as session:
        assert len(session.scalars(select(Session)).all()) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": "another"}, 403),
        ({"X-CSRF-Token": "{csrf}"}, 201),
        ({"X-CSRF-Token": "{csrf}", "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8080"}, 201),
        ({"X-CSRF-Token": "{csrf}", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-CSRF-Token": "{csrf}", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-CSRF-Token": "{csrf}", "Origin": "http://localhost:8080"}, 201),
        ({"X-CSRF-Token": "{csrf}", "Origin": "http://localhost:9090"}, 403),
        ({"X-CSRF-Token": "{csrf}", "Origin": "null"}, 403),
    ],
)
def test_a_change_comes_from_a_page_of_the_session(
    client: TestClient, people: People, headers: dict[str, str], status: int
) -> None:
    opened = people.session(people.add("erika"))
    client.cookies.set("docscan", opened.token)
    given = {name: value.format(csrf=opened.csrf) for name, value in headers.items()}
    assert client.post("/v1/inspections", files=IMAGE, headers=given).status_code == status


def test_a_key_needs_no_token_of_a_page(client: TestClient, people: People) -> None:
    key = people.key(Permission.INSPECT)
    client.cookies.set("docscan", "of nobody")
    answer = client.post("/v1/inspections", files=IMAGE, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201


def test_while_open_another_web_page_cannot_post(client: TestClient) -> None:
    assert client.post("/v1/inspections", files=IMAGE).status_code == 201
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        is_problem(client.post("/v1/inspections", files=IMAGE, headers=headers), 403)


def test_another_web_page_logs_nobody_in(client: TestClient, people: People) -> None:
    people.add("erika")
    is_problem(log_in(client, **{"Sec-Fetch-Site": "cross-site"}), 403)


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_is_not_from_this_machine(client: TestClient, header: str) -> None:
    assert client.get(ME).json()["name"] == "this machine"
    is_problem(client.get(ME, headers={header: "192.0.2.7"}), 401)


def test_the_first_account_or_key_closes_the_service_for_good(client: TestClient, people: People) -> None:
    assert client.get("/v1/models").status_code == 200
    user_id = people.add("erika", disabled=True)
    is_problem(client.get("/v1/models"), 401)
    with people.database.begin() as session:
        session.delete(session.get(User, user_id))
    assert client.get("/v1/models").status_code == 200
    people.key(Permission.READ, revoked=True)
    is_problem(client.get("/v1/models"), 401)


def test_a_browser_is_shown_the_way_to_the_login(client: TestClient, people: People) -> None:
    people.add("erika")
    sent = client.get("/docs?a=1&b=//c", headers={"Accept": "text/html"}, follow_redirects=False)
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=/docs%3Fa%3D1%26b%3D//c"
    refused = client.get("/docs")
    is_problem(refused, 401)
    assert refused.headers["www-authenticate"].startswith("Bearer")
    is_problem(client.post("/v1/inspections", headers={"Accept": "text/html"}), 401)


def test_passwords_travel_in_the_open_on_this_machine_alone(make_client: MakeClient) -> None:
    People(state_of(make_client()).database, "").add("erika")  # or the next would not start
    client = make_client(hosts=["docscan.example"])
    answer = client.post("http://docscan.example/v1/sessions", json={"name": "erika", "password": "x"})
    assert "https" in is_problem(answer, 403)["detail"]
    is_problem(client.post("https://docscan.example/v1/sessions", json={"name": "erika", "password": "x"}), 401)


@pytest.fixture
def unset(make_client: MakeClient) -> TestClient:
    return make_client(setup_token="the code")


FIRST = {"token": "the code", "name": "erika", "password": PASSWORD}


def test_the_first_administrator_is_made_in_the_browser(unset: TestClient) -> None:
    is_problem(unset.post("/v1/setup", json={**FIRST, "token": "another"}), 403)
    is_problem(unset.post("/v1/setup", json={**FIRST, "password": "too short"}), 400)
    is_problem(unset.post("/v1/setup", json=FIRST, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    made = unset.post("/v1/setup", json=FIRST)
    assert made.status_code == 201
    assert made.json()["role"] == "administrator"
    assert unset.get(ME).json() == made.json()
    is_problem(unset.post("/v1/setup", json={**FIRST, "name": "max"}), 409)


def test_without_its_code_nobody_is_made_administrator(client: TestClient) -> None:
    is_problem(client.post("/v1/setup", json={**FIRST, "token": ""}), 403)
