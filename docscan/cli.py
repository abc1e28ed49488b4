"""The command line: thin, it calls the functions that the service and the batch call."""

import json
import logging
import os
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from docscan import cli_access, cli_documents, cli_statistics, cli_storage, cli_watch
from docscan.cli_common import edge, needs_service, note, read_settings
from docscan.errors import UsageError
from docscan.rendering.progress import progress_bar
from docscan.settings import Settings
from docscan.version import __version__

if TYPE_CHECKING:
    from docscan.capture import Files, ImageFile
    from docscan.inspection import Inspection

EXIT_UNREADABLE = 3
EXIT_REFER = 10


class FailOn(StrEnum):
    """Verdicts that scripts may want as an exit code."""

    REFER = "refer"


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Inspects images of travel documents for signs of forgery. A person decides.",
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
_CORES = os.cpu_count() or 1
_Workers = Annotated[int, typer.Option(min=1, help="Processes.")]
_FailOn = Annotated[FailOn | None, typer.Option(help=f"Exit with {EXIT_REFER} when a document needs referral.")]


def _today() -> date:
    return datetime.now(UTC).date()


def _version(wanted: bool) -> None:
    if wanted:
        print(f"docscan {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version  # its callback has done it
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")


@app.command("inspect")
@edge
def inspect_command(
    image: Annotated[Path, typer.Argument(help="The document's page under visible light.")],
    uv: Annotated[Path | None, typer.Option(help="The same under ultraviolet light (365 nm).")] = None,
    ir: Annotated[Path | None, typer.Option(help="The same under infrared light (850-940 nm).")] = None,
    other_side: Annotated[Path | None, typer.Option(help="The other side of the same card, visible light.")] = None,
    other_uv: Annotated[Path | None, typer.Option(help="The other side under ultraviolet light.")] = None,
    other_ir: Annotated[Path | None, typer.Option(help="The other side under infrared light.")] = None,
    as_json: _Json = False,
    html: Annotated[Path | None, typer.Option(help="Write the report as one HTML file.")] = None,
    heat: Annotated[Path | None, typer.Option(help="Write where the print looks suspicious, as PNG.")] = None,
    xml: Annotated[Path | None, typer.Option(help="Write the log entry after BSI TR-03135, as XML.")] = None,
    fail_on: _FailOn = None,
) -> None:
    """Inspect one document and print its report."""
    from docscan.inspection import inspect
    from docscan.rendering.json import to_json
    from docscan.rendering.terminal import print_report
    from docscan.tools import open_tools
    from docscan.types import Verdict

    settings = read_settings()
    if other_side is None and (other_uv or other_ir):
        raise UsageError("--other-uv and --other-ir are beside --other-side, the side under visible light.")
    this, other = _files(image, uv, ir, settings), None
    if other_side is not None:
        other = _files(other_side, other_uv, other_ir, settings)
    tools = open_tools(settings)
    inspection = inspect(this.visible, uv=this.uv, ir=this.ir, other_side=other, tools=tools, today=_today())
    if html is not None:
        _write_html(html, inspection)
    if heat is not None:
        _write_heat(heat, inspection)
    if xml is not None:
        _write_xml(xml, inspection, settings)
    if as_json:
        print(to_json(inspection.report))
    else:
        print_report(inspection.report, Console(), title=image.name)
        if html is not None:
            note(f"Written: {html}")
    if fail_on is FailOn.REFER and inspection.report.verdict is Verdict.REFER:
        raise typer.Exit(EXIT_REFER)


def _files(visible: Path, uv: Path | None, ir: Path | None, settings: Settings) -> "Files":
    from docscan.capture import Files, read_file

    def read(path: Path) -> "ImageFile":
        return read_file(path, max_bytes=settings.max_bytes)

    return Files(read(visible), None if uv is None else read(uv), None if ir is None else read(ir))


def _write_html(path: Path, inspection: "Inspection") -> None:
    from docscan.rendering.html import to_html
    from docscan.rendering.pictures import pictures_of

    page = to_html(inspection.report, pictures_of(inspection))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The report cannot be written to {path}: {error.strerror}.") from error


def _write_xml(path: Path, inspection: "Inspection", settings: Settings) -> None:
    from docscan.rendering.json import to_dict
    from docscan.rendering.tr03135.writing import to_xml

    entry = to_xml(to_dict(inspection.report), post=settings.post)
    try:
        path.write_text(entry, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The log entry cannot be written to {path}: {error.strerror}.") from error


def _write_heat(path: Path, inspection: "Inspection") -> None:
    from docscan.rendering.heat import to_png

    if inspection.heat is None:
        note(f"Not written: {path}. The network for printing did not look; the report says why.")
        return
    try:
        path.write_bytes(to_png(inspection.page, inspection.heat))
    except OSError as error:
        raise UsageError(f"The heat map cannot be written to {path}: {error.strerror}.") from error


@app.command("mrz")
@edge
def mrz_command(
    images: Annotated[list[Path], typer.Argument(help="Images of documents.")],
    as_json: _Json = False,
    workers: _Workers = _CORES,
) -> None:
    """Read and parse the machine-readable zone alone; of many files on all cores."""
    from docscan.batch.mrz import read_many
    from docscan.tools import open_mrz_tools

    settings = read_settings()
    open_mrz_tools(settings)  # a missing model is said here, once, and not by every file
    all_readable = True
    with progress_bar() as progress:
        # A bar would break into JSON on the same terminal.
        hidden = len(images) == 1 or (as_json and sys.stdout.isatty())
        bar = progress.add_task("Reading", total=len(images), visible=not hidden)
        for line, readable in read_many(images, settings, workers=workers):
            all_readable &= readable
            if as_json:
                print(json.dumps(line, ensure_ascii=False, allow_nan=False), flush=True)
            else:
                _print_mrz_line(line)
            progress.advance(bar)
    raise typer.Exit(0 if all_readable else EXIT_UNREADABLE)


def _print_mrz_line(line: dict[str, Any]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(line["file"], style="bold")
    if line["error"]:
        console.print(f"  ✗ {line['error']}")
    elif line["mrz"] is None:
        console.print("  ○ no machine-readable zone found")
    for zone in filter(None, (line["mrz"], *line["others"])):
        for text in zone["lines"]:
            console.print(f"  {text}", style="cyan")
        wrong = [name.replace("_", " ") for name, agrees in zone["check_digits"].items() if not agrees]
        state = "✓ valid" if zone["valid"] else "✗ not valid"
        console.print(f"  {state} ({zone['format']}, read by {zone['reader']})")
        if zone["second_reading"]:
            count = len(zone["second_reading"]["differences"])
            console.print(f"  ? second reader {zone['second_reading']['reader']}: {count} characters read otherwise")
        if wrong:
            console.print(f"  ✗ check digits that do not agree: {', '.join(wrong)}")
        for problem in zone["problems"]:
            console.print(f"  ! {problem}")


@app.command()
@edge
def batch(
    source: Annotated[Path, typer.Argument(help="A folder, a text file that names images, or one image.")],
    out: Annotated[Path, typer.Option(help="Folder of the results.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Do only what is missing; a second run always does.")
    ] = False,
    fail_on: _FailOn = None,
    workers: _Workers = _CORES,
) -> None:
    """Inspect many documents on all cores; a second run does only what is missing."""
    from docscan.batch.engine import run
    from docscan.batch.planning import missing, plan
    from docscan.batch.results import Results, read
    from docscan.tools import open_tools

    del resume  # the word of the contract for what is done in any case
    settings = read_settings()
    work = plan(source)
    with Results(out) as results:
        todo = missing(work.items, results.resume(work.items))
        if todo:
            open_tools(settings)  # a missing model is said here, once, and not by every document
        with progress_bar() as progress:
            bar = progress.add_task("Inspecting", total=len(work.items), completed=len(work.items) - len(todo))
            for row in run(todo, settings, workers=min(workers, max(1, len(todo)))):
                results.append(row)
                progress.advance(bar)
        results.write_csv()
        rows = list(read(results.jsonl))
    note(_summary(rows, len(todo), work.passed_over, out))
    if fail_on is FailOn.REFER and any(row["report"] and row["report"]["verdict"] == "refer" for row in rows):
        raise typer.Exit(EXIT_REFER)


def _summary(rows: list[dict[str, Any]], inspected: int, passed_over: int, out: Path) -> str:
    verdicts = [row["report"]["verdict"] for row in rows if row["report"]]
    counts = ", ".join(f"{verdicts.count(name)} {name}" for name in ("refer", "insufficient", "no_concern"))
    others = f" Passed over {passed_over} files that are no images by their names." if passed_over else ""
    errors = sum(row["error"] is not None for row in rows)
    total = f"{len(rows)} in all: {counts}, {errors} with an error"
    return f"Inspected {inspected} now, {total}.{others} Results: {out}"


@app.command()
@edge
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; beyond loopback an account or key is needed.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer; they share inspections and cores.")] = 1,
) -> None:
    """Run the REST service and the web page."""
    with needs_service():
        from docscan.service.server import serve as serve_app

    settings = read_settings()
    if host is not None:
        settings = settings.model_copy(update={"host": host})
    serve_app(settings, settings.port if port is None else port, workers)


@app.command()
@edge
def models(as_json: _Json = False) -> None:
    """Show the models in use: name, version, sha256, measured error rates."""
    from docscan.runtime import open_models

    settings = read_settings()
    infos = open_models(settings.models, providers=settings.providers, threads=1).infos()
    if as_json:
        rows = [
            {
                "name": info.name,
                "version": info.version,
                "sha256": info.sha256,
                "error_rates": dict(info.error_rates),
            }
            for info in infos
        ]
        print(json.dumps(rows, indent=2))
        return
    table = Table("Model", "Version", "sha256", "Measured error rates", box=None, pad_edge=False)
    for info in infos:
        rates = ", ".join(f"{name} {rate:.3f}" for name, rate in info.error_rates.items())
        table.add_row(info.name, info.version, info.sha256[:16], rates)
    Console().print(table)


app.command("enroll")(cli_documents.enroll)
app.command("watch")(cli_watch.watch)
app.add_typer(cli_documents.app, name="documents")
app.add_typer(cli_access.users, name="users")
app.add_typer(cli_access.keys, name="keys")
app.add_typer(cli_storage.audit_app, name="audit")
app.add_typer(cli_storage.retention_app, name="retention")
app.command("statistics")(cli_statistics.statistics)


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    app(prog_name="docscan")
