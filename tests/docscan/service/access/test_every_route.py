"""Every route of the application, tried for real by everybody who could ask; the table is written out here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

from docscan.service.access.principal import Permission, Role
from docscan.service.app import create_app
from docscan.settings import Settings
from tests.docscan.service.access.conftest import People, state_of
from tests.docscan.service.conftest import MakeClient

# Who is let through to each route. Columns: the three roles, whoever sits at the machine while nobody has an account,
# and keys by their one scope.
OFFICER, EXAMINER, ADMINISTRATOR, LOCAL = "officer", "examiner", "administrator", "local"
PEOPLE = {OFFICER, EXAMINER, ADMINISTRATOR, LOCAL}
KEYS = {
    "key:inspect", "key:read", "key:decide", "key:queue", "key:statistics", "key:metrics", "key:audit",
    "key:administer",
}  # fmt: skip

TABLE = {
    "GET /": {OFFICER, EXAMINER, LOCAL, "key:inspect"},
    "GET /inspections/{report_id}": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /inspections/{report_id}/decisions": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /arrivals": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /history": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /queue": {EXAMINER, LOCAL, "key:queue"},
    "GET /drift": {EXAMINER, ADMINISTRATOR, LOCAL, "key:statistics"},
    "GET /accounts": {ADMINISTRATOR, "key:administer"},
    "GET /account": PEOPLE | KEYS,
    "GET /audit": {ADMINISTRATOR, "key:audit"},
    "GET /docs": PEOPLE | KEYS,
    "GET /openapi.json": PEOPLE | KEYS,
    "POST /v1/inspections": {OFFICER, EXAMINER, LOCAL, "key:inspect"},
    "GET /v1/inspections": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/inspections/{report_id}": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/inspections/{report_id}/record": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/inspections/{report_id}/regions/{name}.png": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "POST /v1/inspections/{report_id}/decision": {OFFICER, EXAMINER, LOCAL, "key:decide"},
    "POST /v1/inspections/{report_id}/comments": {OFFICER, EXAMINER, LOCAL, "key:decide"},
    "POST /v1/inspections/{report_id}/handover": {OFFICER, EXAMINER, LOCAL, "key:decide"},
    "POST /v1/inspections/{report_id}/assignment": {EXAMINER, LOCAL, "key:queue"},
    "GET /v1/queue": {EXAMINER, LOCAL, "key:queue"},
    "GET /v1/audit": {ADMINISTRATOR, "key:audit"},
    "POST /v1/batches": {OFFICER, EXAMINER, LOCAL, "key:inspect"},
    "GET /v1/batches": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/batches/{batch_id}": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/drift": {EXAMINER, ADMINISTRATOR, LOCAL, "key:statistics"},
    "GET /v1/reporting/tr03135.xsd": {EXAMINER, ADMINISTRATOR, LOCAL, "key:statistics"},
    "GET /v1/reporting/tr03135.xml": {EXAMINER, ADMINISTRATOR, LOCAL, "key:statistics"},
    "GET /v1/reporting/tr03135/{report_id}.xml": {EXAMINER, ADMINISTRATOR, LOCAL, "key:statistics"},
    "GET /metrics": {ADMINISTRATOR, LOCAL, "key:metrics"},
    "GET /v1/models": {OFFICER, EXAMINER, LOCAL, "key:read"},
    "GET /v1/sessions/current": PEOPLE | KEYS,
    "DELETE /v1/sessions/current": PEOPLE | KEYS,
    "PUT /v1/accounts/me/password": PEOPLE | KEYS,
    "GET /v1/accounts": {ADMINISTRATOR, "key:administer"},
    "POST /v1/accounts": {ADMINISTRATOR, "key:administer"},
    "GET /v1/accounts/{user_id}": {ADMINISTRATOR, "key:administer"},
    "PATCH /v1/accounts/{user_id}": {ADMINISTRATOR, "key:administer"},
    "PUT /v1/accounts/{user_id}/password": {ADMINISTRATOR, "key:administer"},
    "GET /v1/keys": {ADMINISTRATOR, "key:administer"},
    "POST /v1/keys": {ADMINISTRATOR, "key:administer"},
    "DELETE /v1/keys/{key_id}": {ADMINISTRATOR, "key:administer"},
}

# Without credentials: for supervisors, for logging in, and the files of pages.
PUBLIC = {
    "GET /healthz", "GET /readyz", "POST /v1/sessions", "POST /v1/setup", "GET /report.css",
    "GET /login", "GET /login/oidc", "GET /login/oidc/callback", "GET /setup", "GET /language/{tag}",
}  # fmt: skip
PUBLIC_FILES = {"/static", "/static/swagger"}

UNRECOGNISED = (
    "nobody", "no key at all", "another's secret", "expired key", "revoked key", "expired session", "idle session",
    "ended session", "disabled person", "invented session",
)  # fmt: skip

PLACES = {
    "report_id": "0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11",
    "user_id": "7d9f",
    "key_id": "0f5d",
    "name": "portrait",
    "batch_id": "7d9f",
    "tag": "fr",
}


@dataclass
class Caller:
    """Somebody, and what they send to be recognised."""

    headers: dict[str, str] = field(default_factory=dict)
    csrf: str | None = None

    def ask(self, client: TestClient, route: str) -> int:
        method, path = route.split()
        headers = {**self.headers, **({"X-CSRF-Token": self.csrf} if self.csrf else {})}
        answer = client.request(method, path.format(**PLACES), headers=headers, follow_redirects=False)
        client.cookies.clear()
        return answer.status_code


def _routes(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, Mount):
            yield from (f"{method} {route.path}" for method in route.methods or ())


@pytest.fixture
def closed(make_client: MakeClient) -> TestClient:
    return make_client(requests_per_minute=100_000, setup_token="the code")


@pytest.fixture
def people(closed: TestClient, password_hash: str) -> People:
    return People(state_of(closed).database, password_hash)


def _by_session(people: People, role: Role, begun: float = 0, longest: float = 12) -> Caller:
    user_id = people.add(f"p{next(_NUMBERS)}", role)
    opened = people.session(user_id, begun=timedelta(minutes=begun), longest=longest)
    return Caller({"Cookie": f"docscan={opened.token}"}, opened.csrf)


_NUMBERS = count()


def _by_key(key: str) -> Caller:
    return Caller({"Authorization": f"Bearer {key}"})


def _anothers_secret(people: People) -> Caller:
    one, other = (people.key(*Permission) for _ in range(2))
    return _by_key("_".join([*one.split("_")[:2], other.split("_", 2)[2]]))


_MADE: dict[str, Callable[[People], Caller]] = {
    "nobody": lambda _: Caller(),
    "no key at all": lambda _: _by_key("password"),
    "invented session": lambda _: Caller({"Cookie": f"docscan={'a' * 43}"}, "a"),
    "another's secret": _anothers_secret,
    "expired key": lambda people: _by_key(people.key(*Permission, expires=timedelta(seconds=-1))),
    "revoked key": lambda people: _by_key(people.key(*Permission, revoked=True)),
    "expired session": lambda people: _by_session(people, Role.EXAMINER, begun=20, longest=0.3),
    "idle session": lambda people: _by_session(people, Role.EXAMINER, begun=31),
}


def _caller(people: People, who: str) -> Caller:
    """Make somebody anew: routes that end sessions are tried too."""
    if who in _MADE:
        return _MADE[who](people)
    if who.startswith("key:"):
        return _by_key(people.key(Permission(who[4:])))
    return _by_session(people, Role(who))


def _gone(people: People, closed: TestClient, who: str) -> Caller:
    caller = _by_session(people, Role.ADMINISTRATOR)
    assert caller.ask(closed, "GET /v1/sessions/current") == 200
    if who == "ended session":
        assert caller.ask(closed, "DELETE /v1/sessions/current") == 204
        return caller
    user_id = people.add("another", Role.ADMINISTRATOR)
    opened = people.session(user_id)
    gone = Caller({"Cookie": f"docscan={opened.token}"}, opened.csrf)
    assert gone.ask(closed, "GET /v1/sessions/current") == 200
    headers = {**caller.headers, "X-CSRF-Token": str(caller.csrf)}
    assert closed.patch(f"/v1/accounts/{user_id}", json={"disabled": True}, headers=headers).status_code == 200
    return gone


def test_every_route_is_in_the_table() -> None:
    app = create_app(Settings())
    assert sorted(_routes(app)) == sorted({*TABLE, *PUBLIC})
    assert {route.path for route in app.routes if isinstance(route, Mount)} == PUBLIC_FILES
    assert {caller for callers in TABLE.values() for caller in callers} == PEOPLE | KEYS


def test_every_role_and_scope_is_in_the_table() -> None:
    assert {*Role, LOCAL} == PEOPLE
    assert {f"key:{scope}" for scope in Permission} == KEYS


def _answers_as_the_table_says(statuses: dict[str, int], who: str) -> None:
    assert {route for route, status in statuses.items() if status != 403} == {
        route for route, callers in TABLE.items() if who in callers
    }
    # Let through, each meets its route: found or not, or a body that is not as it should be.
    assert set(statuses.values()) <= {200, 204, 403, 404, 415, 422}


@pytest.mark.parametrize("who", sorted((PEOPLE | KEYS) - {LOCAL}))
def test_whoever_is_recognised_gets_their_own_and_no_more(closed: TestClient, people: People, who: str) -> None:
    _answers_as_the_table_says({route: _caller(people, who).ask(closed, route) for route in TABLE}, who)


def test_whoever_sits_at_the_machine_gets_their_own_and_no_more(client: TestClient) -> None:
    _answers_as_the_table_says({route: Caller().ask(client, route) for route in TABLE}, LOCAL)


@pytest.mark.parametrize("who", UNRECOGNISED)
def test_whoever_is_not_recognised_gets_nothing(closed: TestClient, people: People, who: str) -> None:
    people.add("somebody")  # who has an account, so that the service asks
    caller = _gone(people, closed, who) if who in ("ended session", "disabled person") else _caller(people, who)
    assert {route: caller.ask(closed, route) for route in TABLE} == dict.fromkeys(TABLE, 401)


def test_the_interface_says_what_each_route_asks_for(client: TestClient) -> None:
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, described in methods.items():
            route = f"{method.upper()} {path}"
            if route in PUBLIC:
                assert "security" not in described, route
            else:
                assert described["security"] == [{"key": []}, {"session": []}], route
                assert {"401", "403", "429"} <= set(described["responses"]), route


@pytest.mark.parametrize("who", ["officer", "examiner", "administrator"])
def test_no_change_without_the_token_of_the_session(closed: TestClient, people: People, who: str) -> None:
    caller = _caller(people, who)
    caller.csrf = None
    changing = [route for route in TABLE if not route.startswith("GET ")]
    assert {route: caller.ask(closed, route) for route in changing} == dict.fromkeys(changing, 403)


def test_what_is_public_asks_for_nobody(closed: TestClient, people: People) -> None:
    people.add("somebody")
    assert {route: Caller().ask(closed, route) for route in PUBLIC if route.startswith("GET ")} == {
        "GET /healthz": 200,
        "GET /readyz": 200,
        "GET /report.css": 200,
        "GET /login": 200,
        "GET /setup": 200,
        "GET /language/{tag}": 303,
        "GET /login/oidc": 404,  # no provider is named
        "GET /login/oidc/callback": 404,
    }
    assert {route: Caller().ask(closed, route) for route in PUBLIC if route.startswith("POST ")} == {
        "POST /v1/sessions": 422,
        "POST /v1/setup": 422,
    }
    assert closed.get("/static/page.css").status_code == 200
