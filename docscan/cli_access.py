"""``docscan users`` and ``docscan keys``: thin, as the rest of the command line."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from docscan.cli_common import edge, needs_service, note, read_settings
from docscan.errors import UsageError

if TYPE_CHECKING:
    from docscan.service.access.administration import Administration

E = TypeVar("E", bound=StrEnum)

users = typer.Typer(no_args_is_help=True, help="Accounts of the service: who may log in, in which role.")
keys = typer.Typer(no_args_is_help=True, help="API keys of the service, for scanners and programs.")

_Name = Annotated[str, typer.Argument(help="The login name.")]
_Role = Annotated[str, typer.Option(help="officer, examiner or administrator.")]
_PasswordFile = Annotated[
    Path | None, typer.Option(help="File whose first line is the password; else it is asked for.")
]


def _administration() -> "Administration":
    with needs_service():
        from docscan.service.access.administration import Administration
        from docscan.service.storage.audit import CONSOLE
        from docscan.service.storage.database import Database
    return Administration(Database(read_settings().database_url), CONSOLE)


def _chosen(kind: type[E], text: str) -> E:
    try:
        return kind(text)
    except ValueError as error:
        raise UsageError(f"There is no {kind.__name__.lower()} {text}; there are {', '.join(kind)}.") from error


def _now() -> datetime:
    return datetime.now(UTC)


def _password(file: Path | None) -> str:
    if file is None:
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The password cannot be read from {file}.") from error


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


@users.command("add")
@edge
def add_user(name: _Name, role: _Role, password_file: _PasswordFile = None) -> None:
    """Make an account; asks for its password. From the first account on, the service asks everybody to log in."""
    administration = _administration()
    from docscan.service.access.principal import Role

    user = administration.add_account(name, _chosen(Role, role), _password(password_file), _now())
    note(f"Made the account {user.name}, {user.role}.")


@users.command("list")
@edge
def list_users() -> None:
    """List every account."""
    table = Table("Name", "Role", "Login", "Created", "Disabled", box=None, pad_edge=False)
    for user in _administration().all_accounts():
        how = "password" if user.oidc_issuer is None else "identity provider"
        table.add_row(user.name, user.role, how, _moment(user.created), _moment(user.disabled))
    Console().print(table if table.row_count else "No accounts.")


@users.command("disable")
@edge
def disable_user(name: _Name) -> None:
    """Let a person in no more, and end their sessions."""
    administration = _administration()
    note(f"Disabled: {administration.change(administration.id_of(name), _now(), disabled=True).name}.")


@users.command("enable")
@edge
def enable_user(name: _Name) -> None:
    """Let a person in again."""
    administration = _administration()
    note(f"Enabled: {administration.change(administration.id_of(name), _now(), disabled=False).name}.")


@users.command("role")
@edge
def set_role(name: _Name, role: Annotated[str, typer.Argument(help="officer, examiner or administrator.")]) -> None:
    """Give a person another role, and end their sessions."""
    administration = _administration()
    from docscan.service.access.principal import Role

    user = administration.change(administration.id_of(name), _now(), role=_chosen(Role, role))
    note(f"{user.name} is {user.role} now.")


@users.command("password")
@edge
def set_password(name: _Name, password_file: _PasswordFile = None) -> None:
    """Give a person another password, and end their sessions."""
    administration = _administration()
    user_id = administration.id_of(name)
    administration.set_password(user_id, _password(password_file))
    note("The password is changed.")


@keys.command("add")
@edge
def add_key(
    name: Annotated[str, typer.Argument(help="The scanner or program that it is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may: inspect, read, … Give each once.")],
    days: Annotated[int | None, typer.Option(min=1, help="How long it is good; until revoked where not given.")] = None,
) -> None:
    """Make a key and print it alone on standard output; it is never shown again."""
    administration = _administration()
    from docscan.service.access.principal import Permission

    now = _now()
    expires = None if days is None else now + timedelta(days=days)
    made = administration.add_key(name, {_chosen(Permission, each) for each in scope}, expires, now)
    print(made.text)
    note(f"Made the key {made.key.id}. It is not shown again: keep it where only {made.key.name} reads it.")


@keys.command("list")
@edge
def list_keys() -> None:
    """List every key, without its secret."""
    whole = Column("Id", min_width=16)  # to be typed after revoke
    table = Table(whole, "Name", "Scopes", "Created", "Expires", "Revoked", "Last used", box=None, pad_edge=False)
    for key in _administration().all_keys():
        moments = (key.created, key.expires, key.revoked, key.last_used)
        table.add_row(key.id, key.name, key.scopes, *map(_moment, moments))
    Console().print(table if table.row_count else "No keys.")


@keys.command("revoke")
@edge
def revoke_key(key_id: Annotated[str, typer.Argument(help="The key's id, as docscan keys list shows it.")]) -> None:
    """Make a key worthless at once."""
    _administration().revoke_key(key_id, _now())
    note(f"Revoked: {key_id}.")
