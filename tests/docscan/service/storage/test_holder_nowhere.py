"""Nothing that tells who carried a document stands in the clear, in either database or beside it."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from docscan.rendering.json import to_dict
from docscan.service.access.principal import LOCAL
from docscan.service.storage.vocabulary import Finding
from tests.docscan.rendering.conftest import report
from tests.docscan.service.holders import all_bytes, all_rows, found_in, said_of_holder
from tests.docscan.service.storage.conftest import MakeRoom, Room

SAID = said_of_holder(to_dict(report()))


def everywhere(room: Room) -> bytes:
    return all_bytes(room.settings.data) + all_rows(room.storage.database.engine)


def test_the_search_finds_what_is_there() -> None:
    assert {"ERIKSSON", "L898902C3", "1974-08-12"} <= SAID
    for written in (
        b"eriksson",
        b"E\x00R\x00I\x00K\x00S\x00S\x00O\x00N\x00",
        b"RVJJS1NTT04",
        b"xFUklLU1NPTg",
        b"L898902C3",
    ):
        assert found_in(b"before " + written + b" after", SAID), written
    assert found_in(bytes(9) + bytes(range(100)), set(), (bytes(range(100)),)) == ["a piece of an image"]


@pytest.mark.parametrize("days", [0, 30])
def test_no_name_number_or_image_is_in_the_clear(
    make_room: MakeRoom, keeping: Room, days: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        room = keeping if days else make_room()
        for _ in range(3):
            added = room.add()
            room.records.get(added.id, LOCAL)
            room.records.decide(added.id, LOCAL, Finding.GENUINE)
        assert found_in(everywhere(room), SAID, (b"an image of ERIKSSON",)) == []
        assert room.files()
        room.retention.purge(now=datetime.now(UTC) + timedelta(days=40))
        assert room.files() == []
        assert found_in(everywhere(room) + caplog.text.encode(), SAID) == []
