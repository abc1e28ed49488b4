"""Reports held in memory, the oldest forgotten first; nothing is written to disk."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from docscan.rendering.pictures import Pictures
from docscan.types import Report

PICTURE_BYTES = 256_000_000  # of all pictures held; reports without pictures stay


@dataclass(frozen=True, slots=True)
class Kept:
    """A report, and its pictures as long as there is room for them."""

    report: Report
    pictures: Pictures | None


class Store:
    """The reports of this process.

    Parameters
    ----------
    most
        Reports held.
    picture_bytes
        Bytes of pictures held.
    """

    def __init__(self, most: int, picture_bytes: int = PICTURE_BYTES) -> None:
        self._most = most
        self._picture_bytes = picture_bytes
        self._held = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, report: Report, pictures: Pictures) -> None:
        """Keep a report; the oldest give way, their pictures first."""
        with self._lock:
            self._kept[report.id] = Kept(report, pictures)
            self._held += pictures.size
            while len(self._kept) > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._held -= _size(oldest)
            self._drop_pictures()

    def get(self, report_id: str) -> Kept | None:
        """Return a report that is still held."""
        with self._lock:
            return self._kept.get(report_id)

    def _drop_pictures(self) -> None:
        if self._held <= self._picture_bytes:
            return
        for report_id, kept in self._kept.items():
            self._held -= _size(kept)
            self._kept[report_id] = replace(kept, pictures=None)
            if self._held <= self._picture_bytes:
                return


def _size(kept: Kept) -> int:
    return 0 if kept.pictures is None else kept.pictures.size
