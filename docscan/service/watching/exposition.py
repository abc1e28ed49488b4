"""What ``/metrics`` answers: the numbers of every process, and what the database knows at this moment."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from docscan.service.watching.metrics import REGISTRY
from docscan.service.watching.shared import shared_folder
from docscan.service.watching.stored import Stored

_LIVE = re.compile(r"^gauge_live\w*_(\d+)\.db$")


class _Collected:
    """Hands on what was collected already."""

    def __init__(self, families: tuple[Metric, ...]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def exposition(accept: str, stored: Stored) -> tuple[bytes, str]:
    """Return the numbers as text, and its media type.

    Parameters
    ----------
    accept
        The Accept header: OpenMetrics or Prometheus' older format.
    stored
        The numbers of the database.
    """
    encode, media_type = choose_encoder(accept)
    registry = CollectorRegistry()
    folder = shared_folder()
    if folder is None:
        registry.register(REGISTRY)  # a registry collects as a collector does
    else:
        _forget_the_dead(folder)
        MultiProcessCollector(registry, str(folder))
    registry.register(_Collected(tuple(stored.families())))
    return encode(registry), media_type


def _forget_the_dead(folder: Path) -> None:
    """Take the gauges of processes that were killed out of the sums: nobody else does."""
    for path in folder.glob("gauge_live*.db"):
        found = _LIVE.match(path.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            with suppress(FileNotFoundError):  # another process was faster
                mark_process_dead(int(found[1]), str(folder))
