import pytest

from docscan.service.server import share_of
from docscan.settings import Settings


@pytest.mark.parametrize(
    ("processes", "cores", "at_once", "queue", "threads"),
    [(1, 2, 2, 16, 1), (2, 2, 1, 8, 1), (1, 8, 2, 16, 4), (3, 8, 1, 6, 2), (4, 2, 1, 4, 1)],
)
def test_processes_share_inspections_places_and_cores(
    processes: int, cores: int, at_once: int, queue: int, threads: int
) -> None:
    share = share_of(Settings(), processes, cores)
    assert (share.service_workers, share.service_queue) == (at_once, queue)
    # The tests' own environment says one thread.
    assert share.threads == Settings().threads
    unsaid = Settings.model_construct(_fields_set=set(), **Settings().model_dump())
    assert share_of(unsaid, processes, cores).threads == threads
