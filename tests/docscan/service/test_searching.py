from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.docscan.service.conftest import MakeClient
from tests.docscan.service.test_routes import IMAGE, is_problem


def found(client: TestClient, **wanted: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    answer = client.get("/v1/inspections", params=wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["inspections"])


def test_inspections_are_found_without_their_holders(make_client: MakeClient) -> None:
    client = make_client(post="airport-2")
    assert found(client) == []
    created = client.post("/v1/inspections", files=IMAGE).json()
    (one,) = found(client)
    assert one["id"] == created["id"]
    assert (one["verdict"], one["issuing_state"], one["created_by"]) == ("refer", "UTO", "local")
    assert one["post"] == "airport-2"
    assert created["mrz"]["fields"]["surname"] not in str(one)
    for wanted, count in [
        ({"verdict": "refer"}, 1),
        ({"verdict": "no_concern"}, 0),
        ({"issuing_state": "UTO"}, 1),
        ({"issuing_state": "ALB"}, 0),
        ({"finding": "undecided"}, 1),
        ({"finding": "forged"}, 0),
        ({"since": "2026-11-23"}, 1),
        ({"since": "2026-11-23T20:00:00+01:00"}, 1),
        ({"since": "2026-11-23T19:00:01Z"}, 0),
        ({"until": "2026-11-23"}, 0),
        ({"until": "2026-11-24", "verdict": "refer", "issuing_state": "UTO", "finding": "undecided"}, 1),
    ]:
        assert len(found(client, **wanted)) == count, wanted


def test_the_pages_of_a_search(client: TestClient) -> None:
    ids = {client.post("/v1/inspections", files=IMAGE).json()["id"] for _ in range(3)}
    first = client.get("/v1/inspections", params={"limit": 2}).json()
    second = client.get("/v1/inspections", params={"limit": 2, "cursor": first["next"]}).json()
    assert [len(page["inspections"]) for page in (first, second)] == [2, 1]
    assert second["next"] is None
    assert {one["id"] for page in (first, second) for one in page["inspections"]} == ids


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"verdict": "forged"}, 422),
        ({"finding": "fake"}, 422),
        ({"issuing_state": "uto"}, 422),
        ({"issuing_state": "A\x00"}, 422),
        ({"since": "yesterday"}, 422),
        ({"since": "0001-01-01T00:00:00+14:00"}, 422),
        ({"limit": 0}, 422),
        ({"limit": 201}, 422),
        ({"cursor": "nonsense"}, 400),
        ({"cursor": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCB4"}, 400),
        ({"cursor": "x" * 201}, 422),
    ],
)
def test_what_cannot_be_searched_for_is_refused(client: TestClient, wanted: dict[str, Any], status: int) -> None:
    is_problem(client.get("/v1/inspections", params=wanted), status)
