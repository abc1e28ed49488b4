"""The application with an inspection that answers at once; the end-to-end tests use the real one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from docscan.capture import Files, ImageFile
from docscan.inspection import Inspection
from docscan.runtime import Models
from docscan.service import inspecting
from docscan.service.app import create_app
from docscan.settings import Settings
from docscan.tools import Tools
from docscan.types import Capture, Page
from tests.docscan.rendering.conftest import capture, card, page, report

__all__ = ["capture", "page"]

MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capture: Capture, page: Page) -> Iterator[MakeClient]:
    def inspect(
        visible: ImageFile,
        *,
        uv: ImageFile | None = None,
        ir: ImageFile | None = None,
        other_side: Files | None = None,
        tools: Tools,
        today: date | None = None,
    ) -> Inspection:
        del visible, uv, ir, tools, today
        whole = Inspection(replace(report(), id=str(uuid4())), capture, page, None, {})
        if other_side is None:
            return whole
        both = replace(card(), id=str(uuid4()))
        assert both.other_side is not None
        return replace(whole, report=both, other_side=replace(whole, report=both.other_side))

    monkeypatch.setattr(inspecting, "inspect", inspect)
    opened: list[TestClient] = []

    def make(**settings: object) -> TestClient:
        chosen = Settings.model_validate({"data": tmp_path / "service", **settings})
        client = TestClient(create_app(chosen, Tools(chosen, Models({}, {}))), base_url="http://localhost:8080")
        opened.append(client.__enter__())
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    return make_client()
