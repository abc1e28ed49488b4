from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from docscan.processes import DIED
from docscan.rendering.pictures import Picture, Pictures
from docscan.service.access.principal import LOCAL, Principal
from docscan.service.storage.batches import LOST, Batches, State, Taken, UnknownBatchError
from docscan.service.storage.idempotency import Claim, KeyReusedError, TakenError
from docscan.service.storage.tables import Inspection
from docscan.service.storage.vault import new_key
from docscan.types import Verdict
from tests.docscan.rendering.conftest import report
from tests.docscan.service.storage.conftest import MakeRoom, Room

SCANNER = Principal("key:scanner", "page reader", LOCAL.permissions)
IMAGES = [b"an image of ERIKSSON", b"an image of MUSTERMANN", b"a third"]


def inspected(room: Room, taken: Taken) -> str:
    """Keep an inspection of a taken document, as the service does."""
    found = replace(report(), id=str(uuid4()))
    room.records.add(
        found,
        Pictures(Picture(b"jpeg", 1, 1), {}),
        {},
        LOCAL,
        batch_id=taken.batch_id,
        also=room.storage.batches.done(taken, found.id),
    )
    room.storage.batches.forget(taken)
    return found.id


def take(batches: Batches, now: datetime | None = None) -> Taken:
    taken = batches.take(now)
    assert taken is not None
    return taken


def test_a_batch_is_worked_on_in_the_order_sent(room: Room) -> None:
    batches = room.storage.batches
    first, second = batches.add(IMAGES, SCANNER), batches.add([b"a fourth"], SCANNER)
    assert batches.waiting() == 4
    seen = []
    while (taken := batches.take()) is not None:
        seen.append((taken.batch_id, taken.number, batches.image(taken)))
        inspected(room, taken)
    assert seen == [*((first, number, image) for number, image in enumerate(IMAGES, 1)), (second, 1, b"a fourth")]
    assert batches.waiting() == 0
    assert not [name for name in room.files() if name.endswith(".part")]
    with room.storage.database.begin() as session:
        assert session.scalar(select(func.count()).where(Inspection.batch_id == first)) == 3


def test_it_says_how_far_it_is(room: Room) -> None:
    batches = room.storage.batches
    batch_id = batches.add(IMAGES, SCANNER)
    inspection_id = inspected(room, take(batches))
    batches.fail(take(batches), "The image is cut.")
    progress = batches.get(batch_id)
    assert [(item.number, item.state, item.inspection_id, item.verdict, item.error) for item in progress.items] == [
        (1, State.DONE, inspection_id, Verdict.REFER, None),
        (2, State.FAILED, None, None, "The image is cut."),
        (3, State.WAITING, None, None, None),
    ]
    assert progress.ended is None
    assert progress.created_by == "key:scanner"
    inspected(room, take(batches))
    progress = batches.get(batch_id)
    assert progress.ended is not None
    (listed,) = batches.newest(10)
    assert (listed.states, listed.verdicts, listed.ended) == (progress.states, progress.verdicts, progress.ended)
    assert listed.states == {State.DONE: 2, State.FAILED: 1}
    assert listed.items == ()


def test_the_newest_come_first(room: Room) -> None:
    added = [room.storage.batches.add([b"x"], SCANNER) for _ in range(3)]
    assert [progress.id for progress in room.storage.batches.newest(2)] == added[:0:-1]


def test_images_wait_sealed_and_are_deleted_when_they_are_done(room: Room) -> None:
    batches = room.storage.batches
    batches.add(IMAGES, SCANNER)
    files = [path.read_bytes() for path in room.folder.iterdir()]
    assert len(files) == 3
    assert not any(b"ERIKSSON" in file for file in files)
    before = set(room.files())
    inspected(room, take(batches))
    batches.fail(take(batches), "It is cut.")
    assert len(before & set(room.files())) == 1
    room.retention.purge(now=datetime.now(UTC) + timedelta(minutes=11))
    assert len(before & set(room.files())) == 1  # the one that waits is no orphan
    assert batches.image(take(batches)) == b"a third"


def test_no_two_take_the_same(room: Room) -> None:
    batches = room.storage.batches
    batches.add([b"x"] * 12, SCANNER)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: take(batches), range(12)))
    assert sorted(item.number for item in taken) == list(range(1, 13))
    assert batches.take() is None


def test_when_its_process_has_died_another_one_takes_it_and_one_is_counted(room: Room) -> None:
    batches = room.storage.batches
    batch_id = batches.add([b"x"], SCANNER)
    slow = take(batches)
    assert batches.take() is None
    quick = batches.take(datetime.now(UTC) + timedelta(minutes=3))
    assert quick == slow
    kept = inspected(room, quick)
    with pytest.raises(TakenError):
        inspected(room, slow)
    assert [item.inspection_id for item in batches.get(batch_id).items] == [kept]
    with room.storage.database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Inspection)) == 1


def test_a_document_that_kills_is_given_up(room: Room) -> None:
    batches = room.storage.batches
    batch_id = batches.add([b"kills", b"harmless"], SCANNER)
    begun = datetime.now(UTC)
    deaths = [begun + timedelta(minutes=3 * number) for number in range(3)]
    assert [take(batches, now).number for now in deaths] == [1, 1, 2]
    assert batches.get(batch_id).items[0].error == DIED
    assert batches.take(begun) is None


def test_a_service_that_begins_takes_back_what_a_killed_one_had_unless_another_may_have_it(room: Room) -> None:
    batches = room.storage.batches
    batches.add([b"x"], SCANNER)
    take(batches)
    batches.release_all()
    assert (batches.take() is not None) == room.storage.database.alone


def test_trouble_with_the_storage_is_not_held_against_a_document(room: Room) -> None:
    batches = room.storage.batches
    batches.add([b"x"], SCANNER)
    for _ in range(5):
        batches.release(take(batches))
    assert take(batches).number == 1


def test_with_a_key_documents_outlive_the_service(make_room: MakeRoom) -> None:
    key = new_key()
    batch_id = make_room(keys=key).storage.batches.add([b"x"], SCANNER)
    after = make_room(keys=key).storage.batches
    assert after.give_up(datetime.now(UTC) + timedelta(days=30)) == 0
    assert after.image(take(after)) == b"x"
    assert after.get(batch_id).states == {State.WAITING: 1}


def test_without_a_key_they_say_that_they_are_lost(make_room: MakeRoom) -> None:
    first = make_room()
    batch_id = first.storage.batches.add([b"x"], SCANNER)
    after = make_room().storage
    assert after.batches.take() is None
    alone = after.database.alone
    assert after.batches.give_up() == (1 if alone else 0)  # on PostgreSQL another service may hold the key
    after.batches.give_up(datetime.now(UTC) + timedelta(days=2))
    (item,) = after.batches.get(batch_id).items
    assert (item.state, item.error) == (State.FAILED, LOST)
    assert after.batches.get(batch_id).ended is not None
    assert first.files() == []


def test_an_idempotency_key_stands_for_a_batch(room: Room) -> None:
    batches = room.storage.batches
    claim = Claim("a" * 64, "b" * 64)
    assert batches.answered(claim) is None
    batch_id = batches.add([b"x"], SCANNER, claim)
    assert batches.answered(claim) == batch_id
    with pytest.raises(KeyReusedError):
        batches.answered(Claim("a" * 64, "c" * 64))
    files = room.files()
    with pytest.raises(TakenError):
        batches.add([b"x"], SCANNER, claim)
    assert room.files() == files


def test_a_batch_that_breaks_off_leaves_nothing(room: Room) -> None:
    def images() -> Iterator[bytes]:
        yield b"x"
        raise ValueError("the zip is damaged")

    with pytest.raises(ValueError, match="damaged"):
        room.storage.batches.add(images(), SCANNER)
    assert room.files() == []
    assert room.storage.batches.newest(10) == ()


def test_what_is_unknown_is_said_to_be(room: Room) -> None:
    with pytest.raises(UnknownBatchError):
        room.storage.batches.get("0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11")


def test_the_audit_log_has_who_sent_it(room: Room) -> None:
    batch_id = room.storage.batches.add(IMAGES, SCANNER)
    assert room.actions() == [("key:scanner", "batch.created", batch_id)]
