from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docscan.errors import UsageError
from docscan.privacy import without_holder
from docscan.rendering.pictures import Picture, Pictures
from docscan.service.access.principal import LOCAL, ROLES, Principal, Role
from docscan.service.storage.database import StorageError
from docscan.service.storage.safe import Safe
from docscan.service.storage.tables import CheckScore, Inspection, Sealed
from docscan.service.storage.vault import new_key
from docscan.service.storage.vocabulary import Finding, ForgeryKind, HolderNamedError, Query, UnknownInspectionError
from docscan.types import Document, Verdict
from tests.docscan.rendering.conftest import report
from tests.docscan.service.storage.conftest import MakeRoom, Room

OFFICER = Principal("user:officer", "Ana", ROLES[Role.OFFICER], Role.OFFICER)
NOWHERE = "0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a00"


def count(room: Room, table: type) -> int:
    with room.storage.database.begin() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_desk_sees_the_whole_report_and_its_pictures(room: Room) -> None:
    added = room.add(OFFICER)
    kept = room.records.get(added.id, OFFICER)
    assert kept.report == added
    assert kept.pictures is not None
    assert kept.pictures.page.jpeg == b"a picture of ERIKSSON"
    with room.storage.database.begin() as session:
        assert set(session.scalars(select(Sealed.name))) == {"report", "pictures"}  # no images without retention
    assert count(room, CheckScore) == len(added.checks)


def test_after_the_service_has_ended_the_holder_is_gone(room: Room, make_room: MakeRoom) -> None:
    added = room.add()
    kept = make_room().records.get(added.id, LOCAL)  # another process, another ephemeral key
    assert kept.report == without_holder(added)
    assert kept.pictures is None


def test_what_has_expired_is_not_shown_even_before_it_is_purged(room: Room) -> None:
    added = room.add()
    with room.storage.database.begin() as session:
        for sealed in session.scalars(select(Sealed)):
            sealed.expires = datetime.now(UTC) - timedelta(seconds=1)
    kept = room.records.get(added.id, LOCAL)
    assert kept.report.holder_removed
    assert kept.pictures is None


def test_with_retention_another_process_sees_all_and_images_are_kept(make_room: MakeRoom) -> None:
    key = new_key()
    added = make_room(retention_days=30, keys=key).add()
    again = make_room(retention_days=30, keys=key)
    assert again.records.get(added.id, LOCAL).report == added
    with again.storage.database.begin() as session:
        rows = {row.name: row for row in session.scalars(select(Sealed))}
    assert set(rows) == {"report", "pictures", "visible", "uv"}
    assert again.storage.safe.get(rows["visible"].path) == b"an image of ERIKSSON"
    assert all(timedelta(days=29) < row.expires - datetime.now(UTC) < timedelta(days=31) for row in rows.values())


def test_a_lost_key_leaves_the_report_without_its_holder_and_is_logged(
    keeping: Room, make_room: MakeRoom, caplog: pytest.LogCaptureFixture
) -> None:
    added = keeping.add()
    kept = make_room(retention_days=30, keys=new_key()).records.get(added.id, LOCAL)
    assert kept.report.holder_removed
    assert "DOCSCAN_KEY_FILE" in caplog.text
    assert "ERIKSSON" not in caplog.text


def test_a_file_that_is_gone_or_damaged_does_not_break_the_report(room: Room) -> None:
    added = room.add()
    for name in room.files():
        (room.folder / name).write_bytes(b"docscan1 and nothing else")
    assert room.records.get(added.id, LOCAL).report.holder_removed
    for name in room.files():
        (room.folder / name).unlink()
    assert room.records.get(added.id, LOCAL).report.holder_removed


def test_a_sealed_report_of_another_version_does_not_break_the_answer(room: Room) -> None:
    added = room.add()
    other = room.storage.safe.put(b'{"report": {}}', kept=False)
    with room.storage.database.begin() as session:
        session.scalars(select(Sealed).where(Sealed.name == "report")).one().path = other.path
    assert room.records.get(added.id, LOCAL).report == without_holder(added)


def test_looking_is_in_the_audit_log(room: Room) -> None:
    added = room.add(OFFICER)
    room.records.get(added.id, LOCAL)
    room.records.region(added.id, "portrait", LOCAL)
    assert room.actions() == [
        ("user:officer", "inspection.created", added.id),
        ("local", "inspection.viewed", added.id),
        ("local", "inspection.region_viewed", added.id),
    ]


def test_unknown_inspections_are_unknown_and_not_logged(room: Room) -> None:
    known = room.add()
    room.storage.retention.forget_desk()
    before = room.actions()
    for ask in (
        lambda: room.records.region(known.id, "ERIKSSON", LOCAL),
        lambda: room.records.get(NOWHERE, LOCAL),
        lambda: room.records.record(NOWHERE),
        lambda: room.records.decide(NOWHERE, LOCAL, Finding.GENUINE),
        lambda: room.records.comment(NOWHERE, LOCAL, "text"),
        lambda: room.records.hand_on(NOWHERE, LOCAL),
        lambda: room.records.assign(NOWHERE, LOCAL, to=None),
    ):
        with pytest.raises(UnknownInspectionError):
            ask()
    assert room.actions() == before


def test_what_fails_in_the_transaction_leaves_nothing(room: Room) -> None:
    def break_it(_: Session) -> None:
        raise RuntimeError

    pictures = Pictures(Picture(b"x", 1, 1), {})
    with pytest.raises(RuntimeError):
        room.records.add(report(), pictures, {}, LOCAL, also=break_it)
    assert count(room, Inspection) == 0
    assert room.files() == []
    assert room.actions() == []


def test_a_full_disk_leaves_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Safe.put
    calls = 0

    def full(self: Safe, data: bytes, *, kept: bool) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StorageError("No space left on device")
        return put(self, data, kept=kept)

    monkeypatch.setattr(Safe, "put", full)
    with pytest.raises(StorageError):
        room.add()
    assert count(room, Inspection) == 0
    assert room.files() == []


def test_more_can_be_done_in_the_same_transaction(room: Room) -> None:
    seen = []
    pictures = Pictures(Picture(b"x", 1, 1), {})

    def note(session: Session) -> None:
        seen.append(session.get(Inspection, report().id) is not None)

    room.records.add(report(), pictures, {}, LOCAL, also=note)
    assert seen == [True]


def test_texts_do_not_name_the_holder_while_that_is_known(room: Room, make_room: MakeRoom) -> None:
    added = room.add()
    for name in (
        lambda: room.records.comment(added.id, LOCAL, "Anna Eriksson was here."),
        lambda: room.records.decide(added.id, LOCAL, Finding.GENUINE, comment="L898902C3"),
    ):
        with pytest.raises(HolderNamedError) as refused:
            name()
        assert "ERIKSSON" not in str(refused.value).upper()
    assert room.records.record(added.id).comments == room.records.record(added.id).decisions == ()
    room.records.comment(added.id, LOCAL, "The edge can be felt.")
    make_room().records.comment(added.id, LOCAL, "Anna Eriksson was here.")  # nobody knows any more


def test_the_search_finds_by_date_verdict_state_and_finding(room: Room) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    states = ["UTO", "ALB", "UTO", None]
    verdicts = [Verdict.REFER, Verdict.NO_CONCERN, Verdict.NO_CONCERN, Verdict.INSUFFICIENT]
    ids = [
        room.add(
            created=start + timedelta(days=day),
            verdict=verdict,
            document=Document("TD3", "P", state, None, False),
        ).id
        for day, (state, verdict) in enumerate(zip(states, verdicts, strict=True))
    ]
    room.records.decide(ids[0], LOCAL, Finding.GENUINE)
    room.records.decide(ids[0], LOCAL, Finding.FORGED, ForgeryKind.DATA)
    room.records.decide(ids[1], LOCAL, Finding.GENUINE)

    def found(**wanted: object) -> list[int]:
        result = room.records.search(Query(**wanted))  # type: ignore[arg-type]
        return [ids.index(one.id) for one in result.inspections]

    assert found() == [3, 2, 1, 0]
    assert found(since=start + timedelta(days=2)) == [3, 2]
    assert found(until=start + timedelta(days=2)) == [1, 0]
    assert found(verdict=Verdict.NO_CONCERN) == [2, 1]
    assert found(issuing_state="UTO") == [2, 0]
    assert found(issuing_state="UTO", verdict=Verdict.REFER) == [0]
    assert found(finding="genuine") == [1]  # the newest counts
    assert found(finding="forged") == [0]
    assert found(finding="undecided") == [3, 2]


def test_pages_of_a_search_keep_their_place_when_new_ones_arrive(room: Room) -> None:
    same = datetime(2026, 11, 1, tzinfo=UTC)
    ids = [room.add(created=same).id for _ in range(5)]  # of one moment: the id decides
    seen: list[str] = []
    cursor = None
    while True:
        page = room.records.search(Query(limit=2, cursor=cursor))
        seen += [one.id for one in page.inspections]
        room.add(created=same + timedelta(days=1))
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(ids, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "!!!", "bm90aGluZw", "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCB4", "ÿ" * 9])
def test_a_cursor_of_somebody_else_is_refused(room: Room, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        room.records.search(Query(cursor=cursor))


def test_a_number_that_is_none_is_kept_as_none(room: Room) -> None:
    checks = (replace(report().checks[0], score=float("nan")), *report().checks[1:])
    added = room.add(checks=checks)
    with room.storage.database.begin() as session:
        row = session.get(CheckScore, (added.id, checks[0].id))
    assert row is not None
    assert row.score is None
