"""Accounts, keys and sessions on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from docscan.errors import DocscanError, UsageError
from docscan.service.access import accounts, keys, login, openness, sessions
from docscan.service.access.administration import Administration
from docscan.service.access.errors import ConflictError, NotFoundError, RefusedError
from docscan.service.access.principal import Permission, Role
from docscan.service.storage.database import Database
from docscan.settings import Settings
from tests.docscan.service.access.conftest import PASSWORD

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
IDLE = timedelta(minutes=30)
HOURS = timedelta(hours=12)


def add(database: Database, name: str, role: Role = Role.OFFICER, password_hash: str | None = None) -> str:
    with database.begin() as session:
        return accounts.create(session, name, role, password_hash, NOW).id


def test_a_session_lasts_as_long_as_it_is_used_and_no_longer_than_a_shift(database: Database) -> None:
    user_id = add(database, "erika")
    with database.begin() as session:
        token = sessions.begin(session, user_id, NOW, HOURS).token
    for minute in range(0, 720, 29):
        moment = NOW + timedelta(minutes=minute)
        with database.begin() as session:
            found = sessions.find(session, token, moment, IDLE)
            assert found is not None
            assert found.principal.id == f"user:{user_id}"
            sessions.note_use(session, token, moment)
    with database.read() as session:
        assert sessions.find(session, token, NOW + HOURS, IDLE) is None


def test_every_session_of_a_person_ends_with_a_change(database: Database) -> None:
    user_id, other_id = add(database, "erika"), add(database, "max")
    administration = Administration(database, "console")
    changes = (
        lambda: administration.change(user_id, NOW, role=Role.EXAMINER),
        lambda: administration.set_password(user_id, PASSWORD),
        lambda: administration.change(user_id, NOW, disabled=True),
    )
    for change in changes:
        with database.begin() as session:
            tokens = [sessions.begin(session, each, NOW, HOURS).token for each in (user_id, user_id, other_id)]
        change()
        with database.read() as session:
            found = [sessions.find(session, token, NOW, IDLE) for token in tokens]
        assert [each is not None for each in found] == [False, False, True]


def test_a_disabled_person_is_let_in_again_when_enabled(database: Database, password_hash: str) -> None:
    user_id = add(database, "erika", password_hash=password_hash)
    administration = Administration(database, "console")
    administration.change(user_id, NOW, disabled=True)
    with pytest.raises(RefusedError):
        login.log_in(database, Settings(), "erika", PASSWORD, NOW)
    administration.change(user_id, NOW, disabled=False)
    assert login.log_in(database, Settings(), "erika", PASSWORD, NOW).user.id == user_id


def test_a_login_renews_a_hash_of_weaker_parameters(database: Database) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    user_id = add(database, "erika", password_hash=weak)
    login.log_in(database, Settings(), "erika", PASSWORD, NOW)
    with database.read() as session:
        kept = accounts.get(session, user_id).password_hash
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert login.log_in(database, Settings(), "erika", PASSWORD, NOW).user.id == user_id


def test_a_login_name_is_one_however_it_is_typed(database: Database) -> None:
    add(database, "Arbër")
    for name in ("arbër", " ARBËR", "arbe\u0308r"):
        with pytest.raises(ConflictError):
            add(database, name)
    for name in ("", "two words", "a/b", "a" * 65, "<b>", "a\nb"):
        with pytest.raises(UsageError):
            add(database, name)


def test_the_last_administrator_stays(database: Database) -> None:
    first, second = (add(database, name, Role.ADMINISTRATOR) for name in ("erika", "max"))
    administration = Administration(database, "console")
    administration.change(first, NOW, role=Role.OFFICER)
    for change in ({"role": Role.EXAMINER}, {"disabled": True}):
        with pytest.raises(ConflictError, match="last administrator"):
            administration.change(second, NOW, **change)  # type: ignore[arg-type]
    administration.change(first, NOW, role=Role.ADMINISTRATOR)
    administration.change(second, NOW, disabled=True)
    with pytest.raises(ConflictError, match="last administrator"):
        administration.change(first, NOW, role=Role.OFFICER)


def test_two_administrators_who_remove_each_other_at_once_leave_one(database: Database) -> None:
    ids = [add(database, name, Role.ADMINISTRATOR) for name in ("a", "b", "c", "d")]

    def remove(user_id: str) -> None:
        with suppress(ConflictError):
            Administration(database, "console").change(user_id, NOW, disabled=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(remove, ids))
    assert sum(user.disabled is None for user in Administration(database, "console").all_accounts()) == 1


def test_many_who_set_up_at_once_make_one_administrator(database: Database) -> None:
    settings = Settings.model_validate({"setup_token": "the code"})

    def set_up(name: str) -> bool:
        try:
            login.set_up(database, settings, "the code", name, PASSWORD, NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(set_up, ["a1", "b1", "c1", "d1"])) == 1
    assert len(Administration(database, "console").all_accounts()) == 1


def test_a_key_is_good_until_it_expires_or_is_revoked(database: Database) -> None:
    administration = Administration(database, "console")
    scopes = {Permission.INSPECT, Permission.READ}
    made = administration.add_key("reader", scopes, NOW + timedelta(days=1), NOW)
    assert made.text.startswith(f"dsk_{made.key.id}_")
    assert len(made.text.split("_", 2)[2]) == 43  # 256 bits

    def found(moment: datetime) -> bool:
        with database.read() as session:
            return keys.recognised(session, made.text, moment) is not None

    assert keys.principal_of(made.key).permissions == scopes
    assert found(NOW)
    assert not found(NOW + timedelta(days=1))
    administration.revoke_key(made.key.id, NOW)
    assert not found(NOW)
    administration.revoke_key(made.key.id, NOW + timedelta(hours=1))
    assert administration.all_keys()[0].revoked == NOW  # the first time stays


@pytest.mark.parametrize("text", ["", "dsk", "dsk_", "dsk__", "dsk_0f_", "abc_{id}_{secret}", "dsk_{id}_", "{secret}"])
def test_what_is_no_key_is_none(database: Database, text: str) -> None:
    made = Administration(database, "console").add_key("reader", {Permission.READ}, None, NOW)
    _, key_id, secret = made.text.split("_", 2)
    with database.read() as session:
        assert keys.recognised(session, text.format(id=key_id, secret=secret), NOW) is None


def test_a_scope_that_this_version_does_not_know_permits_nothing(database: Database) -> None:
    made = Administration(database, "console").add_key("reader", {Permission.READ}, None, NOW)
    made.key.scopes = "read fly"
    assert keys.principal_of(made.key).permissions == {Permission.READ}


def test_a_key_that_makes_no_sense_is_not_made(database: Database) -> None:
    administration = Administration(database, "console")
    for name, scopes, expires in ((" ", {Permission.READ}, None), ("a", set(), None), ("a", {Permission.READ}, NOW)):
        with pytest.raises(UsageError):
            administration.add_key(name, scopes, expires, NOW)
    with pytest.raises(NotFoundError):
        administration.revoke_key("none", NOW)


@pytest.mark.parametrize("make", ["user", "key", "revoked key"])
def test_beyond_loopback_only_with_credentials(database: Database, make: str) -> None:
    reachable = [Settings(host="0.0.0.0"), Settings(hosts=("docscan.example",)), Settings(proxies=("127.0.0.1",))]
    for settings in reachable:
        with pytest.raises(UsageError, match="docscan users add"):
            openness.require_credentials(settings, database)
        openness.require_credentials(settings.model_copy(update={"oidc_issuer": "https://id.example"}), database)
    openness.require_credentials(Settings(), database)
    if make == "user":
        add(database, "erika")
    else:
        made = Administration(database, "console").add_key("reader", {Permission.READ}, None, NOW)
        if make == "revoked key":
            Administration(database, "console").revoke_key(made.key.id, NOW)
    for settings in reachable:
        openness.require_credentials(settings, database)


def test_a_reader_waits_for_no_writer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'docscan.db'}")
    user_id = add(database, "erika")
    with database.begin() as writing:
        accounts.get(writing, user_id).role = Role.EXAMINER
        writing.flush()
        with database.read() as session:
            assert accounts.get(session, user_id).role == Role.OFFICER
    database.close()


def test_errors_are_for_a_person(database: Database) -> None:
    with pytest.raises(DocscanError) as refused:
        Administration(database, "console").id_of("nobody")
    assert str(refused.value) == "There is no account of this name."


@pytest.mark.parametrize("text", ["\0", "a\0b", "a" * 300, "' OR 1=1 --", "\u202e"])
def test_no_text_breaks_the_database(database: Database, text: str) -> None:
    administration = Administration(database, "console")
    with pytest.raises(RefusedError):
        login.log_in(database, Settings(), text, text, NOW)
    for look_up in (administration.id_of, administration.account):
        with pytest.raises(NotFoundError):
            look_up(text)
    with pytest.raises(NotFoundError):
        administration.revoke_key(text, NOW)
    with pytest.raises(UsageError):
        administration.add_account(text, Role.OFFICER, PASSWORD, NOW)
    with database.read() as session:
        assert keys.recognised(session, f"dsk_{text}_{text}", NOW) is None
        assert sessions.find(session, text, NOW, IDLE) is None
