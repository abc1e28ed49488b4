"""Starting: what is printed, and what is refused before anything listens."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from docscan.errors import UsageError
from docscan.runtime import Models
from docscan.service import server
from docscan.service.access import accounts
from docscan.service.access.principal import Role
from docscan.service.storage.database import Database
from docscan.settings import Settings
from docscan.tools import Tools

_RUN = uvicorn.Server.run


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
    monkeypatch.setattr(server, "start_watching", lambda _: None)  # its log would outlive what pytest captures
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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine's own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return chain, secret


def test_a_certificate_makes_it_speak_tls(
    settings: Settings,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[Any],
) -> None:
    chain, key = certificate
    servers: list[uvicorn.Server] = []

    def run(made: uvicorn.Server, listening: socket.socket) -> None:
        servers.append(made)
        _RUN(made, [listening])

    monkeypatch.setattr(server, "_run", run)  # in a thread, which handles no signals
    chosen = settings.model_copy(update={"tls_certificate": chain, "tls_key": key})
    thread = threading.Thread(target=server.serve, args=(chosen, 0))
    thread.start()
    while not (servers and servers[0].started):
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        address = capsys.readouterr().out.split()[3]
        assert address.startswith("https://127.0.0.1:")
        named = address.replace("127.0.0.1", "localhost")
        answer = httpx.get(f"{named}/healthz", verify=ssl.create_default_context(cafile=chain))
    finally:
        servers[0].should_exit = True
        thread.join()
    assert answer.json() == {"status": "ok"}
    assert "strict-transport-security" in answer.headers


def test_a_certificate_that_cannot_be_used_is_said(settings: Settings, certificate: tuple[Path, Path]) -> None:
    chain, key = certificate
    for changes in ({"tls_certificate": key, "tls_key": key}, {"tls_certificate": settings.data / "none"}):
        with pytest.raises(UsageError, match="DOCSCAN_TLS_CERTIFICATE"):
            server.serve(settings.model_copy(update=changes), 0)
    with pytest.raises(UsageError, match="DOCSCAN_TLS_KEY"):
        server.serve(settings.model_copy(update={"tls_certificate": chain}), 0)


def test_a_provider_that_cannot_be_used_is_said(settings: Settings) -> None:
    with pytest.raises(UsageError, match="DOCSCAN_OIDC_ISSUER"):
        server.serve(settings.model_copy(update={"oidc_issuer": "http://id.example"}), 0)
