import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from docscan.service.access.principal import LOCAL
from docscan.service.storage.audit import CONSOLE, Audit
from docscan.service.storage.database import StorageError
from docscan.service.storage.form import report_to_bytes
from docscan.service.storage.retention import Purged
from docscan.service.storage.tables import Inspection, Sealed
from docscan.service.storage.vault import new_key
from tests.docscan.service.storage.conftest import MakeRoom, Room

LATER = timedelta(days=31)


def aged(folder: Path, minutes: float = 60) -> None:
    """Let every file be so old."""
    moment = time.time() - 60 * minutes
    for path in folder.iterdir():
        os.utime(path, (moment, moment))


def faults(room: Room, **moment: datetime) -> str:
    return " ".join(room.retention.prove(**moment).faults)


def test_what_has_expired_is_deleted_and_nothing_else(keeping: Room, make_room: MakeRoom) -> None:
    added = keeping.add()
    desk = make_room()  # without retention: fifteen minutes
    desk.add()
    assert len(keeping.files()) == 6
    assert keeping.retention.purge() == Purged(0, 0)
    assert keeping.retention.purge(now=datetime.now(UTC) + timedelta(hours=1)) == Purged(2, 0)
    assert keeping.records.get(added.id, LOCAL).report == added
    assert keeping.retention.purge(now=datetime.now(UTC) + LATER) == Purged(4, 0)
    assert keeping.files() == []
    assert keeping.records.get(added.id, LOCAL).report.holder_removed
    assert [action for _, action, _ in keeping.actions() if "purged" in action] == ["retention.purged"] * 2


def test_a_crash_between_file_and_row_is_cleaned_up(room: Room) -> None:
    kept = room.add()
    room.storage.safe.put(b"ERIKSSON", kept=False)
    (room.folder / "half.sealed.part").write_bytes(b"docscan1")
    assert room.retention.purge() == Purged(0, 0)  # too young: it may be being written
    assert room.retention.prove().without_row == 2
    aged(room.folder, minutes=15)
    assert room.retention.prove().without_row == 2  # the next purge takes them
    assert room.retention.prove().faults == ()
    aged(room.folder)
    assert "2 files have no row" in faults(room)
    assert room.retention.purge(actor=CONSOLE) == Purged(0, 2)
    assert len(room.files()) == 2
    assert room.records.get(kept.id, LOCAL).report == kept
    assert room.actions()[1] == (CONSOLE, "retention.purged", "")


def test_a_purge_that_was_killed_goes_on_the_next_time(keeping: Room) -> None:
    keeping.add()
    for name in keeping.files()[:2]:
        (keeping.folder / name).unlink()  # the files go first
    assert keeping.retention.purge(now=datetime.now(UTC) + LATER) == Purged(4, 0)


def test_at_its_end_the_service_deletes_what_it_alone_could_open(room: Room, make_room: MakeRoom) -> None:
    room.add()
    other = make_room()
    seen = other.add()
    assert room.retention.forget_desk() == 2
    assert len(room.files()) == 2
    assert other.records.get(seen.id, LOCAL).report == seen


def test_rotation_seals_all_again_and_the_old_key_can_go(make_room: MakeRoom) -> None:
    old, new = new_key(), new_key()
    before = make_room(retention_days=30, keys=old)
    added = [before.add() for _ in range(3)]
    files = before.files()
    both = make_room(retention_days=30, keys=f"{new},{old}")
    assert both.retention.rotate(actor=CONSOLE) == 12
    assert both.retention.rotate(actor=CONSOLE) == 0
    assert not set(files) & set(both.files())
    assert len(both.files()) == 12
    after = make_room(retention_days=30, keys=new)
    assert [after.records.get(one.id, LOCAL).report for one in added] == added
    assert after.retention.prove().opened == 12
    assert after.retention.prove().faults == ()
    assert (CONSOLE, "retention.rotated", "") in after.actions()


def test_rotation_leaves_ephemeral_files_alone(make_room: MakeRoom) -> None:
    desk = make_room(keys=new_key())
    added = desk.add()
    assert desk.retention.rotate(actor=CONSOLE) == 0
    assert desk.records.get(added.id, LOCAL).report == added


def test_a_lost_key_is_named_by_rotation_and_proof(make_room: MakeRoom) -> None:
    old, new = new_key(), new_key()
    first = make_room(retention_days=30, keys=old)
    first.add()
    lost = first.storage.safe.vault.newest
    second = make_room(retention_days=30, keys=new)
    second.add()
    assert lost is not None
    with pytest.raises(StorageError, match=f"4 times: The key {lost.id}"):
        second.retention.rotate(actor=CONSOLE)
    assert f"4 times: The key {lost.id}" in faults(second)
    with pytest.raises(StorageError, match="no key"):
        make_room().retention.rotate(actor=CONSOLE)


def test_the_proof_says_what_is_kept_and_until_when(keeping: Room, make_room: MakeRoom) -> None:
    keeping.add()
    make_room().add()
    proof = keeping.retention.prove()
    assert (proof.inspections, proof.opened, proof.unreadable, proof.faults) == (2, 4, 2, ())
    held = {one.name: one for one in proof.held}
    assert {name: one.files for name, one in held.items()} == {"pictures": 2, "report": 2, "uv": 1, "visible": 1}
    assert held["visible"].last_expires - datetime.now(UTC) > timedelta(days=29)
    assert held["visible"].bytes > len(b"an image of ERIKSSON")


def test_the_proof_finds_what_should_be_gone(keeping: Room) -> None:
    keeping.add()
    assert "4 sealed files have expired" in faults(keeping, now=datetime.now(UTC) + LATER)


def test_the_proof_finds_files_that_are_missing_damaged_or_swapped(keeping: Room) -> None:
    keeping.add()
    one, two, three, four = (keeping.folder / name for name in keeping.files())
    one.unlink()
    assert "1 times: A sealed file is not where it was put." in faults(keeping)
    data = two.read_bytes()
    two.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert two.name in faults(keeping)
    content = three.read_bytes()
    three.write_bytes(four.read_bytes())
    four.write_bytes(content)
    assert three.name in faults(keeping)
    assert four.name in faults(keeping)


def test_the_proof_finds_rows_that_were_taken_away(keeping: Room) -> None:
    keeping.add()
    with keeping.storage.database.begin() as session:
        session.execute(delete(Sealed).where(Sealed.name == "visible"))
    aged(keeping.folder)
    assert "1 files have no row" in faults(keeping)


def test_the_proof_finds_a_record_that_names_a_holder(room: Room) -> None:
    added = room.add()
    with room.storage.database.begin() as session:
        session.execute(update(Inspection).values(report=report_to_bytes(added).decode()))
    assert "1 records in the database hold a document's data" in faults(room)


def test_the_audit_chain_holds_through_all_of_it(keeping: Room) -> None:
    for _ in range(3):
        keeping.add()
    keeping.retention.purge(now=datetime.now(UTC) + LATER)
    keeping.retention.rotate(actor=CONSOLE)
    found = Audit.verify(keeping.storage.database)
    assert found.broken_at is None
    assert found.entries == 5
    with keeping.storage.database.begin() as session:
        assert session.scalars(select(Sealed)).all() == []
