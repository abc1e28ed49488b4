"""The report as an officer reads it on a terminal: the verdict first, then why."""

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from docscan.rendering import words
from docscan.rendering.fields import AGREEMENTS, FieldRow, field_rows, lines_by_certainty, mrz_remarks
from docscan.rendering.findings import not_looked_at
from docscan.sides import mrz_of_document, on_other_side, printed_data
from docscan.types import CheckResult, Mrz, Outcome, Report, VisualZone


def print_report(report: Report, console: Console, *, title: str | None = None) -> None:
    """Print a report.

    Parameters
    ----------
    report
        What the inspection found.
    console
        Where to print; rich leaves the colours out where it is no terminal.
    title
        Stands over the verdict, usually the file's name.
    """
    console.print(_verdict(report, title))
    mrz = mrz_of_document(report)
    if mrz is None:
        console.print(Padding("No machine-readable zone was read.", (1, 2, 0, 2)))
    else:
        _print_mrz(mrz, printed_data(report), console)
    _print_side(report, console)
    if report.other_side is not None:
        console.print(_verdict(report.other_side, "The card's other side"))
        _print_side(report.other_side, console)
    console.print(Padding(Text(_small_print(report), style="dim"), (1, 2, 0, 2)))


def _print_side(report: Report, console: Console) -> None:
    console.print(_checks(report))
    missing = [reason for reason in not_looked_at(report.checks) if reason.outcome is Outcome.NOT_PERFORMED]
    if missing:
        console.print(_heading("What was not looked at"))
        for reason in missing:
            console.print(_plain(f"○ {', '.join(map(str, reason.checks))}: {reason.explanation}"))
    _print_quality(report, console)


def _verdict(report: Report, title: str | None) -> Panel:
    sign = words.VERDICTS[report.verdict]
    text = Text.assemble(
        (f"{sign.symbol} {sign.word.upper()}", f"bold {sign.colour}"),
        f"   {words.ACTIONS[report.verdict]}\n\n",
        ("On the card's other side: " if on_other_side(report) else "", ""),
        (report.reason, "bold"),
        f"\n{words.evidence_sentence(report)}",
    )
    return Panel(
        text,
        title=Text(title) if title else None,
        title_align="left",
        border_style=sign.colour,
        padding=(1, 2),
    )


def _heading(text: str) -> Padding:
    return Padding(Text(text, style="bold"), (1, 2, 0, 2))


def _plain(text: str) -> Padding:
    # Text, never markup: what was read from a document must not be taken for rich's tags.
    return Padding(Text(text), (0, 2, 0, 2))


def _print_mrz(mrz: Mrz, visual: VisualZone, console: Console) -> None:
    console.print(_heading(f"Machine-readable zone ({mrz.parsed.format}, read by {words.READERS[mrz.zone.reader]})"))
    for line in lines_by_certainty(mrz):
        shown = Text.assemble(*((text, "cyan" if sure else "cyan underline") for text, sure in line))
        console.print(Padding(shown, (0, 2, 0, 2)))
    table = Table.grid(padding=(0, 2))
    for row in field_rows(mrz, visual):
        table.add_row(Text(row.label, style="dim"), Text(row.mrz), _digit(row.digit), _printed(row))
    console.print(Padding(table, (1, 2, 0, 2)))
    for remark in mrz_remarks(mrz):
        console.print(_plain(f"! {remark}"))


def _printed(row: FieldRow) -> Text:
    if row.agreement is None:
        return Text("")
    sign = words.OUTCOMES[AGREEMENTS[row.agreement][0]]
    return Text(f"{sign.symbol} printed: {row.printed}", style=sign.colour)


def _digit(agrees: bool | None) -> Text:
    if agrees is None:
        return Text("")
    return Text("✓ check digit agrees", style="green") if agrees else Text("✗ check digit does not agree", style="red")


def _checks(report: Report) -> Padding:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("Check", no_wrap=True)
    table.add_column("Outcome", no_wrap=True)
    table.add_column("What it says")
    for heading, checks in words.looked_at(report.checks):
        table.add_row("", Text(heading, style="bold"), "", "")
        for check in checks:
            sign = words.OUTCOMES[check.outcome]
            colour = "yellow" if words.is_note(check) else sign.colour
            table.add_row(
                Text(sign.symbol, style=colour),
                Text(words.check_name(check.id)),
                Text(sign.word, style=colour),
                Text(check.explanation + _score(check)),
            )
    return Padding(table, (1, 2, 0, 2))


def _score(check: CheckResult) -> str:
    if words.is_note(check):
        return " No sign of a forgery by itself."
    if check.score is None or check.outcome not in (Outcome.PASSED, Outcome.FAILED):
        return ""
    limit = "" if check.threshold is None else f", threshold {check.threshold:.2f}"
    return f" (score {check.score:.2f}{limit})"


def _print_quality(report: Report, console: Console) -> None:
    quality = report.quality
    console.print(_heading("The capture"))
    console.print(
        _plain(
            f"{'Usable' if quality.usable else 'Not usable'}: sharpness {quality.sharpness:.2f} of 1, "
            f"glare on {100 * quality.glare:.0f} % of the page, {quality.resolution_dpi:.0f} dpi, "
            f"{'the whole page in view' if quality.whole_page else 'the page not wholly in view'}."
        )
    )
    for advice in quality.advice:
        console.print(_plain(f"→ {advice}"))


def _small_print(report: Report) -> str:
    models = ", ".join(f"{model.name} {model.version} ({model.sha256[:8]})" for model in report.models) or "none"
    total = report.timings_ms.get("total")
    took = "" if total is None else f" · {total:.0f} ms"
    return f"Report {report.id} · {report.created:%Y-%m-%d %H:%M} · models: {models}{took}"
