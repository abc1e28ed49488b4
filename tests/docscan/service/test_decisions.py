from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from docscan.service.access import gate
from docscan.service.access.principal import ROLES, Principal, Role
from tests.docscan.service.test_routes import IMAGE, is_problem

NOWHERE = "/v1/inspections/0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a00"


def as_if(monkeypatch: pytest.MonkeyPatch, principal: Principal) -> None:
    async def principal_of(_: Request) -> Principal:
        return principal

    monkeypatch.setattr(gate, "principal_of", principal_of)


@pytest.fixture
def location(client: TestClient) -> str:
    return str(client.post("/v1/inspections", files=IMAGE).headers["location"])


def test_a_decision_is_in_the_record(client: TestClient, location: str) -> None:
    decision = {"finding": "forged", "kind": "portrait", "comment": "  The edge can be felt.\n"}
    answer = client.post(f"{location}/decision", json=decision)
    assert answer.status_code == 201
    record = client.get(f"{location}/record").json()
    assert answer.json() == record
    (decided,) = record["decisions"]
    assert decided["comment"] == "The edge can be felt."
    assert (decided["by"], decided["line"], decided["finding"], decided["kind"]) == ("local", 1, "forged", "portrait")
    assert record["summary"]["finding"] == "forged"
    assert record["summary"]["handed_on"]


def test_the_second_line_takes_on_comments_and_decides(client: TestClient, location: str) -> None:
    assert client.get("/v1/queue").json() == {"inspections": []}
    assert client.post(f"{location}/handover").status_code == 200
    is_problem(client.post(f"{location}/handover"), 409)
    (waiting,) = client.get("/v1/queue").json()["inspections"]
    assert location.endswith(waiting["id"])
    taken = client.post(f"{location}/assignment", json={"to": "me"})
    assert taken.json()["summary"]["assigned_to"] == "local"
    assert client.post(f"{location}/assignment", json={"to": None}).json()["summary"]["assigned_to"] is None
    noted = client.post(f"{location}/comments", json={"text": "Under the microscope."})
    assert noted.status_code == 201
    assert noted.json()["comments"][0]["text"] == "Under the microscope."
    client.post(f"{location}/decision", json={"finding": "genuine"})
    assert client.get("/v1/queue").json() == {"inspections": []}
    is_problem(client.post(f"{location}/assignment", json={"to": "me"}), 409)
    assert client.get(f"{location}/record").json()["summary"]["closed"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("decision", {}),
        ("decision", {"finding": "fake"}),
        ("decision", {"finding": "forged"}),
        ("decision", {"finding": "genuine", "kind": "data"}),
        ("decision", {"finding": "forged", "kind": "nothing"}),
        ("decision", {"finding": "genuine", "comment": "a\x00b"}),
        ("decision", {"finding": "genuine", "comment": "   "}),
        ("decision", {"finding": "genuine", "by": "user:2"}),
        ("comments", {"text": ""}),
        ("comments", {"text": "x" * 4001}),
        ("comments", {"text": 7}),
        ("assignment", {}),
        ("assignment", {"to": "user:2"}),
    ],
)
def test_what_is_no_decision_is_refused(client: TestClient, location: str, path: str, body: dict[str, Any]) -> None:
    is_problem(client.post(f"{location}/{path}", json=body), 422)
    record = client.get(f"{location}/record").json()
    assert record["decisions"] == record["comments"] == []


def test_half_of_a_character_is_refused(client: TestClient, location: str) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(client.post(f"{location}/comments", content=rb'{"text": "\ud800"}', headers=headers), 422)


def test_lines_of_text_are_taken_as_browsers_send_them(client: TestClient, location: str) -> None:
    answer = client.post(f"{location}/comments", json={"text": "One line,\r\n\tanother; 😀 ë.\n"})
    assert answer.json()["comments"][0]["text"] == "One line,\r\n\tanother; 😀 ë."


@pytest.mark.parametrize("where", [NOWHERE, "/v1/inspections/nothing", "/v1/inspections/%00"])
def test_what_is_not_there_is_not_found(client: TestClient, where: str) -> None:
    is_problem(client.get(f"{where}/record"), 404)
    is_problem(client.post(f"{where}/decision", json={"finding": "genuine"}), 404)
    is_problem(client.post(f"{where}/comments", json={"text": "x"}), 404)
    is_problem(client.post(f"{where}/handover"), 404)
    is_problem(client.post(f"{where}/assignment", json={"to": None}), 404)


def test_an_officer_does_not_decide_what_was_handed_on(
    client: TestClient, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = Principal("user:1", "Ana", ROLES[Role.OFFICER], Role.OFFICER)
    as_if(monkeypatch, officer)
    client.post(f"{location}/handover")
    refused = is_problem(client.post(f"{location}/decision", json={"finding": "genuine"}), 409)
    assert "second line" in refused["detail"]
    is_problem(client.get("/v1/queue"), 403)


def test_the_audit_log_is_read_by_whoever_may(
    client: TestClient, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_problem(client.get("/v1/audit"), 403)
    client.get(location)
    inspection = location.rpartition("/")[2]
    administrator = Principal("user:1", "Ana", ROLES[Role.ADMINISTRATOR], Role.ADMINISTRATOR)
    as_if(monkeypatch, administrator)
    page = client.get("/v1/audit", params={"limit": 1}).json()
    assert [entry["action"] for entry in page["entries"]] == ["inspection.viewed"]
    rest = client.get("/v1/audit", params={"before": page["next"]}).json()
    assert [entry["action"] for entry in rest["entries"]] == ["inspection.created"]
    assert rest["next"] is None
    assert page["entries"][0]["previous"] == rest["entries"][0]["hash"]
    of_it = client.get("/v1/audit", params={"subject": inspection, "action": "inspection.viewed"}).json()
    assert [entry["actor"] for entry in of_it["entries"]] == ["local"]
    is_problem(client.get("/v1/audit", params={"before": 0}), 422)
    is_problem(client.get("/v1/audit", params={"before": 2**31}), 422)
    is_problem(client.get(location), 403)  # accounts and keys, but no documents
