"""One set of numbers for all processes of a service (``docscan serve --workers N``).

Imports nothing of prometheus_client: that library looks at the environment once, when it is first imported.
"""

import os
import shutil
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # of prometheus_client


def share_metrics(data: Path) -> None:
    """Have this process and those that it starts keep their numbers in files below the data folder, from zero.

    To be called by the process that starts the others, before it does; its own numbers are nobody's.
    """
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[VARIABLE] = str(folder)


def shared_folder() -> Path | None:
    """Return the folder of the processes' numbers; None where this process is the only one."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None
