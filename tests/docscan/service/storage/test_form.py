import traceback
from dataclasses import replace

import pytest

from docscan.privacy import without_holder
from docscan.rendering.pictures import draw
from docscan.service.storage.database import StorageError
from docscan.service.storage.form import pictures_from_bytes, pictures_to_bytes, report_from_bytes, report_to_bytes
from docscan.types import Capture, Page
from tests.docscan.rendering.conftest import capture, card, page, report

__all__ = ["capture", "page"]


def test_a_report_comes_back_as_it_was() -> None:
    for kept in (report(), without_holder(report()), card(), without_holder(card())):
        assert report_from_bytes(report_to_bytes(kept)) == kept


def test_what_another_version_wrote_is_said_without_quoting_it() -> None:
    altered = report_to_bytes(report()).replace(b'"verdict":"refer"', b'"verdict":"ERIKSSON"')
    for data, read in ((altered, report_from_bytes), (b'{"pictures": "ERIKSSON"}', pictures_from_bytes)):
        with pytest.raises(StorageError) as refused:
            read(data)
        assert "ERIKSSON" not in "".join(traceback.format_exception(refused.value))


def test_pictures_come_back_as_they_were(capture: Capture, page: Page) -> None:
    pictures = replace(draw(report(), capture, page), other_side=draw(report(), capture, page))
    assert pictures_from_bytes(pictures_to_bytes(pictures)) == pictures
