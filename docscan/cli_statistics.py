"""``docscan statistics``: what the logs of several posts say together."""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from docscan.cli_common import complain, edge, note
from docscan.errors import LogError, UsageError

if TYPE_CHECKING:
    from docscan.rendering.tr03135.statistics import Statistics, Tally


@edge
def statistics(
    logs: Annotated[list[Path], typer.Argument(help="Logs as `inspect --xml` writes them, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV alone on standard output, one number a row.")
    ] = False,
) -> None:
    """Count verdicts and results over the logs of several posts; a log that cannot be read is named and left out."""
    from docscan.rendering.tr03135.statistics import CSV_COLUMNS, gather, log_files, to_dict, to_rows

    if as_json and as_csv:
        raise UsageError("Either --json or --csv.")
    found = gather(log_files(logs))
    if as_json:
        print(json.dumps(to_dict(found), indent=2, ensure_ascii=False))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([CSV_COLUMNS, *to_rows(found)])
    else:
        _print(found)
    for fault in found.refused:
        complain(fault)
    note(_summary(found))
    if found.refused:
        raise typer.Exit(LogError.exit_code)


def _summary(found: "Statistics") -> str:
    repeated = f", {found.repeated} repeated and counted once" if found.repeated else ""
    return f"{found.total.inspections} inspections{repeated}; {len(found.refused)} files could not be read."


def _print(found: "Statistics") -> None:
    console = Console()
    console.print(_posts(found))
    console.print(_checks(found.total))


def _posts(found: "Statistics") -> Table:
    from docscan.rendering.words import VERDICTS

    names = [sign.word for sign in VERDICTS.values()]
    table = Table("Post", "Inspections", *names, "Officer's finding", "Median", box=None, pad_edge=False)
    for post, tally in found.posts.items():
        table.add_row(post or "(not named)", *_numbers(tally))
    if len(found.posts) > 1:
        table.add_row("all", *_numbers(found.total))
    return table


def _numbers(tally: "Tally") -> list[str]:
    from docscan.rendering.words import VERDICTS

    verdicts = [str(tally.verdicts[verdict.value]) for verdict in VERDICTS]
    findings = ", ".join(
        f"{number} {verdict}: {finding}" for (verdict, finding), number in sorted(tally.findings.items())
    )
    took = "" if tally.median_ms is None else f"{tally.median_ms:.0f} ms"
    return [str(tally.inspections), *verdicts, findings, took]


def _checks(tally: "Tally") -> Table:
    from docscan.rendering.tr03135.statistics import share

    columns = ("Passed", "Failed", "Aborted", "Undetermined", "Not performed")
    table = Table("Check", "Light", *columns, box=None, pad_edge=False)
    for check, light, results in tally.rows:
        counts = [str(results[name]) for name in ("successful", "failed", "aborted")]
        shares = [f"{results[name]} ({100 * share(results, name):.0f} %)" for name in ("undetermined", "notPerformed")]
        table.add_row(check, light, *counts, *shares)
    return table
