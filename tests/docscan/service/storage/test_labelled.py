import json
import stat
from pathlib import Path

import pytest

from docscan.errors import UsageError
from docscan.service.access.principal import LOCAL
from docscan.service.storage.audit import CONSOLE
from docscan.service.storage.labelled import export
from docscan.service.storage.vocabulary import Finding, ForgeryKind
from tests.docscan.service.storage.conftest import IMAGES, MakeRoom, Room


def test_decided_documents_are_written_with_their_labels(keeping: Room, make_room: MakeRoom, tmp_path: Path) -> None:
    genuine, unclear, _undecided = (keeping.add().id for _ in range(3))
    forged = keeping.add(images={**IMAGES, "other_visible": b"its back"}).id
    without_image = make_room().add().id
    keeping.records.decide(genuine, LOCAL, Finding.GENUINE)
    keeping.records.decide(forged, LOCAL, Finding.FORGED, ForgeryKind.DATA)
    keeping.records.decide(forged, LOCAL, Finding.FORGED, ForgeryKind.PORTRAIT, "A comment stays here.")
    keeping.records.decide(unclear, LOCAL, Finding.UNCLEAR)
    keeping.records.decide(without_image, LOCAL, Finding.GENUINE)
    folder = tmp_path / "out"
    assert export(keeping.storage, folder, actor=CONSOLE) == (2, 1)
    assert {path.name for path in folder.iterdir()} == {genuine, forged}
    assert {path.name for path in (folder / forged).iterdir()} == {"visible", "uv", "other_visible", "label.json"}
    assert (folder / forged / "visible").read_bytes() == b"an image of ERIKSSON"
    label = json.loads((folder / forged / "label.json").read_text())
    assert (label["finding"], label["kind"], label["line"]) == ("forged", "portrait", 2)
    assert "ERIKSSON" not in json.dumps(label)
    assert "comment" not in json.dumps(label)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / forged / "visible").stat().st_mode) == 0o600
    exported = [subject for _, action, subject in keeping.actions() if action == "inspection.exported"]
    assert sorted(exported) == sorted([genuine, forged])


def test_a_folder_that_holds_something_is_refused(keeping: Room, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "before").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        export(keeping.storage, folder, actor=CONSOLE)
