import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from docscan.rendering.pictures import Picture, Pictures
from docscan.service.access.principal import LOCAL, Principal
from docscan.service.storage import idempotency
from docscan.service.storage.idempotency import (
    KEPT,
    Claim,
    InFlight,
    InProgressError,
    KeyReusedError,
    TakenError,
    claim_of,
)
from docscan.service.storage.tables import IdempotencyKey, Inspection
from tests.docscan.rendering.conftest import report
from tests.docscan.service.storage.conftest import MakeRoom, Room

OTHER = Principal("key:2", "scanner", LOCAL.permissions)
PICTURES = Pictures(Picture(b"x", 1, 1), {})


def claim(key: str = "k", principal: Principal = LOCAL, route: str = "POST /x", **parts: bytes) -> Claim:
    return claim_of(
        principal, route, key, {name: io.BytesIO(data) for name, data in (parts or {"visible": b"a"}).items()}
    )


def keep(room: Room, taken: Claim) -> str:
    added = replace(report(), id=str(uuid4()), created=datetime.now(UTC))
    room.records.add(added, PICTURES, {}, LOCAL, claim=taken)
    return added.id


def test_a_claim_is_of_who_what_key_and_content() -> None:
    same = claim()
    assert claim() == same
    assert claim(visible=b"b").key_hash == same.key_hash
    assert claim(visible=b"b").fingerprint != same.fingerprint
    assert claim(visible=b"a", uv=b"b").fingerprint != claim(visible=b"a", ir=b"b").fingerprint
    assert len({claim().key_hash, claim("l").key_hash, claim(principal=OTHER).key_hash, claim(route="y").key_hash}) == 4


def test_the_first_answer_comes_again_also_from_another_process(room: Room, make_room: MakeRoom) -> None:
    assert room.records.answered(claim(), LOCAL) is None
    inspection = keep(room, claim())
    for process in (room, make_room()):
        kept = process.records.answered(claim(), LOCAL)
        assert kept is not None
        assert kept.report.id == inspection
        with pytest.raises(KeyReusedError):
            process.records.answered(claim(visible=b"b"), LOCAL)
    assert room.records.answered(claim(principal=OTHER), OTHER) is None


def test_of_two_at_once_one_is_kept(room: Room, make_room: MakeRoom) -> None:
    rooms = [room, make_room(), make_room(), make_room()]

    def attempt(process: Room) -> str | None:
        try:
            return keep(process, claim())
        except TakenError:
            return None

    with ThreadPoolExecutor(4) as pool:
        kept = [one for one in pool.map(attempt, rooms) if one]
    assert len(kept) == 1
    with room.storage.database.begin() as session:
        assert session.scalars(select(Inspection.id)).all() == kept
    assert len(room.files()) == 2


def test_a_key_is_forgotten_after_a_day(room: Room) -> None:
    keep(room, claim())
    with room.storage.database.begin() as session:
        session.scalars(select(IdempotencyKey)).one().created = datetime.now(UTC) - KEPT
    assert room.records.answered(claim(visible=b"b"), LOCAL) is None
    inspection = keep(room, claim(visible=b"b"))
    kept = room.records.answered(claim(visible=b"b"), LOCAL)
    assert kept is not None
    assert kept.report.id == inspection


def test_the_purge_deletes_old_keys_alone(room: Room) -> None:
    keep(room, claim("old"))
    with room.storage.database.begin() as session:
        session.scalars(select(IdempotencyKey)).one().created = datetime.now(UTC) - KEPT
    keep(room, claim("new"))
    with room.storage.database.begin() as session:
        idempotency.forget(session)
        assert session.scalars(select(IdempotencyKey.key_hash)).all() == [claim("new").key_hash]


def test_a_request_in_progress_is_said() -> None:
    held = InFlight()
    with held.hold(claim()):
        with pytest.raises(InProgressError) as refused, held.hold(claim(visible=b"b")):
            pass
        with held.hold(claim("l")), held.hold(None), held.hold(None):
            pass
    assert refused.value.retry_after
    with held.hold(claim()):
        pass
