"""Purging on time, beside the service's requests."""

import asyncio
import logging
from itertools import count

from fastapi.concurrency import run_in_threadpool

from docscan.service.storage.database import StorageError
from docscan.service.storage.retention import ORPHANS_EVERY, PURGE_SECONDS, Retention

_log = logging.getLogger("docscan.service")


async def purge_for_ever(retention: Retention) -> None:
    """Purge now, and every minute until cancelled; a storage that cannot be reached is tried again."""
    for turn in count():
        try:
            purged = await run_in_threadpool(retention.purge, orphans=turn % ORPHANS_EVERY == 0)
            if purged.expired or purged.orphans:
                _log.info("purged %d sealed files, %d without a row", purged.expired, purged.orphans)
        except StorageError as error:
            _log.warning("not everything could be purged: %s", error)
        except Exception as error:  # the promise to delete on time outlives whatever else goes wrong
            _log.error("the purge broke: %s", type(error).__name__)
        await asyncio.sleep(PURGE_SECONDS)
