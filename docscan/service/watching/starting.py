"""What a process of the service begins and ends with: its log, its traces."""

from docscan.service.watching import logs, traces
from docscan.settings import Settings


def start(settings: Settings) -> None:
    """Write this process's log as the settings say, and send traces where they name a place.

    Raises
    ------
    UsageError
        Traces are wanted, and OpenTelemetry is not installed.
    """
    logs.start(settings.log)
    if settings.traces:
        traces.start(settings.traces)


def stop() -> None:
    """Send what traces are left."""
    traces.stop()
