"""``docscan enroll`` and ``docscan documents``: thin, as the rest of the command line."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from docscan.cli_common import edge, note, read_settings
from docscan.errors import DocumentModelError, UsageError

if TYPE_CHECKING:
    from docscan.capture import ImageFile
    from docscan.documents.samples import Sample
    from docscan.documents.store import Stored
    from docscan.tools import Tools
    from docscan.types import Mrz

app = typer.Typer(no_args_is_help=True, help="The library of document models: list, show, verify, export and import.")

_Name = Annotated[str, typer.Argument(help="The model's name, as uto-p-2019.")]
_Version = Annotated[int | None, typer.Option("--version", min=1, help="The newest where none is named.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]


@edge
def enroll(
    name: Annotated[str, typer.Argument(help="The kind of document, as uto-p-2019; never a person's name.")],
    images: Annotated[list[Path], typer.Argument(help="3 to 20 genuine samples of different holders, visible light.")],
    uv: Annotated[list[Path] | None, typer.Option(help="The same under ultraviolet, once for each, in order.")] = None,
    ir: Annotated[list[Path] | None, typer.Option(help="The same under infrared, once for each, in order.")] = None,
    no_mrz: Annotated[bool, typer.Option("--no-mrz", help="The side has no MRZ, as a card's front.")] = False,
    other_side: Annotated[
        list[Path] | None,
        typer.Option(help="With --no-mrz: the side with the MRZ, visible light, once for each, in order."),
    ] = None,
) -> None:
    """Learn a document model from genuine samples; the same name again makes its next version."""
    from docscan.documents.enrolment import enrol
    from docscan.documents.store import checked_name, next_version, save
    from docscan.tools import open_enrolment_tools

    checked_name(name)
    settings = read_settings()
    tools = open_enrolment_tools(settings)
    if other_side and not no_mrz:
        raise UsageError("--other-side is for a side without a machine-readable zone: give --no-mrz as well.")
    samples = _samples(images, {"uv": uv, "ir": ir, "other-side": other_side}, tools, without_mrz=no_mrz)
    model = enrol(
        name,
        samples,
        version=next_version(settings.documents, name),
        created=datetime.now(UTC).replace(microsecond=0),
        models=tools.models,
        without_mrz=no_mrz,
    )
    note(f"Enrolled {model.name} {model.version} from {model.samples} samples: {save(settings.documents, model)}")


def _samples(
    images: list[Path], others: Mapping[str, list[Path] | None], tools: "Tools", *, without_mrz: bool
) -> list["Sample"]:
    from docscan.capture import read_file
    from docscan.documents.samples import Sample
    from docscan.inspection import read_side, see

    for option, files in others.items():
        if files and len(files) != len(images):
            raise UsageError(
                f"--{option} was given {len(files)} times for {len(images)} samples: once for each, or never."
            )
    nothing: list[Path | None] = [None] * len(images)
    samples = []
    limit = tools.settings.max_bytes
    for image, *paths in zip(images, *(files or nothing for files in others.values()), strict=True):
        visible = read_file(image, max_bytes=limit)
        uv, ir, back = (None if path is None else read_file(path, max_bytes=limit) for path in paths)
        elsewhere = None if back is None else _mrz_of(back, tools)
        seen = see(visible, uv=uv, ir=ir, tools=tools)
        seen, lines = read_side(seen, tools, without_mrz=without_mrz)
        sample = Sample(visible.name, seen.capture, seen.page, seen.mrz, lines, seen.among_others, elsewhere)
        samples.append(sample)
    return samples


def _mrz_of(back: "ImageFile", tools: "Tools") -> "Mrz":
    from docscan.inspection import read_mrz

    found = read_mrz(back, tools=tools)
    if not found:
        raise DocumentModelError(f"{back.name} shows no machine-readable zone that could be read: capture it again.")
    return found[0]


@app.command("list")
@edge
def list_command(as_json: _Json = False) -> None:
    """List the models, every version."""
    from docscan.documents.store import entries, load

    library = read_settings().documents
    found = [load(entry) for entry in entries(library)]
    if as_json:
        print(json.dumps([_summary(stored) for stored in found], indent=2))
        return
    table = Table(
        "Model", "Version", "State", "Code", "Format", "Samples", "Created", "sha256", box=None, pad_edge=False
    )
    for stored in found:
        model = stored.model
        kind = model.issuing_state or "-", model.document_code or "-", model.format or "no MRZ", str(model.samples)
        table.add_row(model.name, str(model.version), *kind, f"{model.created:%Y-%m-%d}", stored.sha256[:16])
    Console().print(table if found else f"No document models in {library}.")


def _summary(stored: "Stored") -> dict[str, Any]:
    from docscan.documents.record import record_of

    whole = record_of(stored.model).model_dump(mode="json", by_alias=True)
    return {name: value for name, value in whole.items() if name not in ("fields", "regions")} | {
        "sha256": stored.sha256
    }


@app.command()
@edge
def show(name: _Name, version: _Version = None) -> None:
    """Print what a model holds, as JSON, without its arrays."""
    from docscan.documents.record import record_of
    from docscan.documents.store import find, load

    stored = load(find(read_settings().documents, name, version))
    whole = record_of(stored.model).model_dump(mode="json", by_alias=True)
    print(json.dumps(whole | {"sha256": stored.sha256}, indent=2))


@app.command()
@edge
def export(
    name: _Name,
    out: Annotated[Path | None, typer.Option(help="The file; NAME-VERSION.docmodel.zip where not given.")] = None,
    version: _Version = None,
) -> None:
    """Write one model as one file, for another office."""
    from docscan.documents.exchange import SUFFIX
    from docscan.documents.exchange import export as write
    from docscan.documents.store import find

    entry = find(read_settings().documents, name, version)
    path = out or Path(f"{entry.name}-{entry.version}{SUFFIX}")
    write(entry, path)
    note(f"Written: {path}")


@app.command("import")
@edge
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Exported models.")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the same version of the same model.")] = False,
) -> None:
    """Take exported models into the library, each verified; one that is there already is not overwritten."""
    from docscan.documents.exchange import read_export
    from docscan.documents.store import put

    library = read_settings().documents
    for path in files:
        stored = read_export(path)
        note(f"Imported {stored.model.name} {stored.model.version}: {put(library, stored, replace=replace)}")


@app.command()
@edge
def verify() -> None:
    """Read every model and compare its hashes; fails where one is broken."""
    from docscan.documents.store import verify as verify_all

    found = verify_all(read_settings().documents)
    for entry, fault in found.items():
        print(f"{entry.label}: {fault or 'as enrolled'}")
    broken = sum(fault is not None for fault in found.values())
    note(f"{len(found)} document models, {broken} broken.")
    if broken:
        raise typer.Exit(DocumentModelError.exit_code)
