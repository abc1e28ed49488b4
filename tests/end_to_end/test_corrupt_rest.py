import httpx

from tests.corrupt import corrupted_inputs
from tests.end_to_end.serving import Serving
from tests.end_to_end.uploads import send


def test_corrupted_inputs_never_break_the_service(server: Serving) -> None:
    before = server.peak_megabytes()
    cases = corrupted_inputs()
    assert len(cases) >= 200
    statuses = []
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for name, data in cases:
            answer = client.post("/v1/inspections", files={"visible": (name, data)})
            statuses.append(answer.status_code)
            assert answer.status_code in (201, 413, 415, 422), (name, answer.text)
            if answer.status_code != 201:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["detail"]
                assert name not in answer.text
        assert client.get("/healthz").status_code == 200
    assert sum(status != 201 for status in statuses) > len(cases) / 2
    assert server.peak_megabytes() - before < 600


def test_mutated_uploads_never_break_the_service(server: Serving) -> None:
    with httpx.Client(base_url=server.url, timeout=120) as client:
        statuses = send(client, 150, seed=9303)
        assert client.get("/healthz").status_code == 200
    assert {201, 400, 422} <= set(statuses)
