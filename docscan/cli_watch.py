"""The command that sends what a page reader writes into a folder."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from docscan.cli_common import edge, needs_service, note
from docscan.dropfolder.pairing import DEFAULT_PATTERN, LIGHTS, Folder, Pattern
from docscan.errors import UsageError

KEY_VARIABLE = "DOCSCAN_API_KEY"


@edge
def watch(
    folder: Annotated[Path, typer.Argument(help="The folder that the page reader writes to.")],
    url: Annotated[str, typer.Option(help="Of the service.")] = "http://127.0.0.1:8080",
    pattern: Annotated[
        str,
        typer.Option(help="How files are named; light: VIS, UV, IR …; side: front, back …. Other files stay."),
    ] = DEFAULT_PATTERN,
    lights: Annotated[
        str, typer.Option(help="The lights that the reader has; a document goes at once when all are there.")
    ] = ",".join(LIGHTS),
    patience: Annotated[float, typer.Option(min=0, help="Seconds to wait for other lights and side.")] = 5.0,
    settled: Annotated[float, typer.Option(min=0, help="Seconds for which a file must not have changed.")] = 1.0,
    delete: Annotated[bool, typer.Option("--delete", help="Delete what was sent; else it goes to the folder done.")] = (
        False
    ),
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to send.")] = False,
) -> None:
    """Send what a page reader writes into a folder to the service, the key for it from DOCSCAN_API_KEY."""
    with needs_service():
        from docscan.dropfolder.sending import Service
        from docscan.dropfolder.watching import Watcher

    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise UsageError(f"{folder} is no folder that can be read and written.")
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url} is no address of a service: http://… or https://….")
    wanted = {light.strip() for light in lights.split(",")}
    if not {"visible"} <= wanted <= set(LIGHTS):
        raise UsageError(f"The lights are visible and perhaps uv and ir, by commas; not {lights}.")
    watched = Folder(folder, Pattern(pattern), wanted, settled=settled, patience=patience)
    with Service(url, os.environ.get(KEY_VARIABLE, "")) as service:
        watcher = Watcher(watched, service, delete, note)

        def stop(*_: object) -> None:
            watcher.stopped = True

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, stop)
        watcher.run(once=once)
