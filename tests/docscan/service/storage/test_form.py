from docscan.privacy import without_holder
from docscan.rendering.pictures import draw
from docscan.service.storage.form import pictures_from_bytes, pictures_to_bytes, report_from_bytes, report_to_bytes
from docscan.types import Capture, Page
from tests.docscan.rendering.conftest import capture, page, report

__all__ = ["capture", "page"]


def test_a_report_comes_back_as_it_was() -> None:
    for kept in (report(), without_holder(report())):
        assert report_from_bytes(report_to_bytes(kept)) == kept


def test_pictures_come_back_as_they_were(capture: Capture, page: Page) -> None:
    pictures = draw(report(), capture, page)
    assert pictures_from_bytes(pictures_to_bytes(pictures)) == pictures
