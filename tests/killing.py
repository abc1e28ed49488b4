"""A real ``docscan serve`` under load, killed at random moments: is what it acknowledged there, whole?

Shared by the test of few kills and the benchmark of many. The load is small pictures, each of a grey of its own: real
inspections (``insufficient``), of which there are many in a second.
"""

import io
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image
from sqlalchemy import func, select

from docscan.service.storage.audit import Audit
from docscan.service.storage.form import pictures_from_bytes, report_from_bytes
from docscan.service.storage.opening import Storage
from docscan.service.storage.tables import AuditEntry, CheckScore, IdempotencyKey, Inspection, Sealed
from docscan.service.storage.vault import new_key
from docscan.settings import Settings
from tests.end_to_end.serving import serving

CLIENTS = 4
LONGEST_SECONDS = 1.5  # from the first acknowledgement of a round to the kill


@dataclass
class Outcome:
    """What the rounds of killing left."""

    kills: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)  # inspection by idempotency key
    unanswered: dict[str, bytes] = field(default_factory=dict)  # image by key: killed before the answer
    kept_unanswered: int = 0  # of these, how many had been kept when the service died
    files_without_row: int = 0  # what kills left between file and row
    audit_entries: int = 0
    faults: list[str] = field(default_factory=list)


def settings_for(folder: Path, database_url: str) -> Settings:
    """Retention is on: every sealed file must open after every kill."""
    return Settings.model_validate(
        {
            "data": folder,
            "database": database_url,
            "retention_days": 1,
            "keys": new_key(),
            "service_workers": 2,
            "service_queue": 16,
        }
    )


def run(settings: Settings, kills: int, seed: int) -> Outcome:
    """Serve, load and kill, again and again, looking after each kill; then send again what was not answered."""
    outcome, moments = Outcome(), random.Random(seed)
    for number in range(kills):
        with _served(settings) as (url, process):
            _lost(url, outcome)
            _loaded(url, process, outcome, number, moments.uniform(0, LONGEST_SECONDS))
        outcome.kills += 1
        _look(settings, outcome)
    with _served(settings) as (url, process):
        _lost(url, outcome)
        _again(url, outcome)
        process.terminate()
        if process.wait(30) not in (0, -signal.SIGTERM):
            outcome.faults.append(f"the service ended with {process.returncode}")
    _look(settings, outcome)
    _one_for_each_key(settings, outcome)
    return outcome


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    environment = {
        "DOCSCAN_DATA": str(settings.data),
        "DOCSCAN_DATABASE": settings.database,
        "DOCSCAN_RETENTION_DAYS": str(settings.retention_days),
        "DOCSCAN_KEYS": settings.keys.get_secret_value(),
        "DOCSCAN_SERVICE_WORKERS": str(settings.service_workers),
        "DOCSCAN_SERVICE_QUEUE": str(settings.service_queue),
    }
    with serving(settings.data.parent, **environment) as service:
        yield service.url, service.process


def _image(number: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (32 + number % 16, 32), (number % 251, number // 251 % 251, 90)).save(data, "PNG")
    return data.getvalue()


def _loaded(url: str, process: subprocess.Popen[str], outcome: Outcome, number: int, seconds: float) -> None:
    """Send from several clients at once until some time after the first answer, then kill."""
    answered, over, lock = threading.Event(), threading.Event(), threading.Lock()

    def send(client: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as connection:
            for count in range(100_000):
                if over.is_set():
                    return
                key, image = f"{number}-{client}-{count}", _image(100 * count + 7 * client + number)
                status, inspection = _posted(connection, key, image)
                with lock:
                    if status is None:
                        outcome.unanswered[key] = image
                        return
                    if inspection is None:
                        outcome.faults.append(f"the answer was {status}")
                        return
                    outcome.acknowledged[key] = inspection
                answered.set()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for client in range(CLIENTS):
            pool.submit(send, client)
        if not answered.wait(120):
            outcome.faults.append("no inspection was acknowledged in two minutes")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        over.set()


def _posted(client: httpx.Client, key: str, image: bytes) -> tuple[int | None, str | None]:
    """Return status and id; no status where the service died before it had answered."""
    try:
        answer = client.post("/v1/inspections", files={"visible": ("x.png", image)}, headers={"Idempotency-Key": key})
    except httpx.TransportError:
        return None, None
    return answer.status_code, answer.json()["id"] if answer.status_code == 201 else None


def _lost(url: str, outcome: Outcome) -> None:
    """Ask the service that was started again for some of what was acknowledged, the last ones first."""
    with httpx.Client(base_url=url, timeout=60) as client:
        for inspection in list(outcome.acknowledged.values())[-10:]:
            answer = client.get(f"/v1/inspections/{inspection}")
            if answer.status_code != 200 or answer.json()["id"] != inspection or answer.json()["holder_removed"]:
                outcome.faults.append(f"an acknowledged inspection was answered with {answer.status_code}")


def _again(url: str, outcome: Outcome) -> None:
    """Send again what was not answered, as a client would."""
    with httpx.Client(base_url=url, timeout=60) as client:
        for key, image in outcome.unanswered.items():
            answer = client.post(
                "/v1/inspections", files={"visible": ("x.png", image)}, headers={"Idempotency-Key": key}
            )
            if answer.status_code != 201:
                outcome.faults.append(f"what was sent again was answered with {answer.status_code}")
                continue
            outcome.kept_unanswered += answer.headers.get("idempotency-replayed") == "true"
            outcome.acknowledged[key] = answer.json()["id"]


def _look(settings: Settings, outcome: Outcome) -> None:
    """Look into database and files while no service runs."""
    storage = Storage.open(settings)
    try:
        outcome.faults += _half_written(storage, outcome.acknowledged)
        chain = Audit.verify(storage.database)
        if chain.broken_at is not None:
            outcome.faults.append(f"the audit log is broken at {chain.broken_at}: {chain.reason}")
        outcome.audit_entries = chain.entries
        proof = storage.retention.prove()
        outcome.faults += proof.faults
        outcome.files_without_row = proof.without_row
    finally:
        storage.close()


def _half_written(storage: Storage, acknowledged: Mapping[str, str]) -> Iterator[str]:
    with storage.database.begin() as session:
        reports = {row.id: row.report for row in session.execute(select(Inspection.id, Inspection.report))}
        scores = Counter(session.scalars(select(CheckScore.inspection_id)))
        sealed = session.scalars(select(Sealed)).all()
        created = Counter(session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "inspection.created")))
    lost = set(acknowledged.values()) - set(reports)
    if lost:
        yield f"{len(lost)} acknowledged inspections are lost"
    names: dict[str, set[str]] = {}
    for row in sealed:
        names.setdefault(row.inspection_id, set()).add(row.name)
        data = storage.safe.get(row.path)  # an exception here is a fault too
        if row.name == "report" and report_from_bytes(data).id != row.inspection_id:
            yield "a sealed report is of another inspection"
        if row.name == "pictures":
            pictures_from_bytes(data)
    for inspection, report in reports.items():
        if scores[inspection] != len(report_from_bytes(report).checks):
            yield "an inspection lacks scores"
        if names.get(inspection) != {"report", "pictures", "visible"}:
            yield "an inspection lacks sealed files"
        if created[inspection] != 1:
            yield "an inspection is not in the audit log once"


def _one_for_each_key(settings: Settings, outcome: Outcome) -> None:
    storage = Storage.open(settings)
    with storage.database.begin() as session:
        inspections = session.scalar(select(func.count()).select_from(Inspection))
        keys = session.scalar(select(func.count()).select_from(IdempotencyKey))
    storage.close()
    ids = set(outcome.acknowledged.values())
    if not inspections == keys == len(ids) == len(outcome.acknowledged):
        outcome.faults.append(f"{len(outcome.acknowledged)} documents, {inspections} inspections, {keys} keys")
