import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from docscan.cli import app
from docscan.rendering.pictures import Picture, Pictures
from docscan.service.access.principal import LOCAL
from docscan.service.storage.opening import Storage
from docscan.service.storage.vocabulary import Finding
from docscan.settings import Settings
from tests.docscan.rendering.conftest import report


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """One decided inspection, retained."""
    monkeypatch.setenv("DOCSCAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DOCSCAN_RETENTION_DAYS", "30")
    monkeypatch.setenv("DOCSCAN_KEYS", invoke("retention", "new-key").stdout.strip())
    opened = Storage.open(Settings())
    pictures = Pictures(Picture(b"x", 1, 1), {})
    opened.records.add(report(), pictures, {"visible": b"\xff\xd8\xff an image"}, LOCAL)
    opened.records.decide(report().id, LOCAL, Finding.GENUINE)
    return opened


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_audit_log_is_verified(storage: Storage) -> None:
    whole = invoke("audit", "verify")
    head = whole.stdout.split()[-1]
    assert (whole.exit_code, len(head)) == (0, 64)
    assert "2 entries" in whole.stdout
    storage.records.get(report().id, LOCAL)
    later = invoke("audit", "verify", "--anchor", head)
    assert later.exit_code == 0
    assert "The anchor is entry 2" in later.stdout
    other = invoke("audit", "verify", "--anchor", "ab" * 32)
    assert other.exit_code == 1
    assert "cut off" in other.stderr


def test_a_broken_audit_log_is_said(storage: Storage) -> None:
    with storage.database.begin() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET actor = 'nobody' WHERE sequence = 2"))
    broken = invoke("audit", "verify")
    assert broken.exit_code == 1
    assert "entry 2" in broken.stderr
    assert broken.stdout == ""


@pytest.mark.usefixtures("storage")
def test_the_audit_log_is_shown() -> None:
    entries = json.loads(invoke("audit", "show", "--json").stdout)
    assert [entry["action"] for entry in entries] == ["inspection.decided", "inspection.created"]
    shown = invoke("audit", "show", "--limit", "1").stdout
    assert "inspection.decided" in shown
    assert "inspection.created" not in shown
    assert json.loads(invoke("audit", "show", "--json", "--actor", "user:1").stdout) == []


def test_what_is_kept_is_proven_purged_and_rotated(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = invoke("retention", "prove")
    assert proof.exit_code == 0
    assert "Sealed, visible: 1 files" in proof.stdout
    assert "3 sealed files open" in proof.stdout
    assert invoke("retention", "purge").stdout.startswith("Deleted: 0 sealed files")
    new = invoke("retention", "new-key").stdout.strip()
    old = Settings().keys.get_secret_value()
    (tmp_path / "keys").write_text(f"{new}\n{old}\n")
    monkeypatch.setenv("DOCSCAN_KEY_FILE", str(tmp_path / "keys"))
    assert "newest key: 3 files" in invoke("retention", "rotate").stdout
    (tmp_path / "keys").write_text(f"{new}\n")
    assert json.loads(invoke("retention", "prove", "--json").stdout)["opened"] == 3
    (tmp_path / "keys").write_text(f"{old}\n")
    lost = invoke("retention", "prove")
    assert lost.exit_code == 1
    assert "3 times: The key kept-" in lost.stderr
    lost = invoke("retention", "rotate")
    assert lost.exit_code == 1
    assert "is not among" in lost.stderr
    del storage


@pytest.mark.usefixtures("storage")
def test_labelled_documents_are_exported(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    exported = invoke("retention", "export-labelled", str(folder))
    assert exported.exit_code == 0
    assert {path.name for path in (folder / report().id).iterdir()} == {"visible.jpg", "label.json"}
    assert invoke("retention", "export-labelled", str(folder)).exit_code == 2


def test_a_setting_that_cannot_be_used_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCSCAN_DATA", str(tmp_path))
    monkeypatch.setenv("DOCSCAN_RETENTION_DAYS", "30")
    refused = invoke("retention", "prove")
    assert refused.exit_code == 2
    assert "needs a key" in refused.stderr
