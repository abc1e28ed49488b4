from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from docscan.service.storage.audit import BEGINNING, Audit, Verification
from docscan.service.storage.database import Database, StorageError


def fill(database: Database, count: int = 5) -> list[str]:
    for number in range(count):
        with database.begin() as session:
            Audit.append(
                session, actor="user:1", action="inspection.viewed", subject=f"i{number}", detail={"n": number}
            )
    with database.begin() as session:
        return [entry.hash for entry in reversed(Audit.newest(session, limit=1000))]


def alter(database: Database, statement: str) -> None:
    """What somebody with the database's password can do: lift its triggers first."""
    with database.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            session.execute(text("DROP TRIGGER audit_no_update"))
            session.execute(text("DROP TRIGGER audit_no_delete"))
        session.execute(text(statement))


def test_a_chain_as_it_was_written_verifies(database: Database) -> None:
    assert Audit.verify(database) == Verification(0, BEGINNING)
    hashes = fill(database)
    assert Audit.verify(database) == Verification(5, hashes[-1])
    assert Audit.verify(database, hashes[2]) == Verification(5, hashes[-1], anchor_at=3)
    assert Audit.verify(database, "ab" * 32).anchor_at is None


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE audit SET actor = 'user:2' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit SET detail = '{}' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit SET hash = '00' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit SET previous = '00' WHERE sequence = 3", 3, "follow"),
        ("DELETE FROM audit WHERE sequence = 3", 4, "missing"),
        ("DELETE FROM audit WHERE sequence = 1", 2, "missing"),
    ],
)
def test_what_was_altered_is_found(database: Database, statement: str, broken_at: int, reason: str) -> None:
    fill(database)
    alter(database, statement)
    found = Audit.verify(database)
    assert found.broken_at == broken_at
    assert found.reason is not None
    assert reason in found.reason


def test_an_entry_altered_with_its_hash_breaks_the_next_one(database: Database) -> None:
    fill(database)
    with database.begin() as session:
        (third,) = Audit.newest(session, limit=1, before=4)
    forged = replace(third, actor="user:2")
    alter(database, f"UPDATE audit SET actor = 'user:2', hash = '{forged.computed_hash()}' WHERE sequence = 3")
    assert Audit.verify(database).broken_at == 4


def test_a_cut_tail_is_found_by_an_anchor_alone(database: Database) -> None:
    head = fill(database)[-1]
    alter(database, "DELETE FROM audit WHERE sequence >= 4")
    found = Audit.verify(database, head)
    assert found.broken_at is None
    assert found.anchor_at is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_database_itself_refuses_to_alter_entries(database: Database, statement: str) -> None:
    hashes = fill(database)
    # SQLite does not know the word TRUNCATE, which is a refusal too.
    with pytest.raises((DBAPIError, StorageError)), database.begin() as session:
        session.execute(text(statement))
    assert Audit.verify(database) == Verification(5, hashes[-1])


def test_an_entry_is_there_when_its_transaction_is(database: Database) -> None:
    def half_done() -> None:
        with database.begin() as session:
            Audit.append(session, actor="user:1", action="inspection.decided")
            raise RuntimeError

    fill(database, 2)
    with pytest.raises(RuntimeError):
        half_done()
    fill(database, 1)
    assert Audit.verify(database).entries == 3


def test_many_at_once_make_one_chain(database: Database, database_url: str) -> None:
    others = [Database(database_url) for _ in range(3)]

    def write(number: int) -> None:
        with [database, *others][number % 4].begin() as session:
            Audit.append(session, actor=f"user:{number}", action="inspection.viewed")
            Audit.append(session, actor=f"user:{number}", action="inspection.commented")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    found = Audit.verify(database)
    for other in others:
        other.close()
    assert (found.entries, found.broken_at) == (120, None)


def test_entries_are_found_by_who_what_and_on_what(database: Database) -> None:
    fill(database, 3)
    with database.begin() as session:
        Audit.append(session, actor="user:2", action="inspection.decided", subject="i1")
        assert [entry.sequence for entry in Audit.newest(session, limit=2)] == [4, 3]
        assert [entry.sequence for entry in Audit.newest(session, limit=2, before=3)] == [2, 1]
        assert [entry.sequence for entry in Audit.newest(session, limit=9, subject="i1")] == [4, 2]
        assert [entry.sequence for entry in Audit.newest(session, limit=9, actor="user:2")] == [4]
        assert Audit.newest(session, limit=9, action="none") == []
