"""What is done with accounts and keys, from the browser and from the console: each in one transaction, and noted."""

from collections.abc import Collection
from datetime import datetime

from docscan.service.access import accounts, keys, passwords
from docscan.service.access.principal import Permission, Role
from docscan.service.access.trail import note
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey, User


class Administration:
    """Everything that administrators do with accounts and keys.

    Parameters
    ----------
    database
        Where accounts and keys are.
    actor
        Who does it, for the audit log: ``Principal.id``, or the console.

    Raises
    ------
    UsageError, NotFoundError, ConflictError
        Each method: what was asked for makes no sense, is not there, or does not go with what there is.
    """

    def __init__(self, database: Database, actor: str) -> None:
        self._database = database
        self._actor = actor

    def all_accounts(self) -> list[User]:
        """Return every account, by name."""
        with self._database.read() as session:
            return list(accounts.listed(session))

    def account(self, user_id: str) -> User:
        """Return one account."""
        with self._database.read() as session:
            return accounts.get(session, user_id)

    def id_of(self, name: str) -> str:
        """Return the id of the account of a login name."""
        with self._database.read() as session:
            return accounts.named(session, name).id

    def add_account(self, name: str, role: Role, password: str, now: datetime) -> User:
        """Make an account."""
        name = accounts.checked_name(name)
        fresh = passwords.hashed(passwords.checked(password, name))
        with self._database.begin() as session:
            accounts.alone(session)
            user = accounts.create(session, name, role, fresh, now)
            note(session, actor=self._actor, action="account.created", subject=f"user:{user.id}", role=role)
        return user

    def change(self, user_id: str, now: datetime, *, role: Role | None = None, disabled: bool | None = None) -> User:
        """Give a person another role, let them in no more from this moment, or again; all of it or nothing."""
        with self._database.begin() as session:
            accounts.alone(session)
            user = accounts.get(session, user_id)
            subject = f"user:{user.id}"
            if disabled is False:
                accounts.enable(user)
                note(session, actor=self._actor, action="account.enabled", subject=subject)
            if role is not None:
                accounts.set_role(session, user, role)
                note(session, actor=self._actor, action="account.role_changed", subject=subject, role=role)
            if disabled:
                accounts.disable(session, user, now)
                note(session, actor=self._actor, action="account.disabled", subject=subject)
        return user

    def set_password(self, user_id: str, password: str) -> None:
        """Give a person another password."""
        with self._database.read() as session:
            name = accounts.get(session, user_id).name
        fresh = passwords.hashed(passwords.checked(password, name))
        with self._database.begin() as session:
            accounts.alone(session)
            accounts.set_password(session, accounts.get(session, user_id), fresh)
            note(session, actor=self._actor, action="account.password_changed", subject=f"user:{user_id}")

    def all_keys(self) -> list[ApiKey]:
        """Return every key, oldest first."""
        with self._database.read() as session:
            return list(keys.listed(session))

    def add_key(
        self, name: str, scopes: Collection[Permission], expires: datetime | None, now: datetime
    ) -> keys.NewKey:
        """Make a key."""
        with self._database.begin() as session:
            made = keys.create(session, name, scopes, expires, now)
            note(
                session,
                actor=self._actor,
                action="key.created",
                subject=f"key:{made.key.id}",
                scopes=made.key.scopes,
            )
        return made

    def revoke_key(self, key_id: str, now: datetime) -> None:
        """Make a key worthless, from this moment."""
        with self._database.begin() as session:
            keys.revoke(session, key_id, now)
            note(session, actor=self._actor, action="key.revoked", subject=f"key:{key_id}")
