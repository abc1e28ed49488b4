"""Starting: what is printed, and what is refused before anything listens."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from docscan.errors import UsageError
from docscan.inspection import Tools
from docscan.runtime import Models
from docscan.service import server
from docscan.service.access import accounts
from docscan.service.access.principal import Role
from docscan.service.storage.database import Database
from docscan.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[uvicorn.Config]:
    """The servers that would have run."""
    configs: list[uvicorn.Config] = []

    def run(self: uvicorn.Server, sockets: list[socket.socket]) -> None:
        configs.append(self.config)
        for each in sockets:
            each.close()

    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.setattr(server, "open_tools", lambda chosen: Tools(chosen, Models({}, {})))
    return configs


def add_account(settings: Settings) -> None:
    database = Database(settings.database_url)
    with database.begin() as session:
        accounts.create(session, "erika", Role.ADMINISTRATOR, None, datetime.now(UTC))
    database.close()


def test_without_accounts_a_code_for_the_first_is_printed(
    settings: Settings, capsys: pytest.CaptureFixture[Any]
) -> None:
    server.serve(settings, 0)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("docscan listens on http://127.0.0.1:")
    assert len(second.rpartition(": ")[2]) == 43
    server.serve(settings.model_copy(update={"setup_token": SecretStr("the code")}), 0)
    assert capsys.readouterr().out.splitlines()[1].endswith(": the code")


def test_with_accounts_there_is_no_code(settings: Settings, capsys: pytest.CaptureFixture[Any]) -> None:
    add_account(settings)
    server.serve(settings.model_copy(update={"setup_token": SecretStr("the code")}), 0)
    (line,) = capsys.readouterr().out.splitlines()
    assert "the code" not in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "docscan.example"])
def test_other_machines_are_listened_to_with_credentials_alone(settings: Settings, host: str) -> None:
    with pytest.raises(UsageError, match="docscan users add"):
        server.serve(settings.model_copy(update={"host": host}), 0)


def test_with_an_account_it_listens_everywhere(
    settings: Settings, started: list[uvicorn.Config], capsys: pytest.CaptureFixture[Any]
) -> None:
    add_account(settings)
    server.serve(settings.model_copy(update={"host": "0.0.0.0"}), 0)
    assert len(started) == 1
    assert "http://0.0.0.0:" in capsys.readouterr().out


def test_a_certificate_makes_it_speak_tls(
    settings: Settings, started: list[uvicorn.Config], capsys: pytest.CaptureFixture[Any], tmp_path: Path
) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    server.serve(settings.model_copy(update={"tls_certificate": chain, "tls_key": key}), 0)
    assert (started[0].ssl_certfile, started[0].ssl_keyfile) == (chain, key)
    assert "https://127.0.0.1:" in capsys.readouterr().out
