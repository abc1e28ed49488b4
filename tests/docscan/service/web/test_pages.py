"""The pages as the service draws them; tests/end_to_end has them in a browser."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from docscan.service.access.principal import Permission, Role
from docscan.service.web import desk, vocabulary
from tests.docscan.service.access.conftest import PASSWORD, People

HTML = {"Accept": "text/html"}
IMAGE = {"visible": ("visible", b"an image", "image/jpeg")}


def _inspected(client: TestClient) -> str:
    return str(client.post("/v1/inspections", files=IMAGE).json()["id"])


def _places(html: str) -> list[str]:
    navigation = re.search(r'<nav class="places".*?</nav>', html, re.S)
    return re.findall(r'href="([^"]+)"', navigation[0]) if navigation else []


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.OFFICER, ["/", "/history"]),
        (Role.EXAMINER, ["/", "/queue", "/history", "/drift"]),
        (Role.ADMINISTRATOR, ["/drift", "/accounts", "/audit"]),
    ],
)
def test_everybody_is_shown_the_way_to_their_own(
    browser: Callable[..., TestClient], role: Role, places: list[str]
) -> None:
    client = browser(role)
    first = client.get("/", headers=HTML)
    assert _places(first.text) == places
    for place in places:
        assert client.get(place, headers=HTML).status_code == 200


def test_an_administrator_is_led_away_from_the_desk(browser: Callable[..., TestClient]) -> None:
    answer = browser(Role.ADMINISTRATOR).get("/", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/drift")


def test_nobody_in_particular_is_sent_to_the_login(client: TestClient, people: People) -> None:
    people.add("somebody")
    answer = client.get("/history?verdict=refer", headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/login?next=/history%3Fverdict%3Drefer"
    assert 'data-then="/history?verdict=refer"' in client.get(answer.headers["location"]).text
    assert 'data-then="/"' in client.get("/login?next=//evil.example").text


def test_an_inspection_has_a_page_with_verdict_decision_and_evidence(client: TestClient) -> None:
    page = client.get(f"/inspections/{_inspected(client)}", headers=HTML).text
    for part in ("verdict", "weight", "document", "findings", "fields"):
        assert f'data-part="{part}"' in page
    assert page.count("<h1") == 1
    assert 'data-settled="no"' in page
    kinds = re.findall(r'name="kind" value="(\w+)"', page)
    assert kinds == [kind.value for kind in vocabulary.KINDS]


def test_what_was_decided_is_shown_and_who_did(client: TestClient, browser: Callable[..., TestClient]) -> None:
    browser(Role.OFFICER, "m.muster")
    inspection = _inspected(client)
    body = {"finding": "forged", "kind": "portrait", "comment": "<glue> under UV"}
    assert client.post(f"/v1/inspections/{inspection}/decision", json=body).status_code == 201
    drawn = client.get(f"/inspections/{inspection}/decisions").text
    assert "Portrait replaced or altered" in drawn
    assert "&lt;glue&gt; under UV" in drawn
    assert "m.muster" in drawn
    assert "first line" in drawn
    assert "With the second line" in drawn
    assert "data-finding" not in drawn  # it is the second line's now


def test_the_second_line_takes_decides_and_gives_back(browser: Callable[..., TestClient]) -> None:
    client = browser(Role.EXAMINER, "e.muster")
    inspection = _inspected(client)
    client.post(f"/v1/inspections/{inspection}/handover")
    assert "1 document waits." in client.get("/queue").text
    client.post(f"/v1/inspections/{inspection}/assignment", json={"to": "me"})
    queue = client.get("/queue").text
    assert f'href="/inspections/{inspection}"' in queue
    assert "Give back" in queue
    client.post(f"/v1/inspections/{inspection}/decision", json={"finding": "genuine"})
    assert "Nothing waits." in client.get("/queue").text
    assert "second line" in client.get(f"/inspections/{inspection}/decisions").text


def test_another_examiners_case_can_be_released_and_not_decided(
    client: TestClient, browser: Callable[..., TestClient]
) -> None:
    browser(Role.EXAMINER, "one")
    inspection = _inspected(client)
    client.post(f"/v1/inspections/{inspection}/handover")
    client.post(f"/v1/inspections/{inspection}/assignment", json={"to": "me"})
    client.cookies.clear()
    browser(Role.EXAMINER, "other")
    drawn = client.get(f"/inspections/{inspection}/decisions").text
    assert "Release" in drawn
    assert "data-finding" not in drawn


def test_the_history_finds_by_each_field(client: TestClient) -> None:
    inspection = _inspected(client)
    client.post(f"/v1/inspections/{inspection}/decision", json={"finding": "genuine"})
    verdict = client.get(f"/v1/inspections/{inspection}").json()["verdict"]
    found = ["", "since=2020-01-01", f"verdict={verdict}", "issuing_state=uto", "finding=genuine", "verdict=&since="]
    missing = ["until=2020-01-01", "since=2999-01-01", "issuing_state=FRA", "finding=undecided"]
    for query in found:
        assert inspection in client.get(f"/history?{query}").text, query
    for query in missing:
        page = client.get(f"/history?{query}").text
        assert inspection not in page, query
        assert "Nothing was inspected that fits." in page


def test_the_history_goes_on_for_pages_and_keeps_the_search(client: TestClient) -> None:
    made = {_inspected(client) for _ in range(30)}
    first = client.get("/history?issuing_state=UTO").text
    older = re.search(r'href="(/history\?[^"]+)" rel="next"', first)
    assert older
    address = older[1].replace("&amp;", "&")
    assert "issuing_state=UTO" in address
    second = client.get(address).text
    shown = [set(re.findall(r"/inspections/([0-9a-f-]+)", page)) for page in (first, second)]
    assert [len(page) for page in shown] == [25, 5]
    assert shown[0] | shown[1] == made
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "address", ["/nothing", "/inspections/nothing", "/inspections/0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11"]
)
def test_what_is_not_there_is_said_on_a_page(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={**HTML, "Accept-Language": "fr"})
    assert answer.status_code == 404
    assert "Il n&#39;y a rien ici." in answer.text or "Il n'y a rien ici." in answer.text
    program = client.get(address)
    assert program.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["since=yesterday", "verdict=bad", "cursor=x"])
def test_a_search_that_means_nothing_is_a_page_too(client: TestClient, query: str) -> None:
    answer = client.get(f"/history?{query}", headers=HTML)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("text/html")


def test_an_officer_who_may_not_is_told_so(browser: Callable[..., TestClient]) -> None:
    answer = browser(Role.OFFICER).get("/queue", headers={**HTML, "Accept-Language": "sr"})
    assert answer.status_code == 403
    assert "Ovo ne smete." in answer.text
    assert _places(answer.text) == ["/", "/history"]


def test_a_language_is_chosen_and_remembered(client: TestClient) -> None:
    chosen = client.get("/language/sq?next=/history", follow_redirects=False)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/history")
    page = client.get("/history", headers={"Accept-Language": "fr"})
    assert '<html lang="sq">' in page.text
    assert page.headers["content-language"] == "sq"
    assert client.get("/language/sq?next=//evil.example", follow_redirects=False).headers["location"] == "/"
    assert "set-cookie" not in client.get("/language/xx", follow_redirects=False).headers


def test_the_report_to_print_is_in_the_language_too(client: TestClient) -> None:
    inspection = _inspected(client)
    html = client.get(f"/v1/inspections/{inspection}", headers={**HTML, "Accept-Language": "fr"}).text
    assert '<html lang="fr">' in html


def test_every_message_of_the_scripts_reaches_them(client: TestClient) -> None:
    data = re.search(r'data-words="([^"]*)"', client.get("/").text)
    assert data
    words = json.loads(data[1].replace("&#34;", '"').replace("&#39;", "'"))
    assert set(words) == set(vocabulary.SCRIPT_WORDS)
    named: set[str] = set()
    for script in ("api", "desk", "forms", "scanner", "webcam"):
        source = client.get(f"/static/{script}.js").text
        named |= set(re.findall(r'say\("(\w+)"', source))
        named |= set(re.findall(r'\d{3}: "(\w+)"', source))
    named |= set(re.findall(r'"(scanner_\w+)"', client.get("/static/scanner.js").text)) | {"went_wrong"}
    assert named == set(words)


def test_a_scanner_is_heard_and_what_it_sent_arrives(
    client: TestClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_ARRIVALS", timedelta(days=36500))  # the tests' report is of another day
    key = people.key(Permission.INSPECT)
    sent = client.post("/v1/inspections", files=IMAGE, headers={"Authorization": f"Bearer {key}"}).json()["id"]
    user = people.session(people.add("somebody"))
    client.cookies.set("docscan", user.token)
    other = client.post("/v1/inspections", files=IMAGE, headers={"X-CSRF-Token": user.csrf}).json()["id"]
    scanner = re.search(r'<option value="(key:\w+)">', client.get("/").text)
    assert scanner
    arrived = client.get("/arrivals", params={"by": scanner[1]}).json()
    assert arrived["inspections"] == [sent]
    assert other not in arrived["inspections"]
    assert arrived["heard"]["at"] <= arrived["now"]


def test_an_administrator_sees_accounts_keys_and_the_log(browser: Callable[..., TestClient], people: People) -> None:
    people.key(Permission.INSPECT, Permission.READ)
    client = browser(Role.ADMINISTRATOR, "a.muster")
    page = client.get("/accounts").text
    assert "a.muster" in page
    assert "scanner 1" in page
    assert "send documents, read reports and history" in page
    client.post("/v1/accounts", json={"name": "o.muster", "role": "officer", "password": PASSWORD})
    log = client.get("/audit").text
    assert "account.created" in log
    assert "a.muster" in log


def test_the_first_start_is_offered_until_there_is_an_account(client: TestClient, people: People) -> None:
    assert 'data-api="POST /v1/setup"' in client.get("/setup").text
    assert 'href="/setup"' in client.get("/login").text
    people.add("somebody", Role.ADMINISTRATOR)
    assert 'data-api="POST /v1/setup"' not in client.get("/setup").text
    assert 'href="/setup"' not in client.get("/login").text


def test_why_an_identity_provider_let_nobody_in_is_said(client: TestClient) -> None:
    assert "You were not let in" in client.get("/login?problem=refused").text
    assert 'role="alert"><' not in client.get("/login?problem=%3Cb%3E").text
