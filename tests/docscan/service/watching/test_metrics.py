import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from docscan.rendering.pictures import Pictures
from docscan.service import inspecting
from docscan.service.storage.database import Database
from docscan.service.storage.tables import Sealed
from docscan.service.watching import metrics
from docscan.service.watching.drift import LEAST
from docscan.service.watching.reference import ReferenceScores
from docscan.service.watching.stored import Stored
from docscan.types import Document
from tests.conftest import ROOT
from tests.docscan.rendering.conftest import LINES, capture, page, report
from tests.docscan.service.conftest import MakeClient, client, make_client
from tests.docscan.service.watching.conftest import QUALITY, SCORED, Fill, one

__all__ = ["capture", "client", "make_client", "page"]

IMAGE = {"visible": ("erika.jpg", b"pixels", "image/jpeg")}

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, metric: str, /, **labels: str) -> float:
    return found.get((metric, frozenset(labels.items())), 0.0)


def scraped(client: TestClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return samples(answer.text)


def test_an_inspection_is_counted_with_all_that_it_found(client: TestClient) -> None:
    before = scraped(client)
    assert client.post("/v1/inspections", files=IMAGE).status_code == 201
    after = scraped(client)
    shown = report()

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("docscan_inspections_total", verdict=shown.verdict) == 1
    assert more("docscan_documents_total", issuing_state="UTO", model="none") == 1
    for check in shown.checks:
        labels = {"check": check.id, "spectrum": check.spectrum, "outcome": check.outcome}
        assert more("docscan_check_outcomes_total", **labels) == 1
    for stage, milliseconds in shown.timings_ms.items():
        if stage != "total":
            assert more("docscan_stage_seconds_sum", stage=stage) == pytest.approx(milliseconds / 1000)
    assert more("docscan_inspection_seconds_sum") == pytest.approx(shown.timings_ms["total"] / 1000)
    assert more("docscan_capture_resolution_dpi_sum") == pytest.approx(shown.quality.resolution_dpi)
    assert more("docscan_captures_unusable_total") == (not shown.quality.usable)
    assert more("docscan_http_requests_total", route="/v1/inspections", method="POST", status="201") == 1
    assert more("docscan_http_request_seconds_count", route="/v1/inspections", method="POST") == 1
    model = shown.models[0]
    named = {"name": model.name, "version": model.version, "sha256": model.sha256[:12]}
    assert value(after, "docscan_model_info", **named) == 1
    assert value(after, "docscan_database_up") == 1


def test_nothing_that_a_client_or_a_document_chose_becomes_a_label(client: TestClient) -> None:
    metrics.count_inspection(replace(report(), document=Document("TD3", "P", "ERIKA", None, specimen=False)))
    client.get("/v1/inspections/erika?name=mustermann")
    client.get("/erika/mustermann")
    client.request("ERIKA", "/v1/inspections")
    client.get("/metrics", headers={"Host": "mustermann.example"})
    client.post("/v1/inspections", files=IMAGE)
    text = client.get("/metrics").text
    for secret in ("erika", "ERIKA", "mustermann", "ERIKSSON", "ANNA", "L898902C3", "1974-08", "740812", *LINES):
        assert secret not in text
    found = samples(text)
    assert value(found, "docscan_documents_total", issuing_state="other", model="none") >= 1
    assert value(found, "docscan_http_requests_total", route="/v1/inspections", method="other", status="405") >= 1
    assert value(found, "docscan_http_requests_total", route="(no route)", method="GET", status="404") >= 1


def test_what_runs_and_what_is_refused(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(service_workers=1, service_queue=2)
    begun, go_on = threading.Event(), threading.Event()
    draw: Callable[..., Pictures] = inspecting.pictures_of

    def slow(*shown: object) -> object:
        begun.set()
        assert go_on.wait(10)
        return draw(*shown)

    monkeypatch.setattr(inspecting, "pictures_of", slow)
    before = scraped(client)
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(client.post, "/v1/inspections", files=IMAGE) for _ in range(2)]
        assert begun.wait(10)
        while client.get("/readyz").status_code == 200:
            pass
        assert client.post("/v1/inspections", files=IMAGE).status_code == 503
        during = scraped(client)
        go_on.set()
        assert [one.result().status_code for one in sent] == [201, 201]
    after = scraped(client)
    assert [value(found, "docscan_inspections_running") for found in (before, during, after)] == [0, 1, 0]
    assert [value(found, "docscan_inspections_accepted") for found in (before, during, after)] == [0, 2, 0]
    refused = "docscan_inspections_refused_total"
    assert value(after, refused) - value(before, refused) == 1


def test_prometheus_is_told_in_openmetrics_if_it_asks(client: TestClient) -> None:
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def stored(database: Database, reference: ReferenceScores | None = None) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in Stored(database, reference).families()
        for sample in family.samples
    }


def test_the_second_line_and_what_is_kept(database: Database) -> None:
    empty = stored(database)
    assert value(empty, "docscan_database_up") == 1
    assert value(empty, "docscan_second_line_open") == 0
    assert value(empty, "docscan_second_line_oldest_seconds") == 0
    now = datetime.now(UTC)
    with database.begin() as session:
        for hours, taken, closed in ((3, None, None), (1, "user:1", None), (9, "user:1", now)):
            inspection, _ = one(now, None, QUALITY)
            inspection.handed_on = now - timedelta(hours=hours)
            inspection.assigned_to, inspection.closed = taken, closed
            session.add(inspection)
            session.flush()
            session.add(
                Sealed(
                    inspection_id=inspection.id,
                    name="report",
                    path="x",
                    key_id="k",
                    size=10,
                    expires=now + timedelta(hours=hours - 2),
                )
            )
    found = stored(database)
    assert value(found, "docscan_second_line_open") == 2
    assert value(found, "docscan_second_line_assigned") == 1
    assert value(found, "docscan_second_line_oldest_seconds") == pytest.approx(3 * 3600, abs=60)
    assert value(found, "docscan_sealed_files") == 3
    assert value(found, "docscan_sealed_bytes") == 30
    assert value(found, "docscan_sealed_expired_files") == 1


def test_drift_is_a_number_too(database: Database, fill: Fill, reference: ReferenceScores) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    fill(yesterday, np.full(LEAST - 1, 0.9))
    assert value(stored(database, reference), "docscan_drift_level", check=SCORED) == 0
    fill(yesterday, np.full(1, 0.9))
    found = stored(database, reference)
    assert value(found, "docscan_drift_documents") == LEAST
    assert value(found, "docscan_drift_psi", check=SCORED) > 1
    assert value(found, "docscan_drift_level", check=SCORED) == 3
    assert value(found, "docscan_drift_quality_level", measure="glare") == 1


def test_a_database_that_is_gone_does_not_silence_the_rest(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gone' / 'docscan.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE sealed")
    assert stored(database) == {("docscan_database_up", frozenset()): 0.0}


_PROCESS = """
import sys
from docscan.service.watching import metrics
metrics.INSPECTIONS.labels("refer").inc(int(sys.argv[1]))
metrics.RUNNING.inc(int(sys.argv[1]))
print("counted", flush=True)
sys.stdin.read()
"""

_SCRAPER = """
import sys
from docscan.service.storage.database import Database
from docscan.service.watching.exposition import exposition
from docscan.service.watching.stored import Stored
text, media_type = exposition("text/plain", Stored(Database(f"sqlite:///{sys.argv[1]}/docscan.db"), None))
print(text.decode())
"""


def test_several_processes_have_one_set_of_numbers(tmp_path: Path) -> None:
    script = (
        "import os, sys; from docscan.service.watching.shared import *; from pathlib import Path;"
        "share_metrics(Path(sys.argv[1])); print(os.environ[VARIABLE]); assert 'prometheus_client' not in sys.modules"
    )
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_bytes(b"of a service before")
    run = [sys.executable, "-c"]
    folder = subprocess.run(
        [*run, script, tmp_path], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    assert list(Path(folder).iterdir()) == []
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": folder}

    def scrape() -> Samples:
        done = subprocess.run(
            [*run, _SCRAPER, tmp_path], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
        )
        return samples(done.stdout)

    processes = [
        subprocess.Popen(
            [*run, _PROCESS, str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )
        for number in (2, 3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
    both = scrape()
    processes[0].kill()
    processes[0].wait()
    one_killed = scrape()
    processes[1].communicate()
    assert value(both, "docscan_inspections_total", verdict="refer") == 5
    assert value(both, "docscan_inspections_running") == 5
    assert value(both, "docscan_database_up") == 1
    assert value(one_killed, "docscan_inspections_total", verdict="refer") == 5
    assert value(one_killed, "docscan_inspections_running") == 3
