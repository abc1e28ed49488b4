from datetime import UTC, datetime, timedelta

import pytest
import xmlschema
from fastapi.testclient import TestClient

from docscan.rendering.tr03135.names import MANY, NAMESPACE, ONE
from docscan.rendering.tr03135.writing import schema
from docscan.service.storage import exporting
from docscan.service.storage.audit import Audit
from tests.docscan.rendering.conftest import report
from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import IMAGE, is_problem

SCHEMA = xmlschema.XMLSchema(schema())
BEFORE, AFTER = "2026-11-01", "2026-12-01"


def exported(client: TestClient, since: str = BEFORE, until: str = AFTER) -> str:
    answer = client.get("/v1/reporting/tr03135.xml", params={"since": since, "until": until})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    SCHEMA.validate(answer.text)
    return answer.text


def test_all_inspections_of_a_time_are_one_document(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_PAGE", 2)
    client = make_client(post="airport-2")
    ids = [client.post("/v1/inspections", files=IMAGE).json()["id"] for _ in range(5)]
    text = exported(client)
    assert [text.count(one) for one in ids] == [1] * 5
    assert "airport-2" in text
    assert text.count(f"<{ONE}>") == 5
    none = exported(client, "2026-11-24", AFTER)
    assert f'<{MANY} xmlns="{NAMESPACE}">' in none
    assert f"<{ONE}>" not in none


def test_a_decision_is_in_the_export_and_the_newest_counts(client: TestClient) -> None:
    one = client.post("/v1/inspections", files=IMAGE).json()["id"]
    for decision in ({"finding": "genuine"}, {"finding": "forged", "kind": "portrait"}):
        assert client.post(f"/v1/inspections/{one}/decision", json=decision).status_code in (200, 201)
    answer = client.get(f"/v1/reporting/tr03135/{one}.xml")
    SCHEMA.validate(answer.text)
    assert "portrait" in answer.text
    assert ">genuine<" not in answer.text


def test_nothing_of_the_holder_is_exported(client: TestClient) -> None:
    client.post("/v1/inspections", files=IMAGE)
    mrz = report().mrz
    assert mrz is not None
    fields = mrz.parsed.fields
    text = exported(client)
    for value in (fields.surname, fields.given_names, fields.document_number, *mrz.parsed.lines):
        assert value not in text


def test_who_exported_is_in_the_audit_log(client: TestClient) -> None:
    exported(client)
    database = client.app.state.docscan.database  # type: ignore[attr-defined]
    with database.read() as session:
        (entry,) = Audit.newest(session, limit=10, action="inspections.exported")
    assert entry.actor == "local"
    assert datetime.fromisoformat(entry.at) > datetime.now(UTC) - timedelta(minutes=1)


def test_the_schema_is_served(client: TestClient) -> None:
    assert client.get("/v1/reporting/tr03135.xsd").text == schema()


def test_what_cannot_be_exported_is_said(client: TestClient) -> None:
    params = {"since": AFTER, "until": BEFORE}
    is_problem(client.get("/v1/reporting/tr03135.xml", params=params), 400)
    is_problem(client.get("/v1/reporting/tr03135.xml"), 422)
    is_problem(client.get("/v1/reporting/tr03135/0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11.xml"), 404)
    is_problem(client.get("/v1/reporting/tr03135/nothing.xml"), 404)
