"""``docscan audit`` and ``docscan retention``: what is kept, for how long, and who looked at it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docscan.cli_common import EXIT_UNEXPECTED, complain, edge, needs_service, note, read_settings

if TYPE_CHECKING:
    from docscan.service.storage.opening import Storage
    from docscan.service.storage.retention import Proof

audit_app = typer.Typer(no_args_is_help=True, help="The audit log of the service: who looked at, decided, did what.")
retention_app = typer.Typer(no_args_is_help=True, help="What the service keeps for a time: purge, prove, rotate keys.")

_Json = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]


def _storage() -> "Storage":
    with needs_service():
        from docscan.service.storage.opening import Storage
    return Storage.open(read_settings())


@audit_app.command("verify")
@edge
def verify(
    anchor: Annotated[
        str | None, typer.Option(help="A head that was noted before: it must still be in the chain.")
    ] = None,
) -> None:
    """Prove that no entry of the audit log was altered, put in or taken out; exit code 1 where one was."""
    from docscan.service.storage.audit import Audit

    found = Audit.verify(_storage().database, anchor)
    if found.broken_at is not None:
        complain(f"the audit log is broken at entry {found.broken_at}: {found.reason}; {found.entries} before it hold.")
        raise typer.Exit(EXIT_UNEXPECTED)
    if anchor is not None and found.anchor_at is None:
        complain("the audit log does not hold the anchor: entries were cut off its end, or it is another log.")
        raise typer.Exit(EXIT_UNEXPECTED)
    print(f"The audit log is whole: {found.entries} entries. Its head, to be noted elsewhere:\n{found.head}")
    if anchor is not None:
        print(f"The anchor is entry {found.anchor_at}.")


@audit_app.command("show")
@edge
def show(
    limit: Annotated[int, typer.Option(min=1, help="Entries, newest first.")] = 50,
    actor: Annotated[str | None, typer.Option(help="Of this one alone, as user:….")] = None,
    action: Annotated[str | None, typer.Option(help="Of this alone, as inspection.viewed.")] = None,
    subject: Annotated[str | None, typer.Option(help="On this inspection alone.")] = None,
    as_json: _Json = False,
) -> None:
    """Show the newest entries of the audit log."""
    from dataclasses import asdict

    from docscan.service.storage.audit import Audit

    with _storage().database.read() as session:
        entries = Audit.newest(session, limit=limit, actor=actor, action=action, subject=subject)
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        detail = "" if entry.detail == "{}" else entry.detail
        line = (f"{entry.sequence:>7}", f"{entry.at[:19]}Z", entry.actor, entry.action, entry.subject, detail)
        print("  ".join(line).rstrip())


@retention_app.command("new-key")
@edge
def new_key() -> None:
    """Print a new key; put it as the first line into the file that DOCSCAN_KEY_FILE names, and keep the older ones."""
    from docscan.service.storage.vault import new_key as make

    print(make())


@retention_app.command("purge")
@edge
def purge() -> None:
    """Delete what has expired, as the service does every minute."""
    from docscan.service.storage.audit import CONSOLE

    purged = _storage().retention.purge(actor=CONSOLE)
    print(f"Deleted: {purged.expired} sealed files that had expired, {purged.orphans} files without a record.")


@retention_app.command("prove")
@edge
def prove(as_json: _Json = False) -> None:
    """Look at every record and file: what is kept and until when, and that nothing else is; exit code 1 where not."""
    from dataclasses import asdict

    proof = _storage().retention.prove()
    if as_json:
        print(json.dumps(asdict(proof), indent=2, default=lambda moment: moment.isoformat()))
    else:
        _print_proof(proof)
    for fault in proof.faults:
        complain(fault)
    raise typer.Exit(EXIT_UNEXPECTED if proof.faults else 0)


def _print_proof(proof: "Proof") -> None:
    print(f"{proof.inspections} inspections are kept without their holders.")
    if not proof.held:
        print("No image, picture or holder's data is kept.")
    for held in proof.held:
        last = held.last_expires.isoformat(timespec="minutes")
        print(f"Sealed, {held.name}: {held.files} files, {held.bytes:,} bytes, the last until {last}.")
    if proof.opened:
        print(f"{proof.opened} sealed files open under keys that are here.")
    if proof.unreadable:
        print(f"{proof.unreadable} open under the memory of a running service alone, or, where it has ended, never.")
    if proof.without_row:
        print(f"{proof.without_row} files have no record: being written, or left by a crash and soon purged.")
    if not proof.faults:
        print("Nothing else is kept: nothing has expired, no file lacks its record for long, no record names a holder.")


@retention_app.command("rotate")
@edge
def rotate() -> None:
    """Seal everything that is kept again under the newest key; then the older ones can be destroyed."""
    from docscan.service.storage.audit import CONSOLE

    print(f"Sealed again under the newest key: {_storage().retention.rotate(actor=CONSOLE)} files.")


@retention_app.command("export-labelled")
@edge
def export_labelled(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder. It will hold images in the clear.")],
) -> None:
    """Write the images of decided documents with their labels, for retraining; the audit log names each."""
    from docscan.service.storage.audit import CONSOLE
    from docscan.service.storage.labelled import export

    storage = _storage()
    done, without = export(storage, folder, actor=CONSOLE)
    note(f"Written: {done} decided documents to {folder}. Decided, but no image is kept: {without}.")
