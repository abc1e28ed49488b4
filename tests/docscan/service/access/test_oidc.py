"""Logging in through an identity provider, which the tests run; and what is not believed of one."""

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from docscan.errors import UsageError
from docscan.service.access import accounts, passwords
from docscan.service.access.principal import Role
from docscan.service.storage.tables import User
from docscan.settings import Settings
from tests.docscan.service.access.conftest import PASSWORD, state_of
from tests.docscan.service.access.provider import CLIENT, SECRET, Provider, running
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import is_problem

ME = "/v1/sessions/current"


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(served: Provider) -> Provider:
    """The provider, honest again, with an officer who is about to log in."""
    fresh = Provider(url=served.url, key=served.key)
    fresh.person["roles"] = ["Grenze-Beamte", "everybody"]
    vars(served).update(vars(fresh))
    return served


@pytest.fixture
def client(make_client: MakeClient, provider: Provider) -> TestClient:
    return make_client(
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_roles={"Grenze-Leitung": "administrator", "Labor": "examiner", "Grenze-Beamte": "officer"},
    )


def to_provider(client: TestClient, next_: str = "/") -> str:
    """Begin a login and return where the provider would send the browser back to."""
    sent = client.get("/login/oidc", params={"next": next_}, follow_redirects=False)
    assert sent.status_code == 303
    return httpx.get(sent.headers["location"]).headers["location"]


def log_in(client: TestClient, next_: str = "/") -> Any:  # noqa: ANN401  # httpx's answer
    return client.get(to_provider(client, next_), follow_redirects=False)


def is_sent_back(answer: httpx.Response, problem: str) -> None:
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?problem={problem}"
    assert "docscan=" not in answer.headers.get("set-cookie", "")


def users(client: TestClient) -> list[User]:
    with state_of(client).database.read() as session:
        return list(session.scalars(select(User).order_by(User.created)))


def test_a_person_logs_in(client: TestClient, provider: Provider) -> None:
    is_problem(client.get(ME), 401)  # with a provider, nobody is let in for sitting at the machine
    done = log_in(client, "/v1/models?a=1")
    assert done.status_code == 200
    assert re.search(r'<a href="([^"]*)"', done.text)[1] == "/v1/models?a=1"  # type: ignore[index]
    cookies = done.headers.get_list("set-cookie")
    assert any(cookie.startswith("docscan=") and "SameSite=strict" in cookie for cookie in cookies)
    assert "docscan-login" not in client.cookies
    me = client.get(ME).json()
    assert (me["name"], me["role"]) == ("erika", "officer")
    (user,) = users(client)
    assert (user.oidc_issuer, user.oidc_subject, user.password_hash) == (provider.url, "0042", None)


def test_the_same_person_has_one_account_whatever_the_name(client: TestClient, provider: Provider) -> None:
    log_in(client)
    provider.person["preferred_username"] = "erika-married"
    provider.person["roles"] = ["Labor"]
    log_in(client)
    assert client.get(ME).json()["role"] == "examiner"
    (user,) = users(client)
    assert user.name == "erika"


def test_the_first_role_of_the_settings_counts(client: TestClient, provider: Provider) -> None:
    provider.person["roles"] = ["Grenze-Beamte", "Grenze-Leitung"]
    log_in(client)
    assert client.get(ME).json()["role"] == "administrator"


def test_an_account_with_a_password_is_not_taken_over(client: TestClient) -> None:
    with state_of(client).database.begin() as session:
        accounts.create(session, "erika", Role.ADMINISTRATOR, passwords.hashed(PASSWORD), datetime.now(UTC))
    log_in(client)
    me = client.get(ME).json()
    assert me["role"] == "officer"
    assert me["name"] == "erika@127.0.0.1"
    assert len(users(client)) == 2


@pytest.mark.parametrize("name", ["Erika Mustermann <b>", "", "x" * 200])
def test_a_name_that_is_no_login_name_is_not_kept(client: TestClient, provider: Provider, name: str) -> None:
    provider.person["preferred_username"] = name
    log_in(client)
    assert client.get(ME).json()["name"] == ("person" if name else "0042")


def test_whoever_has_no_role_any_more_is_out(client: TestClient, provider: Provider) -> None:
    log_in(client)
    token = client.cookies["docscan"]
    provider.person["roles"] = ["everybody"]
    is_sent_back(log_in(client), "refused")
    client.cookies.set("docscan", token)
    is_problem(client.get(ME), 401)


def test_whoever_is_disabled_here_stays_out(client: TestClient) -> None:
    log_in(client)
    with state_of(client).database.begin() as session:
        accounts.get(session, users(client)[0].id).disabled = datetime.now(UTC)
    is_sent_back(log_in(client), "refused")


def test_claims_may_be_had_from_userinfo(client: TestClient, provider: Provider) -> None:
    provider.in_userinfo = frozenset({"preferred_username", "roles"})
    log_in(client)
    me = client.get(ME).json()
    assert (me["name"], me["role"]) == ("erika", "officer")
    provider.userinfo = {"sub": "another"}
    is_sent_back(log_in(client), "refused")


def test_dots_lead_into_a_claim(make_client: MakeClient, provider: Provider) -> None:
    client = make_client(
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_role_claim="realm_access.roles",
    )
    is_sent_back(log_in(client), "refused")
    provider.person["realm_access"] = {"roles": ["examiner"]}
    log_in(client)
    assert client.get(ME).json()["role"] == "examiner"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT, "another"]},  # for two, and none of them named as azp
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"sub": "a" * 256},
        {"sub": "a\0b"},
        {"at_hash": "bm90IG9mIGl0"},
    ],
    ids=str,
)
def test_a_token_for_another_login_is_not_believed(
    client: TestClient, provider: Provider, changes: dict[str, Any]
) -> None:
    provider.changes = changes
    is_sent_back(log_in(client), "refused")
    assert users(client) == []


def _unsigned(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, OctKey.generate_key(), algorithms=["none"])


def _by_another_key(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, RSAKey.generate_key(2048))


def _by_the_public_key_as_a_secret(provider: Provider, claims: dict[str, Any]) -> str:
    parts = ({"alg": "HS256", "kid": "1"}, claims)
    text = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    made = hmac.digest(provider.key.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(made).decode().rstrip('=')}"


def _no_token(_: Provider, __: dict[str, Any]) -> str:
    return "a.b.c"


@pytest.mark.filterwarnings("ignore:JWS algorithm")
@pytest.mark.parametrize("sign", [_unsigned, _by_another_key, _by_the_public_key_as_a_secret, _no_token])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(
    client: TestClient, provider: Provider, sign: Callable[[Provider, dict[str, Any]], str]
) -> None:
    provider.sign = sign
    is_sent_back(log_in(client), "refused")
    assert users(client) == []


def test_a_login_that_this_browser_did_not_begin_is_not_finished(client: TestClient) -> None:
    back = to_provider(client)
    kept = client.cookies["docscan-login"]
    client.cookies.clear()
    is_sent_back(client.get(back, follow_redirects=False), "refused")
    to_provider(client)  # another, under way
    is_sent_back(client.get(back, follow_redirects=False), "refused")
    client.cookies.clear()
    client.cookies.set("docscan-login", kept.replace(kept.split(".")[2], "another-verifier"))
    is_sent_back(client.get(back, follow_redirects=False), "refused")  # PKCE


def test_a_code_is_good_once(client: TestClient) -> None:
    back = to_provider(client)
    kept = client.cookies["docscan-login"]
    assert client.get(back, follow_redirects=False).status_code == 200
    client.cookies.clear()
    client.cookies.set("docscan-login", kept)
    is_sent_back(client.get(back, follow_redirects=False), "refused")


def test_a_person_who_says_no_is_sent_back(client: TestClient) -> None:
    state = parse_qs(urlsplit(to_provider(client)).query)["state"][0]
    answer = client.get(
        "/login/oidc/callback", params={"error": "access_denied", "state": state}, follow_redirects=False
    )
    is_sent_back(answer, "refused")


@pytest.mark.parametrize(
    "published",
    [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"authorization_endpoint": 7}, {"jwks_uri": None}],
)
def test_a_provider_that_is_another_is_not_used(
    client: TestClient, provider: Provider, published: dict[str, Any]
) -> None:
    provider.published = published
    is_sent_back(client.get("/login/oidc", follow_redirects=False), "provider")


def test_a_provider_that_does_not_answer_is_said(make_client: MakeClient) -> None:
    client = make_client(oidc_issuer="http://127.0.0.1:1", oidc_client_id=CLIENT)
    is_sent_back(client.get("/login/oidc", follow_redirects=False), "provider")


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:a", "/a\nb"]
)
def test_a_login_leads_nowhere_else(client: TestClient, next_: str) -> None:
    done = log_in(client, next_)
    assert re.search(r'<a href="([^"]*)"', done.text)[1] == "/"  # type: ignore[index]


def test_where_a_login_leads_to_is_no_markup(client: TestClient) -> None:
    done = log_in(client, '/"><script>')
    assert "<script" not in done.text


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "http://id.example", "oidc_client_id": "a"},
        {"oidc_issuer": "id.example", "oidc_client_id": "a"},
        {"oidc_issuer": "https://id.example"},
    ],
)
def test_settings_that_cannot_be_used_are_said_at_the_start(make_client: MakeClient, settings: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="DOCSCAN_OIDC"):
        make_client(**settings)


def test_the_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSCAN_OIDC_ROLES", '{"Labor": "examiner"}')
    monkeypatch.setenv("DOCSCAN_HOSTS", '["docscan.example"]')
    settings = Settings()
    assert settings.oidc_roles == {"Labor": "examiner"}
    assert settings.hosts == ("docscan.example",)
