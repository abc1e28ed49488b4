import pytest

from docscan.service.access.errors import ConflictError
from docscan.service.access.principal import ROLES, Principal, Role
from docscan.service.storage.vocabulary import Finding, ForgeryKind
from docscan.types import Verdict
from tests.docscan.service.storage.conftest import Room

OFFICER = Principal("user:officer", "Ana", ROLES[Role.OFFICER], Role.OFFICER)
EXAMINER = Principal("user:examiner", "Besa", ROLES[Role.EXAMINER], Role.EXAMINER)
OTHER = Principal("user:other", "Cem", ROLES[Role.EXAMINER], Role.EXAMINER)


def queued(room: Room) -> list[str]:
    return [summary.id for summary in room.records.queue()]


def test_a_verdict_alone_hands_nothing_on(room: Room) -> None:
    room.add(OFFICER, verdict=Verdict.REFER)
    assert queued(room) == []


def test_genuine_at_the_desk_ends_it_there(room: Room) -> None:
    inspection = room.add(OFFICER).id
    room.records.decide(inspection, OFFICER, Finding.GENUINE, comment="Compared by hand.")
    record = room.records.record(inspection)
    assert queued(room) == []
    assert record.summary.finding is Finding.GENUINE
    (decided,) = record.decisions
    assert (decided.by, decided.line, decided.kind, decided.comment) == ("user:officer", 1, None, "Compared by hand.")


@pytest.mark.parametrize(("finding", "kind"), [(Finding.FORGED, ForgeryKind.PORTRAIT), (Finding.UNCLEAR, None)])
def test_forged_and_unclear_at_the_desk_go_to_the_second_line(
    room: Room, finding: Finding, kind: ForgeryKind | None
) -> None:
    inspection = room.add(OFFICER).id
    room.records.decide(inspection, OFFICER, finding, kind)
    assert queued(room) == [inspection]
    with pytest.raises(ConflictError, match="second line"):
        room.records.decide(inspection, OFFICER, Finding.GENUINE)
    room.records.decide(inspection, EXAMINER, Finding.FORGED, ForgeryKind.COUNTERFEIT)
    record = room.records.record(inspection)
    assert queued(room) == []
    assert [(one.line, one.finding) for one in record.decisions] == [(1, finding), (2, Finding.FORGED)]
    assert record.summary.closed is not None
    with pytest.raises(ConflictError):
        room.records.decide(inspection, OFFICER, Finding.GENUINE)
    room.records.decide(inspection, OTHER, Finding.UNCLEAR)  # the second line may think again
    assert room.records.record(inspection).summary.finding is Finding.UNCLEAR


def test_an_examiner_at_the_desk_decides_as_the_first_line(room: Room) -> None:
    inspection = room.add(EXAMINER).id
    room.records.decide(inspection, EXAMINER, Finding.GENUINE)
    assert room.records.record(inspection).decisions[0].line == 1


def test_handing_on_fills_the_queue_in_order(room: Room) -> None:
    first, second = room.add(OFFICER).id, room.add(OFFICER).id
    room.records.hand_on(second, OFFICER)
    room.records.hand_on(first, OFFICER)
    assert queued(room) == [second, first]
    with pytest.raises(ConflictError, match="already"):
        room.records.hand_on(first, OFFICER)


def test_what_was_closed_can_be_handed_on_again(room: Room) -> None:
    inspection = room.add(OFFICER).id
    room.records.hand_on(inspection, OFFICER)
    room.records.decide(inspection, EXAMINER, Finding.GENUINE)
    room.records.hand_on(inspection, OFFICER)
    assert queued(room) == [inspection]
    assert room.records.record(inspection).summary.closed is None


def test_one_examiner_at_a_time(room: Room) -> None:
    inspection = room.add(OFFICER).id
    with pytest.raises(ConflictError, match="not in"):
        room.records.assign(inspection, EXAMINER, to=EXAMINER.id)
    room.records.hand_on(inspection, OFFICER)
    room.records.assign(inspection, EXAMINER, to=EXAMINER.id)
    room.records.assign(inspection, EXAMINER, to=EXAMINER.id)
    for refused in (
        lambda: room.records.assign(inspection, OTHER, to=OTHER.id),
        lambda: room.records.decide(inspection, OTHER, Finding.GENUINE),
    ):
        with pytest.raises(ConflictError, match="released first"):
            refused()
    room.records.assign(inspection, OTHER, to=None)
    room.records.assign(inspection, OTHER, to=OTHER.id)
    assert room.records.queue()[0].assigned_to == OTHER.id
    room.records.decide(inspection, OTHER, Finding.GENUINE)
    assert room.records.record(inspection).summary.assigned_to is None


def test_comments_stand_in_order_and_everything_is_in_the_audit_log(room: Room) -> None:
    inspection = room.add(OFFICER).id
    room.records.comment(inspection, OFFICER, "The edge can be felt.")
    room.records.comment(inspection, EXAMINER, "Seen under the microscope.")
    room.records.hand_on(inspection, OFFICER)
    room.records.assign(inspection, EXAMINER, to=EXAMINER.id)
    room.records.decide(inspection, EXAMINER, Finding.FORGED, ForgeryKind.PORTRAIT, "Not for the log.")
    comments = room.records.record(inspection).comments
    assert [(note.by, note.text) for note in comments] == [
        ("user:officer", "The edge can be felt."),
        ("user:examiner", "Seen under the microscope."),
    ]
    assert [(actor, action) for actor, action, _ in room.actions()] == [
        ("user:officer", "inspection.created"),
        ("user:officer", "inspection.commented"),
        ("user:examiner", "inspection.commented"),
        ("user:officer", "inspection.handed_on"),
        ("user:examiner", "inspection.assigned"),
        ("user:examiner", "inspection.decided"),
    ]
