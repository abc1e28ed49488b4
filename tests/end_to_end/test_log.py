"""The real program's log, after documents of known holders and inputs of every odd kind."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.corrupt import corrupted_inputs
from tests.end_to_end.serving import serving

SAMPLES = ROOT / "datasets" / "samples"


def _strings(found: Any) -> set[str]:  # noqa: ANN401  # JSON
    if isinstance(found, dict):
        return set().union(*map(_strings, found.values()))
    if isinstance(found, list):
        return set().union(*map(_strings, found))
    return {found} if isinstance(found, str) else set()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str, set[str]]:
    """What a service wrote to its log and into its metrics, and what neither may hold."""
    folder = tmp_path_factory.mktemp("logged")
    secrets = {"Mustermann", "surname=", "utopia"}
    with serving(folder) as service, httpx.Client(base_url=service.url, timeout=120) as client:
        for name in ("genuine-utopia.jpg", "forged-utopia.jpg"):
            files = {"visible": (name, (SAMPLES / name).read_bytes())}
            answer = client.post("/v1/inspections?surname=Mustermann", files=files).json()
            secrets |= {*answer["mrz"]["lines"], *_strings(answer["mrz"]["fields"])}
            client.get(f"/v1/inspections/{answer['id']}?surname=Mustermann")
        for name, data in corrupted_inputs()[::40]:
            client.post("/v1/inspections", files={"visible": (f"Mustermann {name}", data)})
        client.post("/v1/inspections", content=b"Mustermann", headers={"Content-Type": "multipart/form-data"})
        client.get("/Mustermann?surname=Mustermann", headers={"User-Agent": "Mustermann", "Referer": "Mustermann"})
        metrics = client.get("/metrics").text
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) in (0, -signal.SIGTERM)
    return (folder / "log").read_bytes(), metrics, secrets


def test_the_log_holds_nothing_personal(told: tuple[bytes, str, set[str]]) -> None:
    log, metrics, secrets = told
    assert len(secrets) > 10
    # Codes of states and sexes are no secrets, and too short to look for.
    for secret in (secret for secret in secrets if len(secret) > 3):
        assert secret.encode() not in log
        assert secret not in metrics


def test_each_line_is_json(told: tuple[bytes, str, set[str]]) -> None:
    lines = [json.loads(line) for line in told[0].decode().splitlines()]
    assert {line["event"] for line in lines} >= {"inspection", "request"}
    assert all(line["timestamp"] and line["level"] and line["logger"] for line in lines)
    inspections = [line for line in lines if line["event"] == "inspection"]
    requests = {line["request_id"]: line for line in lines if line["event"] == "request"}
    assert all(requests[line["request_id"]]["status"] == 201 for line in inspections)


def test_the_metrics_tell_of_real_inspections(told: tuple[bytes, str, set[str]]) -> None:
    metrics = told[1]
    for stage in ("decode", "mrz", "page", "document", "visual", "print", "reference", "checks"):
        assert f'docscan_stage_seconds_bucket{{le="60.0",stage="{stage}"}}' in metrics
    assert 'docscan_documents_total{issuing_state="UTO",model="none"} 2.0' in metrics
    assert "docscan_sealed_expired_files 0.0" in metrics


def test_a_trace_without_its_extra_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['opentelemetry.exporter.otlp.proto.http.trace_exporter'] = None\n"
    )
    run = subprocess.run(
        [ROOT / ".venv/bin/docscan", "serve", "--port", "0"],
        capture_output=True, text=True, timeout=60, check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
            "DOCSCAN_TRACES": "http://127.0.0.1:1/v1/traces",
            "DOCSCAN_DATA": str(tmp_path),
        },
    )  # fmt: skip
    assert run.returncode == 2
    assert "pip install 'docscan[traces]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_several_processes_count_and_log_as_one(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as service:
        for _ in range(20):  # connections of their own: the processes take turns
            assert httpx.get(f"{service.url}/healthz", timeout=60).status_code == 200
        counted = 'docscan_http_requests_total{method="GET",route="/healthz",status="200"} 20.0'
        scrapes = [httpx.get(f"{service.url}/metrics", timeout=60).text for _ in range(6)]
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) in (0, -signal.SIGTERM)
    assert all(counted in scrape for scrape in scrapes)
    assert all('docscan_model_info{name="region",' in scrape for scrape in scrapes)
    assert all("docscan_database_up 1.0" in scrape for scrape in scrapes)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum(line["event"] == "request" and line["route"] == "/healthz" for line in lines) == 20
