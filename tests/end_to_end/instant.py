"""The service with an inspection that answers at once: files are decoded for real, their report is always the same.

python -m tests.end_to_end.instant, with settings from the environment; prints its address and a key that may all.
"""

import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import uvicorn
from sqlalchemy.orm import Session

from docscan import capture as capture_room
from docscan.capture import Files, ImageFile
from docscan.inspection import Inspection
from docscan.runtime import Models
from docscan.service import inspecting
from docscan.service.access import keys
from docscan.service.access.errors import NotFoundError
from docscan.service.access.principal import Permission
from docscan.service.app import create_app
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey
from docscan.settings import Settings
from docscan.tools import Tools
from docscan.types import Page, PageSize
from tests.docscan.rendering.conftest import report


def _inspect(
    visible: ImageFile,
    *,
    uv: ImageFile | None = None,
    ir: ImageFile | None = None,
    other_side: Files | None = None,
    tools: Tools,
) -> Inspection:
    if other_side is not None:  # decoded too, for what cannot be read is refused
        _inspect(other_side.visible, uv=other_side.uv, ir=other_side.ir, tools=tools)
    limits = tools.settings
    capture = capture_room.load(visible, uv=uv, ir=ir, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    page = Page(capture.visible, PageSize.ID_3, 8.0, np.eye(3), True, True, report().quality)
    return Inspection(replace(report(), id=str(uuid4())), capture, page, None, {})


def _key(settings: Settings) -> str:
    """Make a key that may all, and that cannot be revoked: requests at random would do so at once."""
    database = Database(settings.database_url)
    with database.begin() as session:
        own = keys.create(session, "tests", frozenset(Permission), None, datetime.now(UTC))
    database.close()
    revoke = keys.revoke

    def spare(session: Session, key_id: str, now: datetime) -> ApiKey:
        if key_id == own.key.id:
            raise NotFoundError("There is no key of this id.")
        return revoke(session, key_id, now)

    keys.revoke = spare
    return own.text


def main() -> None:
    """Serve until interrupted."""
    settings = Settings()
    inspecting.inspect = _inspect  # type: ignore[assignment]
    key = _key(settings)
    app = create_app(settings, Tools(settings, Models({}, {})))
    logging.basicConfig(level=logging.INFO)
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]} {key}", flush=True)
    uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()
