"""What the audit log has of logins, accounts and keys, and what it has not."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from docscan.errors import DocscanError
from docscan.service.access import login, provisioning
from docscan.service.access.administration import Administration
from docscan.service.access.errors import RefusedError
from docscan.service.access.oidc import Identity
from docscan.service.access.principal import Permission, Role
from docscan.service.storage.audit import Audit
from docscan.service.storage.database import Database
from docscan.service.storage.tables import AuditEntry
from docscan.settings import Settings
from tests.docscan.service.access.conftest import PASSWORD, People

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def entries(database: Database) -> list[tuple[str, str, str, str]]:
    with database.read() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
    return [(entry.actor, entry.action, entry.subject, entry.detail) for entry in found]


def test_every_change_is_noted_with_ids_alone(database: Database) -> None:
    settings = Settings.model_validate({"setup_token": "the code"})
    chief = f"user:{login.set_up(database, settings, 'the code', 'chief', PASSWORD, NOW).user.id}"
    administration = Administration(database, chief)
    user_id = administration.add_account("erika", Role.OFFICER, PASSWORD, NOW).id
    erika = f"user:{user_id}"
    administration.change(user_id, NOW, role=Role.EXAMINER)
    administration.change(user_id, NOW, disabled=True)
    administration.change(user_id, NOW, disabled=False)
    administration.set_password(user_id, PASSWORD)
    login.change_own_password(database, settings, user_id, PASSWORD, PASSWORD, NOW)
    made = administration.add_key("reader at gate 7", {Permission.READ, Permission.INSPECT}, None, NOW)
    administration.revoke_key(made.key.id, NOW)
    key = f"key:{made.key.id}"
    assert entries(database) == [
        (chief, "account.created", chief, '{"role":"administrator"}'),
        (chief, "session.begun", chief, '{"how":"set-up"}'),
        (chief, "account.created", erika, '{"role":"officer"}'),
        (chief, "account.role_changed", erika, '{"role":"examiner"}'),
        (chief, "account.disabled", erika, "{}"),
        (chief, "account.enabled", erika, "{}"),
        (chief, "account.password_changed", erika, "{}"),
        (erika, "account.password_changed", erika, "{}"),
        (erika, "session.begun", erika, '{"how":"password"}'),
        (chief, "key.created", key, '{"scopes":"inspect read"}'),
        (chief, "key.revoked", key, "{}"),
    ]
    assert Audit.verify(database).reason is None


def test_what_was_refused_changes_nothing_and_is_not_noted_as_done(database: Database) -> None:
    administration = Administration(database, "console")
    user_id = administration.add_account("chief", Role.ADMINISTRATOR, PASSWORD, NOW).id
    before = entries(database)
    for change in (
        lambda: administration.change(user_id, NOW, disabled=True),
        lambda: administration.add_account("chief", Role.OFFICER, PASSWORD, NOW),
        lambda: administration.revoke_key("none", NOW),
    ):
        with pytest.raises(DocscanError):
            change()
    assert entries(database) == before


def test_logins_are_noted_also_refused_and_never_the_name_that_was_tried(client: TestClient, people: People) -> None:
    erika = f"user:{people.add('erika')}"
    for name, password in (("erika", "Geheim! verrutscht"), ("Geheim! verrutscht", "x"), ("erika", PASSWORD)):
        answer = client.post("/v1/sessions", json={"name": name, "password": password})
    client.delete("/v1/sessions/current", headers={"X-CSRF-Token": answer.json()["csrf"]})
    assert entries(people.database) == [
        ("nobody", "session.refused", "", "{}"),
        ("nobody", "session.refused", "", "{}"),
        (erika, "session.begun", erika, '{"how":"password"}'),
        (erika, "session.ended", erika, "{}"),
    ]


def test_what_the_identity_provider_changes_is_noted(database: Database) -> None:
    settings, identity = Settings(), Identity("https://id.example", "0042", "erika", Role.OFFICER)
    user = provisioning.log_in(database, settings, identity, NOW).user
    erika = f"user:{user.id}"
    provisioning.log_in(database, settings, Identity("https://id.example", "0042", "erika", Role.EXAMINER), NOW)
    with pytest.raises(RefusedError):
        provisioning.log_in(database, settings, Identity("https://id.example", "0042", "erika", None), NOW)
    assert entries(database) == [
        ("provider", "account.created", erika, '{"role":"officer"}'),
        (erika, "session.begun", erika, '{"how":"provider"}'),
        ("provider", "account.role_changed", erika, '{"role":"examiner"}'),
        (erika, "session.begun", erika, '{"how":"provider"}'),
        ("nobody", "session.refused", "", "{}"),
    ]
