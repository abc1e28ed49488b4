from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from docscan.cli import app
from docscan.service.access import keys, login
from docscan.service.access.administration import Administration
from docscan.service.access.errors import RefusedError
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey
from docscan.settings import Settings

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCSCAN_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    return str(path)


def run(*words: str, code: int = 0, typed: str = "") -> tuple[str, str]:
    result = CliRunner().invoke(app, list(words), input=typed)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stdout, result.stderr


def logs_in(name: str, password: str = PASSWORD) -> bool:
    try:
        login.log_in(Database(Settings().database_url), Settings(), name, password, datetime.now(UTC))
    except RefusedError:
        return False
    return True


def test_an_account_is_made_with_a_password_that_is_asked_for() -> None:
    shown, said = run("users", "add", "Erika", "--role", "administrator", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert shown.strip() == ""
    assert "Made the account erika, administrator." in said
    assert PASSWORD not in said
    assert logs_in("erika")


def test_an_account_is_listed_changed_disabled_and_enabled(password_file: str, tmp_path: Path) -> None:
    assert "No accounts." in run("users", "list")[0]
    for name, role in (("chief", "administrator"), ("erika", "officer")):
        run("users", "add", name, "--role", role, "--password-file", password_file)
    run("users", "role", "erika", "examiner")
    listed = run("users", "list")[0].splitlines()
    assert [line.split()[:3] for line in listed[1:]] == [
        ["chief", "administrator", "password"],
        ["erika", "examiner", "password"],
    ]
    other = tmp_path / "other"
    other.write_text("another good and long one")
    run("users", "password", "erika", "--password-file", str(other))
    assert not logs_in("erika")
    assert logs_in("erika", "another good and long one")
    run("users", "disable", "erika")
    assert not logs_in("erika", "another good and long one")
    run("users", "enable", "erika")
    assert logs_in("erika", "another good and long one")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("users", "add", "erika", "--role", "king", "--password-file", "{password}"), "no role king"),
        (("users", "add", "two words", "--role", "officer", "--password-file", "{password}"), "A login name has"),
        (("users", "add", "erika", "--role", "officer", "--password-file", "{none}"), "cannot be read"),
        (("users", "add", "chief", "--role", "officer", "--password-file", "{password}"), "an account of this name"),
        (("users", "disable", "chief"), "last administrator"),
        (("users", "role", "chief", "officer"), "last administrator"),
        (("users", "disable", "nobody"), "no account of this name"),
        (("keys", "add", "reader", "--scope", "fly"), "no permission fly"),
        (("keys", "revoke", "0f"), "no key of this id"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(
    password_file: str, folder: Path, words: tuple[str, ...], reason: str
) -> None:
    run("users", "add", "chief", "--role", "administrator", "--password-file", password_file)
    given = [word.format(password=password_file, none=folder / "none") for word in words]
    said = run(*given, code=2)[1]
    assert reason in said
    assert len(said.strip().splitlines()) == 1


def test_a_weak_password_is_refused() -> None:
    assert "15 to 256" in run("users", "add", "a", "--role", "officer", typed="short\nshort\n", code=2)[1]


def test_a_key_is_printed_alone_listed_and_revoked() -> None:
    assert "No keys." in run("keys", "list")[0]
    text, said = run("keys", "add", "reader", "--scope", "inspect", "--scope", "read", "--days", "30")
    assert text.startswith("dsk_")
    assert len(text.splitlines()) == 1
    assert text.strip() not in said
    database, now = Database(Settings().database_url), datetime.now(UTC)
    with database.read() as session:
        key = keys.recognised(session, text.strip(), now)
        assert session.scalars(select(ApiKey.scopes)).all() == ["inspect read"]
    assert key is not None
    assert key.expires is not None
    assert 29 <= (key.expires - now).days <= 30
    listed = run("keys", "list")[0]
    assert key.id in listed
    assert text.strip().split("_", 2)[2] not in listed
    run("keys", "revoke", key.id)
    assert Administration(database, "console").all_keys()[0].revoked is not None
